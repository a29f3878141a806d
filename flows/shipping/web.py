"""Shipping dialog of a site's order list, done the common way, through named elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flows.orders.api import Said, Sighting
from flows.orders.model import Decision, How, Order, Shipment
from flows.orders.reasons import Reason
from flows.orders.web import WebOrders
from flows.orders.web_check import orders_of, texts_of, with_quotes_checked
from flows.orders.words import Couriers
from flows.shipping.presubmit import (
    refuse_changed,
    refuse_held,
    refuse_held_data,
    refuse_not_pending,
    refuse_other_fields,
    refuse_other_goods,
)
from rpa.browser.responses import TooManyCalls
from rpa.errors import InDoubt, Refused

if TYPE_CHECKING:
    from rpa.browser.responses import Answer
    from rpa.browser.scope import Block, Scope
    from rpa.browser.view import View
    from rpa.config import Shop

_CHOOSE = {How.DIALOG: "ship.express", How.NO_LOGISTICS: "ship.no_logistics"}


class _Reach(Enum):
    """What the list shows while orders are shipped one after the other."""

    NEAREST = "the first page, nearest ship-by first; what is shipped makes room for the next"
    LONG = "the same, with a long page"
    BY_NUMBER = "one order at a time"


class DialogForm:
    """The shipping dialog, open for one order and filled in."""

    def __init__(
        self, view: View, *, dialog: Scope, order_sn: str, evidence: Path | None, sent: Callable[[str], None]
    ) -> None:
        self._view = view
        self._dialog = dialog
        self._order_sn = order_sn
        self.evidence = evidence
        self._sent = sent

    def send(self) -> Said:
        """Click 'confirm', and 'go on' if the site asks once more; what the site answered to this very request."""
        try:
            answer = self._answer()
        except TooManyCalls as error:
            return Said(accepted=False, words=str(error), repeatable=True)
        if answer is None:
            return Said(accepted=None, words="no answer came")
        if not answer.ok:
            return Said(accepted=False, words=answer.message)
        return self._said(answer)

    def _said(self, answer: Answer) -> Said:
        """What the answer says of this order; a success of the whole may hide a refusal of the row."""
        spec = self._view.profile.answers["ship"]
        row = next((row for row in answer.raw_rows if row.get(spec.key or "") == self._order_sn), None)
        if row is None:
            return Said(accepted=None, words="the answer names another order")
        code = row.get(spec.code or "")
        words = str(row.get(spec.message or "") or "")
        if code in spec.ok:
            self._sent(self._order_sn)
        return Said(accepted=code in spec.ok, words=words, repeatable=code in spec.repeatable)

    def _answer(self) -> Answer | None:
        about, unless = self._order_sn, "ship.second_confirm"
        answer = self._view.answered("ship", lambda: self._dialog.commit("ship.confirm"), about=about, unless=unless)
        asked = self._view.question("second_confirmation", about=about) if answer is None else None
        if asked is None:
            return answer
        return self._view.answered("ship", lambda: asked.commit("ship.second_confirm"), about=about)

    def leave(self) -> None:
        """Close it without sending."""
        self._dialog.click(self._view.profile.dialogs["ship"].close)
        self._view.dialog_gone("ship")


class WebShipping:
    """Ships through the dialog that the order's row in the list opens."""

    elements: ClassVar[tuple[str, ...]] = (
        *WebOrders.elements,
        *(
            "orders.ship",
            "ship.express",
            "ship.no_logistics",
            "ship.tracking_number",
            "ship.courier",
            "ship.confirm",
            "ship.cancel",
        ),
    )
    commits: ClassVar[tuple[str, ...]] = ("ship.confirm", "ship.second_confirm")

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop
        self._orders = WebOrders(view, shop)
        self._reach: _Reach | None = None
        self._before: str | None = None

    def fill_in(self, decision: Decision) -> DialogForm:
        """Find the order's row again, read its marks again, open the dialog, fill it in and read the fields back."""
        order, shipment = decision.to_ship
        self._view.check_allowed("ship.confirm")
        self._wait_for_list()
        with self._pictured(order.order_sn):
            self._bring_row(order.order_sn)
            row = self._view.row("orders", order.order_sn)
            listed = with_quotes_checked(row.read().values, texts_of(order))
            refuse_held(listed, where="list")
            refuse_changed(order, listed)
            opened = self._view.asking("order_detail", lambda: row.click("orders.ship"), about=order.order_sn)
            dialog = self._view.dialog("ship", order.order_sn)
        try:
            with self._pictured(order.order_sn):
                refuse_held_data(order, opened.rows[0])
                return self._filled(dialog, order, shipment, data=opened.rows[0])
        except (Refused, InDoubt):
            self._close(dialog)
            raise

    def _pictured(self, order_sn: str) -> AbstractContextManager[None]:
        return self._view.evidence.on_refusal(self._view.page, subject=order_sn)

    def _filled(self, dialog: Scope, order: Order, shipment: Shipment, *, data: Mapping[str, Any]) -> DialogForm:
        opened = with_quotes_checked(dialog.read(drawn=["goods_ids"]).values, data)
        refuse_held(opened, where="dialog")
        refuse_other_goods(order, opened, data=data)
        if opened["how"] != shipment.how.value:
            dialog.click(_CHOOSE[shipment.how])
        filled = self._with_parcel(dialog, shipment) if shipment.how is How.DIALOG else self._read_again(dialog)
        refuse_held(with_quotes_checked(filled.values, data), where="dialog")
        refuse_other_fields(shipment, filled.values)
        if dialog.disabled("ship.confirm"):
            raise Refused(filled.values["error"] or "the dialog does not let it be shipped", reason=Reason.SITE_REFUSED)
        pictures = self._view.evidence.pictures(self._view.page, moment="before", parts={order.order_sn: filled.part})
        return DialogForm(
            self._view,
            dialog=dialog,
            order_sn=order.order_sn,
            evidence=pictures.get(order.order_sn),
            sent=self._note_sent,
        )

    def _with_parcel(self, dialog: Scope, shipment: Shipment) -> Block:
        """Fill in courier and tracking number; a courier that the dialog does not offer yet is given time to come."""
        filled = self._parcel_filled_in(dialog, shipment)
        for _ in self._view.moments():
            if filled.values["courier"]:
                break
            filled = self._parcel_filled_in(dialog, shipment)
        return filled

    def _parcel_filled_in(self, dialog: Scope, shipment: Shipment) -> Block:
        """Filled in once. The courier comes first: its field shows what was chosen when it was left for another."""
        courier = self._view.profile.section(Couriers).table.named(shipment.courier)
        dialog.type_and_enter("ship.courier", courier.type_in if courier else shipment.courier)
        dialog.fill("ship.tracking_number", shipment.tracking_number)
        return self._read_again(dialog)

    def _read_again(self, dialog: Scope) -> Block:
        self._view.clear(expected=["ship"])
        return dialog.read()

    def _note_sent(self, order_sn: str) -> None:
        self._before = order_sn

    def _wait_for_list(self) -> None:
        """The order sent before has left dialog and list; a list that keeps it is an old one, not waited for long."""
        self._view.dialog_gone("ship")
        if self._before is not None and self._reach is not None:
            self._view.comes_to_rest("orders", without=self._before)
        self._before = None

    def _bring_row(self, order_sn: str) -> None:
        """Have the order's row on the page: among the nearest ship-by, in a longer page of them, or by its number."""
        if self._reach is None:
            self._orders.open_pending()
            self._reach = _Reach.NEAREST
        if self._reach is _Reach.NEAREST and not self._view.shows("orders", order_sn):
            self._orders.lengthen()
            self._reach = _Reach.LONG
        if self._reach is _Reach.LONG and not self._view.shows("orders", order_sn):
            self._reach = _Reach.BY_NUMBER
        if self._reach is _Reach.BY_NUMBER:
            self._refuse_closed(order_sn, self._orders.search(order_sn))

    def _refuse_closed(self, order_sn: str, shown: Sequence[Order]) -> None:
        """An order that is not in the list of pending ones any more may have been closed by the platform."""
        if any(order.order_sn == order_sn for order in shown):
            return
        self._reach = None
        order = self._orders.find([order_sn]).get(order_sn)
        if order is not None:
            refuse_not_pending(order.status, where="list")

    def _close(self, dialog: Scope) -> None:
        dialog.click(self._view.profile.dialogs["ship"].close)
        self._view.dialog_gone("ship")

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now: the newest shipped ones with one page load, the others one by one."""
        self._reach = None
        answer = self._view.open_for("orders_shipped", answer="order_list")
        rows = self._view.rows("orders", keys=[row["order_sn"] for row in answer.rows], parts=True)
        wanted = set(order_sns)
        found = {order.order_sn: order for order in orders_of(rows.values, answer.rows) if order.order_sn in wanted}
        parts = {
            row["order_sn"]: part for row, part in zip(rows.values, rows.parts, strict=True) if row["order_sn"] in found
        }
        pictures = self._view.evidence.pictures(self._view.page, moment="after", parts=parts)
        found |= self._orders.find([sn for sn in order_sns if sn not in found])
        return {sn: Sighting(order=found.get(sn), evidence=pictures.get(sn)) for sn in order_sns}
