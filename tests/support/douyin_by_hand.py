"""A clerk at the mock's pages in the look of 抖店, by Playwright alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fixtures.mockshop.harness import MockShop
from tests.support.clerk_by_hand import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

DELIVERY = "/ffa/morder/logistics/ewaybill-delivery"
ORDERS = "/ffa/morder/order/list"


@dataclass(frozen=True, slots=True, kw_only=True)
class DouyinClerk:
    """One logged-in page of the mock shop."""

    page: Page
    shop: MockShop

    @property
    def rows(self) -> Locator:
        """The rows of the page's table."""
        return self.page.locator("main tr.auxo-table-row-level-0")

    @property
    def toast(self) -> Locator:
        """What the page says at its top."""
        return self.page.locator(".auxo-message-custom-content")

    def row(self, key: str) -> Locator:
        """The one row of this key."""
        return self.page.locator(f'tr[data-row-key="{key}"]')

    def dialog(self, name: str) -> Locator:
        """The dialog of this name."""
        return self.page.get_by_role("dialog", name=name)

    def pick(self, host: Locator, label: str, option: str) -> None:
        """Choose an option of a select."""
        host.get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=option).click()

    def free_orders(self, count: int) -> list[str]:
        """Pending orders for a parcel that nothing speaks against and that were never shipped."""
        return [sn for sn, order in self.shop.truth()["orders"].items() if _is_free(order)][:count]


def _is_free(order: dict[str, Any]) -> bool:
    signs = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "presale_until", "virtual")
    physical = not any(item["virtual"] for item in order["items"])
    return order["status"] == "pending" and physical and not order["shipments"] and not any(map(order.get, signs))


@contextmanager
def douyin_clerk(chromium: Browser, mock: MockShop) -> Iterator[DouyinClerk]:
    """Logged in, in the only shop."""
    context = chromium.new_context(base_url=mock.url, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/login/common")
    page.locator('input[name="mobile"]').fill("clerk-1")
    page.locator('input[name="password"]').fill("demo-pass-1")
    page.locator(".account-center-agreement input").check()
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/ffa/**")
    yield DouyinClerk(page=page, shop=mock)
    context.close()
