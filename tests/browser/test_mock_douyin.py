"""The pages of the mock in the look of 抖店, as a clerk uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fixtures.mockshop.harness import MockShop
from tests.support.clerk_by_hand import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.slow

LIST, HOME, LOGIN = "/ffa/morder/order/list", "/ffa/mshop/homepage/index", "/login/common"
SECOND = "123456790"


@pytest.fixture(scope="module")
def several() -> Iterator[MockShop]:
    with MockShop(platform="douyin", shops=3, orders=60, toast_s=600) as shop:
        yield shop


@pytest.fixture(scope="module")
def context(chromium: Browser, several: MockShop) -> Iterator[BrowserContext]:
    """In the second shop."""
    made = chromium.new_context(base_url=several.url, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE_MS)
    page = made.new_page()
    page.goto(LIST)
    _log_in(page)
    _shops(page).filter(has_text=SECOND).click()
    page.wait_for_url(f"**{LIST}")
    page.close()
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext, several: MockShop) -> Iterator[Page]:
    """A tab of the second shop, without faults."""
    page = context.new_page()
    yield page
    page.close()
    several.clear_faults()


def _log_in(page: Page, *, by: str = "mobile") -> None:
    page.locator(f'input[name="{by}"]').fill("clerk-1")
    page.locator('input[type="password"]').fill("demo-pass-1")
    page.locator("input.auxo-checkbox-input").check()
    page.locator("button.account-center-action-button").click()


def _shops(page: Page) -> Locator:
    return page.locator('[class*="roleItem"]')


def _order(mock: MockShop, **signs: object) -> str:
    """An order of the second shop with these signs and no others."""
    kinds = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "virtual", "presale_until")
    wanted = dict.fromkeys(kinds) | {"shop": SECOND, "status": "pending", **signs}
    orders: dict[str, dict[str, object]] = mock.truth()["orders"]
    return next(
        sn for sn, order in orders.items() if all((order[name] or None) == value for name, value in wanted.items())
    )


def _search(page: Page, order_sn: str) -> Locator:
    """The first item row of the order that was searched for."""
    page.goto(LIST)
    page.get_by_label("订单编号").fill(order_sn)
    page.locator('button[data-kora="查询"]').click()
    expect(page.locator("tr.auxo-table-row-level-0")).to_have_count(1)
    return page.locator(f'tr[data-row-key="child{order_sn}"]')


def _dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name, exact=True)


def _open_shipping(page: Page, order_sn: str) -> Locator:
    _search(page, order_sn).locator('button[data-kora="发货"]').click()
    dialog = _dialog(page, "发货")
    expect(dialog.get_by_role("button", name="确认")).to_be_enabled()
    return dialog


def test_a_log_in_wants_the_agreement_and_stays_at_its_address(chromium: Browser) -> None:
    with MockShop(platform="douyin", orders=5) as alone:
        page = chromium.new_page(base_url=alone.url)
        page.goto(LIST)
        page.get_by_role("tab", name="邮箱登录").click()
        page.locator('input[name="email"]').fill("clerk-1")
        page.locator('input[type="password"]').fill("demo-pass-1")
        page.locator("button.account-center-action-button").click()
        expect(page.get_by_role("alert")).to_contain_text("协议")
        assert alone.truth()["logins"] == []
        _log_in(page, by="email")
        expect(page.get_by_text("登录成功")).to_be_visible()
        assert LOGIN in page.url
        page.wait_for_url(f"**{LIST}")
        expect(page.get_by_test_id("shop-name")).to_have_text("示例小店")
        page.close()


def test_the_shop_that_cannot_be_entered_says_why_and_takes_no_click(tab: Page) -> None:
    tab.goto(LOGIN)
    closed = _shops(tab).nth(2)
    expect(closed).to_have_attribute("aria-disabled", "true")
    expect(closed).to_contain_text("店铺已停用")
    closed.click(force=True)
    assert LOGIN in tab.url
    expect(_shops(tab)).to_have_count(3)


def test_a_switch_of_shops_moves_every_tab(tab: Page, context: BrowserContext, several: MockShop) -> None:
    tab.goto(HOME)
    expect(tab.get_by_test_id("shop-name")).to_have_text("示例小店 2")
    other = context.new_page()
    other.goto(HOME)
    for shop in ("123456789", SECOND):
        other.locator('[class*="userButton"]').click()
        other.get_by_role("menuitem", name="切换店铺").click()
        with other.expect_response("**/byteshop/index/getshopinfo*") as told:
            _shops(other).filter(has_text=shop).click()
        assert told.value.json()["data"]["shop_id"] == shop
        with tab.expect_response("**/byteshop/index/getshopinfo*") as told:
            tab.reload()
        assert told.value.json()["data"]["shop_id"] == shop
    other.close()


def test_rows_stand_under_their_order_and_pages_count_from_nought(tab: Page, several: MockShop) -> None:
    tab.goto(LIST)
    asked = tab.locator("tr.auxo-table-row-level-0")
    expect(asked).to_have_count(20)
    with tab.expect_request("**/api/order/searchlist*") as sent:
        tab.get_by_role("combobox", name="每页条数").click()
        tab.get_by_role("option", name="10 条/页", exact=True).click()
    assert ("page=0" in sent.value.url, "pageSize=10" in sent.value.url) == (True, True)
    expect(asked).to_have_count(10)
    with tab.expect_request("**/api/order/searchlist*") as sent:
        tab.locator('li[class*="pagination-next"]').click()
    assert "page=1" in sent.value.url
    expect(tab.locator(".auxo-pagination-item-active")).to_have_text("2")
    expect(tab.locator(".auxo-spin-spinning")).to_have_count(0)
    for row in asked.all():
        sn = row.get_attribute("data-row-key") or ""
        items = tab.locator(f'tr[data-order-id="{sn}"]')
        expect(items).to_have_count(len(several.order(sn)["items"]))
        expect(items.last).to_have_class("auxo-table-row auxo-table-row-level-1 auxo-pair-group-row-last")


def test_a_search_for_nothing_shows_an_empty_list(tab: Page) -> None:
    tab.goto(LIST)
    tab.get_by_label("订单编号").fill("6900000000000000000")
    tab.locator('button[data-kora="查询"]').click()
    expect(tab.locator("tr.auxo-table-placeholder")).to_have_text("暂无数据")


def test_an_order_is_shipped_once_and_moves_to_the_shipped_ones(tab: Page, several: MockShop) -> None:
    order_sn = _order(several)
    dialog = _open_shipping(tab, order_sn)
    expect(dialog.locator('[class*="shipOrderId"]')).to_have_text(order_sn)
    expect(dialog.locator('[data-field="courier"] .auxo-select-selection-item')).to_have_text("圆通快递")
    dialog.get_by_role("button", name="确认").click()
    expect(dialog.get_by_role("alert")).to_have_text("请输入物流单号")
    dialog.get_by_role("combobox", name="物流公司").click()
    tab.keyboard.type("中通")
    tab.get_by_role("option", name="中通快递").click()
    dialog.locator("#logistics-code").fill("78123456789012")
    dialog.get_by_role("button", name="确认").click()
    expect(tab.locator("div.auxo-message-success")).to_have_text("发货成功")
    expect(dialog).to_have_count(0)
    (sent,) = several.order(order_sn)["shipments"]
    assert (sent["courier"], sent["tracking_number"], sent["entry"]) == ("中通快递", "78123456789012", "dialog")
    row = tab.locator(f'tr[data-row-key="child{order_sn}"]')
    tab.get_by_role("tab", name="备货中").click()
    expect(row).to_have_count(0)
    tab.get_by_role("tab", name="已发货").click()
    expect(row.locator('[class*="company"]')).to_have_text("中通快递")
    expect(row.locator('[class*="trackingNo"]')).to_have_text("78123456789012")


def test_virtual_goods_begin_without_logistics(tab: Page, several: MockShop) -> None:
    order_sn = _order(several, virtual=True)
    dialog = _open_shipping(tab, order_sn)
    expect(dialog.get_by_role("radio", name="无需物流")).to_be_checked()
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_have_count(0)
    assert [sent["entry"] for sent in several.order(order_sn)["shipments"]] == ["no_logistics"]


def test_a_serial_number_must_be_given(tab: Page, several: MockShop) -> None:
    order_sn = _order(several, needs_serial=True)
    dialog = _open_shipping(tab, order_sn)
    dialog.locator("#logistics-code").fill("YT1234567890123")
    dialog.get_by_role("button", name="确认").click()
    expect(dialog.get_by_role("alert")).to_have_text("请输入序列号")
    assert several.order(order_sn)["shipments"] == []
    dialog.locator("#serial-number").fill("SN-2026")
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_have_count(0)
    assert [sent["held_at_accept"] for sent in several.order(order_sn)["shipments"]] == [False]


@pytest.mark.parametrize("sign", ["audit", "after_sale", "partly_shipped", "address_change"])
def test_the_page_blocks_what_is_held_in_the_row_and_in_the_dialog(tab: Page, several: MockShop, sign: str) -> None:
    order_sn = _order(several)
    row = _search(tab, order_sn)
    several.patch(order_sn, **{sign: True})
    row.locator('button[data-kora="发货"]').click()
    dialog = _dialog(tab, "发货")
    expect(dialog.get_by_role("note")).to_be_visible()
    expect(dialog.get_by_role("button", name="确认")).to_be_disabled()
    row = _search(tab, order_sn)
    expect(row.locator('button[data-kora="发货"]')).to_be_disabled()
    expect(tab.get_by_label("选择订单")).to_be_disabled()


def test_a_remark_is_changed_with_its_flag(tab: Page, several: MockShop) -> None:
    order_sn = _order(several)
    several.patch(order_sn, remark="旧的", flag="RED")
    _search(tab, order_sn).locator('button[data-kora="备注"]').click()
    dialog = _dialog(tab, "备注")
    expect(dialog.locator("#seller_words")).to_have_value("旧的")
    expect(dialog.get_by_role("radio", name="红")).to_be_checked()
    dialog.locator("#seller_words").fill("新的")
    dialog.get_by_role("radio", name="绿").check()
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    assert [save["text"] for save in several.truth()["remarks"] if save["order_sn"] == order_sn] == ["新的"]
    expect(tab.locator('[class*="remarkText"]')).to_have_text("新的")
    expect(tab.locator('[data-guide="flag"]')).to_have_attribute("title", "绿")


def test_the_page_of_one_order_shows_and_ships_it(tab: Page, several: MockShop) -> None:
    order_sn = _order(several)
    tab.goto(f"/ffa/morder/order/detail?id={order_sn}")
    tab.locator('button[data-kora="发货"]').click()
    dialog = _dialog(tab, "发货")
    dialog.locator("#logistics-code").fill("YT1234567890123")
    dialog.get_by_role("button", name="确认").click()
    expect(tab.locator('[class*="trackingNo"]').first).to_have_text("YT1234567890123")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("risk-env", "当前环境存在风险，请稍后重试"), ("rate-limited", "操作太过频繁"), ("error-before", "网络异常")],
)
def test_a_refused_call_keeps_the_dialog_open(tab: Page, several: MockShop, fault: str, words: str) -> None:
    order_sn = _order(several)
    dialog = _open_shipping(tab, order_sn)
    dialog.locator("#logistics-code").fill("YT1234567890123")
    several.fault(fault, endpoint="logisticsAdd")
    dialog.get_by_role("button", name="确认").click()
    expect(tab.locator("div.auxo-message-error")).to_contain_text(words)
    expect(dialog.get_by_role("alert")).to_contain_text(words)
    expect(dialog.get_by_role("button", name="确认")).to_be_enabled()
    assert several.order(order_sn)["shipments"] == []


def test_a_lying_toast_closes_the_dialog_without_a_shipment(tab: Page, several: MockShop) -> None:
    order_sn = _order(several)
    dialog = _open_shipping(tab, order_sn)
    dialog.locator("#logistics-code").fill("YT1234567890123")
    several.fault("toast-lies")
    dialog.get_by_role("button", name="确认").click()
    expect(tab.locator("div.auxo-message-success")).to_have_text("发货成功")
    expect(dialog).to_have_count(0)
    assert several.order(order_sn)["shipments"] == []


def test_the_second_question_stands_between_click_and_request(tab: Page, several: MockShop) -> None:
    several.fault("second-confirmation")
    order_sn = _order(several)
    dialog = _open_shipping(tab, order_sn)
    dialog.locator("#logistics-code").fill("YT1234567890123")
    dialog.get_by_role("button", name="确认").click()
    asked = _dialog(tab, "温馨提示")
    asked.get_by_role("button", name="取消").click()
    expect(dialog.get_by_role("button", name="确认")).to_be_enabled()
    assert several.order(order_sn)["shipments"] == []
    dialog.get_by_role("button", name="确认").click()
    asked.get_by_role("button", name="继续发货").click()
    expect(dialog).to_have_count(0)
    assert len(several.order(order_sn)["shipments"]) == 1


def test_guides_a_message_box_and_the_protection_can_be_closed(tab: Page, several: MockShop) -> None:
    for name in ("guides", "message-box", "idle"):
        several.fault(name)
    tab.goto(LIST)
    tab.get_by_role("button", name="恢复使用").click()
    tab.locator("#msg_box_modal").get_by_role("button", name="稍后查看").click()
    guides = tab.locator(".auxo-tooltip")
    for left in (2, 1, 0):
        expect(guides).to_contain_text(f"还有 {left} 条引导")
        guides.get_by_role("button", name="知道了").click()
    for gone in (guides, tab.get_by_role("dialog")):
        expect(gone).to_have_count(0)


def test_a_captcha_swallows_every_click(tab: Page, several: MockShop) -> None:
    several.fault("captcha-layer")
    tab.goto(LIST)
    expect(tab.locator("#captcha_container")).to_contain_text("安全验证")
    tab.locator("tr.auxo-table-row-level-0").first.wait_for()
    button = tab.locator('button[data-kora="发货"]:enabled').first
    middle = "node => { const r = node.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }"
    tab.mouse.click(*button.evaluate(middle))
    expect(_dialog(tab, "发货")).to_have_count(0)


@pytest.mark.parametrize(("popup", "closer"), [("known-1", "我知道了"), ("known-2", "关闭"), ("unknown", "稍后再说")])
def test_popups_lie_over_the_list_until_closed(tab: Page, several: MockShop, popup: str, closer: str) -> None:
    several.fault("popup-unknown" if popup == "unknown" else "popup-known", popup=popup)
    tab.goto(LIST)
    button = tab.get_by_role("button", name=closer, exact=True).or_(tab.get_by_role("link", name=closer))
    button.click()
    expect(button).to_have_count(0)
    assert several.truth()["promotions_joined"] == []


def test_a_kicked_page_says_so_and_may_come_back(tab: Page, several: MockShop) -> None:
    tab.goto(LIST)
    tab.locator("tr.auxo-table-row-level-0").first.wait_for()
    several.fault("kicked", endpoint="searchlist")
    tab.get_by_role("tab", name="备货中").click()
    expect(_dialog(tab, "提示")).to_contain_text("账号已在其他地方登录")
    _dialog(tab, "提示").get_by_role("button", name="重新登录").click()
    expect(_dialog(tab, "提示")).to_have_count(0)
    expect(tab.get_by_test_id("shop-name")).to_have_text("示例小店 2")


def test_an_expired_session_leads_through_the_choice_of_shops_back_to_the_list(tab: Page, several: MockShop) -> None:
    tab.goto(LIST)
    several.fault("session-expired", endpoint="searchlist")
    tab.get_by_role("tab", name="备货中").click()
    tab.wait_for_url(f"**{LOGIN}?extra=*")
    several.fault("captcha")
    _log_in(tab)
    expect(tab.locator("#captcha_container")).to_be_visible()
    tab.reload()
    _log_in(tab)
    expect(tab.get_by_role("heading", name="请选择店铺")).to_be_visible()
    assert LOGIN in tab.url
    _shops(tab).filter(has_text=SECOND).click()
    tab.wait_for_url(f"**{LIST}")
    expect(tab.get_by_test_id("shop-name")).to_have_text("示例小店 2")
