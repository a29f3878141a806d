"""Proof: what an order's own page shows of one step that ships, before its click and after. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.orders.model import Order, Shipment
from flows.shipping.words import Trace
from rpa.ledger.actions import Seen
from rpa.ledger.once import NOT_FOUND, Look

if TYPE_CHECKING:
    from flows.shipping.words import ShippingStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a form is to ship, and as what it is to be found on the page afterwards."""

    step: ShippingStep
    shipment: Shipment
    lists_parcels: bool
    """Whether the page lists an order's parcels at all."""

    def is_there(self, order: Order) -> bool:
        """Whether the page shows the trace of this step: a status with our parcel, where there is one to be shown."""
        if self.step.trace is Trace.STATUS:
            return order.status == "shipped" and (self.has_parcel(order) or not self.shows_parcel)
        return self.has_parcel(order)

    @property
    def shows_parcel(self) -> bool:
        """Whether the page of the order shows our parcel, once it was sent."""
        return self.lists_parcels and bool(self.shipment.tracking_number)

    def has_parcel(self, order: Order) -> bool:
        """Whether our parcel is among those of the order."""
        return any(self._is_ours(parcel.courier, parcel.tracking_number) for parcel in order.parcels)

    def others(self, order: Order) -> list[str]:
        """The parcels of the order that are not ours."""
        shown = [(parcel.courier, parcel.tracking_number) for parcel in order.parcels]
        return [" ".join(parcel).strip() or "no number" for parcel in shown if not self._is_ours(*parcel)]

    def _is_ours(self, courier: str, tracking_number: str) -> bool:
        return self.shipment.same_as(courier=courier, tracking_number=tracking_number)


def look_at_step(order: Order | None, *, wanted: Wanted) -> Look:
    """How the site shows one step of an order that we sent."""
    if order is None:
        return NOT_FOUND
    if order.doubt is not None:
        return Look(seen=Seen.UNREADABLE, detail=order.doubt)
    others = wanted.others(order)
    if others:
        return Look(seen=Seen.OTHER, detail=f"the site shows {', '.join(others)}")
    if wanted.is_there(order):
        return Look(seen=Seen.OURS, facts={"shipped_at": order.shipped_at.isoformat()} if order.shipped_at else {})
    if order.status == "shipped" and wanted.step.trace is Trace.STATUS:
        return Look(seen=Seen.UNREADABLE, detail="the site shows it as shipped, without our parcel")
    if order.status in {"pending", "shipped"}:
        return Look(seen=Seen.NOTHING)
    seen = Seen.OTHER if order.status == "closed" else Seen.UNREADABLE
    return Look(seen=seen, detail=f"status on the site: {order.status}")
