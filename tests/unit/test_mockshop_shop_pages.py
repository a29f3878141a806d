"""The mock's settings of shipping and its after-sale work bench: what is saved, what is struck, what is told."""

from __future__ import annotations

import http.client
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest

from fixtures.mockshop.douyin.page_script import PageScript
from fixtures.mockshop.harness import MockShop

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
SHOP = "123456789"


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(platform="douyin", shops=2, orders=120) as shop:
        yield shop


@pytest.fixture
def pages(mock: MockShop) -> Iterator[PageScript]:
    pages = PageScript(mock.url)
    pages.log_in()
    pages.enter(SHOP)
    yield pages
    mock.clear_faults()


def _addresses(pages: PageScript) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = pages.get("/api/address/list")["data"]
    return listed


def _rules(pages: PageScript) -> dict[str, Any]:
    told: dict[str, Any] = pages.get("/api/shop/deliverysetting")["data"]
    told.pop("company_list")
    return told


def _save(pages: PageScript, **changed: object) -> int:
    return int(pages.post("/api/shop/deliverysetting/save", **_rules(pages) | changed)["code"])


def test_a_default_address_is_set_in_one_shop_and_the_dialog_follows(mock: MockShop, pages: PageScript) -> None:
    wanted = next(each for each in _addresses(pages) if not each["is_send_default"])["address_id"]
    others = mock.truth()["ship_settings"]["123456790"]
    assert pages.post("/api/address/setsenddefault", address_id=wanted)["shop_id"] == SHOP
    assert [each["address_id"] for each in _addresses(pages) if each["is_send_default"]] == [wanted]
    assert pages.get("/api/order/sendAddressList")["data"][0]["address_id"] == wanted
    truth = mock.truth()
    assert truth["ship_settings"]["123456790"] == others
    save = truth["settings_saves"][-1]
    assert (save["shop"], save["what"], save["user"], save["stored"]) == (
        SHOP,
        "default_address",
        "clerk-1",
        {"address_id": wanted},
    )
    stranger = others["addresses"][0]["address_id"]
    for path in ("/api/address/setsenddefault", "/api/address/update"):
        assert pages.post(path, address_id=stranger)["msg"] == "地址不存在"
    assert len(mock.truth()["settings_saves"]) == len(truth["settings_saves"])


def test_an_address_is_stored_whole_or_not_at_all(mock: MockShop, pages: PageScript) -> None:
    before = _addresses(pages)[1]
    told = {**before, "remark": "", "detail_address": "示例路9号"}
    assert pages.post("/api/address/update", **told)["code"] == 0
    assert _addresses(pages)[1] == told
    assert mock.truth()["settings_saves"][-1]["stored"]["detail"] == "示例路9号"
    assert pages.post("/api/address/update", **told | {"receiver_name": " "})["msg"] == "请完善地址信息"
    assert _addresses(pages)[1] == told


def test_rules_are_saved_as_a_whole_and_the_default_courier_comes_first(mock: MockShop, pages: PageScript) -> None:
    mock.change_ship_settings(rules={"slip_note": "轻放", "review_address_change": True})
    assert _save(pages, default_company_code="jtexpress") == 0
    told = _rules(pages)
    assert told | {"default_company_code": "jtexpress", "slip_note": "轻放", "review_address_change": True} == told
    first, *others = pages.get("/api/order/logisticsCompanyList")["data"]
    assert (first["name"], first["is_default"]) == ("极兔速递", True)
    assert not any(each["is_default"] for each in others)
    assert mock.truth()["settings_saves"][-1]["stored"]["slip_note"] == "轻放"


@pytest.mark.parametrize(
    "changed",
    [
        {"default_company_code": ""},
        {"promise_hours": 30},
        {"merge_same_buyer": 1},
        {"review_address_change": None},
        {"slip_note": "长" * 101},
    ],
)
def test_rules_that_do_not_fit_are_refused_and_nothing_is_stored(
    mock: MockShop, pages: PageScript, changed: dict[str, object]
) -> None:
    before, saves = _rules(pages), len(mock.truth()["settings_saves"])
    assert _save(pages, **changed) == 10001
    assert (_rules(pages), len(mock.truth()["settings_saves"])) == (before, saves)


