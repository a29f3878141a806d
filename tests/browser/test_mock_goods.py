"""The mock's pages of virtual goods do what a clerk expects of them, and store what the page showed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.clerk_by_hand import Clerk
from tests.support.goods_script import CARDS, OTHER, TOP_UP

pytestmark = pytest.mark.slow

SAVE = "goodsCommit"
ODD = "  行首与行尾有空格  \n<b>不是标签</b> & “引号” 😀\t\n\n"


@pytest.fixture(autouse=True)
def _as_before(clerk: Clerk) -> Iterator[None]:
    before = clerk.shop.truth()["goods"]
    yield
    for goods_id in (CARDS, TOP_UP, OTHER):
        clerk.shop.change_goods(goods_id, **before[goods_id])
    clerk.shop.open_virtual_shipping("opened")


def _form(clerk: Clerk) -> Locator:
    return clerk.page.locator('form[class*="goods-form_container"]')


def _open(clerk: Clerk, goods_id: str) -> None:
    """Its edit page, filled."""
    clerk.page.goto(f"/goods/goods_add/index?goods_id={goods_id}&type=edit")
    expect(_form(clerk)).to_have_attribute("data-goods", goods_id)


def _choose_type(clerk: Clerk, words: str) -> None:
    clerk.page.locator("#goodsType").get_by_role("combobox").click()
    clerk.page.get_by_role("option", name=words).click()


def _save(clerk: Clerk) -> None:
    clerk.page.get_by_role("button", name="保存", exact=True).click()


def _saved(clerk: Clerk) -> None:
    """Save, and wait until the page says that all went well."""
    _save(clerk)
    expect(clerk.page.get_by_test_id("beast-core-toast").last).to_have_text("保存成功")


def _true(clerk: Clerk, goods_id: str) -> dict[str, Any]:
    return dict(clerk.shop.truth()["goods"][goods_id])


def _changed(clerk: Clerk) -> dict[str, Any]:
    """What the last save has changed, as it is now."""
    return {name: now for name, (_, now) in clerk.shop.truth()["goods_saves"][-1]["changed"].items()}


def test_an_article_is_found_by_its_id_and_its_link_opens_it(clerk: Clerk) -> None:
    clerk.page.goto("/home")
    clerk.page.get_by_role("link", name="商品列表").click()
    rows = clerk.page.locator('tr[class*="goods-row_row"]')
    expect(rows).to_have_count(20)
    clerk.page.get_by_test_id("beast-core-pagination-next").click()
    expect(rows).to_have_count(5)
    clerk.page.get_by_label("商品ID").fill(TOP_UP)
    clerk.page.get_by_role("button", name="查询").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(f"ID: {TOP_UP}")
    rows.get_by_role("link", name="编辑").click()
    expect(_form(clerk)).to_have_attribute("data-goods", TOP_UP)
    assert clerk.page.url.endswith(f"goods_id={TOP_UP}&type=edit")


@pytest.mark.parametrize("goods_id", [CARDS, TOP_UP, OTHER, "612340010011"])
def test_a_page_saved_as_it_was_opened_changes_nothing(clerk: Clerk, goods_id: str) -> None:
    clerk.shop.change_goods(CARDS, description=ODD, title="Ａ “B” <C> & ' 标题 ")
    _open(clerk, goods_id)
    _saved(clerk)
    assert clerk.shop.truth()["goods_saves"][-1]["goods_id"] == goods_id
    assert _changed(clerk) == {}


def test_all_settings_of_delivery_are_changed_and_shown_again(clerk: Clerk) -> None:
    clerk.shop.change_goods(CARDS, type="ordinary", notices=["mail"], region_limited=False, provinces=[])
    before = _true(clerk, CARDS)
    _open(clerk, CARDS)
    form = _form(clerk)
    _choose_type(clerk, "虚拟商品")
    form.get_by_label("自动发货").check()
    form.get_by_label("约定时间发货").check()
    form.get_by_label("约定天数").fill("12")
    form.get_by_label("短信通知").check()
    form.get_by_label("邮件通知").uncheck()
    form.get_by_role("switch", name="地区限制").check()
    form.get_by_label("江苏省").check()
    form.get_by_role("switch", name="充值账号输入").check()
    form.get_by_label("邮箱").check()
    _saved(clerk)
    wanted = {
        "type": "virtual",
        "delivery": "automatic",
        "time": "agreed",
        "agreed_days": 12,
        "notices": ["sms"],
        "region_limited": True,
        "provinces": ["江苏省"],
        "account_input": True,
        "account_kind": "mail",
    }
    assert _true(clerk, CARDS) == before | wanted
    clerk.page.reload()
    expect(clerk.page.locator("#goodsType")).to_contain_text("虚拟商品")
    expect(form.get_by_label("约定天数")).to_have_value("12")
    for label in ("自动发货", "短信通知", "江苏省", "邮箱"):
        expect(form.get_by_label(label)).to_be_checked()
    expect(form.get_by_label("邮件通知")).not_to_be_checked()


def test_other_fields_are_changed_by_hand_as_well(clerk: Clerk) -> None:
    before = _true(clerk, OTHER)
    _open(clerk, OTHER)
    form = _form(clerk)
    form.get_by_label("商品标题").fill("新标题")
    form.get_by_label("商品描述").fill(ODD)
    form.get_by_label("拼单价 单套").fill("12.30")
    form.get_by_label("库存 全套").fill("0")
    form.locator("#isFolt").get_by_label("不支持" if before["genuine_promise"] else "支持", exact=True).check()
    form.locator("li", has_text=before["images"][1]).get_by_role("button", name="前移").click()
    _saved(clerk)
    changed = _changed(clerk)
    assert set(changed) == {"title", "description", "skus", "genuine_promise", "images"}
    assert (changed["title"], changed["description"]) == ("新标题", ODD)
    assert changed["images"][:2] == before["images"][1::-1]
    assert [(sku["price_fen"], sku["stock"]) for sku in changed["skus"]] == [
        (1230, before["skus"][0]["stock"]),
        (before["skus"][1]["price_fen"], 0),
    ]


def test_an_article_that_becomes_ordinary_is_no_longer_delivered_by_itself(clerk: Clerk) -> None:
    clerk.shop.change_goods(OTHER, type="virtual", delivery="automatic")
    _open(clerk, OTHER)
    _choose_type(clerk, "普通商品")
    expect(_form(clerk).get_by_label("自动发货")).to_be_disabled()
    expect(_form(clerk).get_by_label("手动发货")).to_be_checked()
    _saved(clerk)
    assert _changed(clerk) == {"type": "ordinary", "delivery": "manual"}


def test_the_second_confirmation_stands_between_click_and_save(clerk: Clerk) -> None:
    clerk.shop.fault("second-confirmation")
    saves = len(clerk.shop.truth()["goods_saves"])
    _open(clerk, OTHER)
    _form(clerk).get_by_label("限购次数").fill("8")
    _save(clerk)
    asked = clerk.page.get_by_role("dialog", name="提示")
    asked.get_by_role("button", name="取消").click()
    expect(asked).to_have_count(0)
    assert len(clerk.shop.truth()["goods_saves"]) == saves
    _save(clerk)
    asked.get_by_role("button", name="继续保存").click()
    expect(clerk.page.get_by_test_id("beast-core-toast").last).to_have_text("保存成功")
    assert _changed(clerk) == {"buy_limit": 8}


@pytest.mark.parametrize(
    ("fault", "args", "words"),
    [
        ("goods-save-refused", {}, "商品正在审核中，暂不支持编辑"),
        ("error-before", {}, "网络异常"),
        ("reset-before", {}, "网络异常"),
        ("rate-limited", {"code": 206}, "操作太频繁"),
        ("rate-limited", {"code": 429}, "操作太过频繁"),
    ],
)
def test_a_save_that_fails_keeps_what_was_typed(clerk: Clerk, fault: str, args: dict[str, int], words: str) -> None:
    clerk.shop.fault(fault, endpoint=SAVE, **args)
    before = _true(clerk, OTHER)
    _open(clerk, OTHER)
    _form(clerk).get_by_label("限购次数").fill("8")
    _save(clerk)
    expect(_form(clerk).get_by_role("alert")).to_contain_text(words)
    expect(_form(clerk).get_by_label("限购次数")).to_have_value("8")
    assert _true(clerk, OTHER) == before
    _saved(clerk)
    assert _changed(clerk) == {"buy_limit": 8}


def test_a_lost_save_looks_like_any_other_until_the_page_is_drawn_anew(clerk: Clerk) -> None:
    clerk.shop.change_goods(OTHER, buy_limit=3)
    clerk.shop.fault("goods-save-lost")
    _open(clerk, OTHER)
    _form(clerk).get_by_label("限购次数").fill("8")
    _saved(clerk)
    expect(_form(clerk).get_by_label("限购次数")).to_have_value("3")


def test_a_lying_toast_is_all_that_comes_of_a_save(clerk: Clerk) -> None:
    clerk.shop.fault("toast-lies", endpoint=SAVE)
    before = _true(clerk, OTHER)
    _open(clerk, OTHER)
    _form(clerk).get_by_label("限购次数").fill("8")
    _saved(clerk)
    assert _true(clerk, OTHER) == before


def test_a_shop_that_is_not_open_hands_in_its_materials(clerk: Clerk) -> None:
    clerk.shop.open_virtual_shipping("none")
    _open(clerk, OTHER)
    expect(_form(clerk)).to_contain_text("店铺未开通虚拟发货")
    clerk.page.get_by_role("link", name="虚拟工具").click()
    state = clerk.page.locator('[class*="virtual-tool_status"]')
    expect(state).to_have_text("未开通")
    clerk.page.get_by_role("button", name="提交审核").click()
    expect(clerk.page.get_by_role("alert")).to_have_text("请完善申请材料")
    for label in ("联系人", "联系电话", "营业执照号", "经营范围说明"):
        clerk.page.get_by_label(label).fill("一")
    clerk.page.get_by_role("button", name="提交审核").click()
    expect(state).to_have_text("审核中")


def test_the_platforms_deliveries_and_failures_are_shown(clerk: Clerk) -> None:
    clerk.shop.change_goods(OTHER, type="virtual", delivery="automatic", time="immediate")
    clerk.shop.fail_delivery(OTHER)
    clerk.shop.advance(1)
    order_sn = clerk.shop.buy(OTHER)
    clerk.shop.fail_delivery(order_sn)
    clerk.shop.advance(1)
    clerk.page.goto("/express/autoDelivery")
    clerk.page.get_by_label("商品ID").fill(OTHER)
    clerk.page.get_by_role("button", name="查询").click()
    row = clerk.page.locator('tr[class*="auto-delivery_row"]')
    expect(row).to_have_count(1)
    expect(row).to_contain_text("已开启")
    expect(row.locator('[class*="auto-delivery_stock"]')).to_have_text("-")
    failed = clerk.page.locator('tr[class*="delivery-failure_row"]', has_text=order_sn)
    expect(failed).to_contain_text("系统异常，发货失败")
    failed.get_by_role("link").click()
    expect(clerk.page.locator('[class*="order-detail_sn"]')).to_have_text(order_sn)


def test_a_batch_of_cards_is_added_by_the_form_and_listed_masked(clerk: Clerk) -> None:
    clerk.shop.change_goods(CARDS, type="virtual")
    clerk.page.goto(f"/vg/cards?goods_id={CARDS}")
    row = clerk.page.locator('tr[class*="card-stock_row"]').first
    expect(row.locator('[class*="card-stock_left"]')).to_have_text("40")
    row.get_by_role("button", name="添加卡密").click()
    dialog = clerk.page.get_by_role("dialog", name="添加卡密")
    dialog.get_by_label("卡号卡密").fill("K1,AAAA-1111\nK1 BBBB-2222")
    dialog.get_by_role("button", name="确认添加").click()
    expect(dialog.get_by_role("alert")).to_have_text("第 2 行卡号重复")
    dialog.get_by_label("卡号卡密").fill("K1,AAAA-1111\n\nK2 BBBB-2222\n")
    dialog.get_by_role("button", name="确认添加").click()
    expect(row.locator('[class*="card-stock_left"]')).to_have_text("42")
    row.get_by_role("button", name="查看卡密").click()
    cards = clerk.page.locator('tr[class*="card_row"]')
    expect(cards).to_have_count(20)
    clerk.page.locator('[class*="card_table"]').get_by_test_id("beast-core-pagination-next").click()
    clerk.page.locator('[class*="card_table"]').get_by_test_id("beast-core-pagination-next").click()
    expect(cards.last).to_contain_text("K2")
    expect(cards.last).to_contain_text("*****2222")
    expect(cards.last).not_to_contain_text("BBBB")


def test_an_orders_page_shows_the_account_to_be_charged(clerk: Clerk) -> None:
    order_sn = clerk.shop.buy(TOP_UP, account="13800001234")
    clerk.page.goto(f"/orders/detail?type=0&sn={order_sn}")
    account = clerk.page.locator('[class*="order-detail_chargeNumber"]')
    expect(account).to_have_text("13800001234")
    clerk.shop.patch(order_sn, charge_number="不知道填什么")
    clerk.page.reload()
    expect(account).to_have_text("不知道填什么")
