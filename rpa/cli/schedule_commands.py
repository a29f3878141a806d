"""Command `rpa schedule`: what it takes, and its help."""

from __future__ import annotations

from typing import Annotated

import typer

from rpa.cli.help import said
from rpa.language import Text

SCHEDULE = said(
    Text(
        en="Run what rpa.toml plans, each run at its time, until Ctrl-C.",
        zh="按 rpa.toml 的计划自动运行，按 Ctrl-C 结束。",
    )
)
_ONCE = said(
    Text(
        en="Start what is due now, missed runs too, wait for its end, and exit with the highest exit code. From cron, "
        "at least once an hour.",
        zh="只运行现在到期的（含补跑），结束后退出，退出码取最大值。可由定时任务调用，至少每小时一次。",
    )
)
_PLAN = said(Text(en="Only list what is planned; nothing is started.", zh="只列出计划，不启动任何运行。"))
_DAYS = said(Text(en="With --plan: for so many days.", zh="与 --plan 同用：列出几天。"))


def schedule(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help=_ONCE, metavar="")] = False,
    plan: Annotated[bool, typer.Option("--plan", help=_PLAN, metavar="")] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help=_DAYS, metavar="N")] = 1,
) -> None:
    """Run what is planned."""
    if plan:
        from rpa.cli.schedule_plan import show_plan

        show_plan(context.obj, days=days)
        return
    from rpa.cli.schedule_run import attend

    attend(context.obj, once=once)
