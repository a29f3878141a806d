"""Order page of a site: every sign of an audit on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flows.orders.api import Signs
from flows.orders.model import Mark
from flows.orders.web_check import mark_of, with_quotes_checked
from rpa.elements.uses import Uses
from rpa.errors import PageChanged, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

_NOT_READ = Text(en="The page of {order} cannot be read: {error}", zh="订单 {order} 的页面无法读取：{error}")

_PLACES = ("detail", "receiver", "detail_data", "address")
_LIST = "order_detail"


class WebSigns:
    """Reads the order's page: the banner at its top, the receiver's part, the address, and the page's own data."""

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without: nothing but the page where a profile, copied earlier, has no list of it yet."""
        page = Uses(elements=("detail.order_sn",), pages=(_LIST,))
        if _LIST not in profile.lists:
            return page
        return page | Uses(
            lists={_LIST: ("order_sn", "audit", "receiver_audit", "address")},
            answers={_LIST: ("order_sn", "audit", "address")},
        )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop

    def signs(self, order_sn: str) -> Signs:
        """All signs of one order, and a picture of its page. A place that cannot be read is `UNREADABLE`.

        That is every place where a profile of the owner's own, copied earlier, does not describe the page yet.
        """
        unreadable = Signs(order_sn=order_sn, audit=dict.fromkeys(_PLACES, Mark.UNREADABLE))
        if _LIST not in self._view.profile.lists:
            return unreadable
        try:
            answer = self._view.open_for("order_detail", answer="order_detail", order_sn=order_sn)
        except (PageChanged, TryAgain) as error:
            speak("WARNING", _NOT_READ, order=order_sn, error=error)
            return unreadable
        rows = self._view.rows(_LIST, keys=[order_sn], parts=True)
        shown: Mapping[str, Any] = rows.values[0] if len(rows.values) == 1 else {}
        if shown.get("order_sn") != order_sn:
            return unreadable
        parts = {order_sn: rows.parts[0]}
        pictures = self._view.evidence.pictures(self._view.page, moment="signs", parts=parts)
        return Signs(order_sn=order_sn, audit=_marks(shown, answer, order_sn), evidence=pictures.get(order_sn))


def _marks(shown: Mapping[str, Any], answer: Answer, order_sn: str) -> dict[str, Mark]:
    """By place; what another order's data say is of no use."""
    data = answer.rows[0] if answer.rows[0]["order_sn"] == order_sn else {}
    shown = with_quotes_checked(shown, data)
    return {
        "detail": mark_of(shown["audit"]),
        "receiver": mark_of(shown["receiver_audit"]),
        "detail_data": mark_of(data.get("audit")),
        "address": Mark.CLEAR if _told(shown["address"]) and _told(data.get("address")) else Mark.UNREADABLE,
    }


def _told(text: Any) -> bool:
    return isinstance(text, str) and bool(text)
