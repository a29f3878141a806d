"""`rpa notices`: what is known of the platform's notices. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.help import Commands
from flows.commands.help import Options as Words
from rpa.cli.help import OptionHelp, RunOptions

app = typer.Typer(no_args_is_help=True, add_completion=False, help=Commands.notices)

Shop = Annotated[str, typer.Argument(help=OptionHelp.shop, metavar="SHOP")]


@app.command("list", help=Commands.notices_list)
def notices_list(
    context: typer.Context,
    *,
    shop: Annotated[list[str] | None, typer.Option(help=OptionHelp.only_shops, metavar="SHOP")] = None,
    every: Annotated[bool, typer.Option("--all", help=Words.every_notice, metavar="")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=RunOptions.json_document, metavar="")] = False,
) -> None:
    """List coverage and notices."""
    from flows.commands.notice_list import list_notices

    list_notices(context.obj, shops=shop or [], every=every, as_json=as_json)


@app.command("show", help=Commands.notices_show)
def notices_show(
    context: typer.Context, shop: Shop, notice: Annotated[str, typer.Argument(help=Words.notice, metavar="NOTICE")]
) -> None:
    """Show one notice."""
    from flows.commands.notice_show import show_notice

    show_notice(context.obj, shop, notice_id=notice)


@app.command("resolve", help=Commands.notices_resolve)
def notices_resolve(
    context: typer.Context,
    shop: Shop,
    notice: Annotated[str | None, typer.Argument(help=Words.notice, metavar="NOTICE")] = None,
    *,
    says: Annotated[str | None, typer.Option("--as", help=Words.says, metavar="WORD")] = None,
    order: Annotated[list[str] | None, typer.Option(help=Words.only_orders, metavar="ORDER")] = None,
    lost: Annotated[bool, typer.Option("--lost", help=Words.lost, metavar="")] = False,
    reason: Annotated[str, typer.Option(help=Words.answer_reason, metavar="TEXT")] = "",
    by: Annotated[str | None, typer.Option(help=OptionHelp.by, metavar="NAME")] = None,
) -> None:
    """Answer for a notice."""
    from flows.commands.notice_answers import Answer, resolve_lost_notices, resolve_notice

    answer = Answer(says=says, orders=tuple(order or ()), reason=reason, by=by)
    if lost:
        resolve_lost_notices(context.obj, shop, notice_id=notice, answer=answer)
    else:
        resolve_notice(context.obj, shop, notice_id=notice, answer=answer)
