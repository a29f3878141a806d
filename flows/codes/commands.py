"""`rpa codes`: the stock of card codes. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.codes.help import Commands
from flows.codes.help import Options as Words
from rpa.cli.help import OptionHelp, RunOptions

app = typer.Typer(no_args_is_help=True, add_completion=False, help=Commands.codes)

Shop = Annotated[str | None, typer.Option(help=Words.shop, metavar="SHOP")]
Stock = Annotated[str | None, typer.Option(help=Words.stock, metavar="NAME")]
Goods = Annotated[str, typer.Option(help=Words.goods, metavar="GOODS_ID")]
Spec = Annotated[str, typer.Option(help=Words.spec, metavar="SPEC")]
Batch = Annotated[str | None, typer.Option(help=Words.only_batch, metavar="BATCH")]
Reason = Annotated[str, typer.Option(help=Words.reason, metavar="TEXT")]
By = Annotated[str | None, typer.Option(help=OptionHelp.by, metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help=RunOptions.json_document, metavar="")]


@app.command("import", help=Commands.codes_import)
def codes_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=Words.file, metavar="FILE")],
    *,
    goods: Goods,
    spec: Spec = "",
    shop: Shop = None,
    stock: Stock = None,
    batch: Annotated[str | None, typer.Option(help=Words.batch, metavar="NAME")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help=Words.skip_bad, metavar="")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take codes into the stock."""
    from flows.codes.importing import Wanted, import_codes
    from flows.codes.named import Named

    named = Named(shop=shop, stock=stock, goods=goods, spec=spec)
    import_codes(context.obj, Wanted(file=file, named=named, batch=batch, skip_bad=skip_bad, by=by), as_json=as_json)


@app.command("status", help=Commands.status)
def codes_status(
    context: typer.Context,
    *,
    shop: Shop = None,
    stock: Stock = None,
    goods: Annotated[str, typer.Option(help=Words.only_goods, metavar="GOODS_ID")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is left."""
    from flows.codes.status import show_status

    show_status(context.obj, shop=shop, stock=stock, goods=goods, as_json=as_json)


@app.command("move", help=Commands.move)
def codes_move(
    context: typer.Context,
    *,
    goods: Goods,
    spec: Spec = "",
    to_goods: Annotated[str, typer.Option(help=Words.to_goods, metavar="GOODS_ID")],
    to_spec: Annotated[str, typer.Option(help=Words.to_spec, metavar="SPEC")] = "",
    shop: Shop = None,
    stock: Stock = None,
    batch: Batch = None,
    count: Annotated[int | None, typer.Option(help=Words.count, metavar="NUMBER", min=1)] = None,
    reason: Reason = "",
    by: By = None,
) -> None:
    """Move free codes."""
    from flows.codes.changes import Why, move_codes
    from flows.codes.named import Named

    named = Named(shop=shop, stock=stock, goods=goods, spec=spec)
    to = Named(shop=shop, stock=stock, goods=to_goods, spec=to_spec)
    move_codes(context.obj, named, to=to, batch=batch, count=count, why=Why(reason=reason, by=by))


@app.command("void", help=Commands.void)
def codes_void(
    context: typer.Context,
    code: Annotated[list[int] | None, typer.Argument(help=Words.ids, metavar="NUMBER")] = None,
    *,
    batch: Batch = None,
    ending: Annotated[str | None, typer.Option(help=Words.ending, metavar="TEXT")] = None,
    shop: Shop = None,
    stock: Stock = None,
    reason: Reason = "",
    by: By = None,
) -> None:
    """Void codes."""
    from flows.codes.changes import Chosen, Why, void_codes

    chosen = Chosen(ids=tuple(code or ()), batch=batch, ending=ending)
    void_codes(context.obj, chosen, shop=shop, stock=stock, why=Why(reason=reason, by=by))


@app.command("show", help=Commands.show)
def codes_show(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help=Words.order, metavar="ORDER")],
    *,
    by: Annotated[str, typer.Option(help=Words.show_by, metavar="NAME")],
    shop: Shop = None,
    stock: Stock = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Show an order's codes."""
    from flows.codes.showing import show_codes

    show_codes(context.obj, order, shop=shop, stock=stock, by=by, reason=reason, as_json=as_json)
