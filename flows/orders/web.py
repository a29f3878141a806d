"""Order list of a site, read the common way: orders by page, and by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import count, islice
from typing import TYPE_CHECKING, ClassVar

from flows.orders.api import OrdersPage
from flows.orders.model import Order
from flows.orders.web_check import orders_of
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.browser.lists import Rows
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.config import Shop

_CHANGED = Text(en="The list changed while it was read; reading it again.", zh="读取期间订单列表有变化，正在重新读取。")

PAGE_SIZE = 100
_PASSES = 3
_SEARCHES_BEFORE_PAGING = 8


class WebOrders:
    """Reads orders from the list, page and data compared."""

    elements: ClassVar[tuple[str, ...]] = (
        "orders.page_size",
        "orders.page_size_option",
        "orders.sort_ship_by",
        "orders.next",
        "orders.search_input",
        "orders.search",
    )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop

    def pending(self) -> Iterator[OrdersPage]:
        """All pending orders, page by page, in the order of the list; each order once.

        When the list changes while it is read (orders come, or leave by another hand), it is read again.
        """
        seen: set[str] = set()
        for _ in range(_PASSES):
            totals = set()
            for page in self._pass("orders_pending"):
                totals.add(page.total)
                fresh = tuple(order for order in page.orders if order.order_sn not in seen)
                seen.update(order.order_sn for order in fresh)
                yield OrdersPage(orders=fresh, total=page.total)
            if len(totals) == 1 and len(seen) >= totals.pop():
                return
            speak("INFO", _CHANGED)

    def open_pending(self) -> None:
        """Go to the pending list, nearest ship-by first."""
        answer = self._view.open_for("orders_pending", answer="order_list")
        self._shown(self._sort() or answer)

    def lengthen(self) -> Answer:
        """Have as many orders on one page as the site allows."""
        answer = self._view.asking("order_list", self._choose_long_page)
        self._shown(answer)
        return answer

    def _choose_long_page(self) -> None:
        self._view.choose("orders.page_size", str(PAGE_SIZE))

    def _sort(self) -> Answer | None:
        if self._view.present("orders.sorted_by_ship_by"):
            return None
        return self._view.asking("order_list", lambda: self._view.click("orders.sort_ship_by"))

    def _pass(self, page: str) -> Iterator[OrdersPage]:
        """All pages of a list."""
        answer = self._view.open_for(page, answer="order_list")
        yield from self._following(self._lengthened(answer))

    def nearest(self) -> Iterator[OrdersPage]:
        """The pending orders, nearest ship-by first, page by page, read once from the top."""
        answer = self._view.open_for("orders_pending", answer="order_list")
        yield from self._following(self._lengthened(self._sort() or answer))

    def _lengthened(self, answer: Answer) -> Answer:
        if (answer.total or 0) > len(answer.raw_rows):
            return self._view.asking("order_list", self._choose_long_page)
        return answer

    def _following(self, answer: Answer) -> Iterator[OrdersPage]:
        """This page and those after it. While one is on its way, the one before is compared and worked on."""
        for number in count(1):
            total = answer.total or 0
            shown = self._shown(answer)
            if number * PAGE_SIZE >= total or not answer.raw_rows:
                yield OrdersPage(orders=tuple(orders_of(shown.values, answer.rows)), total=total)
                return
            with self._view.asked("order_list", lambda: self._view.click("orders.next")) as following:
                yield OrdersPage(orders=tuple(orders_of(shown.values, answer.rows)), total=total)
                answer = following()

    def _shown(self, answer: Answer) -> Rows:
        """The rows on the page, once they are those of the answer."""
        return self._view.rows("orders", keys=answer.keys("order_sn"))

    def now(self) -> datetime:
        """The site's clock, which its deadlines are judged by."""
        return self._view.site_now()

    def find(self, order_sns: Sequence[str], /) -> Mapping[str, Order]:
        """Orders of any status by number; those that the shop does not have are missing."""
        looks = self._looks(order_sns, most_searches=len(order_sns))
        return {sn: order for some in looks for sn, order in some.items() if order is not None}

    def look_up(self, order_sns: Sequence[str], *, most_searches: int) -> Iterator[Mapping[str, Order | None]]:
        """The same for what can wait, bit by bit; None: the shop does not have it. Not more are searched for singly.

        Raises RateLimited as soon as the site asks for fewer calls, Stopped as soon as the run is asked to stop.
        """
        with self._view.giving_way():
            yield from self._looks(order_sns, most_searches=most_searches)

    def _looks(self, order_sns: Sequence[str], *, most_searches: int) -> Iterator[Mapping[str, Order | None]]:
        """Many are looked for among the newest shipped ones first, then among the pending, a page of them at a time."""
        left = dict.fromkeys(order_sns)
        for among in (self._among_shipped, self._among_pending):
            if len(left) > _SEARCHES_BEFORE_PAGING:
                for found in among(frozenset(left)):
                    for sn in found:
                        left.pop(sn, None)
                    yield found
        searched = list(left)[:most_searches]
        if searched:
            self._view.open_for("orders_all", answer="order_list")
        for sn in searched:
            yield {sn: next((order for order in self.search(sn) if order.order_sn == sn), None)}

    def search(self, order_sn: str) -> list[Order]:
        """What the list, already open, shows for this number."""

        def ask() -> None:
            self._view.fill("orders.search_input", order_sn)
            self._view.click("orders.search")

        answer = self._view.asking("order_list", ask, about=order_sn)
        return list(orders_of(self._shown(answer).values, answer.rows))

    def _among_shipped(self, wanted: AbstractSet[str]) -> Iterator[dict[str, Order]]:
        """Those of these that are among the newest shipped ones."""
        return self._among("orders_shipped", wanted, most_pages=len(wanted) // PAGE_SIZE + 3)

    def _among_pending(self, wanted: AbstractSet[str]) -> Iterator[dict[str, Order]]:
        """Those of these that are pending."""
        return self._among("orders_pending", wanted, most_pages=None)

    def _among(self, page: str, wanted: AbstractSet[str], *, most_pages: int | None) -> Iterator[dict[str, Order]]:
        """Those of these that a list shows, page by page, until all are found or so many pages are read."""
        missing = set(wanted)
        for shown in islice(self._pass(page), most_pages):
            found = {order.order_sn: order for order in shown.orders if order.order_sn in missing}
            missing -= found.keys()
            yield found
            if not missing:
                return
