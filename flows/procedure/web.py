"""One step on a site, done as its profile says: the order is brought to stand on the page, its form opened there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Generic, Protocol

from flows.orders.web_page import OrderPage
from flows.procedure.api import D, Values
from flows.procedure.form_fields import ORDER
from flows.procedure.web_form import StepForm

if TYPE_CHECKING:
    from flows.procedure.form_fields import FormStep, Put
    from rpa.browser.area import Area
    from rpa.browser.view import View
    from rpa.elements.profile import Profile

_ROWS: Final = "orders"
"""The list from whose rows forms are opened."""


def opens_from_row(spec: FormStep, profile: Profile) -> bool:
    """Whether the form is opened from the order's row in the list; else it stands on the order's own page."""
    element = profile.elements.get(spec.open) if spec.open is not None else None
    return element is not None and element.within == f"list:{_ROWS}"


class BringsRow(Protocol):
    """How an order's row comes to stand on the page."""

    def bring(self, order_sn: str, /, *, form: str) -> None:
        """Have it there, once the form of the order before has gone. Raises Refused when it may not be acted on."""


class FormSite(Generic[D]):
    """One step on a site, as its profile describes it."""

    form: type[StepForm[D]] = StepForm

    def __init__(
        self,
        view: View,
        *,
        spec: FormStep,
        puts: Callable[[D], Sequence[Put]],
        page: OrderPage,
        rows: BringsRow,
        by_list: bool,
        sent: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`puts`: what is filled in for a decision; it raises Refused where the form has no way for it.

        `by_list`: the list's row and its data tell all of an order; else its own page does, which is read first.
        """
        self.view = view
        self.spec = spec
        self._puts = puts
        self._page = page
        self._rows = rows
        self._by_list = by_list
        self._sent = sent
        self._from_row = opens_from_row(spec, view.profile)

    def check_allowed(self) -> None:
        """Raise NotApproved when nothing could be sent, so that nothing is begun."""
        self.view.check_allowed(self.spec.confirm)

    def bring_row(self, decision: D) -> Values:
        """The order as its own page shows it, loaded afresh, or its row in the list; both where neither tells all."""
        order_sn = decision.subject
        shown: dict[str, object] = {}
        if not (self._from_row and self._by_list):
            self._page.open(order_sn)
            shown[ORDER] = self._page.read(order_sn)
        if self._from_row:
            self._rows.bring(order_sn, form=self.spec.form)
            shown |= self.view.row(_ROWS, order_sn).read().values
        return shown

    def open(self, decision: D) -> StepForm[D]:
        """Open the form, which may bring the order's data, or find it on the page."""
        order_sn = decision.subject
        told = self.opened(order_sn)
        return self.form(
            self.view,
            spec=self.spec,
            subject=order_sn,
            puts=self._puts,
            page=None if self._from_row else self._page,
            told=told,
            sent=self._sent,
        )

    def opened(self, order_sn: str) -> Values:
        """Have it opened; the order's data, where that brings some."""
        name = self.spec.open
        if name is None:
            return {}
        place: Area = self.view.row(_ROWS, order_sn) if self._from_row else self.view
        if self.spec.told is None:
            place.click(name)
            return {}
        return self.view.asking(self.spec.told, lambda: place.click(name), about=order_sn).rows[0]

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self.view.evidence.on_refusal(self.view.page, subject=subject)
