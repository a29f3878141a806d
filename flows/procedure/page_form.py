"""A form that is part of an order's own page: filled in, read back, sent, and what the next document says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic

from flows.orders.api import Said
from flows.orders.reasons import Reason
from flows.orders.web_page import OrderPage
from flows.procedure.api import D, SiteForm, Values
from flows.procedure.page_fields import HELD, ORDER, TO_SHIP
from rpa.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from flows.procedure.page_fields import PageStep, Put
    from rpa.browser.scope import Scope
    from rpa.browser.view import View

_SAYS = "page.message"
"""The element of what the page says of what was done."""


class PageForm(Generic[D]):
    """The form of one step, part of the page of one order."""

    def __init__(
        self,
        view: View,
        *,
        page: OrderPage,
        subject: str,
        spec: PageStep,
        puts: Callable[[D], Sequence[Put]],
        told: Values = MappingProxyType({}),
    ) -> None:
        """Wait for it. `puts`: see `PageSite`; `told`: what the page tells beside the form."""
        self.view = view
        self.scope = view.dialog(spec.form, subject)
        self._page = page
        self._subject = subject
        self._spec = spec
        self._puts = puts
        self.told = told
        self.evidence: Path | None = None
        """The picture of the order as the form is sent."""

    def read(self) -> Values:
        """The order as the page around the form shows it; the form must belong to it."""
        self.scope.read()
        to_ship = self._page.to_ship()
        return {ORDER: self._page.read(self._subject), **({} if to_ship is None else {TO_SHIP: to_ship})}

    def put(self, decision: D, shown: Values) -> Values:
        """Fill in what the step says, unless it is there already; the same again, and what the fields hold then."""
        del shown
        puts = self._puts(decision)
        for put in puts:
            if put.tick or not put.is_held(self._held(put)):
                self._fill(put)
        self.view.clear(expected=[self._spec.form])
        return {**self.read(), HELD: {put: self._held(put) for put in puts}}

    def _held(self, put: Put) -> tuple[str, ...]:
        return self.scope.holds(put.element, value=put.value if put.pick else None)

    def _fill(self, put: Put) -> None:
        if not put.tick and self.scope.disabled(put.element, value=put.value if put.pick else None):
            raise Refused(f"{put.element} of the site's form cannot be used", reason=Reason.SITE_REFUSED)
        if put.fill:
            self.scope.fill(put.fill, put.value)
        elif put.select and not self.scope.select(put.select, put.value):
            raise Refused(f"{put.select} of the site's form offers no “{put.value}”", reason=Reason.SITE_REFUSED)
        elif put.pick:
            self.scope.pick(put.pick, put.value)
        elif put.tick:
            self.scope.tick(put.tick)
        elif put.click:
            self.scope.click(put.click)

    def blocked(self) -> str | None:
        """That its button cannot be used."""
        return "the form does not let it be sent" if self.scope.disabled(self._spec.confirm) else None

    def take_picture(self) -> None:
        """A picture of the order as it is now."""
        self.evidence = self._page.picture(self._subject, moment="before")

    def send(self) -> Said:
        """Click its button; what the next document says that the page had not said before.

        The profile's sentence of success counts, and no other: what is not said is read back from the page.
        """
        before = Counter(self._messages())
        arrived = self.view.follow(
            lambda: self.scope.commit(self._spec.confirm), unless=lambda: self._question() is not None
        )
        self.view.shop_page.refuse_login_page()
        asked = self._question()
        if asked is not None:
            arrived = self.view.follow(lambda: asked.commit(self._spec.go_on or self._spec.confirm))
            self.view.shop_page.refuse_login_page()
        if not arrived:
            return Said(accepted=None, words="no answer came")
        return self._said(before)

    def _question(self) -> Scope | None:
        return self.view.question(self._spec.question, about=self._subject) if self._spec.question else None

    def _said(self, before: Counter[str]) -> Said:
        """What was said in between, of the same words, was said once more."""
        new = "; ".join((Counter(self._messages()) - before).elements())
        if any(word in new for word in self._spec.done):
            return Said(accepted=True, words=new)
        too_often, later, refused = (self._says(new, of) for of in ("rate_limited", "repeatable", "refused"))
        no = too_often or later or refused
        return Said(
            accepted=False if no else None,
            words=new or "no answer",
            repeatable=too_often or later,
            too_often=too_often,
        )

    def _says(self, text: str, words: str) -> bool:
        return any(word in text for word in self.view.profile.words.get(words, ()))

    def _messages(self) -> tuple[str, ...]:
        return self.view.texts(_SAYS) if _SAYS in self.view.profile.elements else ()

    def leave(self) -> None:
        """It is part of the page: the next one is loaded afresh."""


class PageSite(Generic[D]):
    """One step on the order's page."""

    def __init__(self, view: View, page: OrderPage, *, spec: PageStep, puts: Callable[[D], Sequence[Put]]) -> None:
        """`puts`: what is filled in for a decision; it raises Refused where the form has no way for it."""
        self.view = view
        self.page = page
        self.spec = spec
        self.puts = puts

    def check_allowed(self) -> None:
        """Raise NotApproved when nothing could be sent, so that nothing is begun."""
        self.view.check_allowed(self.spec.confirm)

    def bring_row(self, decision: D) -> Values:
        """The order's page, loaded afresh."""
        self.page.open(decision.subject)
        return {ORDER: self.page.read(decision.subject)}

    def open(self, decision: D) -> SiteForm[D]:
        """The form on the page, which must be there, and belong to the order."""
        return PageForm(self.view, page=self.page, subject=decision.subject, spec=self.spec, puts=self.puts)

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self.view.evidence.on_refusal(self.view.page, subject=subject)
