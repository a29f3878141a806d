"""Read all pending orders into a report; nothing is written to the site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.decide import decide
from flows.model import Decision
from flows.office import ReadsOrders
from flows.reasons import Reason
from flows.rows import ORDER_REPORT, OrderRow
from flows.rules import rules_of, sightings
from rpa.flow import Flow, Row
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.run import Run


def pending_orders(run: Run) -> Iterator[Row]:
    """Every pending order with what speaks against shipping it; page by page."""
    reading = run.office(ReadsOrders)
    for page in reading.pending():
        run.meter.add(len(page.orders))
        changed = run.ledger.see(run.shop.name, sightings=sightings(page.orders))
        for decision in decide(page.orders, (), rules=rules_of(run, now=reading.now(), changed=changed)):
            run.meter.advance()
            yield OrderRow.of(_as_read(decision)).cells()


def _as_read(decision: Decision) -> Decision:
    """An order that only waits for a tracking number is simply listed."""
    ready = decision.reason in (None, Reason.NO_TRACKING_YET, Reason.VIRTUAL_NOT_LISTED, Reason.NO_PROOF)
    return replace(decision, reason=Reason.LISTED, shipment=None) if ready else decision


PENDING_ORDERS = Flow(
    name="pending-orders",
    summary=Text(en="Read all pending orders into CSV and XLSX.", zh="读取全部待发货订单，保存为 CSV 和 XLSX。"),
    needs=(ReadsOrders,),
    work=pending_orders,
    report=ORDER_REPORT,
)
