"""Read all pending orders into a report; nothing is written to the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flows.gate.audits_seen import held_but_clear, look_for_signs, remember_audits
from flows.gate.decide import as_read, decide
from flows.gate.rules import changes_of, rules_of
from flows.orders.api import ReadsOrders
from flows.orders.model import Order
from flows.orders.report import ORDER_REPORT, OrderRow
from rpa.flow import Flow, Row, everything
from rpa.language import Text

if TYPE_CHECKING:
    from datetime import datetime

    from rpa.run import Run


def pending_orders(run: Run) -> Iterator[Row]:
    """Every pending order with what speaks against shipping it; page by page.

    Last come those that a notice holds, though the list shows them without a sign: their own pages are looked at.
    """
    reading = run.office(ReadsOrders)
    held: list[Order] = []
    for page in reading.pending():
        run.meter.add(len(page.orders))
        remember_audits(run, page.orders, at=reading.now())
        clear = held_but_clear(page.orders, holds=run.ledger.holds.active(run.shop.name))
        later = {order.order_sn for order in clear}
        held += clear
        yield from _rows(run, [order for order in page.orders if order.order_sn not in later], now=reading.now())
    look_for_signs(run, held, at=reading.now())
    yield from _rows(run, held, now=reading.now())


def _rows(run: Run, orders: Sequence[Order], *, now: datetime) -> Iterator[Row]:
    changed = changes_of(run, orders)
    for decision in decide(orders, (), rules=rules_of(run, now=now, changed=changed, orders=orders)):
        run.meter.advance()
        yield OrderRow.of(as_read(decision)).cells()


PENDING_ORDERS = Flow(
    name="pending-orders",
    summary=Text(en="Read all pending orders into CSV and XLSX.", zh="读取全部待发货订单，保存为 CSV 和 XLSX。"),
    needs=(ReadsOrders,),
    work=pending_orders,
    report=ORDER_REPORT,
    looks_at_all=everything,
)
