"""Step of shipping on the order's own page: what must hold of the page before its click. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.gate.may_ship import marks_against
from flows.orders.model import Decision, Order, Shipment
from flows.orders.reasons import Reason
from flows.procedure.kind import AlreadyThere, Step
from flows.procedure.page_fields import ORDER, TO_SHIP, refuse_not_held
from flows.shipping.presubmit import refuse_closed, refuse_not_pending
from flows.shipping.words import Trace
from rpa.errors import InDoubt, Refused
from rpa.ledger.actions import Seen
from rpa.ledger.once import NOT_FOUND, Look
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from flows.procedure.api import SiteActs, Values
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


class PageShipStep(Step[Decision]):
    """A click that ships: the page shows the order that was decided on, nothing against it, and no other parcel."""

    def __init__(
        self, site: SiteActs[Decision], *, spec: ShippingStep, lists_parcels: bool, after_parcel: bool = False
    ) -> None:
        """`spec`: as the profile describes it; `after_parcel`: a step before it has left our parcel on the page."""
        super().__init__(site, part=spec.part)
        self._spec = spec
        self._lists_parcels = lists_parcels
        self._after_parcel = after_parcel

    def check_row(self, decision: Decision, row: Values) -> None:
        """The order's page, loaded afresh. Raises AlreadyThere when the step's trace is there."""
        order, shipment = decision.to_ship
        now: Order = row[ORDER]
        refuse_against(now, before=order)
        wanted = Wanted(step=self._spec, shipment=shipment, lists_parcels=self._lists_parcels)
        others = wanted.others(now)
        if others:
            message = f"the site shows {', '.join(others)}"
            raise Refused(message, reason=Reason.SHIPPED_WITH_OTHER_NUMBER)
        if wanted.is_there(now):
            raise AlreadyThere
        refuse_not_pending(now.status, where="page")
        if self._after_parcel and wanted.shows_parcel and not wanted.has_parcel(now):
            raise InDoubt("the page does not show the parcel of the step before", reason=Reason.ROW_MISMATCH)

    def check_told(self, decision: Decision, told: Values) -> None:
        """Nobody is asked when the form is opened: it is part of the page."""

    def check_form(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """The same of the page as the form stands in it."""
        del told
        self.check_row(decision, shown)

    def check_filled(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """The same still; each field holds what was filled in, and what would be shipped is what was ordered."""
        del told
        self.check_row(decision, shown)
        order, shipment = decision.to_ship
        wanted = Counter((item.goods_id, str(item.quantity)) for item in order.items)
        if TO_SHIP in shown and Counter(shown[TO_SHIP]) != wanted:
            message = f"the form would ship {', '.join(' ×'.join(each) for each in shown[TO_SHIP]) or 'nothing'}"
            raise InDoubt(message, reason=Reason.ROW_MISMATCH)
        refuse_not_held(shown, self._spec.puts(shipment))


def refuse_against(now: Order, *, before: Order) -> None:
    """Raise Refused when the page says anything against shipping the order, or shows another than was decided on.

    InDoubt when a sign or fact cannot be read.
    """
    if now.doubt is not None:
        raise InDoubt(now.doubt, reason=Reason.UNREADABLE)
    refuse_closed(now.status, where="page")
    wait = marks_against({name: {"page": mark} for name, mark in now.signs.items()})
    if wait is not None:
        kind = InDoubt if wait.reason.outcome is Outcome.NEEDS_PERSON else Refused
        raise kind("seen directly before shipping (page)", reason=wait.reason)
    changed = list(_differences(before, now))
    if changed:
        raise Refused("; ".join(changed), reason=Reason.ORDER_CHANGED)
    written = next(
        (text for text, old in ((now.remark, before.remark), (now.flag, before.flag)) if text not in ("", old)), ""
    )
    if written:
        raise Refused(f"written directly before shipping: {written}", reason=Reason.SELLER_REMARK)


def _differences(before: Order, now: Order) -> list[str]:
    goods = [f"{_said(before)} → {_said(now)}"] if _goods(before) != _goods(now) else []
    told = [(name, getattr(before, name), getattr(now, name)) for name in ("receiver", "region", "address")]
    return [*(f"goods: {each}" for each in goods), *(f"{name}: {old} → {new}" for name, old, new in told if old != new)]


def _goods(order: Order) -> Counter[tuple[str, str, int]]:
    """As a multiset: a site may show them in another sequence each time."""
    return Counter((item.goods_id, item.spec, item.quantity) for item in order.items)


def _said(order: Order) -> str:
    return ", ".join(f"{item.goods_id} {item.spec} ×{item.quantity}" for item in order.items) or "nothing"


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
