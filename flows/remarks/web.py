"""Remark dialog of a site's order list, done the common way, through named elements."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flows.orders.web import WebOrders
from flows.procedure.api import Values
from flows.procedure.web import WebForm
from flows.remarks.model import FLAGS, RemarkDecision
from rpa.elements.uses import Uses
from rpa.errors import Refused

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile


def _chip(flag: str) -> str:
    """The element that chooses this flag."""
    return f"remark.flag_{flag.lower()}"


class RemarkForm(WebForm):
    """The dialog with remark and flag, open for one order."""

    dialog = "remark"
    answer = "remark_save"
    confirm = "remark.save"
    question = "remark_second_confirmation"
    go_on = "remark.second_confirm"

    def read(self) -> Values:
        """Its fields, once they show what is saved; it opens empty, and an order may have no remark."""
        values = self.scope.read().values
        for _ in self.view.moments():
            if (values["text"], values["flag"]) == (self.told["text"], self.told["flag"]):
                break
            values = self.scope.read().values
        return values

    def put(self, decision: RemarkDecision, shown: Values) -> Values:
        """Write the text, and choose the flag; a click on the chosen one would take it off."""
        _, wanted = decision.change
        if wanted.text != shown["text"]:
            self.scope.fill("remark.text", wanted.text)
        if wanted.flag != shown["flag"]:
            self.scope.click(_chip(wanted.flag))
        return self.read_filled()

    def blocked(self) -> str | None:
        """What the dialog says where its button cannot be used."""
        if not self.scope.disabled(self.confirm):
            return None
        return str(self.scope.read().values["error"] or "the dialog does not let it be saved")


class WebRemarks:
    """Writes remarks through the dialog that the order's row in the list opens."""

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._orders = WebOrders(view, shop)

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without: list and dialog with their data, and the dialog that asks once more."""
        return WebOrders.uses(profile) | Uses(
            elements=("remark.cancel",),
            writes=("remark.open", "remark.text", *map(_chip, FLAGS)),
            commits=("remark.save", "remark.second_confirm"),
            looks=("page.message",),
            within={"list:orders": ("remark.open",)},
            pages=("orders_all",),
            dialogs={"remark": ("text", "flag", "error"), "remark_second_confirmation": ()},
            named=("remark",),
            answers={"order_list": ("order_sn",), "remark": ("text", "flag"), "remark_save": ()},
        )

    def check_allowed(self) -> None:
        """Raise NotApproved when nothing could be saved, so that nothing is begun."""
        self._view.check_allowed(RemarkForm.confirm)

    def bring_row(self, decision: RemarkDecision) -> Values:
        """Look for the order by its number, among those of all states, in a list that is loaded anew."""
        self._view.dialog_gone(RemarkForm.dialog)
        self._orders.open_all()
        found = {order.order_sn: order for order in self._orders.search(decision.subject)}
        order = found.get(decision.subject)
        if order is None:
            raise Refused("the list does not show it any more", reason="unreadable")
        return self._view.row("orders", decision.subject).read().values

    def open(self, decision: RemarkDecision) -> RemarkForm:
        """Open the dialog from the order's row, which brings what is saved."""
        view, order_sn = self._view, decision.subject
        row = view.row("orders", order_sn)
        opened = view.asking("remark", lambda: row.click("remark.open"), about=order_sn)
        return RemarkForm(view, scope=view.dialog("remark", order_sn), subject=order_sn, told=opened.rows[0])

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self._view.evidence.on_refusal(self._view.page, subject=subject)
