"""Commands of `rpa notify` and their help. What they do is imported when they are run."""

from __future__ import annotations

from typing import Annotated

import typer

from rpa.cli.help import said
from rpa.language import Text

HELP = said(
    Text(
        en="Where messages for people go: the channels, their addresses, a test.",
        zh="通知渠道：查看、设置地址、发送测试消息。",
    )
)
_LIST = said(Text(en="List the channels of rpa.toml; addresses are not shown.", zh="列出通知渠道，不显示地址内容。"))
_SET = said(
    Text(
        en="Keep a channel's address, encrypted: the one that a DingTalk, Feishu or WeCom robot shows, or apprise's.",
        zh="加密保存渠道地址：钉钉、飞书、企业微信机器人的 Webhook 地址，或 apprise 格式的地址。",
    )
)
_REMOVE = said(Text(en="Remove the kept address of a channel.", zh="删除已保存的渠道地址。"))
_TEST = said(
    Text(
        en="Send a test message to a channel, or to all, and say what came of it.",
        zh="向指定渠道（默认全部）发送测试消息，并说明结果。",
    )
)
_NAME = said(Text(en="A channel of rpa.toml.", zh="rpa.toml 中的通知渠道。"))
_STDIN = said(Text(en="Read the address from one line of standard input.", zh="从标准输入读取一行地址。"))

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help=_NAME, metavar="NAME")]


@app.command("list", help=_LIST)
def list_(context: typer.Context) -> None:
    """List the channels."""
    from rpa.cli.notify import list_channels

    list_channels(context.obj)


@app.command("set", help=_SET)
def set_(
    context: typer.Context,
    name: Name,
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help=_STDIN, metavar="")] = False,
) -> None:
    """Keep an address."""
    from rpa.cli.notify import keep_address

    keep_address(context.obj, name, from_stdin=stdin)


@app.command("remove", help=_REMOVE)
def remove_(context: typer.Context, name: Name) -> None:
    """Remove an address."""
    from rpa.cli.notify import remove_address

    remove_address(context.obj, name)


@app.command("test", help=_TEST)
def try_(
    context: typer.Context, name: Annotated[str | None, typer.Argument(help=_NAME, metavar="NAME")] = None
) -> None:
    """Send a test message."""
    from rpa.cli.notify import try_channels

    try_channels(context.obj, name)
