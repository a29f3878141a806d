"""Decisions: what is to happen to each order and each sheet row; one pure function, no order in two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.gate.may_ship import Known, Wait, notices_against_all, reason_to_wait
from flows.orders.model import BadRow, Decision, How, Order, Place, SheetRow, Shipment
from flows.orders.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLogistics:
    """Goods that need no parcel, by exact ids."""

    goods_id: str
    spec: str
    needs_proof: bool
    """Delivered by the seller: the sheet must bring a proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Known):
    """What is known against orders, and what a shop's configuration says of how they are shipped."""

    no_logistics: tuple[NoLogistics, ...] = ()
    most_orders_per_number: int = 5
    shipped_numbers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """tracking number → receivers (`receiver_key`) of the orders already shipped with it."""
    unusual: frozenset[Place] = frozenset()
    """Rows whose number does not look like one of its courier, and which nobody has accepted."""


def receiver_key(order: Order) -> str:
    """Who gets the parcel, as far as a masked order tells."""
    return f"{order.receiver}|{order.region}"


def decide(orders: Iterable[Order], rows: Iterable[SheetRow | BadRow], *, rules: Rules) -> list[Decision]:
    """One decision for each order, and one for each further sheet row; a row without an order is not decided.

    An order that is to be shipped has `reason` None and a shipment. Order of the orders is kept.
    """
    by_order: dict[str, list[SheetRow | BadRow]] = defaultdict(list)
    for row in rows:
        by_order[row.order_sn].append(row)
    decisions: list[Decision] = []
    for order in {order.order_sn: order for order in orders}.values():
        own = by_order.get(order.order_sn, [])
        first = next((row for row in own if isinstance(row, SheetRow)), own[0] if own else None)
        decided = _decide_order(order, first, rules=rules)
        decisions.append(replace(decided, hours_left=_hours_left(order, now=rules.now)))
        decisions += [_further(order, row) for row in own if row is not first]
    return _refuse_shared_numbers(decisions, rules=rules)


def _further(order: Order, row: SheetRow | BadRow) -> Decision:
    """A second row for an order that has its decision already."""
    reason = row.reason if isinstance(row, BadRow) else Reason.SEVERAL_PARCELS
    message = row.message if isinstance(row, BadRow) else ""
    return Decision(order_sn=order.order_sn, order=None, row=row, shipment=None, reason=reason, message=message)


