"""Row of a pending order in a site's list, brought onto the page while orders are shipped one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from flows.shipping.presubmit import refuse_not_pending

if TYPE_CHECKING:
    from flows.orders.model import Order
    from flows.orders.web import WebOrders
    from rpa.browser.view import View


class _Reach(Enum):
    """What the list shows meanwhile."""

    NEAREST = "the first page, nearest ship-by first; what is shipped makes room for the next"
    LONG = "the same, with a long page"
    BY_NUMBER = "one order at a time"


class PendingRow:
    """Brings one order's row after the other onto the page."""

    def __init__(self, view: View, orders: WebOrders, *, by_list: bool) -> None:
        """`by_list`: nothing but the list is looked at between two orders; else it is loaded anew for each."""
        self._view = view
        self._by_list = by_list
        self._orders = orders
        self._reach: _Reach | None = None
        self._before: str | None = None

    def note_sent(self, order_sn: str) -> None:
        """This order is shipped: its row leaves the list."""
        self._before = order_sn

    def forget(self) -> None:
        """Another page was opened meanwhile."""
        self._reach = None

    def bring(self, order_sn: str, /, *, form: str) -> None:
        """Have the order's row on the page, once the order sent before has left it.

        Raises Refused when the platform has closed the order meanwhile, InDoubt when it is not pending otherwise.
        """
        if not self._by_list:
            self._orders.show(order_sn, page="orders_pending")
            return
        self._wait_for_list(form)
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

    def _wait_for_list(self, form: str) -> None:
        """The order sent before has left form and list; a list that keeps it is an old one, not waited for long."""
        self._view.dialog_gone(form)
        if self._before is not None and self._reach is not None:
            self._view.comes_to_rest("orders", without=self._before)
        self._before = None

    def _refuse_closed(self, order_sn: str, shown: Sequence[Order]) -> None:
        """An order that is not in the list of pending ones any more may have been closed by the platform."""
        if any(order.order_sn == order_sn for order in shown):
            return
        self._reach = None
        order = self._orders.find([order_sn]).get(order_sn)
        if order is not None:
            refuse_not_pending(order.status, where="list")
