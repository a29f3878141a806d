"""Order page of a site: every sign of an audit on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flows.orders.api import Signs
from flows.orders.model import Mark
from flows.orders.signs import mark_of
from flows.orders.web_check import with_quotes_checked
from rpa.elements.uses import Uses
from rpa.errors import NothingThere, PageChanged, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

_NOT_READ = Text(en="The page of {order} cannot be read: {error}", zh="订单 {order} 的页面无法读取：{error}")

_PLACES, _DATA = ("detail", "receiver", "address"), "detail_data"
_LIST = _ANSWER = _PAGE = "order_detail"


class WebSigns:
    """Reads the order's page: the banner at its top, the receiver's part, the address, and the page's own data.

    Where the profile knows of no data, what the page shows is all there is.
    """

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without: nothing but the page where a profile, copied earlier, has no list of it yet."""
        page = Uses(elements=("detail.order_sn",), pages=(_PAGE,))
        if _LIST not in profile.lists:
            return page
        told = {_ANSWER: ("order_sn", "audit", "address")} if _ANSWER in profile.answers else {}
        return page | Uses(lists={_LIST: ("order_sn", "audit", "receiver_audit", "address")}, answers=told)

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop

    def signs(self, order_sn: str) -> Signs:
        """All signs of one order, and a picture of its page. A place that cannot be read is `UNREADABLE`.

        That is every place where a profile of the owner's own, copied earlier, does not describe the page yet.
        """
        places = (*_PLACES, _DATA) if self._is_told else _PLACES
        unreadable = Signs(order_sn=order_sn, audit=dict.fromkeys(places, Mark.UNREADABLE))
        if _LIST not in self._view.profile.lists:
            return unreadable
        try:
            told = self._opened(order_sn)
        except (PageChanged, TryAgain, NothingThere) as error:
            speak("WARNING", _NOT_READ, order=order_sn, error=error)
            return unreadable
        rows = self._view.rows(_LIST, keys=[order_sn], parts=True)
        shown: Mapping[str, Any] = rows.values[0] if len(rows.values) == 1 else {}
        if shown.get("order_sn") != order_sn:
            return unreadable
        parts = {order_sn: rows.parts[0]}
        pictures = self._view.evidence.pictures(self._view.page, moment="signs", parts=parts)
        return Signs(order_sn=order_sn, audit=_marks(shown, told), evidence=pictures.get(order_sn))

    @property
    def _is_told(self) -> bool:
        """Whether there are data beside what the page shows."""
        return _ANSWER in self._view.profile.answers

    def _opened(self, order_sn: str) -> Mapping[str, Any] | None:
        """Open the page; what its own data say of this order, which is nothing where they are another's. None: none."""
        if not self._is_told:
            self._view.open(_PAGE, order_sn=order_sn)
            return None
        row = self._view.open_for(_PAGE, answer=_ANSWER, order_sn=order_sn).rows[0]
        return row if row["order_sn"] == order_sn else {}


def _marks(shown: Mapping[str, Any], told: Mapping[str, Any] | None) -> dict[str, Mark]:
    """By place."""
    shown = with_quotes_checked(shown, told or {})
    addresses = [shown.get("address"), *([] if told is None else [told.get("address")])]
    return {
        "detail": mark_of(shown.get("audit")),
        "receiver": mark_of(shown.get("receiver_audit")),
        "address": Mark.CLEAR if all(map(_told, addresses)) else Mark.UNREADABLE,
        **({} if told is None else {_DATA: mark_of(told.get("audit"))}),
    }


def _told(text: Any) -> bool:
    return isinstance(text, str) and bool(text)
