"""Intents: from an order to the ledger's intent, and from what the site shows back to a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.gate.decide import receiver_key
from flows.orders.api import Sighting
from flows.orders.held_sheet import RELEASE_OF
from flows.orders.model import Decision, How, Order, SheetRow, Shipment
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow, with_warning
from flows.procedure.batch import REFUSED_FOR
from rpa.ledger.actions import Action, Intent, Seen, State
from rpa.ledger.once import NOT_FOUND, Look

IMPORT_FILE = "import_file"
"""The fact of an action that went by a file: the file's name, which the site's records have too."""
_PACKAGE = {How.IMPORT: IMPORT_FILE, How.TICKED: "ticked_in"}
"""By the entry of those that went together, the fact of an action that names the package."""

_ENDS = {
    State.DONE: Reason.SHIPPED,
    State.REFUSED: Reason.SITE_REFUSED,
    State.NOT_DONE: Reason.NOT_DONE,
    State.CONFLICT: Reason.CONFLICT,
    State.HANDED_OVER: Reason.HANDED_OVER,
}


def intent_of(decision: Decision, *, evidence: Path | None) -> Intent:
    """What the ledger keeps before the click: what is sent, and what the accountant asks for later."""
    order, shipment = decision.to_ship
    row = decision.row
    facts: dict[str, object] = {
        "goods_id": "; ".join(item.goods_id for item in order.items),
        "goods": "; ".join(item.goods for item in order.items),
        "spec": "; ".join(item.spec for item in order.items),
        "quantity": sum(item.quantity for item in order.items),
        "amount_fen": order.amount_fen,
        "ship_by": order.ship_by.isoformat() if order.ship_by else None,
        "receiver": receiver_key(order),
        "sheet": str(row.place.sheet) if row else "",
        "sheet_row": row.place.row if row else None,
        "evidence": str(evidence.parent) if evidence else "",
    }
    if isinstance(row, SheetRow) and row.warning:
        facts["warning"] = row.warning
    payload = {"how": shipment.how.value, "courier": shipment.courier, "tracking_number": shipment.tracking_number}
    return Intent(subject=order.order_sn, payload=payload, facts=facts, bundle=shipment.tracking_number)


REFUSED_LASTINGLY = "refused_lastingly"
"""The fact of an action that the site refused in a file, and would refuse again as it stands."""


def is_refused_lastingly(action: Action, decision: Decision) -> bool:
    """Whether the site has refused this very row in a file, and would again."""
    _, shipment = decision.to_ship
    sent = action.payload["courier"], action.payload["tracking_number"]
    lasting = action.state is State.REFUSED and bool(action.facts.get(REFUSED_LASTINGLY))
    return lasting and sent == (shipment.courier, shipment.tracking_number)


GOES_ON = "goes_on"
"""The fact of a step that others come after: with it alone, the order is not shipped."""


def settled_row_of(action: Action) -> OrderRow:
    """The row of what a run that was killed had settled: of a step that others come after, the next run tells."""
    half = action.state is State.DONE and bool(action.facts.get(GOES_ON))
    return row_of(action, reason=Reason.CRASHED if half else None)


def shipment_of(action: Action) -> Shipment:
    """What was sent."""
    return Shipment(
        order_sn=action.subject,
        how=How(action.payload["how"]),
        courier=action.payload["courier"],
        tracking_number=action.payload["tracking_number"],
    )


def by_entry(decision: Decision, how: How) -> Decision:
    """The decision, to be shipped through this entry."""
    _, shipment = decision.to_ship
    return replace(decision, shipment=replace(shipment, how=how))


def intent_in(decision: Decision, *, package: Path) -> Intent:
    """The same for an order that goes with others, in this file, in whose folder its evidence is kept."""
    intent = intent_of(decision, evidence=package)
    _, shipment = decision.to_ship
    return replace(intent, facts={**intent.facts, _PACKAGE[shipment.how]: package.name})


def package_of(action: Action) -> str:
    """The name of what it went in, together with others; empty: it went alone."""
    return next((str(action.facts[fact]) for fact in _PACKAGE.values() if fact in action.facts), "")


def look_at(action: Action, sighting: Sighting | None) -> Look:
    """What the site shows of an order that we sent."""
    order = sighting.order if sighting is not None else None
    if order is None:
        return NOT_FOUND
    if order.doubt is not None:
        return Look(seen=Seen.UNREADABLE, detail=order.doubt)
    if order.status == "pending":
        return Look(seen=Seen.NOTHING)
    if order.status == "shipped":
        return _look_at_shipped(action, order)
    return Look(
        seen=Seen.OTHER if order.status == "closed" else Seen.UNREADABLE, detail=f"status on the site: {order.status}"
    )


def _look_at_shipped(action: Action, order: Order) -> Look:
    sent = shipment_of(action)
    shown = f"{order.courier} {order.tracking_number}".strip()
    if sent.same_as(courier=order.courier, tracking_number=order.tracking_number):
        facts = {"shipped_at": order.shipped_at.isoformat()} if order.shipped_at else {}
        return Look(seen=Seen.OURS, facts=facts)
    return Look(seen=Seen.OTHER, detail=f"the site shows {shown or 'no parcel'}")


def row_of(action: Action, *, reason: Reason | None = None, message: str = "") -> OrderRow:
    """The report's row of an action: how it ended, or the reason given while it has not."""
    facts: Mapping[str, Any] = action.facts
    ended = reason or _ended(action)
    return OrderRow(
        order_sn=action.subject,
        outcome=ended.outcome,
        reason=ended,
        message=with_warning(message or action.detail, facts.get("warning", "")),
        how=action.payload["how"],
        courier=action.payload["courier"],
        tracking_number=action.payload["tracking_number"],
        goods_id=facts.get("goods_id", ""),
        goods=facts.get("goods", ""),
        spec=facts.get("spec", ""),
        quantity=facts.get("quantity"),
        amount_fen=facts.get("amount_fen"),
        ship_by=_moment(facts.get("ship_by")),
        shipped_at=_moment(facts.get("shipped_at")),
        sheet=facts.get("sheet", ""),
        sheet_row=facts.get("sheet_row"),
        evidence=facts.get("evidence", ""),
        released_by=RELEASE_OF.get(ended, ""),
    )


def _ended(action: Action) -> Reason:
    if action.state is State.REFUSED and action.facts.get(REFUSED_FOR):
        return Reason.of(str(action.facts[REFUSED_FOR]))
    return _ENDS.get(action.state, Reason.UNKNOWN)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
