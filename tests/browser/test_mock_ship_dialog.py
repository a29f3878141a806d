"""The mock's ship dialog does to a shipment what the site is known to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow


def test_couriers_can_be_typed_but_not_set_by_a_script(clerk: Clerk) -> None:
    clerk.open_dialog(clerk.an_order())
    options = clerk.page.get_by_role("option")
    field = clerk.dialog.locator("#shippingId input")
    assert options.count() == 0
    field.evaluate("node => { node.value = '顺丰速运'; node.dispatchEvent(new Event('input', { bubbles: true })); }")
    field.click()
    expect(options).to_have_count(15)
    clerk.dialog.locator("#trackingNumber input").click()
    expect(options).to_have_count(0)
    expect(field).to_have_value("")
    clerk.fill_dialog(courier="中通")
    read = clerk.read_dialog()
    assert (read["courier"], read["tracking_number"], read["how"]) == ("中通快递", "YT1234567890123", "dialog")


def test_one_confirmation_is_one_shipment_and_the_list_forgets_the_order(clerk: Clerk) -> None:
    order_sn = clerk.an_order()
    clerk.open_dialog(order_sn)
    clerk.fill_dialog()
    clerk.confirm.click()
    expect(clerk.page.get_by_text(clerk.profile.words["ship_success"][0])).to_be_visible()
    expect(clerk.dialog).to_have_count(0)
    expect(clerk.page.locator(clerk.profile.lists["orders"].empty or "")).to_be_visible()
    (sent,) = clerk.shop.order(order_sn)["shipments"]
    assert (sent["courier"], sent["tracking_number"], sent["entry"]) == ("圆通快递", "YT1234567890123", "dialog")
    clerk.element("orders.tab_shipped").click()
    expect(clerk.rows.filter(has_text=order_sn)).to_have_count(1)
    (read,) = clerk.read_rows()
    assert (read["status"], read["courier"], read["tracking_number"]) == ("shipped", "圆通快递", "YT1234567890123")


def test_virtual_goods_go_without_logistics(clerk: Clerk) -> None:
    order_sn = clerk.an_order(virtual=True)
    clerk.open_dialog(order_sn)
    assert clerk.read_dialog()["how"] == "no_logistics"
    clerk.confirm.click()
    expect(clerk.dialog).to_have_count(0)
    assert [sent["entry"] for sent in clerk.shop.order(order_sn)["shipments"]] == ["no_logistics"]


def test_an_audit_that_began_after_the_list_was_read_blocks_dialog_and_detail(clerk: Clerk) -> None:
    order_sn = clerk.an_order()
    row = clerk.search(order_sn)
    clerk.shop.patch(order_sn, audit=True)
    row.get_by_role("button", name="发货").click()
    clerk.dialog.get_by_text("无物流发货").wait_for()
    assert clerk.read_dialog()["audit"] == "set"
    expect(clerk.confirm).to_be_disabled()
    clerk.goto("order_detail", order_sn=order_sn)
    expect(clerk.element("detail.audit")).to_be_visible()
    expect(clerk.page.locator('[class*="order-detail_address"]')).to_have_text("")


def test_the_second_confirmation_stands_between_click_and_request(clerk: Clerk) -> None:
    order_sn = clerk.an_order()
    clerk.shop.fault("second-confirmation")
    clerk.open_dialog(order_sn)
    clerk.fill_dialog()
    asked = clerk.page.locator(clerk.profile.dialogs["second_confirmation"].container)
    clerk.confirm.click()
    asked.get_by_role("button", name="取消").click()
    expect(asked).to_have_count(0)
    expect(clerk.confirm).to_be_enabled()
    assert clerk.shop.order(order_sn)["shipments"] == []
    clerk.confirm.click()
    asked.get_by_role("button", name="继续发货").click()
    expect(clerk.dialog).to_have_count(0)
    assert len(clerk.shop.order(order_sn)["shipments"]) == 1


def test_a_refused_row_keeps_the_dialog_open_with_the_sites_words(clerk: Clerk) -> None:
    order_sn = clerk.an_order(after_sale=True)
    clerk.shop.fault("enforce-holds")
    clerk.open_dialog(order_sn)
    clerk.fill_dialog()
    clerk.confirm.click()
    expect(clerk.dialog.get_by_role("alert")).not_to_be_empty()
    read = clerk.read_dialog()
    assert (read["after_sale"], "售后" in read["error"]) == ("set", True)
    assert clerk.shop.order(order_sn)["shipments"] == []


def test_a_lying_toast_closes_the_dialog_without_a_shipment(clerk: Clerk) -> None:
    order_sn = clerk.an_order()
    clerk.shop.fault("toast-lies")
    clerk.open_dialog(order_sn)
    clerk.fill_dialog()
    clerk.confirm.click()
    expect(clerk.page.get_by_text(clerk.profile.words["ship_success"][0])).to_be_visible()
    expect(clerk.dialog).to_have_count(0)
    assert clerk.shop.order(order_sn)["shipments"] == []


def test_a_broken_answer_keeps_the_dialog_open(clerk: Clerk) -> None:
    clerk.shop.fault("error-before")
    clerk.open_dialog(clerk.an_order())
    clerk.fill_dialog()
    clerk.confirm.click()
    expect(clerk.dialog.get_by_role("alert")).to_contain_text(clerk.profile.words["ship_failure"][0])
    expect(clerk.confirm).to_be_enabled()


def test_with_animations_the_dialog_comes_and_goes_slowly_and_without_them_at_once(clerk: Clerk) -> None:
    clerk.open_dialog(clerk.an_order())
    cancel = clerk.dialog.get_by_role("button", name="取消")
    left = "(node, css) => { node.click(); return document.querySelectorAll(css).length; }"
    css = clerk.profile.dialogs["ship"].container
    assert cancel.evaluate(left, css) == 0
    clerk.page.emulate_media(reduced_motion="no-preference")
    clerk.search(clerk.an_order()).get_by_role("button", name="发货").click()
    assert cancel.evaluate(left, css) == 1
    expect(clerk.dialog).to_have_count(0)
