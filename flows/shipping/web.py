"""Shipping forms of a site, done by the steps that the profile's table `[shipping]` has: in a dialog, or on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flows.orders.api import Sighting
from flows.orders.web import WebOrders
from flows.orders.web_check import needed_signs, orders_of
from flows.orders.web_page import OrderPage
from flows.orders.words import Couriers
from flows.procedure.web import FormSite, opens_from_row
from flows.shipping.intents import look_at, shipment_of
from flows.shipping.proof import Wanted, look_at_step
from flows.shipping.step import ShipStep
from flows.shipping.web_row import PendingRow
from flows.shipping.words import TOLD_OF_PARCEL, TYPE_IN, ShippingStep, ShippingWords, Trace
from rpa.elements.risks import always_told
from rpa.elements.uses import Uses

if TYPE_CHECKING:
    from flows.orders.model import Decision, Order, Shipment
    from flows.procedure.form_fields import Put
    from flows.procedure.kind import Step
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile
    from rpa.ledger.actions import Action
    from rpa.ledger.once import Look

_LISTED = "order_list"
"""The answer that tells of the list."""
_DETAIL = "order_detail"
_GOODS = ("goods_ids", "specs", "quantities")


def _told_by_form(step: ShippingStep, profile: Profile) -> Uses:
    """What a form that is opened, and the data behind it, must tell where the platform always tells some signs."""
    signs = always_told(profile.name)
    if step.open is None or not signs:
        return Uses()
    told = (*sorted(signs), *_GOODS)
    return Uses(dialogs={step.form: (*told, *TOLD_OF_PARCEL)}, answers={step.told or _DETAIL: (*told, "address")})


def _told_by_list(profile: Profile) -> bool:
    """Whether list and data prove that an order is shipped: else, as of what has several steps, its own page does."""
    first, *more = profile.section(ShippingWords).steps
    from_list = _LISTED in profile.answers and opens_from_row(first, profile) and first.trace is Trace.STATUS
    return from_list and not more


class WebShipping:
    """Ships in the steps that the profile describes; what must hold before each follows from what the site tells."""

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._orders = WebOrders(view, shop)
        self._page = OrderPage(view)
        self._specs = view.profile.section(ShippingWords).steps
        self._by_list = _told_by_list(view.profile)
        self._row = PendingRow(view, self._orders, by_list=self._by_list)

    @staticmethod
    def described_in(profile: Profile) -> bool:
        """Whether this profile has such steps."""
        return profile.has(ShippingWords)

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without, by this profile's steps."""
        if not profile.has(ShippingWords):
            return Uses(tables=("shipping",))
        words = profile.section(ShippingWords)
        by_list = _told_by_list(profile)
        uses = Uses() if by_list else OrderPage.uses(profile)
        if any(opens_from_row(step, profile) for step in words.steps):
            uses |= WebOrders.uses(profile)
        if any(step.trace is Trace.PARCEL for step in words.steps) and not by_list:
            uses |= Uses(lists={"order_parcels": ("courier", "tracking_number")})
        for step in words.steps:
            puts = [put for puts in step.put.values() for put in puts]
            uses |= step.uses(puts) | _told_by_form(step, profile)
            if step.told is not None:
                uses |= Uses(answers={step.told: ("status",)})
            if any(TYPE_IN in put.value for put in puts):
                uses |= Uses(tables=("couriers",))
        return uses

    # Acting

    def steps(self) -> Sequence[Step[Decision]]:
        """Those of the profile."""
        before = [self._specs[:number] for number in range(len(self._specs))]
        traced = [any(step.trace is Trace.PARCEL for step in steps) for steps in before]
        return [self._step(spec, after_parcel=shown) for spec, shown in zip(self._specs, traced, strict=True)]

    def _step(self, spec: ShippingStep, *, after_parcel: bool) -> ShipStep:
        site: FormSite[Decision] = FormSite(
            self._view,
            spec=spec,
            puts=lambda decision: self._puts(spec, decision.to_ship[1]),
            page=self._page,
            rows=self._row,
            by_list=self._by_list,
            sent=self._row.note_sent if spec is self._specs[-1] else lambda _: None,
        )
        return ShipStep(site, spec=spec, lists_parcels=self._page.lists_parcels, after_parcel=after_parcel)

    def _puts(self, spec: ShippingStep, shipment: Shipment) -> Sequence[Put]:
        couriers = self._view.profile.section(Couriers) if self._view.profile.has(Couriers) else None
        courier = couriers.table.named(shipment.courier) if couriers is not None else None
        return spec.puts(shipment, type_in=courier.type_in if courier is not None else shipment.courier)

    # Reading back

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        """What the site shows of an order, or of the step of it, that we sent."""
        if self._by_list:
            return look_at(action, sighting)
        spec = next((spec for spec in self._specs if spec.part == action.part), self._specs[-1])
        order = sighting.order if sighting is not None else None
        wanted = Wanted(step=spec, shipment=shipment_of(action), lists_parcels=self._page.lists_parcels)
        return look_at_step(order, wanted=wanted)

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, read afresh: many with one page load where the list tells all of them.

        Those are the newest shipped ones; the others, and where it does not all, are read one by one.
        """
        self._row.forget()
        if not self._by_list:
            return {sn: self._sighting(sn, self._page.find(sn)) for sn in order_sns}
        answer = self._view.open_for("orders_shipped", answer=_LISTED)
        rows = self._view.rows("orders", keys=[row["order_sn"] for row in answer.rows], parts=True)
        wanted = set(order_sns)
        orders = orders_of(rows.values, answer.rows, needed=needed_signs(self._view.profile))
        found = {order.order_sn: order for order in orders if order.order_sn in wanted}
        parts = {
            row["order_sn"]: part for row, part in zip(rows.values, rows.parts, strict=True) if row["order_sn"] in found
        }
        pictures = self._view.evidence.pictures(self._view.page, moment="after", parts=parts)
        found |= self._orders.find([sn for sn in order_sns if sn not in found])
        return {sn: Sighting(order=found.get(sn), evidence=pictures.get(sn)) for sn in order_sns}

    def _sighting(self, order_sn: str, order: Order | None) -> Sighting:
        picture = self._page.picture(order_sn, moment="after") if order is not None else None
        return Sighting(order=order, evidence=picture)
