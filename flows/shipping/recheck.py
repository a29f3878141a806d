"""Recheck: every mark, hold and note of an order, read again before it goes with others, by the same gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from flows.gate.audits_seen import remember_audits
from flows.gate.decide import decide, decide_found
from flows.gate.rules import changes_of, rules_of
from flows.orders.api import ReadsOrders
from flows.orders.model import Decision, Order
from flows.orders.reasons import Reason
from flows.procedure.in_bulk import Reread
from rpa.clock import Moment
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.run import Run


_WHEN = Text(en="read again at {at}, before it was sent", zh="提交前于 {at} 再次读取")
_GONE = Text(en="it was not found", zh="未找到此订单")


def read_again(run: Run, decisions: Sequence[Decision]) -> Reread[Decision]:
    """Read these orders again, from the top of the list, and decide on each again."""
    reading = run.office(ReadsOrders)
    began = Moment.of(run.clock)
    orders = _orders(reading, decisions)
    now = reading.now()
    again = _decided_again(run, orders, decisions, now=now)
    when = _WHEN.with_words(at=f"{now:%Y-%m-%d %H:%M:%S}").of(run.language)
    gone = _GONE.of(run.language)
    weighed = [_weighed(each, orders.get(each.order_sn), again, when=when, gone=gone) for each in decisions]
    return Reread(
        to_act=tuple(each for each in weighed if each.reason is None),
        left=tuple(each for each in weighed if each.reason is not None),
        began=began,
        read_at=now,
    )


def _orders(reading: ReadsOrders, decisions: Sequence[Decision]) -> dict[str, Order]:
    """The orders as the list shows them now; those that it does not show are looked for by number."""
    wanted = {decision.order_sn for decision in decisions}
    latest = _latest(decision.to_ship[0] for decision in decisions)
    found: dict[str, Order] = {}
    for page in reading.nearest():
        found |= {order.order_sn: order for order in page.orders if order.order_sn in wanted}
        if len(found) == len(wanted) or _is_past(page.orders, latest):
            break
    missing = [decision.order_sn for decision in decisions if decision.order_sn not in found]
    return found | dict(reading.find(missing)) if missing else found


def _latest(orders: Iterable[Order]) -> datetime | None:
    times = [order.ship_by for order in orders]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def _is_past(orders: Sequence[Order], latest: datetime | None) -> bool:
    """Whether a page of the sorted list ends behind the last place at which one of ours may stand."""
    last = orders[-1].ship_by if orders else None
    return latest is not None and last is not None and last > latest


def _decided_again(
    run: Run, orders: Mapping[str, Order], decisions: Sequence[Decision], *, now: datetime
) -> dict[str, Decision]:
    pending = [order for order in orders.values() if order.status == "pending"]
    changed = changes_of(run, pending)
    remember_audits(run, pending, at=now)
    rows = [decision.row for decision in decisions if decision.row is not None]
    rules = rules_of(run, now=now, changed=changed, orders=pending, rows=rows, accept_unusual=run.shared.accept_unusual)
    return {each.order_sn: each for each in decide(pending, rows, rules=rules)}


def _weighed(before: Decision, order: Order | None, again: Mapping[str, Decision], *, when: str, gone: str) -> Decision:
    if order is None:
        return _leaves(replace(before, reason=Reason.UNREADABLE), gone, when=when)
    if order.status != "pending":
        found = _found(before, order)
        return _leaves(found, found.message, when=when)
    now = again[before.order_sn]
    if now.reason is not None:
        return _leaves(now, now.message, when=when)
    written = _newly_written(before.to_ship[0], order)
    if written:
        return _leaves(replace(now, reason=Reason.SELLER_REMARK), written, when=when)
    return now


def _found(before: Decision, order: Order) -> Decision:
    """What became of an order that is not pending any more; one that needed no parcel may have got one."""
    found = decide_found(order, before.row)
    parcel = f"{order.courier} {order.tracking_number}".strip()
    if order.status == "shipped" and parcel and not before.to_ship[1].tracking_number:
        return replace(found, reason=Reason.SHIPPED_ELSEWHERE, message=parcel)
    return found


def _newly_written(before: Order, now: Order) -> str:
    """A remark or flag that was not there when the order was decided on; one that is gone changes nothing."""
    for old, new in ((before.remark, now.remark), (before.flag, now.flag)):
        if new not in ("", old):
            return new
    return ""


def _leaves(decision: Decision, message: str, *, when: str) -> Decision:
    return replace(decision, message=f"{message}; {when}" if message else when)
