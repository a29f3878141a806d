"""Shipping dialog of a site's order list, done the common way, through named elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import TYPE_CHECKING

from flows.orders.api import Sighting
from flows.orders.model import Decision, How, Order, Shipment
from flows.orders.web import WebOrders
from flows.orders.web_check import orders_of
from flows.orders.words import Couriers
from flows.procedure.api import Values
from flows.procedure.web import WebForm
from flows.shipping.dialog_step import ShipStep
from flows.shipping.intents import look_at
from flows.shipping.presubmit import refuse_not_pending
from rpa.elements.uses import Uses

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile
    from rpa.ledger.actions import Action
    from rpa.ledger.once import Look

_CHOOSE = {How.DIALOG: "ship.express", How.NO_LOGISTICS: "ship.no_logistics"}


class _Reach(Enum):
    """What the list shows while orders are shipped one after the other."""

    NEAREST = "the first page, nearest ship-by first; what is shipped makes room for the next"
    LONG = "the same, with a long page"
    BY_NUMBER = "one order at a time"


class DialogForm(WebForm):
    """The shipping dialog, open for one order."""

    dialog = "ship"
    answer = "ship"
    confirm = "ship.confirm"
    drawn = ("goods_ids",)

    def put(self, decision: Decision, shown: Values) -> Values:
        """Choose the way, and fill in courier and number where there is a parcel."""
        _, shipment = decision.to_ship
        if shown["how"] != shipment.how.value:
            self.scope.click(_CHOOSE[shipment.how])
        return self._with_parcel(shipment) if shipment.how is How.DIALOG else self.read_filled()

    def _with_parcel(self, shipment: Shipment) -> Values:
        """Fill in courier and tracking number; a courier that the dialog does not offer yet is given time to come."""
        filled = self._parcel_filled_in(shipment)
        for _ in self.view.moments():
            if filled["courier"]:
                break
            filled = self._parcel_filled_in(shipment)
        return filled

    def _parcel_filled_in(self, shipment: Shipment) -> Values:
        """Filled in once. The courier comes first: its field shows what was chosen when it was left for another."""
        courier = self.view.profile.section(Couriers).table.named(shipment.courier)
        self.scope.type_and_enter("ship.courier", courier.type_in if courier else shipment.courier)
        self.scope.fill("ship.tracking_number", shipment.tracking_number)
        return self.read_filled()

    def blocked(self) -> str | None:
        """What the dialog says where its button cannot be used."""
        if not self.scope.disabled(self.confirm):
            return None
        return str(self.scope.read().values["error"] or "the dialog does not let it be shipped")


class WebShipping:
    """Ships through the dialog that the order's row in the list opens."""

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop
        self._orders = WebOrders(view, shop)
        self._reach: _Reach | None = None
        self._before: str | None = None

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without: list and dialog with their data, and the dialog that asks once more."""
        return WebOrders.uses(profile) | Uses(
            elements=("ship.cancel",),
            writes=("orders.ship", "ship.express", "ship.no_logistics", "ship.tracking_number", "ship.courier"),
            commits=("ship.confirm", "ship.second_confirm"),
            looks=("page.message",),
            within={"list:orders": ("orders.ship",)},
            pages=("orders_shipped",),
            dialogs={
                "ship": (
                    *("audit", "after_sale", "goods_ids", "specs", "quantities"),
                    *("how", "courier", "tracking_number", "error"),
                ),
                "second_confirmation": (),
            },
            named=("ship",),
            answers={
                "order_list": ("order_sn",),
                "order_detail": ("status", "goods_ids", "specs", "quantities", "audit", "after_sale", "address"),
                "ship": (),
            },
            tables=("couriers",),
        )

    def steps(self) -> Sequence[ShipStep]:
        """One click."""
        return [ShipStep(self)]

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        """What the list shows of an order that we sent."""
        return look_at(action, sighting)

    def check_allowed(self) -> None:
        """Raise NotApproved when nothing could be shipped, so that nothing is begun."""
        self._view.check_allowed("ship.confirm")

    def bring_row(self, decision: Decision) -> Values:
        """Have the order's row on the page, once the order sent before has left it."""
        self._wait_for_list()
        self._bring_row(decision.order_sn)
        return self._view.row("orders", decision.order_sn).read().values

    def open(self, decision: Decision) -> DialogForm:
        """Open the dialog from the order's row, which brings the order's data."""
        view, order_sn = self._view, decision.order_sn
        row = view.row("orders", order_sn)
        opened = view.asking("order_detail", lambda: row.click("orders.ship"), about=order_sn)
        scope = view.dialog("ship", order_sn)
        return DialogForm(view, scope=scope, subject=order_sn, told=opened.rows[0], sent=self._note_sent)

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
        return self._view.evidence.on_refusal(self._view.page, subject=subject)

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
