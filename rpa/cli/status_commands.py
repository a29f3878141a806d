"""Commands `rpa status`, `rpa todo` and `rpa digest`: what they take, and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from rpa.cli.help import OptionHelp, said
from rpa.language import Text

STATUS = said(
    Text(
        en="How every shop is doing: its runs, what is pending, its login, what is wrong.",
        zh="各店铺概况：运行、待办、登录、有无问题。",
    )
)
TODO = said(
    Text(
        en="What needs you, in all shops: one line a cause, nearest deadline first.",
        zh="需要您处理的事项：每个原因一行，最急的在前。",
    )
)
DIGEST = said(Text(en="Today in words: what was done, and what was not.", zh="今天的日报：做了什么，没做到什么。"))
_CHECK = said(
    Text(
        en="Say in one line whether all is well, and exit with 0, or with 3 if it is not: for cron and watchdogs. "
        "`rpa schedule` must live; where --once is called instead, no planned run may be an hour late.",
        zh="用一行说明是否一切正常；正常退出码为 0，否则为 3，供定时监控使用。要求 rpa schedule 在运行；"
        "改用 --once 定时调用时，要求没有计划逾期满一小时。",
    )
)
_MAX_DOWN = said(
    Text(
        en="With --check: how many shops, or which share of them (1%), may be down.",
        zh="与 --check 同用：允许停摆的店铺数或比例（1%）。",
    )
)
_JSON = said(Text(en="One JSON document on standard output.", zh="在标准输出打印一个 JSON 文档。"))
_ALL = said(Text(en="Each on a line of its own.", zh="每项单独一行。"))

Shops = Annotated[list[str] | None, typer.Argument(help=OptionHelp.shops, metavar="SHOP")]
AsJson = Annotated[bool, typer.Option("--json", help=_JSON, metavar="")]


def status(
    context: typer.Context,
    shops: Shops = None,
    *,
    as_json: AsJson = False,
    check: Annotated[bool, typer.Option("--check", help=_CHECK, metavar="")] = False,
    max_shops_down: Annotated[str, typer.Option(help=_MAX_DOWN, metavar="N|%")] = "0",
) -> None:
    """Tell how the shops are doing."""
    from rpa.cli.status import show_status

    show_status(context.obj, shops or [], as_json=as_json, check=check, max_down=max_shops_down)


def todo(
    context: typer.Context,
    shops: Shops = None,
    *,
    as_json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help=_ALL, metavar="")] = False,
) -> None:
    """List what needs a person."""
    from rpa.cli.todo import show_todo

    show_todo(context.obj, shops or [], as_json=as_json, every=every)


def digest(context: typer.Context) -> None:
    """Print today's digest."""
    from rpa.cli.todo import show_digest

    show_digest(context.obj)
