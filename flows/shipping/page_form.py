"""Shipping forms on the order's own page, done by what the profile's table `[shipping]` says of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flows.orders.api import Sighting
from flows.orders.web_page import OrderPage
from flows.procedure.page_form import PageSite
from flows.shipping.intents import shipment_of
from flows.shipping.page_step import PageShipStep, Wanted, look_at_step
from flows.shipping.words import ShippingStep, ShippingWords, Trace
from rpa.elements.uses import Uses

if TYPE_CHECKING:
    from flows.orders.model import Decision, Order
    from flows.procedure.kind import Step
    from flows.procedure.page_fields import Put
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile
    from rpa.ledger.actions import Action
    from rpa.ledger.once import Look


class PageShipping:
    """Ships through forms that are part of the order's page, in the steps that the profile describes."""

    def __init__(self, view: View, shop: Shop) -> None:
        del shop
        self._view = view
        self._page = OrderPage(view)
        self._specs = view.profile.section(ShippingWords).steps

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
        forms = [step.form for step in words.steps]
        asked = [step.question for step in words.steps if step.question is not None]
        traced = any(step.trace is Trace.PARCEL for step in words.steps)
        parcels = {"order_parcels": ("courier", "tracking_number")} if traced else {}
        dialogs: dict[str, tuple[str, ...]] = dict.fromkeys((*forms, *asked), ())
        steps = Uses(elements=tuple(words.elements), dialogs=dialogs, named=tuple(forms), lists=parcels)
        return OrderPage.uses(profile) | steps | Uses(looks=("page.message",))

    def steps(self) -> Sequence[Step[Decision]]:
        """Those of the profile."""
        before = [self._specs[:number] for number in range(len(self._specs))]
        traced = [any(step.trace is Trace.PARCEL for step in steps) for steps in before]
        return [self._step(spec, after_parcel=shown) for spec, shown in zip(self._specs, traced, strict=True)]

    def _step(self, spec: ShippingStep, *, after_parcel: bool) -> PageShipStep:
        def puts(decision: Decision) -> Sequence[Put]:
            _, shipment = decision.to_ship
            return spec.puts(shipment)

        site = PageSite(self._view, self._page, spec=spec, puts=puts)
        return PageShipStep(site, spec=spec, lists_parcels=self._page.lists_parcels, after_parcel=after_parcel)

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        """What the order's page shows of the step that we sent."""
        spec = next((spec for spec in self._specs if spec.part == action.part), self._specs[-1])
        order = sighting.order if sighting is not None else None
        wanted = Wanted(step=spec, shipment=shipment_of(action), lists_parcels=self._page.lists_parcels)
        return look_at_step(order, wanted=wanted)

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, each on its own page, loaded afresh."""
        return {sn: self._sighting(sn, self._page.find(sn)) for sn in order_sns}

    def _sighting(self, order_sn: str, order: Order | None) -> Sighting:
        picture = self._page.picture(order_sn, moment="after") if order is not None else None
        return Sighting(order=order, evidence=picture)
