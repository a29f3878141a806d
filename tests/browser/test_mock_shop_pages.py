"""The settings of shipping and the after-sale work bench as a clerk of 抖店 sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from fixtures.mockshop.harness import MockShop
from tests.support.douyin_by_hand import DouyinClerk, douyin_clerk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

HOME = "/ffa/mshop/homepage/index"


@pytest.fixture(scope="module")
def _desk(chromium: Browser) -> Iterator[DouyinClerk]:
    options: dict[str, Any] = {"orders": 60, "toast_s": 600, "home_inert_s": 0}
    with MockShop(platform="douyin", **options) as mock, douyin_clerk(chromium, mock) as clerk:
        yield clerk


@pytest.fixture
def clerk(_desk: DouyinClerk) -> Iterator[DouyinClerk]:
    yield _desk
    _desk.shop.clear_faults()


def _open(clerk: DouyinClerk, entry: str) -> None:
    """By the side menu, from home."""
    clerk.page.goto(HOME)
    clerk.page.get_by_role("menuitem").get_by_role("link", name=entry, exact=True).click()
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text(entry)


def _settings(clerk: DouyinClerk) -> dict[str, Any]:
    [settings] = clerk.shop.truth()["ship_settings"].values()
    return dict(settings)


def test_an_address_becomes_the_default_after_a_question(clerk: DouyinClerk) -> None:
    _open(clerk, "发货地址管理")
    first, second, _ = _settings(clerk)["addresses"]
    row = clerk.row(second["address_id"])
    expect(clerk.row(first["address_id"])).to_contain_text("默认发货")
    row.get_by_role("button", name="设为默认").click()
    clerk.dialog("温馨提示").get_by_role("button", name="取消").click()
    expect(row.get_by_role("button", name="设为默认")).to_be_visible()
    row.get_by_role("button", name="设为默认").click()
    clerk.dialog("温馨提示").get_by_role("button", name="确定").click()
    expect(clerk.toast.last).to_have_text("设置成功")
    expect(row).to_contain_text("默认发货")
    expect(clerk.row(first["address_id"])).not_to_contain_text("默认发货")
    saves = clerk.shop.truth()["settings_saves"]
    assert saves[-1]["stored"] == {"address_id": second["address_id"]}


def test_a_dialog_changes_one_field_of_an_address(clerk: DouyinClerk) -> None:
    _open(clerk, "发货地址管理")
    before = _settings(clerk)["addresses"][2]
    clerk.row(before["address_id"]).get_by_role("button", name="编辑").click()
    dialog = clerk.dialog("编辑地址")
    expect(dialog.get_by_label("联系电话")).to_have_value(before["mobile"])
    dialog.get_by_label("详细地址").fill("")
    dialog.get_by_role("button", name="保存").click()
    expect(clerk.toast.last).to_have_text("请完善地址信息")
    dialog.get_by_label("详细地址").fill("示例路5号")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    expect(clerk.row(before["address_id"])).to_contain_text("示例路5号")
    assert _settings(clerk)["addresses"][2] == before | {"detail": "示例路5号"}


def test_saving_the_default_courier_changes_nothing_else_on_the_page(clerk: DouyinClerk) -> None:
    clerk.shop.change_ship_settings(rules={"slip_note": "轻放", "promise_hours": 72, "review_address_change": True})
    before = _settings(clerk)["rules"]
    _open(clerk, "发货设置")
    main = clerk.page.locator("main")
    save = main.get_by_role("button", name="保存")
    expect(save).to_be_enabled()
    clerk.pick(main, "默认快递公司", "极兔速递")
    save.click()
    expect(clerk.toast.last).to_have_text("保存成功")
    assert _settings(clerk)["rules"] == before | {"default_courier": "极兔速递"}
    assert clerk.shop.truth()["settings_saves"][-1]["stored"] == before | {"default_courier": "极兔速递"}


def test_a_save_that_failed_says_so_unless_the_page_lies(clerk: DouyinClerk) -> None:
    saves = len(clerk.shop.truth()["settings_saves"])
    for fault, words in (("error-before", "网络异常，请稍后重试"), ("toast-lies", "保存成功")):
        clerk.shop.fault(fault)
        clerk.page.goto("/ffa/morder/logistics/delivery-setting")
        clerk.page.get_by_role("button", name="保存").click()
        expect(clerk.toast.last).to_have_text(words)
    assert len(clerk.shop.truth()["settings_saves"]) == saves


def test_waybill_accounts_stand_by_courier_and_outlet(clerk: DouyinClerk) -> None:
    _open(clerk, "电子面单")
    expect(clerk.rows).to_have_count(7)
    told = clerk.row("zhongtong_ZTO57932").locator("td")
    expect(told).to_contain_text(["中通快递", "加盟", "义乌北苑一部", "ZTO57932", "86", "已绑定", "浙江省", "充值"])
    expect(clerk.row("jtexpress_JT571009").locator("td").nth(4)).to_have_text("0")
    expect(clerk.row("shunfeng_").locator("td").nth(4)).to_have_text("-")
    expect(clerk.row("shentong_")).to_contain_text("未绑定")
    clerk.shop.change_ship_settings(waybill={"courier": "申通快递", "bound": True, "balance": 12})
    clerk.page.get_by_role("button", name="刷新").click()
    expect(clerk.row("shentong_").locator("td").nth(4)).to_have_text("12")


def test_the_work_bench_shows_what_waits_and_everything(clerk: DouyinClerk) -> None:
    _open(clerk, "售后工作台")
    waiting = [sn for sn, order in clerk.shop.truth()["orders"].items() if order["after_sale"]]
    expect(clerk.page.locator('[data-count="all_audit_reg_spill"]')).to_have_text(str(len(waiting)))
    expect(clerk.rows).to_have_count(len(waiting))
    expect(clerk.rows.first).to_contain_text("未发货仅退款")
    expect(clerk.rows.first).to_contain_text("待商家同意")
    expect(clerk.rows.first.locator("td").last).to_contain_text("剩余")
    clerk.page.get_by_role("tab", name="全部").click()
    expect(clerk.page.get_by_text("售后成功").first).to_be_visible()
    clerk.page.get_by_label("订单编号").fill(waiting[0])
    clerk.page.get_by_role("button", name="查询").click()
    expect(clerk.rows).to_have_count(1)
    expect(clerk.rows.first.locator("td").nth(1)).to_have_text(waiting[0])
