"""What the bare scripts know of each site: how to log in, its list of pending orders, the clicks that ship an order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bench.shop import Parcel


class OpensOrders(Protocol):
    """Shows the list of the orders that were shipped, or of those that are to be, its rows drawn."""

    def __call__(self, page: Page, url: str, /, *, shipped: bool) -> None:
        """Go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BareSite:
    """One site, as people write scripts for it."""

    platform: str
    orders_a_parcel: int
    """So many orders does a made shop have to have for each parcel that is wanted of it."""
    list_call: str
    """Part of the address of the list's requests."""
    rows: str
    """One for each order of the list."""
    with_cells: str
    """The rows that have an order's cells."""
    page_size: str
    hundred: str
    """The option of `page_size`."""
    following: str
    """What leads to the next page."""
    orders_of: Callable[[Any], list[dict[str, Any]]]
    """The orders in an answer."""
    total_of: Callable[[Any], int]
    log_in: Callable[[Page, str], None]
    open_orders: OpensOrders
    ship: Callable[[Page, Parcel], None]
    """Only the clicks for an order of the list that is shown; waits automatically, for its dialog to close."""


_PDD_ROWS = 'tbody:has(> tr[data-testid="beast-core-table-body-tr"])'
_AUXO_ROWS = "main tr.auxo-table-row-level-0"


def _log_in_to_pinduoduo(page: Page, url: str) -> None:
    page.goto(f"{url}/login/")
    page.get_by_role("button", name="我知道了").click()
    page.locator(".login-tab-item", has_text="账号登录").click()
    page.locator("#usernameId").fill("clerk-2")
    page.locator("#passwordId").fill("demo-pass-1")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/home**")


def _orders_of_pinduoduo(page: Page, url: str, *, shipped: bool) -> None:
    page.goto(f"{url}/orders/list?tab={2 if shipped else 1}")
    page.locator(_PDD_ROWS).first.wait_for()


def _ship_on_pinduoduo(page: Page, parcel: Parcel) -> None:
    order_sn, courier, number = parcel
    page.locator(_PDD_ROWS, has_text=order_sn).get_by_role("button", name="发货", exact=True).click()
    page.locator("#shippingId input").click()
    page.keyboard.type(courier[:2])
    page.keyboard.press("Enter")
    page.locator("#trackingNumber input").fill(number)
    page.get_by_role("button", name="确认发货").click()
    page.locator("#trackingNumber").wait_for(state="hidden")


def _log_in_to_douyin(page: Page, url: str) -> None:
    page.goto(f"{url}/login/common")
    page.locator('input[name="mobile"]').fill("clerk-2")
    page.locator('input[name="password"]').fill("demo-pass-1")
    page.locator(".account-center-agreement input").check()
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/ffa/**")


def _orders_of_douyin(page: Page, url: str, *, shipped: bool) -> None:
    page.goto(f"{url}/ffa/morder/order/list")
    tab, asked = ("已发货", "tab=shipped") if shipped else ("备货中", "order_status=stock_up")
    with page.expect_response(lambda response: asked in response.url):
        page.get_by_role("tab", name=tab).click()
    page.locator('section[aria-busy="false"] tr.auxo-table-row-level-0').first.wait_for()


def _ship_on_douyin(page: Page, parcel: Parcel) -> None:
    order_sn, courier, number = parcel
    page.locator(f'tr[data-order-id="{order_sn}"] button[data-kora="发货"]').click()
    dialog = page.get_by_role("dialog", name="发货", exact=True)
    dialog.get_by_label("物流公司").click()
    page.get_by_role("option", name=courier).click()
    dialog.locator("#logistics-code").fill(number)
    dialog.get_by_role("button", name="确认").click()
    dialog.wait_for(state="hidden")


PINDUODUO = BareSite(
    platform="pinduoduo",
    orders_a_parcel=3,
    list_call="/mangkhut/mms/recentOrderList",
    rows=_PDD_ROWS,
    with_cells=_PDD_ROWS,
    page_size='[class*="PGT_sizeSelect"] [data-testid="beast-core-select-header"]',
    hundred='[class*="ST_option"]:text-is("100")',
    following='[data-testid="beast-core-pagination-next"]',
    orders_of=lambda answer: answer["result"]["pageItems"],
    total_of=lambda answer: int(answer["result"]["totalItemNum"]),
    log_in=_log_in_to_pinduoduo,
    open_orders=_orders_of_pinduoduo,
    ship=_ship_on_pinduoduo,
)
DOUYIN = BareSite(
    platform="douyin",
    orders_a_parcel=4,
    list_call="/api/order/searchlist",
    rows=_AUXO_ROWS,
    with_cells="main tr.auxo-table-row-level-1",
    page_size=".auxo-pagination-options-size-changer",
    hundred='.auxo-select-item-option:text-is("100 条/页")',
    following="li.auxo-pagination-next",
    orders_of=lambda answer: answer["data"],
    total_of=lambda answer: int(answer["total"]),
    log_in=_log_in_to_douyin,
    open_orders=_orders_of_douyin,
    ship=_ship_on_douyin,
)
SITES = {site.platform: site for site in (PINDUODUO, DOUYIN)}
