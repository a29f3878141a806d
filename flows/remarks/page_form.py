"""Remark form on the order's own page, done by what the profile's table `[remarks]` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.orders.reasons import Reason
from flows.orders.web_page import OrderPage
from flows.procedure.page_fields import ORDER
from flows.procedure.page_form import PageForm, PageSite
from flows.remarks.model import RemarkDecision
from flows.remarks.words import RemarkWords
from rpa.elements.uses import Uses
from rpa.errors import InDoubt

if TYPE_CHECKING:
    from flows.orders.model import Order
    from flows.procedure.api import SiteForm, Values
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile


class RemarkForm(PageForm[RemarkDecision]):
    """The form with remark and flag; the page around it tells what is saved."""

    def read(self) -> Values:
        """Its fields `text` and `flag`."""
        return self.scope.read().values


class PageRemarks(PageSite[RemarkDecision]):
    """Writes remarks through the form that is part of the order's page, as the profile describes it."""

    def __init__(self, view: View, shop: Shop) -> None:
        del shop
        [spec] = view.profile.section(RemarkWords).steps
        super().__init__(view, OrderPage(view), spec=spec, puts=lambda decision: spec.puts(decision.change[1]))

    @staticmethod
    def described_in(profile: Profile) -> bool:
        """Whether this profile has such a step."""
        return profile.has(RemarkWords)

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without, by this profile's step; what is saved is read from the order's page."""
        if not profile.has(RemarkWords):
            return Uses(tables=("remarks",))
        words = profile.section(RemarkWords)
        [step] = words.steps
        question = {step.question: ()} if step.question is not None else {}
        return OrderPage.uses(profile) | Uses(
            elements=tuple(words.elements),
            looks=("page.message",),
            lists={"order_detail": ("remark", "flag")},
            dialogs={step.form: ("text", "flag"), **question},
            named=(step.form,),
        )

    def bring_row(self, decision: RemarkDecision) -> Values:
        """Remark and flag on the order's page, loaded afresh."""
        order = _readable(super().bring_row(decision)[ORDER])
        return {"remark": order.remark, "flag": order.flag}

    def open(self, decision: RemarkDecision) -> SiteForm[RemarkDecision]:
        """The form on the page; what that shows beside it is what is saved."""
        order = _readable(self.page.read(decision.subject))
        told = {"text": order.remark, "flag": order.flag}
        return RemarkForm(
            self.view, page=self.page, subject=decision.subject, spec=self.spec, puts=self.puts, told=told
        )


def _readable(order: Order) -> Order:
    if order.doubt is not None:
        raise InDoubt(order.doubt, reason=Reason.UNREADABLE)
    return order
