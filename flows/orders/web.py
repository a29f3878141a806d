"""Order list of a site, read the common way: orders by page, and by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from flows.orders.api import OrdersPage
from flows.orders.model import Order
from flows.orders.web_check import (
    FACTS,
    READ_SIGNS,
    needed_signs,
    orders_of,
    signs_used,
    unread,
    with_list_compared,
)
from flows.orders.web_page import OrderPage
from rpa.browser.list_reader import PAGE_SIZE, ListPage, ListReader
from rpa.elements.uses import Uses

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

_ANSWER = "order_list"
_SEARCHES_BEFORE_PAGING = 8
_NO_PAGE = "the list shows it, and the site has no page of it"


class WebOrders:
    """Reads orders from the list, page and data compared; where no data tell of the list, each from its own page."""

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What it cannot do without: where no data tell of the list, what its page and an order's page must show."""
        reader = ListReader.uses("orders", answer=_ANSWER, profile=profile)
        if _ANSWER not in profile.answers:
            listed = Uses(pages=("orders_pending",), lists={"orders": ("order_sn",)}, flags={"list orders": READ_SIGNS})
            return reader | OrderPage.uses(profile) | listed
        signs = signs_used(profile, "list orders", f"answer {_ANSWER}")
        return (
            reader
            | signs
            | Uses(
                elements=(
                    "orders.page_size",
                    "orders.page_size_option",
                    "orders.sorted_by_ship_by",
                    "orders.sort_ship_by",
                    "orders.search",
                ),
                writes=("orders.search_input",),
                pages=("orders_pending", "orders_all", "orders_shipped"),
                lists={"orders": FACTS},
                answers={_ANSWER: FACTS},
            )
        )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop
        self._list = ListReader(view, "orders", answer=_ANSWER)
        self._page = OrderPage(view)

    @property
    def is_told(self) -> bool:
        """Whether data tell of the list, too: else each order is read from its own page."""
        return self._list.is_told

    def pending(self) -> Iterator[OrdersPage]:
        """All pending orders, page by page, in the order of the list; each order once.

        When the list changes while it is read (orders come, or leave by another hand), it is read again. Raises
        ListIncomplete when nothing proves that it was read whole.
        """
        if not self._list.is_told:
            yield from self._pending_by_page()
            return
        seen: set[str] = set()
        for page in self._list.whole("orders_pending"):
            fresh = tuple(order for order in self._read(page) if order.order_sn not in seen)
            seen.update(order.order_sn for order in fresh)
            yield OrdersPage(orders=fresh, total=page.total)

    def _pending_by_page(self) -> Iterator[OrdersPage]:
        """The orders of the list, each as its own page shows it; one that has left the list meanwhile is left out.

        One whose page is not there, or cannot be read, is in doubt.
        """
        listed = {row["order_sn"]: row for page in self._list.whole("orders_pending") for row in page.shown.values}
        for order_sn, row in listed.items():
            order = self._page.find(order_sn) or unread(order_sn, doubt=_NO_PAGE)
            if order.status in {"pending", "part"} or order.doubt is not None:
                yield OrdersPage(orders=(with_list_compared(order, row),), total=len(listed))

    def open_pending(self) -> None:
        """Go to the pending list, nearest ship-by first."""
        self._nearest_first()

    def open_all(self) -> None:
        """Go to the list of the orders of all states, where one can be searched for."""
        self._list.first("orders_all")

    def _nearest_first(self) -> ListPage:
        opened = self._list.first("orders_pending")
        if self._view.present("orders.sorted_by_ship_by"):
            return opened
        return self._list.after(lambda: self._view.click("orders.sort_ship_by"))

    def lengthen(self) -> None:
        """Have as many orders on one page as the site allows."""
        self._list.lengthen()

    def nearest(self) -> Iterator[OrdersPage]:
        """The pending orders, nearest ship-by first, page by page, read once from the top."""
        if not self._list.is_told:
            yield from self._pending_by_page()
            return
        for page in self._list.pages("orders_pending", first=self._nearest_first):
            yield OrdersPage(orders=self._read(page), total=page.total)

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
        if not self._list.is_told:
            for sn in order_sns[:most_searches]:
                self._view.refuse_stopping()
                yield {sn: self._page.find(sn)}
            return
        left = dict.fromkeys(order_sns)
        for among in (self._among_shipped, self._among_pending):
            if len(left) > _SEARCHES_BEFORE_PAGING:
                for found in among(frozenset(left)):
                    for sn in found:
                        left.pop(sn, None)
                    yield found
        searched = list(left)[:most_searches]
        if searched:
            self.open_all()
        for sn in searched:
            yield {sn: next((order for order in self.search(sn) if order.order_sn == sn), None)}

    def search(self, order_sn: str) -> list[Order]:
        """What the list, already open, shows for this number."""
        return list(self._read(self._searched(order_sn)))

    def _searched(self, order_sn: str) -> ListPage:
        def ask() -> None:
            self._view.fill("orders.search_input", order_sn)
            self._view.click("orders.search")

        return self._list.after(ask, about=order_sn)

    def show(self, order_sn: str, *, page: str) -> None:
        """Have the list of this page, loaded anew, show this order if it has it: by its number, or page after page."""
        self._list.first(page)
        if self._view.shows("orders", order_sn):
            return
        if "orders.search_input" in self._view.profile.elements:
            self._searched(order_sn)
        else:
            any(self._view.shows("orders", order_sn) for _ in self._list.pages(page, ahead=False))

    def _among_shipped(self, wanted: AbstractSet[str]) -> Iterator[dict[str, Order]]:
        """Those of these that are among the newest shipped ones."""
        return self._among("orders_shipped", wanted, most_pages=len(wanted) // int(PAGE_SIZE) + 3)

    def _among_pending(self, wanted: AbstractSet[str]) -> Iterator[dict[str, Order]]:
        """Those of these that are pending."""
        return self._among("orders_pending", wanted, most_pages=None)

    def _among(self, page: str, wanted: AbstractSet[str], *, most_pages: int | None) -> Iterator[dict[str, Order]]:
        """Those of these that a list shows, page by page, until all are found or so many pages are read."""
        missing = set(wanted)
        for shown in islice(self._list.pages(page), most_pages):
            found = {order.order_sn: order for order in self._read(shown) if order.order_sn in missing}
            missing -= found.keys()
            yield found
            if not missing:
                return

    def _read(self, page: ListPage) -> tuple[Order, ...]:
        """The orders of a page, both sources compared."""
        told = page.told.rows if page.told is not None else ()
        return tuple(orders_of(page.shown.values, told, needed=needed_signs(self._view.profile)))
