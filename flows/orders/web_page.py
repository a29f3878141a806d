"""Page of an order: all that it tells, where a site's list tells less or nobody answers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.orders.web_check import Values, order_on_page
from rpa.elements.uses import Uses
from rpa.errors import InDoubt, NothingThere

if TYPE_CHECKING:
    from flows.orders.model import Order
    from rpa.browser.view import View
    from rpa.elements.profile import Profile

_PAGE = "order_detail"
_GOODS, _PARCELS = "order_goods", "order_parcels"


class OrderPage:
    """The page of one order: the list `order_detail` of one row, and `order_goods` and `order_parcels` on it."""

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without; the parcels only where the profile has them."""
        parcels = {_PARCELS: ("courier", "tracking_number")} if _PARCELS in profile.lists else {}
        lists = {_PAGE: ("order_sn", "status"), _GOODS: ("goods_id", "quantity"), **parcels}
        return Uses(pages=(_PAGE,), lists=lists)

    def __init__(self, view: View) -> None:
        self._view = view

    def find(self, order_sn: str) -> Order | None:
        """The order, read afresh; None when the site has no such page. Raises InDoubt when it shows another one."""
        try:
            self.open(order_sn)
        except NothingThere:
            return None
        return self.read(order_sn)

    def open(self, order_sn: str) -> None:
        """Go to it. Raises NothingThere when the site has no such page."""
        self._view.open(_PAGE, order_sn=order_sn)

    def read(self, order_sn: str) -> Order:
        """What it shows now. Raises InDoubt when it names another order, or none."""
        rows = self._view.rows(_PAGE).values
        if len(rows) != 1 or rows[0]["order_sn"] != order_sn:
            shown = ", ".join(str(row["order_sn"]) for row in rows) or "no order"
            raise InDoubt(f"the page of {order_sn} shows {shown}", reason="row_mismatch")
        absent = self._view.profile.absent
        return order_on_page(rows[0], goods=self._rows(_GOODS), parcels=self._rows(_PARCELS), absent=absent)

    def to_ship(self) -> list[tuple[str, str]] | None:
        """Goods ids, and how many of each the page's form would ship; None: the form lets nobody say."""
        if _GOODS not in self._view.profile.lists or "to_ship" not in self._view.profile.lists[_GOODS].fields:
            return None
        return [(str(row["goods_id"]), str(row["to_ship"])) for row in self._rows(_GOODS)]

    def picture(self, order_sn: str, *, moment: str) -> Path | None:
        """A picture of what it shows of the order; None: none is kept."""
        rows = self._view.rows(_PAGE, parts=True)
        parts = {order_sn: rows.parts[0]} if len(rows.parts) == 1 else {}
        return self._view.evidence.pictures(self._view.page, moment=moment, parts=parts).get(order_sn)

    def _rows(self, name: str) -> Sequence[Values]:
        return self._view.rows(name).values if name in self._view.profile.lists else ()