def _hours_left(order: Order, *, now: datetime) -> int | None:
    return None if order.ship_by is None else int((order.ship_by - now).total_seconds() // 3600)


def _decide_order(order: Order, row: SheetRow | BadRow | None, *, rules: Rules) -> Decision:
    wait = reason_to_wait(order, known=rules)
    if wait is not None:
        return _waiting(order, row, wait)
    if isinstance(row, BadRow):
        return Decision(
            order_sn=order.order_sn, order=order, row=row, shipment=None, reason=row.reason, message=row.message
        )
    decided = _decide_with_row(order, row, rules=rules)
    stop = notices_against_all(rules) if decided.reason is None else None
    return decided if stop is None else _waiting(order, row, stop)


def _waiting(order: Order, row: SheetRow | BadRow | None, wait: Wait) -> Decision:
    return Decision(
        order_sn=order.order_sn,
        order=order,
        row=row,
        shipment=None,
        reason=wait.reason,
        message=wait.message,
        since=wait.since,
        evidence=wait.evidence,
    )


def _decide_with_row(order: Order, row: SheetRow | None, *, rules: Rules) -> Decision:
    if row is not None and row.tracking_number:
        shipment = Shipment(
            order_sn=order.order_sn, how=How.DIALOG, courier=row.courier, tracking_number=row.tracking_number
        )
        refused = Reason.UNUSUAL_NUMBER if row.place in rules.unusual else None
        return Decision(
            order_sn=order.order_sn, order=order, row=row, shipment=None if refused else shipment, reason=refused
        )
    return _decide_without_number(order, row, rules=rules)


def _decide_without_number(order: Order, row: SheetRow | None, *, rules: Rules) -> Decision:
    listed = {(goods.goods_id, goods.spec): goods for goods in rules.no_logistics}
    matches = [listed.get((item.goods_id, item.spec)) for item in order.items]
    reason: Reason | None = None
    shipment: Shipment | None = None
    if not any(matches):
        virtual = bool(order.items) and all(item.physical is False for item in order.items)
        reason = Reason.VIRTUAL_NOT_LISTED if virtual else Reason.NO_TRACKING_YET
    elif not all(matches):
        reason = Reason.VIRTUAL_NOT_LISTED
    elif any(item.physical is not False for item in order.items):
        reason = Reason.GOODS_PHYSICAL
    elif any(match is not None and match.needs_proof for match in matches) and not (row and row.proof):
        reason = Reason.NO_PROOF
    else:
        shipment = Shipment(order_sn=order.order_sn, how=How.NO_LOGISTICS)
    return Decision(order_sn=order.order_sn, order=order, row=row, shipment=shipment, reason=reason)


def _refuse_shared_numbers(decisions: list[Decision], *, rules: Rules) -> list[Decision]:
    """One number on several orders: only for one receiver, and only up to the limit. Orders that wait count too."""
    receivers: dict[str, list[str]] = {number: list(keys) for number, keys in rules.shipped_numbers.items()}
    for decision in decisions:
        number = _given_number(decision)
        if number and decision.order is not None and decision.order_sn not in rules.unresolved:
            receivers.setdefault(number, []).append(receiver_key(decision.order))
    refused = {
        number for number, keys in receivers.items() if len(set(keys)) > 1 or len(keys) > rules.most_orders_per_number
    }
    return [_refused(each, receivers) if _number(each) in refused else each for each in decisions]


def _given_number(decision: Decision) -> str:
    return decision.row.tracking_number if isinstance(decision.row, SheetRow) else ""


def _number(decision: Decision) -> str:
    return decision.shipment.tracking_number if decision.shipment is not None else ""


def _refused(decision: Decision, receivers: Mapping[str, Sequence[str]]) -> Decision:
    count, different = len(receivers[_number(decision)]), len(set(receivers[_number(decision)]))
    return Decision(
        order_sn=decision.order_sn,
        order=decision.order,
        row=decision.row,
        shipment=None,
        reason=Reason.NUMBER_SHARED,
        message=f"{_number(decision)}: {count} orders, {different} receivers",
    )


def as_read(decision: Decision) -> Decision:
    """The decision for a flow that ships nothing: an order that only waits for a tracking number is listed."""
    ready = decision.reason in (None, Reason.NO_TRACKING_YET, Reason.VIRTUAL_NOT_LISTED, Reason.NO_PROOF)
    return replace(decision, reason=Reason.LISTED, shipment=None) if ready else decision


def decide_found(order: Order, row: SheetRow | BadRow | None) -> Decision:
    """The decision for an order that the shop has, but which is not pending, and the sheet row that names it."""
    reason, message = _found_reason(order, row)
    return Decision(order_sn=order.order_sn, order=order, row=row, shipment=None, reason=reason, message=message)


def _found_reason(order: Order, row: SheetRow | BadRow | None) -> tuple[Reason, str]:
    if isinstance(row, BadRow):
        return row.reason, row.message
    shown = f"{order.courier} {order.tracking_number}".strip()
    if order.status == "shipped" and row is None:
        return Reason.SAME_SHIPMENT, shown
    if order.status == "shipped" and row is not None:
        shipment = Shipment(
            order_sn=order.order_sn, how=How.DIALOG, courier=row.courier, tracking_number=row.tracking_number
        )
        if not row.tracking_number or shipment.same_as(courier=order.courier, tracking_number=order.tracking_number):
            return Reason.SAME_SHIPMENT, ""
        return Reason.SHIPPED_WITH_OTHER_NUMBER, shown
    if order.status == "closed":
        return Reason.ORDER_CLOSED, ""
    if order.status == "part":
        return Reason.PARTLY_SHIPPED, shown
    return Reason.UNKNOWN, f"status on the site: {order.status}"
