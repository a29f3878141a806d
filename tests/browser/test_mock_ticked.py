"""批量发货 as a clerk of 抖店 sees it: orders ticked, a drawer, a task, its failures by reason, earlier tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, expect

from fixtures.mockshop.harness import MockShop
from tests.support.douyin_by_hand import DELIVERY, ORDERS, DouyinClerk, douyin_clerk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _desk(chromium: Browser) -> Iterator[DouyinClerk]:
    with MockShop(platform="douyin", orders=150, toast_s=600) as mock, douyin_clerk(chromium, mock) as clerk:
        yield clerk


@pytest.fixture
def clerk(_desk: DouyinClerk) -> Iterator[DouyinClerk]:
    yield _desk
    _desk.shop.clear_faults()


def _search(clerk: DouyinClerk, sns: Sequence[str]) -> None:
    clerk.page.goto(DELIVERY)
    clerk.rows.first.wait_for()
    clerk.page.get_by_label("订单编号").fill("\n".join(sns))
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.rows).to_have_count(len(sns))


def _open(clerk: DouyinClerk, sns: Sequence[str]) -> Locator:
    """The drawer for these orders."""
    _search(clerk, sns)
    clerk.page.get_by_label("全选").check()
    clerk.page.get_by_role("button", name="批量发货", exact=True).click()
    drawer = clerk.dialog("批量发货")
    expect(drawer.get_by_role("button", name="确认发货")).to_be_enabled()
    return drawer


def _fill(drawer: Locator, sns: Sequence[str], *, number: str = "YT000000000000") -> None:
    for n, sn in enumerate(sns):
        drawer.locator(f'tr[data-row-key="{sn}"]').get_by_label("快递单号").fill(f"{number}{n}")


def _confirm(clerk: DouyinClerk, drawer: Locator) -> Locator:
    """The panel of the task that was made."""
    drawer.get_by_role("button", name="确认发货").click()
    return clerk.dialog("批量发货结果")


def _numbers(clerk: DouyinClerk, sns: Sequence[str]) -> list[list[str]]:
    return [[each["tracking_number"] for each in clerk.shop.order(sn)["shipments"]] for sn in sns]


def test_some_or_all_rows_are_ticked_and_held_ones_cannot_be(clerk: DouyinClerk) -> None:
    held, *sns = clerk.free_orders(3)
    clerk.shop.patch(held, audit=True)
    _search(clerk, [held, *sns])
    button = clerk.page.get_by_role("button", name="批量发货", exact=True)
    expect(button).to_be_disabled()
    expect(clerk.row(held).get_by_label("选择订单")).to_be_disabled()
    expect(clerk.row(held)).to_contain_text("风控审核中")
    clerk.row(sns[0]).get_by_label("选择订单").check()
    expect(clerk.page.locator("[data-ticked]")).to_have_text("1")
    expect(clerk.page.get_by_label("全选")).not_to_be_checked()
    clerk.page.get_by_label("全选").check()
    expect(clerk.page.locator("[data-ticked]")).to_have_text("2")
    expect(button).to_be_enabled()


def test_one_courier_for_all_or_another_for_a_row(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(3)
    drawer = _open(clerk, sns)
    expect(drawer.locator("tr[data-row-key] .auxo-select-selection-item")).to_have_text(["圆通快递"] * 3)
    clerk.pick(drawer, "统一快递公司", "顺丰速运")
    clerk.pick(clerk.row(sns[1]).last, "快递公司", "中通快递")
    _fill(drawer, sns)
    panel = _confirm(clerk, drawer)
    expect(panel.locator("[data-success]")).to_have_text("3")
    couriers = [clerk.shop.order(sn)["shipments"][0]["courier"] for sn in sns]
    assert couriers == ["顺丰速运", "中通快递", "顺丰速运"]


def test_a_pasted_column_of_numbers_fills_the_rows_below(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(3)
    drawer = _open(clerk, sns)
    fields = drawer.get_by_label("快递单号")
    clerk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clerk.page.evaluate("navigator.clipboard.writeText('YT0000000000021\\r\\nYT0000000000022\\r\\n')")
    fields.nth(1).click()
    clerk.page.keyboard.press("Control+v")
    expect(fields.nth(2)).to_have_value("YT0000000000022")
    drawer.get_by_role("button", name="确认发货").click()
    expect(drawer.get_by_role("alert")).to_have_text("请输入快递单号")
    drawer.get_by_role("button", name="移除").first.click()
    panel = _confirm(clerk, drawer)
    expect(panel.locator("[data-success]")).to_have_text("2")
    shown = [sn for sn in sns if clerk.shop.order(sn)["shipments"]]
    assert sorted(_numbers(clerk, shown)) == [["YT0000000000021"], ["YT0000000000022"]]


def test_a_task_goes_on_while_the_page_looks_and_ends_with_failures_by_reason(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(3)
    clerk.shop.fault("task-slow", s=900)
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    clerk.row(sns[2]).last.get_by_label("快递单号").fill("??")
    panel = _confirm(clerk, drawer)
    expect(clerk.toast.last).to_have_text("已提交，系统正在发货")
    expect(panel.locator("[data-status]")).to_have_text("排队中")
    clerk.shop.advance(900)
    expect(panel.locator("[data-status]")).to_have_text("已完成")
    expect(panel.locator("[data-task-id]")).to_have_attribute("aria-busy", "false")
    expect(panel.locator('[data-reason="物流单号格式不正确"] li')).to_have_text([sns[2]])
    expect(panel.locator("[data-failed]")).to_have_text("1")
    panel.get_by_role("button", name="关闭").click()
    expect(clerk.rows).to_have_count(1)


def test_the_order_list_opens_the_same_drawer_for_its_ticked_rows(clerk: DouyinClerk) -> None:
    [sn] = clerk.free_orders(1)
    clerk.page.goto(ORDERS)
    clerk.rows.first.wait_for()
    batch = clerk.page.get_by_role("button", name="批量发货", exact=True)
    batch.click()
    expect(clerk.toast.last).to_have_text("请先勾选订单")
    clerk.page.get_by_label("订单编号", exact=True).fill(sn)
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.rows).to_have_count(1)
    clerk.row(sn).get_by_label("选择订单").check()
    batch.click()
    drawer = clerk.dialog("批量发货")
    _fill(drawer, [sn])
    expect(_confirm(clerk, drawer).locator("[data-success]")).to_have_text("1")
    expect(clerk.page.locator(f'main tr[data-row-key="{sn}"]')).to_have_attribute("data-kora_order_status", "3")


def test_what_needs_no_parcel_is_not_ticked_along(clerk: DouyinClerk) -> None:
    orders = clerk.shop.truth()["orders"].items()
    virtual = next(
        sn for sn, order in orders if order["virtual"] and order["status"] == "pending" and not order["audit"]
    )
    clerk.page.goto(ORDERS)
    clerk.page.get_by_label("订单编号", exact=True).fill(virtual)
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.rows).to_have_count(1)
    clerk.row(virtual).get_by_label("选择订单").check()
    clerk.page.get_by_role("button", name="批量发货", exact=True).click()
    expect(clerk.toast.last).to_contain_text("请单独发货")
    expect(clerk.dialog("批量发货")).to_have_count(0)


def test_a_task_whose_answer_was_lost_is_found_among_the_records(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(2)
    clerk.shop.fault("error-after")
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    drawer.get_by_role("button", name="确认发货").click()
    expect(clerk.toast.last).to_have_text("网络异常，请稍后重试")
    expect(drawer.get_by_role("button", name="确认发货")).to_be_enabled()
    clerk.page.goto(f"{DELIVERY}?tab=records")
    told = clerk.rows.first.locator("td")
    expect(told).to_contain_text(["73915", "2026-03-10", "clerk-1", "2", "2", "0", "已完成", "查看"])
    task_id = clerk.shop.truth()["ship_tasks"][-1]["task_id"]
    expect(clerk.rows.first).to_have_attribute("data-row-key", task_id)
    clerk.row(task_id).get_by_role("button", name="查看").click()
    panel = clerk.dialog("批量发货结果")
    expect(panel.locator("[data-task-id]")).to_have_attribute("data-task-id", task_id)
    expect(panel.locator("[data-success]")).to_have_text("2")


def test_the_records_follow_a_task_until_it_has_ended(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(1)
    clerk.shop.fault("task-slow", s=900)
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    panel = _confirm(clerk, drawer)
    panel.get_by_role("button", name="关闭").click()
    clerk.page.get_by_role("tab", name="批量发货记录").click()
    status = clerk.rows.first.locator("[data-status]")
    expect(status).to_have_text("排队中")
    clerk.shop.advance(900)
    expect(status).to_have_text("已完成")
    clerk.page.get_by_role("tab", name="待发货").click()
    expect(clerk.page.get_by_label("全选")).to_have_count(1)


def test_a_drawer_that_is_left_hands_nothing_in(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(2)
    tasks = len(clerk.shop.truth()["ship_tasks"])
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    drawer.get_by_role("button", name="取消").click()
    expect(drawer).to_have_count(0)
    clerk.page.get_by_role("button", name="批量发货", exact=True).click()
    for _ in sns:
        drawer.get_by_role("button", name="移除").first.click()
    expect(drawer.get_by_role("button", name="确认发货")).to_be_disabled()
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    assert len(clerk.shop.truth()["ship_tasks"]) == tasks


def test_more_numbers_than_a_page_holds_are_not_searched_for(clerk: DouyinClerk) -> None:
    clerk.page.goto(DELIVERY)
    expect(clerk.rows).to_have_count(20)
    clerk.page.get_by_label("订单编号").fill(" ".join(str(n) for n in range(101)))
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.toast.last).to_have_text("单次最多查询 100 个订单号")
    expect(clerk.rows).to_have_count(20)
    clerk.page.get_by_label("订单编号").fill("1，2")
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.page.get_by_text("暂无订单")).to_be_visible()
    clerk.page.get_by_role("button", name="重置").click()
    expect(clerk.rows).to_have_count(20)


def test_a_lost_task_is_told_as_unknown(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(1)
    clerk.shop.fault("task-lost")
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    panel = _confirm(clerk, drawer)
    expect(panel.get_by_role("alert")).to_have_text("任务不存在，请到批量发货记录中查看")
    assert _numbers(clerk, sns) == [[]]


def test_a_second_confirmation_is_asked_before_orders_are_handed_in(clerk: DouyinClerk) -> None:
    sns = clerk.free_orders(1)
    clerk.shop.fault("second-confirmation")
    drawer = _open(clerk, sns)
    _fill(drawer, sns)
    drawer.get_by_role("button", name="确认发货").click()
    clerk.dialog("温馨提示").get_by_role("button", name="取消").click()
    expect(drawer.get_by_role("button", name="确认发货")).to_be_enabled()
    drawer.get_by_role("button", name="确认发货").click()
    clerk.dialog("温馨提示").get_by_role("button", name="继续发货").click()
    expect(clerk.dialog("批量发货结果").locator("[data-success]")).to_have_text("1")
    assert _numbers(clerk, sns) == [["YT0000000000000"]]


def test_pages_are_turned_and_their_size_is_chosen(clerk: DouyinClerk) -> None:
    clerk.page.goto(DELIVERY)
    expect(clerk.rows).to_have_count(20)
    first = clerk.rows.first.get_attribute("data-row-key") or ""
    clerk.page.get_by_role("button", name="下一页").click()
    expect(clerk.row(first)).to_have_count(0)
    clerk.pick(clerk.page.locator("main"), "每页条数", "50 条/页")
    expect(clerk.rows).to_have_count(50)
    expect(clerk.row(first)).to_have_count(1)
