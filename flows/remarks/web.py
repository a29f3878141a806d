"""Remark form of a site, done by what the profile's table `[remarks]` says: in a dialog, or on the order's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.orders.reasons import Reason
from flows.orders.web import WebOrders
from flows.orders.web_page import OrderPage
from flows.procedure.form_fields import ORDER
from flows.procedure.web import FormSite, opens_from_row
from flows.procedure.web_form import StepForm
from flows.remarks.model import RemarkDecision
from flows.remarks.words import RemarkWords
from rpa.elements.uses import Uses
from rpa.errors import InDoubt, Refused

if TYPE_CHECKING:
    from flows.orders.model import Order
    from flows.procedure.api import Values
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

_FIELDS = ("text", "flag")


def _told_by_list(profile: Profile) -> bool:
    """Whether the list's row, and its data, tell remark and flag: else the order's own page does."""
    [step] = profile.section(RemarkWords).steps
    return "order_list" in profile.answers and opens_from_row(step, profile)


class RemarkForm(StepForm[RemarkDecision]):
    """The form with remark and flag, open for one order; `told` is what is saved."""

    def read(self) -> Values:
        """Its fields, once they show what is saved; an order may have no remark."""
        return self.read_saved()

    def around(self) -> Values:
        """Nothing: what is saved was told when it was opened."""
        return {}


class _Row:
    """Row of an order of any state in the site's list."""

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._orders = WebOrders(view, shop)

    def bring(self, order_sn: str, /, *, form: str) -> None:
        """Look for the order by its number, among those of all states, in a list that is loaded anew."""
        if not self._orders.is_told:
            page = "orders_all" if "orders_all" in self._view.profile.pages else "orders_pending"
            self._orders.show(order_sn, page=page)
            return
        self._view.dialog_gone(form)
        self._orders.open_all()
        if not any(order.order_sn == order_sn for order in self._orders.search(order_sn)):
            raise Refused("the list does not show it any more", reason=Reason.UNREADABLE)


class WebRemarks(FormSite[RemarkDecision]):
    """Writes remarks through the form that the profile describes."""

    form = RemarkForm

    def __init__(self, view: View, shop: Shop) -> None:
        [spec] = view.profile.section(RemarkWords).steps
        super().__init__(
            view,
            spec=spec,
            puts=lambda decision: spec.puts(decision.change[1]),
            page=OrderPage(view),
            rows=_Row(view, shop),
            by_list=_told_by_list(view.profile),
        )
        self._saved: Values = {}
        """What the order's page showed as saved."""

    @staticmethod
    def described_in(profile: Profile) -> bool:
        """Whether this profile has such a step."""
        return profile.has(RemarkWords)

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without, by this profile's step; what is saved is read from list and data, or its page."""
        if not profile.has(RemarkWords):
            return Uses(tables=("remarks",))
        [step] = profile.section(RemarkWords).steps
        uses = step.uses(step.put, fields=_FIELDS)
        if step.told is not None:
            uses |= Uses(answers={step.told: _FIELDS})
        if opens_from_row(step, profile):
            uses |= WebOrders.uses(profile)
        if not _told_by_list(profile):
            uses |= OrderPage.uses(profile) | Uses(lists={"order_detail": ("remark", "flag")})
        return uses

    def bring_row(self, decision: RemarkDecision) -> Values:
        """Remark and flag as the order's page, or its row, shows them."""
        row = super().bring_row(decision)
        if ORDER not in row:
            self._saved = {"text": str(row["remark"] or ""), "flag": str(row["flag"] or "")}
            return row
        order = _readable(row[ORDER])
        self._saved = {"text": order.remark, "flag": order.flag}
        return {"remark": order.remark, "flag": order.flag}

    def opened(self, order_sn: str) -> Values:
        """What is saved: as the site tells when the form is opened, else as it was read directly before."""
        return super().opened(order_sn) or self._saved


def _readable(order: Order) -> Order:
    if order.doubt is not None:
        raise InDoubt(order.doubt, reason=Reason.UNREADABLE)
    return order
