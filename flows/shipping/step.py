"""Step of shipping: what must hold of row, data, form and page directly before its click. Pure.

Each place is held to what it tells; where the order's own page tells it, that page is one of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flows.gate.may_ship import marks_against
from flows.orders.model import Decision, Order
from flows.orders.reasons import Reason
from flows.orders.web_check import texts_of, with_quotes_checked
from flows.procedure.form_fields import ORDER, TO_SHIP, refuse_not_held
from flows.procedure.kind import AlreadyThere, Step
from flows.shipping.presubmit import (
    refuse_changed,
    refuse_held,
    refuse_held_data,
    refuse_other_fields,
    refuse_other_goods,
)
from flows.shipping.proof import Wanted
from flows.shipping.words import TOLD_OF_PARCEL
from rpa.errors import InDoubt, Refused
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from flows.procedure.api import SiteActs, Values
    from flows.shipping.words import ShippingStep


class ShipStep(Step[Decision]):
    """A click that ships: no mark in any place, the goods and fields that were decided on in each, no other parcel."""

    def __init__(
        self, site: SiteActs[Decision], *, spec: ShippingStep, lists_parcels: bool, after_parcel: bool = False
    ) -> None:
        """`spec`: as the profile describes it; `after_parcel`: a step before it has left our parcel on the site."""
        super().__init__(site, part=spec.part)
        self._spec = spec
        self._lists_parcels = lists_parcels
        self._after_parcel = after_parcel

    def check_row(self, decision: Decision, row: Values) -> None:
        """No mark, nothing changed, still pending. Raises AlreadyThere when the order's page shows the step's trace."""
        order, _ = decision.to_ship
        if ORDER in row:
            self._check_page(decision, row[ORDER])
        listed = with_quotes_checked(row, texts_of(order))
        refuse_held(listed, where="list")
        refuse_changed(order, listed)

    def _check_page(self, decision: Decision, now: Order) -> None:
        order, shipment = decision.to_ship
        refuse_against(now, before=order)
        wanted = Wanted(step=self._spec, shipment=shipment, lists_parcels=self._lists_parcels)
        others = wanted.others(now)
        if others:
            message = f"the site shows {', '.join(others)}"
            raise Refused(message, reason=Reason.SHIPPED_WITH_OTHER_NUMBER)
        if wanted.is_there(now):
            raise AlreadyThere
        if now.status != "pending":
            raise InDoubt(f"the page shows it as {now.status}", reason=Reason.ROW_MISMATCH)
        if self._after_parcel and wanted.shows_parcel and not wanted.has_parcel(now):
            raise InDoubt("the page does not show the parcel of the step before", reason=Reason.ROW_MISMATCH)

    def check_told(self, decision: Decision, told: Values) -> None:
        """The same of the data, where opening the form brings some: an order under audit has no address in them."""
        if told:
            refuse_held_data(decision.to_ship[0], told)

    def check_form(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """No mark, neither in the form nor on the page around it; the goods that were decided on."""
        order, _ = decision.to_ship
        if ORDER in shown:
            self._check_page(decision, shown[ORDER])
        opened = with_quotes_checked(shown, {**texts_of(order), **told})
        refuse_held(opened, where="dialog")
        refuse_other_goods(order, opened, data=told)

    def check_filled(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """The same still; each field holds what is to be sent, and what would be shipped is what was ordered."""
        order, shipment = decision.to_ship
        if ORDER in shown:
            self._check_page(decision, shown[ORDER])
        refuse_held(with_quotes_checked(shown, {**texts_of(order), **told}), where="dialog")
        wanted = Counter((item.goods_id, str(item.quantity)) for item in order.items)
        if TO_SHIP in shown and Counter(shown[TO_SHIP]) != wanted:
            message = f"the form would ship {', '.join(' ×'.join(each) for each in shown[TO_SHIP]) or 'nothing'}"
            raise InDoubt(message, reason=Reason.ROW_MISMATCH)
        refuse_other_fields(shipment, shown)
        others = [put for put in self._spec.puts(shipment) if put.field not in TOLD_OF_PARCEL]
        refuse_not_held(shown, others)


def refuse_against(now: Order, *, before: Order) -> None:
    """Raise Refused when the page says anything against shipping the order, or shows another than was decided on.

    InDoubt when a sign or fact cannot be read.
    """
    if now.doubt is not None:
        raise InDoubt(now.doubt, reason=Reason.UNREADABLE)
    if now.status == "closed":
        raise Refused("closed directly before shipping (page)", reason=Reason.ORDER_CLOSED)
    wait = marks_against({"page": now.audit}, after_sale={"page": now.after_sale})
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
