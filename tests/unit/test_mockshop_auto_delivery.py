"""The platform's own delivery at the mock: each order once, after its time, or not at all with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.pinduoduo.virtual_goods import (
    ADD_CARDS,
    AUTOMATIC,
    CHARGE_NUMBER,
    FAILURES,
    OPEN,
    OPENING,
    STOCK,
)
from fixtures.mockshop.pinduoduo.virtual_goods import CARDS as LISTED
from fixtures.mockshop.shop.charge_numbers import charge_number, fits
from tests.support.batch_script import logged_in
from tests.support.goods_script import CARDS, OTHER, TOP_UP, read, save

pytestmark = pytest.mark.slow

DAY_S = 24 * 3600
MATERIALS = {"contactName": "王一", "contactMobile": "13800001234", "licenseNo": "91330000X", "scope": "会员充值"}


@pytest.fixture
def shop() -> Iterator[MockShop]:
    """One without orders but those that are bought."""
    with MockShop(orders=0) as mock:
        yield mock


@pytest.fixture
def page(shop: MockShop) -> PageScript:
    return logged_in(shop)


def _switch_on(shop: MockShop, goods_id: str, *, time: str = "immediate", **more: Any) -> None:
    shop.change_goods(goods_id, type="virtual", delivery="automatic", time=time, account_input=False, **more)


def _results(shop: MockShop) -> dict[str, str]:
    return {each["order_sn"]: each["result"] for each in shop.truth()["auto_deliveries"]}


def _status(shop: MockShop, order_sn: str) -> str:
    return str(shop.order(order_sn)["status"])


def _row(page: PageScript, goods_id: str = CARDS) -> dict[str, Any]:
    [row] = page.post(AUTOMATIC, {"goodsId": goods_id})["result"]["list"]
    return dict(row)


def test_a_fresh_shop_delivers_nothing_by_itself() -> None:
    with MockShop(orders=60) as mock:
        before = mock.truth()["orders"]
        mock.advance(12 * DAY_S)
        truth = mock.truth()
    assert [sn for sn, order in truth["orders"].items() if order["shipments"]] == []
    assert {sn: order["status"] for sn, order in truth["orders"].items() if order["virtual"]} == {
        sn: order["status"] for sn, order in before.items() if order["virtual"]
    }


@pytest.mark.parametrize(
    ("time", "days", "wait_s"),
    [
        ("immediate", 10, 0),
        ("24h", 10, DAY_S),
        ("48h", 10, 2 * DAY_S),
        ("agreed", 10, 10 * DAY_S),
        ("agreed", 7, 7 * DAY_S),
    ],
)
def test_an_order_is_delivered_after_its_time_and_once(shop: MockShop, time: str, days: int, wait_s: int) -> None:
    _switch_on(shop, OTHER, time=time, agreed_days=days)
    order_sn = shop.buy(OTHER, quantity=3)
    if wait_s:
        shop.advance(wait_s - 600)
        assert _status(shop, order_sn) == "pending"
        shop.advance(600)
    shop.advance(DAY_S)
    order = shop.order(order_sn)
    [shipment] = order["shipments"]
    assert (order["status"], shipment["entry"], shipment["held_at_accept"]) == ("shipped", "platform", False)
    [told] = shop.truth()["auto_deliveries"]
    assert (told["order_sn"], told["quantity"], told["result"], told["cards"]) == (order_sn, 3, "delivered", [])
    assert shipment["at"][:19] == told["at"][:19], "when it was due, not when somebody looked"


def test_an_order_gets_as_many_cards_as_pieces_and_no_card_goes_twice(shop: MockShop, page: PageScript) -> None:
    _switch_on(shop, CARDS)
    orders = {shop.buy(CARDS, quantity=quantity): quantity for quantity in (1, 3, 2)}
    shop.advance(1)
    given = {each["order_sn"]: each["cards"] for each in shop.truth()["auto_deliveries"]}
    assert {sn: len(cards) for sn, cards in given.items()} == orders
    numbers = [number for cards in given.values() for number in cards]
    assert len(set(numbers)) == 6
    assert {card["card_no"]: card["order_sn"] for card in shop.cards() if card["order_sn"]} == {
        number: sn for sn, cards in given.items() for number in cards
    }
    row = _row(page)
    assert (row["autoDelivery"], row["stock"], row["sentToday"], row["failedToday"]) == (True, 46, 3, 0)
    told = [event["order_sn"] for event in shop.events(timeout_s=0) if event["method"] == "PLATFORM"]
    assert sorted(told) == sorted(orders)


def test_an_order_without_enough_cards_waits_for_them_whole(shop: MockShop, page: PageScript) -> None:
    _switch_on(shop, CARDS)
    shop.set_stock(CARDS, "月卡", 2)
    order_sn = shop.buy(CARDS, quantity=3)
    shop.advance(1)
    shop.advance(3600)
    assert _results(shop) == {order_sn: "no_stock"}
    assert len(shop.truth()["auto_deliveries"]) == 1, "said once"
    [failure] = page.post(FAILURES, {})["result"]["list"]
    assert (failure["orderSn"], failure["failReason"], failure["goodsNumber"]) == (order_sn, "库存不足", 3)
    assert _row(page)["failedToday"] == 1
    shop.set_stock(CARDS, "月卡", 5)
    assert _status(shop, order_sn) == "shipped"
    assert page.post(FAILURES, {})["result"]["list"] == []
    [month] = [each for each in shop.truth()["card_stock"] if each["spec"] == "月卡"]
    assert (month["left"], month["given"]) == (2, 3)


def test_a_delivery_that_failed_is_not_tried_again(shop: MockShop, page: PageScript) -> None:
    _switch_on(shop, OTHER)
    shop.fail_delivery(OTHER, times=2)
    first = shop.buy(OTHER)
    shop.advance(1)
    second, third = shop.buy(OTHER), shop.buy(OTHER)
    shop.fail_delivery(third)
    shop.advance(1)
    fourth = shop.buy(OTHER)
    shop.advance(DAY_S)
    assert _results(shop) == {first: "failed", second: "failed", third: "failed", fourth: "delivered"}
    assert [_status(shop, sn) for sn in (first, second, third, fourth)] == ["pending"] * 3 + ["shipped"]
    assert len(page.post(FAILURES, {})["result"]["list"]) == 3
    assert _row(page, OTHER)["failedToday"] == 0, "that was yesterday"
    assert page.ship_without_logistics(first) == 100
    assert len(page.post(FAILURES, {})["result"]["list"]) == 2


def test_an_account_that_cannot_be_is_not_charged(shop: MockShop, page: PageScript) -> None:
    _switch_on(shop, TOP_UP)
    shop.change_goods(TOP_UP, account_input=True, account_kind="phone")
    accounts = ["13800001234", "1380000123", "", "138 0000 1234", "１３８００００１２３４", "13800001234\n"]
    orders = [shop.buy(TOP_UP, account=account) for account in accounts]
    shop.advance(1)
    assert [_results(shop)[sn] for sn in orders] == ["delivered"] + ["bad_account"] * 5
    shown = [page.post(CHARGE_NUMBER, {"orderSn": sn})["result"]["chargeNumber"] for sn in orders]
    assert shown == [account or None for account in accounts]
    assert page.post(CHARGE_NUMBER, {"orderSn": "1"})["errorMsg"] == "订单不存在"


def test_accounts_of_generated_orders_are_the_same_and_some_are_rubbish() -> None:
    typed = [charge_number(f"260310-{n}", goods_id=TOP_UP) for n in range(400)]
    assert typed == [charge_number(f"260310-{n}", goods_id=f"3600000{TOP_UP}") for n in range(400)]
    good = sum(fits(number, kind="phone") for number in typed)
    assert 300 < good < 390
    assert charge_number("260310-1", goods_id=OTHER) == ""


@pytest.mark.parametrize("sign", ["audit", "after_sale"])
def test_a_held_order_is_left_until_it_is_free(shop: MockShop, sign: str) -> None:
    _switch_on(shop, OTHER, time="24h")
    order_sn = shop.buy(OTHER)
    shop.patch(order_sn, **{sign: True})
    shop.advance(2 * DAY_S)
    assert _status(shop, order_sn) == "pending"
    shop.patch(order_sn, **{sign: False})
    assert _status(shop, order_sn) == "shipped"


def test_an_edit_that_changes_the_way_of_delivery_switches_it_off(shop: MockShop, page: PageScript) -> None:
    _switch_on(shop, OTHER, time="24h")
    order_sn = shop.buy(OTHER)
    shop.advance(600)
    assert save(page, OTHER, delivery_mode=0)["success"]
    shop.advance(3 * DAY_S)
    assert (_status(shop, order_sn), _row(page, OTHER)["autoDelivery"]) == ("pending", False)
    assert save(page, OTHER, delivery_mode=1)["success"]
    shop.advance(DAY_S - 600)
    assert _status(shop, order_sn) == "pending", "counted from the switch"
    shop.advance(600)
    assert _status(shop, order_sn) == "shipped"


def test_goods_that_are_ordinary_or_a_shop_not_open_deliver_nothing(shop: MockShop) -> None:
    _switch_on(shop, OTHER)
    shop.open_virtual_shipping("refused")
    order_sn = shop.buy(OTHER)
    shop.advance(60)
    shop.open_virtual_shipping("opened")
    shop.change_goods(OTHER, type="ordinary")
    shop.advance(60)
    assert _status(shop, order_sn) == "pending"
    shop.change_goods(OTHER, type="virtual")
    assert _status(shop, order_sn) == "shipped"


def test_the_shop_is_opened_a_day_after_all_materials(shop: MockShop, page: PageScript) -> None:
    shop.open_virtual_shipping("none")
    for name in MATERIALS:
        assert page.post(OPEN, MATERIALS | {name: " "})["errorMsg"] == "请完善申请材料"
    assert page.post(OPENING, {})["result"]["status"] == 0
    assert page.post(OPEN, MATERIALS)["success"]
    assert page.post(OPEN, MATERIALS)["errorMsg"] == "请勿重复提交"
    assert page.post(OPENING, {})["result"]["status"] == 1
    assert shop.truth()["virtual_shipping"]["materials"] == MATERIALS
    shop.advance(DAY_S)
    assert page.post(OPENING, {})["result"]["status"] == 2
    shop.open_virtual_shipping("refused", refusal="执照不清晰")
    assert page.post(OPENING, {})["result"]["reason"] == "执照不清晰"


def _batch(page: PageScript, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    sku_id = read(page, CARDS)["skus"][0]["sku_id"]
    cards = [{"cardNo": number, "password": secret} for number, secret in pairs]
    return page.post(ADD_CARDS, {"goodsId": CARDS, "skuId": sku_id, "chargeAddress": "客户端", "cardList": cards})


def test_a_batch_of_cards_is_added_listed_masked_and_counted(shop: MockShop, page: PageScript) -> None:
    shop.change_goods(CARDS, type="virtual")
    pairs = [(f"N{n}", f"SECRET{n:04}") for n in range(5000)]
    told = _batch(page, pairs)["result"]
    assert told["totalNum"] == 5000
    sku_id = read(page, CARDS)["skus"][0]["sku_id"]
    asked = {"goodsId": CARDS, "skuId": sku_id, "batchId": told["batchId"], "pageSize": 50, "pageNumber": 100}
    page_100 = page.post(LISTED, asked)["result"]
    assert (page_100["total"], len(page_100["list"])) == (5000, 50)
    last = page_100["list"][-1]
    assert (last["cardNo"], last["maskPassword"], last["statusDesc"]) == ("N4999", "******4999", "未核销")
    counts = {each["skuId"]: each for each in page.post(STOCK, {})["result"]["list"] if each["goodsId"] == CARDS}
    assert (counts[sku_id]["totalNum"], counts[sku_id]["leftNum"]) == (5040, 5040)


def test_a_card_that_is_used_up_is_given_to_nobody(shop: MockShop, page: PageScript) -> None:
    first, second, *_ = [card["card_no"] for card in shop.cards()]
    shop.change_card(first, status=3)
    _switch_on(shop, CARDS)
    shop.buy(CARDS)
    shop.advance(1)
    assert [each["cards"] for each in shop.truth()["auto_deliveries"]] == [[second]]
    shop.change_card(second, status=2)
    sku_id = read(page, CARDS)["skus"][0]["sku_id"]
    listed = page.post(LISTED, {"goodsId": CARDS, "skuId": sku_id})["result"]["list"]
    assert [card["statusDesc"] for card in listed[:3]] == ["已过期", "已核销", "未核销"]
    used = page.post(LISTED, {"goodsId": CARDS, "skuId": sku_id, "status": 2})["result"]["list"]
    assert [card["cardNo"] for card in used] == [second]
    with pytest.raises(MockError, match="no such card"):
        shop.change_card("KM1", status=2)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(f"N{n}", "S") for n in range(5001)], "单次最多添加 5000 张"),
        ([("N1", "S"), ("N2", "")], "第 2 行卡号或卡密为空"),
        ([("N1", "S"), ("N1", "T")], "第 2 行卡号重复"),
        ([], "请输入卡号和卡密"),
    ],
)
def test_a_batch_with_a_mistake_is_refused_whole(
    shop: MockShop, page: PageScript, pairs: list[tuple[str, str]], words: str
) -> None:
    before = shop.cards()
    assert words in _batch(page, pairs)["errorMsg"]
    assert words.startswith("单次") or "卡号重复" in _batch(page, [(before[0]["card_no"], "S")])["errorMsg"]
    assert shop.cards() == before
