"""The mock's plain layout in a browser: pages that the server draws, worked with links and forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Request, expect

from fixtures.mockshop.harness import MockShop
from tests.support.clerk_by_hand import PATIENCE_MS

pytestmark = pytest.mark.slow

SHIP = "/express_base/shop/orders/shipping"
SAVE = "/pizza/order/noteTag/update"


@dataclass(frozen=True, slots=True)
class Desk:
    """A logged-in page of the plain shop, with what it has asked for."""

    page: Page
    mock: MockShop
    heard: list[Request] = field(default_factory=list)

    def an_order(self, **signs: object) -> str:
        """A pending order that nobody has shipped or written at."""
        wanted = {"status": "pending", "audit": False, "after_sale": False, "virtual": False, "remark": ""} | signs
        truth = self.mock.truth()
        orders: dict[str, dict[str, Any]] = truth["orders"]
        touched = {write["order_sn"] for write in truth["writes"]}
        return next(sn for sn, order in orders.items() if wanted.items() <= order.items() and sn not in touched)

    def row(self, order_sn: str) -> Locator:
        """Its row, found by the search form."""
        self.page.goto("/orders/list?tab=0&orderSn=&goods=")
        self.page.get_by_label("订单号").fill(order_sn)
        self.page.get_by_role("button", name="查询").click()
        expect(self.rows).to_have_count(1)
        return self.rows

    @property
    def rows(self) -> Locator:
        return self.page.locator("table.o-list > tbody > tr")

    @property
    def message(self) -> Locator:
        return self.page.locator(".o-message")

    def open(self, order_sn: str) -> None:
        self.page.goto(f"/orders/detail?sn={order_sn}")

    def fill_parcel(self) -> None:
        self.page.get_by_role("radio", name="快递发货").check()
        self.page.get_by_label("快递公司").select_option("圆通快递")
        self.page.get_by_label("快递单号").fill("YT1234567890123")

    def confirm(self) -> None:
        self.page.get_by_role("button", name="确认发货").click()

    def log_in(self) -> None:
        self.page.get_by_role("button", name="我知道了").click()
        self.page.locator(".login-tab-item", has_text="账号登录").click()
        self.page.locator("#usernameId").fill("clerk-1")
        self.page.locator("#passwordId").fill("demo-pass-1")
        self.page.get_by_role("button", name="登录").click()


@pytest.fixture(scope="module")
def _plain(chromium: Browser) -> Iterator[Desk]:
    with MockShop(layout="plain", orders=130) as mock:
        context = chromium.new_context(
            base_url=mock.url, reduced_motion="reduce", viewport={"width": 1440, "height": 900}
        )
        context.set_default_timeout(PATIENCE_MS)
        desk = Desk(context.new_page(), mock)
        desk.page.on("request", lambda request: desk.heard.append(request))  # noqa: PLW0108 - takes no builtin
        desk.page.goto("/login/")
        desk.log_in()
        desk.page.wait_for_url("**/home")
        yield desk
        context.close()


@pytest.fixture
def desk(_plain: Desk) -> Iterator[Desk]:
    _plain.heard.clear()
    yield _plain
    _plain.mock.clear_faults()


def _cells(row: Locator, page: Page) -> dict[str, str]:
    """The texts of a row by the titles of the columns."""
    titles = page.locator("table.o-list > thead th").all_inner_texts()
    return dict(zip(titles, row.locator("td").all_inner_texts(), strict=True))


def test_the_common_frame_stands_around_the_list(desk: Desk) -> None:
    desk.page.goto("/orders/list?tab=1&orderSn=&goods=")
    expect(desk.page.locator(".mms-header__user-info .user-name p.name")).to_have_text("示例小店")
    expect(desk.page.locator(".mms-header__user-info .user-name p.id")).to_have_text("clerk-1")
    expect(desk.page.get_by_role("link", name="站内信")).to_be_visible()
    header, side, main = (
        desk.page.locator(css).bounding_box() for css in (".mms-header", "aside", "main[class*=layout_main]")
    )
    assert header is not None
    assert side is not None
    assert main is not None
    assert (main["y"], main["x"]) == (header["height"], side["width"])
    assert desk.page.evaluate("__NEXT_DATA__.props.userInfo.mall_id") == "123456789"


def test_all_pages_are_walked_by_a_link_that_is_never_disabled(desk: Desk) -> None:
    pending = {sn for sn, order in desk.mock.truth()["orders"].items() if order["status"] == "pending"}
    desk.page.goto("/orders/list?tab=1&orderSn=&goods=")
    seen: list[str] = []
    last = -(-len(pending) // 20)
    for number in range(1, last + 1):
        expect(desk.page.locator(".o-pages span")).to_have_text(f"第 {number} / {last} 页 共 {len(pending)} 条")
        seen += desk.page.locator("td.o-no").all_inner_texts()
        desk.page.get_by_role("link", name="下一页").click()
    expect(desk.page.locator(".o-pages span")).to_have_text(f"第 {last} / {last} 页 共 {len(pending)} 条")
    assert (len(seen), set(seen)) == (len(pending), pending)


def test_list_and_order_page_ask_this_machine_alone_and_bring_no_data_by_script(desk: Desk) -> None:
    sn = desk.an_order()
    desk.row(sn).get_by_role("link", name="查看").click()
    expect(desk.page.locator("#order-sn")).to_have_text(sn)
    desk.fill_parcel()
    desk.confirm()
    expect(desk.message).to_have_text("发货成功")
    assert {urlsplit(request.url).hostname for request in desk.heard} == {"127.0.0.1"}
    assert [request.url for request in desk.heard if request.resource_type in {"xhr", "fetch"}] == []
    posted = [urlsplit(request.url).path for request in desk.heard if request.method == "POST"]
    assert posted == [SHIP]


def test_a_rows_link_leads_to_the_form_that_ships_it(desk: Desk) -> None:
    sn = desk.an_order()
    row = desk.row(sn)
    assert _cells(row, desk.page)["订单号"] == sn
    row.get_by_role("link", name="发货", exact=True).click()
    desk.page.wait_for_url(f"**/orders/detail?sn={sn}#ship")
    desk.fill_parcel()
    desk.confirm()
    expect(desk.message).to_have_text("发货成功")
    assert desk.page.url.endswith(f"/orders/detail?sn={sn}")
    expect(desk.page.locator("#ship")).to_have_count(0)
    (sent,) = desk.mock.order(sn)["shipments"]
    assert (sent["courier"], sent["tracking_number"], sent["entry"]) == ("圆通快递", "YT1234567890123", "dialog")
    cells = _cells(desk.row(sn), desk.page)
    assert (cells["订单状态"], cells["物流信息"].split()[:2]) == ("已发货，待收货", ["圆通快递", "YT1234567890123"])


def test_virtual_goods_go_without_logistics_unless_told_otherwise(desk: Desk) -> None:
    sn = desk.an_order(virtual=True)
    desk.open(sn)
    expect(desk.page.get_by_role("radio", name="无物流发货")).to_be_checked()
    desk.confirm()
    expect(desk.message).to_have_text("发货成功")
    assert [sent["entry"] for sent in desk.mock.order(sn)["shipments"]] == ["no_logistics"]


def test_the_page_blocks_an_order_under_audit_where_the_list_marks_it(desk: Desk) -> None:
    sn = desk.an_order(audit=True)
    expect(desk.row(sn).get_by_text("此订单需要平台人工审核，请暂时不要发货")).to_have_count(1)
    desk.open(sn)
    expect(desk.page.locator(".o-banner")).to_have_text(["订单审核中，本审核提示消失后，可正常发货"] * 3)
    expect(desk.page.get_by_role("button", name="确认发货")).to_be_disabled()


def test_a_refusal_stands_at_the_top_of_the_page_that_follows(desk: Desk) -> None:
    sn = desk.an_order(after_sale=True)
    desk.mock.fault("enforce-holds")
    desk.open(sn)
    expect(desk.page.get_by_text("该订单售后处理中，请先处理售后再发货")).to_be_visible()
    desk.fill_parcel()
    desk.confirm()
    expect(desk.message).to_have_text("订单有售后")
    expect(desk.page.get_by_role("alert")).to_have_count(1)
    assert desk.mock.order(sn)["shipments"] == []
    desk.page.reload()
    expect(desk.message).to_have_count(0)


def test_the_site_may_ask_once_more_on_a_page_of_its_own(desk: Desk) -> None:
    sn = desk.an_order()
    desk.mock.fault("second-confirmation")
    desk.open(sn)
    desk.fill_parcel()
    desk.confirm()
    expect(desk.page.get_by_text("该订单可能存在风险，是否继续发货？")).to_be_visible()
    desk.page.get_by_role("link", name="取消").click()
    expect(desk.page.locator("#order-sn")).to_have_text(sn)
    assert desk.mock.order(sn)["shipments"] == []
    desk.fill_parcel()
    desk.confirm()
    desk.page.get_by_role("button", name="继续发货").click()
    expect(desk.message).to_have_text("发货成功")
    assert len(desk.mock.order(sn)["shipments"]) == 1


def test_a_remark_of_two_lines_is_stored_as_it_was_typed(desk: Desk) -> None:
    sn = desk.an_order()
    desk.row(sn).get_by_role("link", name="添加备注").click()
    desk.page.get_by_label("备注", exact=True).fill("\n客户要求周五送\n送小票")
    desk.page.get_by_role("radio", name="绿色").check()
    desk.page.get_by_role("button", name="保存").click()
    expect(desk.message).to_have_text("保存成功")
    assert (desk.mock.order(sn)["remark"], desk.mock.order(sn)["flag"]) == ("\n客户要求周五送\n送小票", "GREEN")
    expect(desk.page.get_by_label("备注", exact=True)).to_have_value("\n客户要求周五送\n送小票")
    expect(desk.page.get_by_role("radio", name="绿色")).to_be_checked()
    row = desk.row(sn)
    expect(row.locator("i.o-green")).to_have_attribute("title", "绿色旗标")
    expect(row.get_by_role("link", name="修改备注")).to_be_visible()


def test_the_saved_filter_is_told_and_cleared(desk: Desk) -> None:
    goods = desk.mock.order(desk.an_order())["goods_id"]
    desk.mock.save_filter(f"goods:{goods}")
    desk.page.goto("/orders/list?tab=0")
    expect(desk.page.locator(".o-filter span")).to_have_text(f"筛选：商品 {goods}")
    count = desk.rows.count()
    assert 0 < count < 20
    expect(desk.page.locator(".o-pages span")).to_have_text(f"第 1 / 1 页 共 {count} 条")
    desk.page.get_by_role("link", name="清除筛选").click()
    expect(desk.page.locator(".o-filter")).to_have_count(0)
    expect(desk.page.locator(".o-pages span")).to_have_text("第 1 / 7 页 共 130 条")


@pytest.mark.parametrize(
    ("popup", "box"),
    [("known-1", "#umd_kits_message_box"), ("known-2", "#umd_kits_PDD_chick"), ("unknown", ".xq-fest-7d1a")],
)
def test_popups_lie_over_the_plain_list_too(desk: Desk, popup: str, box: str) -> None:
    desk.mock.fault("popup-unknown" if popup == "unknown" else "popup-known", popup=popup)
    desk.page.goto("/orders/list?tab=0")
    expect(desk.page.locator(box)).to_be_visible()
    desk.page.goto("/orders/list?tab=0")
    expect(desk.page.locator(box)).to_have_count(0)


def test_reports_are_asked_for_in_the_common_dialog(desk: Desk) -> None:
    desk.page.goto("/orders/list?tab=0")
    desk.page.get_by_role("link", name="批量导出").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="生成报表").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("报表生成中")
    assert len(desk.mock.truth()["exports"]) == 1


@pytest.mark.parametrize(("fault", "said"), [("kicked", "账户在别处登陆"), ("session-expired", "会话已过期")])
def test_a_form_sent_in_an_ended_session_leads_to_the_log_in_and_back(desk: Desk, fault: str, said: str) -> None:
    sn = desk.an_order()
    desk.open(sn)
    desk.fill_parcel()
    desk.mock.fault(fault, endpoint=SHIP)
    desk.confirm()
    expect(desk.page.locator(".login-card")).to_contain_text(said)
    assert desk.mock.order(sn)["shipments"] == []
    desk.log_in()
    expect(desk.page.locator("#order-sn")).to_have_text(sn)


@pytest.mark.parametrize(("fault", "effects"), [("reset-before", 0), ("reset-after", 1)])
@pytest.mark.parametrize("path", [SHIP, SAVE])
def test_a_browser_that_sends_a_cut_form_again_by_itself_has_no_second_effect(
    desk: Desk, fault: str, effects: int, path: str
) -> None:
    sn = desk.an_order()
    desk.open(sn)
    desk.fill_parcel()
    desk.page.get_by_label("备注", exact=True).fill("送小票")
    desk.mock.fault(fault, endpoint=path)
    with pytest.raises(Error, match="ERR_"), desk.page.expect_navigation():
        desk.page.get_by_role("button", name="确认发货" if path == SHIP else "保存").click()
    desk.page.wait_for_url("chrome-error://chromewebdata/")
    truth = desk.mock.truth()
    written: list[dict[str, Any]] = [write for write in truth["writes"] if write["order_sn"] == sn]
    assert written[0]["outcome"] == fault
    assert {write["outcome"] for write in written[1:]} <= {"resent by the browser"}
    saved = [save for save in truth["remarks"] if save["order_sn"] == sn]
    assert len(truth["orders"][sn]["shipments"]) + len(saved) == effects


@pytest.mark.parametrize(("code", "status"), [(54001, 200), (429, 429)])
def test_a_limit_is_told_in_the_page(desk: Desk, code: int, status: int) -> None:
    desk.mock.fault("rate-limited", code=code)
    answer = desk.page.goto("/orders/list?tab=1")
    assert answer is not None
    assert answer.status == status
    expect(desk.message).to_have_text("操作太过频繁")
    sn = desk.an_order()
    desk.open(sn)
    desk.mock.fault("rate-limited", endpoint=SHIP, code=code)
    desk.fill_parcel()
    with desk.page.expect_navigation() as came:
        desk.confirm()
    assert came.value is not None
    assert came.value.status == status
    expect(desk.message).to_have_text("操作太过频繁")
    assert desk.mock.order(sn)["shipments"] == []
