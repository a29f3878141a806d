"""Presubmit check: what must hold of row, dialog and the dialog's data directly before an order is shipped. Pure.

Each is held to the fields that it has; which it must have, the class that ships says (`uses`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows.gate.may_ship import address_mark, marks_against
from flows.orders.model import How, Mark, Order, Shipment
from flows.orders.reasons import Reason
from flows.orders.web_check import mark_of
from rpa.errors import InDoubt, Refused
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

Values = Mapping[str, Any]


def refuse_held(values: Values, *, where: str, address: Mark = Mark.CLEAR) -> None:
    """Raise Refused for an order under audit or in after-sale, InDoubt when a mark cannot be read.

    `address`: whether the place shows the address (`flows.gate.may_ship.address_mark`), where it is to show one.
    """
    audit, after_sale = (mark_of(values.get(name, Mark.CLEAR.value)) for name in ("audit", "after_sale"))
    wait = marks_against({where: audit, "address": address}, after_sale={where: after_sale})
    if wait is None:
        return
    if wait.reason.outcome is Outcome.NEEDS_PERSON:
        raise InDoubt(wait.message, reason=wait.reason)
    raise Refused(f"seen directly before shipping ({where})", reason=wait.reason)


def refuse_held_data(order: Order, data: Values) -> None:
    """The same of the data behind the dialog, in which an order under audit has no address.

    Raises Refused, too, when the platform has closed the order meanwhile, InDoubt when it is not pending otherwise.
    """
    refuse_closed(data["status"], where="data")
    has_goods = any(item.physical is not False for item in order.items) or not order.items
    address = address_mark(data["address"], listed=order.address, has_goods=has_goods) if "address" in data else None
    refuse_held(data, where="data", address=address or Mark.CLEAR)
    refuse_not_pending(data["status"], where="data")


def refuse_closed(status: Any, *, where: str) -> None:
    """Raise Refused for an order that is closed by now; its refund shows as an after-sale case, too."""
    if status == "closed":
        raise Refused(f"closed directly before shipping ({where})", reason=Reason.ORDER_CLOSED)


def refuse_not_pending(status: Any, *, where: str) -> None:
    """Raise Refused for an order that is closed by now, InDoubt for one that is not pending for another reason."""
    refuse_closed(status, where=where)
    if status != "pending":
        raise InDoubt(f"the {where} shows it as {status}", reason=Reason.ROW_MISMATCH)


def refuse_changed(order: Order, row: Values) -> None:
    """Raise Refused when the order's row is another than when it was decided on, or closed; InDoubt when not pending.

    A remark that is gone, or that only the data had, changes nothing.
    """
    if "status" in row:
        refuse_not_pending(row["status"], where="list")
    changed = list(_differences(order, row))
    if changed:
        raise Refused("; ".join(changed), reason=Reason.ORDER_CHANGED)
    for name in ("remark", "flag"):
        if row.get(name, "") not in ("", getattr(order, name)):
            raise Refused(f"written directly before shipping: {row[name]}", reason=Reason.SELLER_REMARK)


def _differences(order: Order, row: Values) -> Iterator[str]:
    columns = _columns(row)
    if columns and sorted(_goods(row, columns)) != sorted(_listed(order, columns)):
        yield f"goods: {_said(_listed(order))} → {_said(_goods(row))}"
    for name in ("receiver", "region", "address"):
        if name in row and row[name] != getattr(order, name):
            yield f"{name}: {getattr(order, name)} → {row[name]}"


def refuse_other_goods(order: Order, dialog: Values, *, data: Values) -> None:
    """Raise Refused when dialog and data agree on other goods than were decided on, InDoubt when they disagree.

    They are compared by what both tell of goods; where only one of them tells any, other goods are a doubt.
    """
    told = {name: values for name, values in (("dialog", dialog), ("data", data)) if _columns(values)}
    if all(sorted(_goods(each, _columns(each))) == sorted(_listed(order, _columns(each))) for each in told.values()):
        return
    both = [name for name in _GOODS if all(name in values for values in told.values())]
    goods = [sorted(_goods(values, both)) for values in told.values()]
    if len(told) > 1 and both and goods[0] == goods[1] != sorted(_listed(order, both)):
        raise Refused(f"goods: {_said(_listed(order))} → {_said(_goods(dialog))}", reason=Reason.ORDER_CHANGED)
    shown = "".join(f"the {name} shows {_said(_goods(values))}, " for name, values in told.items())
    raise InDoubt(f"{shown}the list {_said(_listed(order))}", reason=Reason.ROW_MISMATCH)


def refuse_other_fields(shipment: Shipment, shown: Values) -> None:
    """Raise InDoubt unless the form's fields read what was to be filled in; Refused when it has no such courier."""
    how = shown.get("how", shipment.how.value)
    if how != shipment.how.value:
        raise InDoubt(f"the dialog is set to {how!r}", reason=Reason.ROW_MISMATCH)
    if shipment.how is not How.DIALOG:
        return
    courier = shown.get("courier", shipment.courier)
    tracking_number = shown.get("tracking_number", shipment.tracking_number)
    if not courier and tracking_number == shipment.tracking_number:
        raise Refused(f"the dialog offers no courier {shipment.courier!r}", reason=Reason.UNKNOWN_COURIER)
    if not shipment.same_as(courier=courier, tracking_number=tracking_number):
        message = f"the dialog's fields read {courier!r} {tracking_number!r} after they were filled in"
        raise InDoubt(message, reason=Reason.ROW_MISMATCH)


_GOODS = ("goods_ids", "specs", "quantities")


def _columns(values: Values) -> list[str]:
    """What these tell of goods."""
    return [name for name in _GOODS if name in values]


def _listed(order: Order, columns: Sequence[str] = _GOODS) -> list[tuple[str, ...]]:
    items = ((item.goods_id, item.spec, str(item.quantity)) for item in order.items)
    return [tuple(each for name, each in zip(_GOODS, item, strict=True) if name in columns) for item in items]


def _goods(values: Values, columns: Sequence[str] = _GOODS) -> list[tuple[str, ...]]:
    """These columns of each item; what is missing of one is empty, and so equals nothing listed."""
    told = [values[name] if isinstance(values.get(name), tuple) else () for name in columns]
    rows = range(max(map(len, told), default=0))
    return [tuple(str(column[row]) if row < len(column) else "" for column in told) for row in rows]


def _said(goods: list[tuple[str, ...]]) -> str:
    return ", ".join(f"{goods_id} {spec} ×{quantity}" for goods_id, spec, quantity in goods) or "nothing"
