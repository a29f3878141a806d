"""Page of an order: all that it tells, where a site's list tells less or nobody answers beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.orders.model import Mark
from flows.orders.web_check import Values, needed_signs, order_on_page, signs_used, unread
from rpa.elements.uses import Uses
from rpa.errors import InDoubt, NothingThere, Refused

if TYPE_CHECKING:
    from flows.orders.model import Order
    from rpa.browser.lists import Rows
    from rpa.browser.view import View
    from rpa.elements.profile import Profile

_PAGE = "order_detail"
_GOODS, _PARCELS = "order_goods", "order_parcels"
_LISTS = (_PAGE, _GOODS, _PARCELS)


class OrderPage:
    """The page of one order: the list `order_detail` of one row, and `order_goods` and `order_parcels` on it."""

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without; the parcels only where the profile has them."""
        parcels = {_PARCELS: ("courier", "tracking_number")} if _PARCELS in profile.lists else {}
        lists = {_PAGE: ("order_sn", "status"), _GOODS: ("goods_id", "quantity"), **parcels}
        no_signs: dict[str, tuple[str, ...]] = {f"list {name}": () for name in (_GOODS, _PARCELS)}
        return signs_used(profile, f"list {_PAGE}") | Uses(pages=(_PAGE,), lists=lists, flags=no_signs)

    def __init__(self, view: View) -> None:
        self._view = view

    @property
    def lists_parcels(self) -> bool:
        """Whether it lists the parcels of the order."""
        return _PARCELS in self._view.profile.lists

    def find(self, order_sn: str) -> Order | None:
        """The order, read afresh, in doubt when its page shows another one; None when the site has no such page.

        One that somebody else is at work on has the sign `locked`.
        """
        try:
            self.open(order_sn)
            return self.read(order_sn)
        except NothingThere:
            return None
        except InDoubt as doubt:
            return unread(order_sn, doubt=str(doubt))
        except Refused as locked:
            return unread(order_sn, doubt=str(locked), locked=Mark.SET)

    def open(self, order_sn: str) -> None:
        """Go to it. Raises NothingThere when the site has no such page."""
        self._view.open(_PAGE, order_sn=order_sn)

    def read(self, order_sn: str) -> Order:
        """What it shows once it is drawn. Raises InDoubt when that does not end, or it names another order, or none."""
        lists = self._drawn(order_sn)
        rows = lists[_PAGE].values
        if len(rows) != 1 or rows[0]["order_sn"] != order_sn:
            shown = ", ".join(str(row["order_sn"]) for row in rows) or "no order"
            raise InDoubt(f"the page of {order_sn} shows {shown}", reason="row_mismatch")
        profile = self._view.profile
        goods, parcels = (lists[name].values if name in lists else () for name in (_GOODS, _PARCELS))
        needed = needed_signs(profile)
        return order_on_page(rows[0], goods=goods, parcels=parcels, needed=needed, absent=profile.absent)

    def _drawn(self, order_sn: str) -> Mapping[str, Rows]:
        """Its lists, once two looks see the same, and each has rows or says that it has none.

        Parcels need not be there: that a page without any says so is known where the profile has the sign (`empty`).
        """
        before: Any = None
        for _ in self._view.moments():
            there = self._view.document()
            shown = {name: self._view.rows(name) for name in _LISTS if name in self._view.profile.lists}
            now = (there, {name: rows.raw for name, rows in shown.items()})
            if there is not None and now == before and all(self._is_whole(*each) for each in shown.items()):
                return shown
            before = now
        raise InDoubt(f"the page of {order_sn} does not show a whole order", reason="unreadable")

    def _is_whole(self, name: str, rows: Rows) -> bool:
        may_be_none = name == _PARCELS and self._view.profile.lists[name].empty is None
        return rows.quiet and (bool(rows.raw) or may_be_none or self._view.shows_empty(name))

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