@pytest.mark.parametrize(
    ("fault", "saved"), [("reset-before", 0), ("reset-after", 1), ("error-before", 0), ("error-after", 1)]
)
def test_faults_of_the_wire_strike_a_save(mock: MockShop, pages: PageScript, fault: str, saved: int) -> None:
    saves, whole = len(mock.truth()["settings_saves"]), _rules(pages)
    mock.fault(fault)
    with pytest.raises(CUT) as broken:
        pages.post("/api/shop/deliverysetting/save", **whole)
    if isinstance(broken.value, urllib.error.HTTPError):
        broken.value.close()
    assert len(mock.truth()["settings_saves"]) == saves + saved


def test_a_refused_save_may_be_called_done(mock: MockShop, pages: PageScript) -> None:
    saves, whole = len(mock.truth()["settings_saves"]), _rules(pages)
    mock.fault("toast-lies")
    told = pages.post("/api/shop/deliverysetting/save", **whole)
    assert (told["code"], told["_toast"]) == (40108, "保存成功")
    mock.fault("rate-limited", code=206, endpoint="deliverysetting/save")
    assert pages.post("/api/shop/deliverysetting/save", **whole)["code"] == 40108
    assert len(mock.truth()["settings_saves"]) == saves


def test_waybill_accounts_tell_no_balance_apart_from_none_left(mock: MockShop, pages: PageScript) -> None:
    mock.change_ship_settings(waybill={"courier": "圆通快递", "balance": 7})
    listed = pages.get("/api/ebill/netsites")["data"]
    told = {(each["company"], each["netsite_name"]): (each["amount"], each["bind_status"]) for each in listed}
    assert len(told) == len(listed) == 7
    assert (told["zhongtong", "杭州余杭五部"], told["zhongtong", "义乌北苑一部"]) == ((1260, 1), (86, 1))
    assert (told["jtexpress", "杭州余杭网点"], told["shunfeng", ""]) == ((0, 1), (-1, 1))
    assert (told["yuantong", "余杭良渚公司"], told["shentong", ""]) == ((7, 1), (-1, 0))
    assert listed[0]["sender_address"][0]["province_name"] == "浙江省"


def _bench(pages: PageScript, **asked: object) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = pages.post("/after_sale/pc/list", **{"tab": "pending", "pageSize": 100} | asked)[
        "data"
    ]
    return listed


def test_open_after_sales_wait_at_the_bench_soonest_due_first(mock: MockShop, pages: PageScript) -> None:
    orders = {sn: order for sn, order in mock.truth()["orders"].items() if order["shop"] == SHOP}
    listed = _bench(pages)
    assert {each["order_id"] for each in listed} == {sn for sn, order in orders.items() if order["after_sale"]}
    due = [each["status_deadline"] for each in listed]
    assert due == sorted(due)
    assert {each["after_sale_type_text"] for each in listed} == {"未发货仅退款"}
    assert all(len(each["after_sale_id"]) == 19 for each in listed)
    every = _bench(pages, tab="all")
    assert listed == every[: len(listed)]
    assert {each["after_sale_status_text"] for each in every[len(listed) :]} >= {"售后成功", "买家撤销售后"}
    assert _bench(pages, order_id=listed[1]["order_id"]) == [listed[1]]
    assert [each["order_id"] for each in _bench(pages, page=1, pageSize=2)] == [
        each["order_id"] for each in listed[2:4]
    ]
    assert pages.post("/after_sale/pc/list", tab="strange")["code"] == 10001


def test_the_bench_counts_what_it_lists_by_kind(mock: MockShop, pages: PageScript) -> None:
    refund, back, swap, *_ = [each["order_id"] for each in _bench(pages)]
    mock.patch(refund, after_sale_type=1, after_sale_status=11)
    mock.patch(back, after_sale_type=0, after_sale_status=6)
    mock.patch(swap, after_sale_type=3, after_sale_status=7)
    counts = pages.get("/shopuser/aftersale/counts")["data"]
    listed = _bench(pages)
    assert len(counts) == 18
    assert counts["all_audit_reg_spill"] == len(listed)
    assert (counts["return_audit"], counts["exchange_audit"], counts["return_for_receive"]) == (1, 0, 1)
    assert counts["refund_audit"] == sum(each["after_sale_type"] == 2 for each in listed)
    assert counts["wait_user_delivery"] == 1
    assert counts["approaching_deadline_audit"] == 0
    mock.advance(40 * 3600)
    assert pages.get("/shopuser/aftersale/counts")["data"]["approaching_deadline_audit"] > 0
