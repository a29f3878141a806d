"""Ship a shop's pending orders, each at most once: those with a number, and listed goods that need no parcel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportsShipments
from flows.entries.by import By
from flows.gate.audits_seen import note_missing_notices
from flows.orders.api import ReadsOrders
from flows.orders.model import KIND
from flows.orders.report import ORDER_REPORT, OrderRow
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import settled_row_of
from flows.shipping.together import refuse_going
from flows.ticked.api import ShipsTicked
from rpa.flow import Flow, Preparation, Row, everything, option
from rpa.language import Text

if TYPE_CHECKING:
    from flows.inbox.inbox import Inbox
    from flows.shipping.batch import ShippingBatch
    from rpa.ledger.actions import Action
    from rpa.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOptions:
    """Arguments of the flows that ship what stands in sheets."""

    sheet: tuple[Path, ...] = option(
        "A sheet with tracking numbers (CSV, XLSX, XLS); may be given several times. Default: the shop's `sheets`.",
        "快递单号表格（CSV、XLSX、XLS），可多次给出。默认使用店铺配置中的 sheets。",
        many=True,
    )
    paste: bool = option(
        "Take lines from the clipboard, or from standard input: order number, courier, tracking number.",
        "从剪贴板或标准输入读取：每行订单号、快递公司、快递单号。",
        default=False,
        attended=True,
    )
    hidden_rows: bool = option("Also ship rows that are hidden in the sheet.", "表格中隐藏的行也发货。", default=False)
    accept_unusual: bool = option(
        "Also ship numbers that do not look like those of their courier; see `courier_patterns`.",
        "与快递公司常见格式不同的单号也发货；另见 courier_patterns。",
        default=False,
        attended=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(SheetOptions):
    """Arguments of `rpa run ship`."""

    by: By | None = option(
        "Ship by `dialog`, by `import` or by `ticked` rows. Default: above the shop's `import_above` orders of a kind "
        "as the site takes many, else by dialog.",
        "发货方式：dialog 弹窗，import 导入，ticked 勾选。默认超过 import_above 单时批量，否则弹窗。",
    )


def read_inbox(plan: Preparation) -> Inbox:
    """Read all sheets before a browser starts; every bad row is known at once."""
    from flows.inbox.inbox import inbox_of

    return inbox_of(plan)


def ship(run: Run) -> Iterator[Row]:
    """Ship by the entry that was asked for, or that fits the number of orders."""
    from flows.entries.routes import shipping_batch

    yield from carefully(shipping_batch(run, by=run.options.by), run)


def needs_of(options: Options) -> tuple[type, ...]:
    """What the entry that was asked for takes."""
    return {By.IMPORT: (ImportsShipments,), By.TICKED: (ShipsTicked,)}.get(options.by or By.DIALOG, ())


def carefully(batch: ShippingBatch, run: Run) -> Iterator[Row]:
    """The procedure of a careful clerk. Whatever stops it, each order and each row taken has its line in the report."""
    for file in run.shared.left_alone(run.shop.name):
        run.note("sheet_left_alone", f"{file.path.name}: {file.why.of(run.language)}")
    keeper = run.shared.keeper(run.shop.name, run_id=run.record.id)
    if keeper is None:
        yield from batch.carefully(_step_by_step(batch, run))
    else:
        yield from keeper.kept(batch.carefully(_step_by_step(batch, run), cut_off=keeper.cut_off))


def _step_by_step(batch: ShippingBatch, run: Run) -> Iterator[Row]:
    yield from batch.recover_unfinished()
    batch.decide(batch.read_pending_orders())
    note_missing_notices(run, now=run.office(ReadsOrders).now())
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()
    yield from batch.fetch_missing_orders()
    yield from batch.act_and_read_back()
    refuse_going(batch.once)


def left_over(inbox: Inbox, stopped: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The rows that no shop of the run has an order for."""
    for shop, decision in inbox.leftovers(stopped):
        yield shop, OrderRow.of(decision).cells()


def settled_row(action: Action) -> Row:
    """The row of a shipment that has ended."""
    return settled_row_of(action).cells()


SHIP = Flow(
    name="ship",
    summary=Text(
        en="Ship pending orders: tracking numbers from sheets, listed virtual goods without logistics.",
        zh="发货：按表格填写快递单号，登记的虚拟商品无物流发货。",
    ),
    needs=(ReadsOrders, ShipsOrders),
    needs_with=needs_of,
    options=Options,
    writes=True,
    prepare=read_inbox,
    work=ship,
    leftovers=left_over,
    settled={KIND: settled_row},
    report=ORDER_REPORT,
    looks_at_all=everything,
)
