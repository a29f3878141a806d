"""`rpa holds`: what must not be shipped, and why. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.help import Commands
from flows.commands.help import Options as Words
from rpa.cli.help import OptionHelp

app = typer.Typer(no_args_is_help=True, add_completion=False, help=Commands.holds)

Shop = Annotated[str, typer.Argument(help=OptionHelp.shop, metavar="SHOP")]
Orders = Annotated[list[str] | None, typer.Argument(help=Words.orders, metavar="ORDER")]
Goods = Annotated[list[str] | None, typer.Option(help=Words.goods, metavar="GOODS_ID")]
Sku = Annotated[list[str] | None, typer.Option(help=Words.sku, metavar="GOODS_ID:SPEC")]
By = Annotated[str | None, typer.Option(help=OptionHelp.by, metavar="NAME")]


@app.command("list", help=Commands.holds_list)
def holds_list(
    context: typer.Context,
    *,
    shop: Annotated[list[str] | None, typer.Option(help=OptionHelp.only_shops, metavar="SHOP")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=OptionHelp.json_list, metavar="")] = False,
) -> None:
    """List the holds."""
    from flows.commands.held_list import list_holds

    list_holds(context.obj, shops=shop or [], as_json=as_json)


@app.command("add", help=Commands.holds_add)
def holds_add(
    context: typer.Context,
    shop: Shop,
    order: Orders = None,
    *,
    goods: Goods = None,
    sku: Sku = None,
    reason: Annotated[str, typer.Option(help=Words.hold_reason, metavar="TEXT")] = "",
    until: Annotated[str | None, typer.Option(help=Words.until, metavar="DAY")] = None,
    by: By = None,
) -> None:
    """Hold something."""
    from flows.commands.hold_changes import add_holds
    from flows.commands.subjects import Named

    add_holds(
        context.obj,
        shop,
        named=Named(orders=order or (), goods=goods or (), skus=sku or ()),
        reason=reason,
        until=until,
        by=by,
    )


@app.command("lift", help=Commands.holds_lift)
def holds_lift(
    context: typer.Context,
    shop: Shop,
    order: Orders = None,
    *,
    goods: Goods = None,
    sku: Sku = None,
    stale: Annotated[bool, typer.Option("--stale", help=Words.stale, metavar="")] = False,
    cause: Annotated[str | None, typer.Option(help=Words.cause, metavar="CAUSE")] = None,
    reason: Annotated[str, typer.Option(help=Words.lift_reason, metavar="TEXT")] = "",
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help=OptionHelp.do_not_ask, metavar="")] = False,
) -> None:
    """Lift holds."""
    from flows.commands.hold_changes import lift_holds
    from flows.commands.stale_holds import lift_stale_holds
    from flows.commands.subjects import Named

    named = Named(orders=order or (), goods=goods or (), skus=sku or ())
    if stale:
        lift_stale_holds(context.obj, shop, named=named, cause=cause, reason=reason, by=by, yes=yes)
    else:
        lift_holds(context.obj, shop, named=named, cause=cause, reason=reason, by=by)


@app.command("import", help=Commands.holds_import)
def holds_import(
    context: typer.Context,
    shop: Shop,
    file: Annotated[Path, typer.Argument(help=Words.file, metavar="FILE")],
    *,
    reason: Annotated[str, typer.Option(help=Words.file_reason, metavar="TEXT")] = "",
    until: Annotated[str | None, typer.Option(help=Words.file_until, metavar="DAY")] = None,
    by: By = None,
) -> None:
    """Hold what a file names."""
    from flows.commands.hold_changes import import_holds

    import_holds(context.obj, shop, file=file, reason=reason, until=until, by=by)
