"""Shipping form on the order's own page, done by what the profile's table `[shipping]` says of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flows.orders.api import Said, Sighting
from flows.orders.reasons import Reason
from flows.orders.web_page import OrderPage
from flows.shipping.intents import shipment_of
from flows.shipping.page_step import FILLED, ORDER, TO_SHIP, PageShipStep, Wanted, look_at_step
from flows.shipping.words import ShippingStep, ShippingWords, Trace
from rpa.elements.uses import Uses
from rpa.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from flows.orders.model import Decision, Order
    from flows.procedure.api import Values
    from flows.procedure.kind import Step
    from rpa.browser.scope import Scope
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile
    from rpa.ledger.actions import Action
    from rpa.ledger.once import Look

_SAYS = "page.message"
"""The element of what the page says of what was done."""


class PageForm:
    """The form of one step, part of the page of one order."""

    def __init__(self, view: View, *, scope: Scope, page: OrderPage, subject: str, spec: ShippingStep) -> None:
        self._view = view
        self._scope = scope
        self._page = page
        self._subject = subject
        self._spec = spec
        self.told: Values = {}
        """Nobody is asked when it is opened."""
        self.evidence: Path | None = None
        """The picture of the order as the form is sent."""

    def read(self) -> Values:
        """The order as the page around the form shows it; the form must belong to it."""
        self._scope.read()
        to_ship = self._page.to_ship()
        return {ORDER: self._page.read(self._subject), **({} if to_ship is None else {TO_SHIP: to_ship})}

    def put(self, decision: Decision, shown: Values) -> Values:
        """Fill in what the step says; what the fields hold then."""
        del shown
        _, shipment = decision.to_ship
        puts = self._spec.put.get(shipment.how)
        if puts is None:
            raise Refused(f"the site's form has no way “{shipment.how}”", reason=Reason.SITE_REFUSED)
        for put in puts:
            if put.fill:
                self._scope.fill(put.fill, put.holds(shipment))
            elif put.select:
                self._scope.select(put.select, put.holds(shipment))
            elif put.tick:
                self._scope.tick(put.tick)
            elif put.click and "true" not in self._scope.holds(put.click):
                self._scope.click(put.click)
        self._view.clear(expected=[self._spec.form])
        return {**self.read(), FILLED: {put.element: self._scope.holds(put.element) for put in puts}}

    def blocked(self) -> str | None:
        """That its button cannot be used."""
        return "the form does not let it be shipped" if self._scope.disabled(self._spec.confirm) else None

    def take_picture(self) -> None:
        """A picture of the order as it is now."""
        self.evidence = self._page.picture(self._subject, moment="before")

    def send(self) -> Said:
        """Click its button; what the next document says that the page had not said before.

        The profile's sentence of success counts, and no other: what is not said is read back from the page.
        """
        before = Counter(self._messages())
        arrived = self._view.follow(lambda: self._scope.commit(self._spec.confirm))
        self._view.shop_page.refuse_login_page()
        asked = self._question()
        if arrived and asked is not None:
            arrived = self._view.follow(lambda: asked.commit(self._spec.go_on or self._spec.confirm))
        if not arrived:
            return Said(accepted=None, words="no answer came")
        return self._said(before)

    def _question(self) -> Scope | None:
        return self._view.question(self._spec.question, about=self._subject) if self._spec.question else None

    def _said(self, before: Counter[str]) -> Said:
        new = "; ".join((Counter(self._messages()) - before).elements())
        words = self._view.profile.words
        if any(word in new for word in self._spec.done):
            return Said(accepted=True, words=new)
        too_often = any(word in new for word in words.get("rate_limited", ()))
        refused = too_often or any(word in new for word in words.get("refused", ()))
        return Said(
            accepted=False if refused else None, words=new or "no answer", repeatable=too_often, too_often=too_often
        )

    def _messages(self) -> tuple[str, ...]:
        return self._view.texts(_SAYS) if _SAYS in self._view.profile.elements else ()

    def leave(self) -> None:
        """It is part of the page: the next one is loaded afresh."""


class _StepSite:
    """One step on the order's page."""

    def __init__(self, view: View, page: OrderPage, *, spec: ShippingStep) -> None:
        self._view = view
        self._page = page
        self._spec = spec

    def check_allowed(self) -> None:
        """Raise NotApproved when nothing could be sent, so that nothing is begun."""
        self._view.check_allowed(self._spec.confirm)

    def bring_row(self, decision: Decision) -> Values:
        """The order's page, loaded afresh."""
        self._page.open(decision.order_sn)
        return {ORDER: self._page.read(decision.order_sn)}

    def open(self, decision: Decision) -> PageForm:
        """The form on the page, which must be there, and belong to the order."""
        scope = self._view.dialog(self._spec.form, decision.order_sn)
        return PageForm(self._view, scope=scope, page=self._page, subject=decision.order_sn, spec=self._spec)

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self._view.evidence.on_refusal(self._view.page, subject=subject)


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
        forms = (name for step in words.steps for name in (step.form, step.question) if name is not None)
        traced = any(step.trace is Trace.PARCEL for step in words.steps)
        parcels = {"order_parcels": ("courier", "tracking_number")} if traced else {}
        steps = Uses(elements=tuple(words.elements), dialogs=dict.fromkeys(forms, ()), lists=parcels)
        return OrderPage.uses(profile) | steps

    def steps(self) -> Sequence[Step[Decision]]:
        """Those of the profile."""
        return [PageShipStep(_StepSite(self._view, self._page, spec=spec), spec=spec) for spec in self._specs]

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        """What the order's page shows of the step that we sent."""
        spec = next((spec for spec in self._specs if spec.part == action.part), self._specs[-1])
        order = sighting.order if sighting is not None else None
        return look_at_step(order, wanted=Wanted(step=spec, shipment=shipment_of(action)))

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, each on its own page, loaded afresh."""
        return {sn: self._sighting(sn, self._page.find(sn)) for sn in order_sns}

    def _sighting(self, order_sn: str, order: Order | None) -> Sighting:
        picture = self._page.picture(order_sn, moment="after") if order is not None else None
        return Sighting(order=order, evidence=picture)
