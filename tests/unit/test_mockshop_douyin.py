"""The 抖店 look of the mock: what its server accepts, refuses and remembers."""

from __future__ import annotations

import http.client
import re
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fixtures.mockshop.douyin.page_script import PageScript
from fixtures.mockshop.harness import MockError, MockShop

FIRST, SECOND, CLOSED = "123456789", "123456790", "123456791"
LONG = re.compile(r"[1-9]\d{18}")
CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
BUSY, RISKY, TOO_MANY, NO_SUCH_ORDER, NO_SHOP = 40108, 10030, 10029, 40101, 10010


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(platform="douyin", orders=80) as shop:
        yield shop


@pytest.fixture(scope="module")
def several() -> Iterator[MockShop]:
    with MockShop(platform="douyin", shops=3, orders=40) as shop:
        yield shop


@pytest.fixture
def script(mock: MockShop) -> Iterator[PageScript]:
    yield _logged_in(mock)
    mock.clear_faults()


@pytest.fixture
def clerk(several: MockShop) -> Iterator[PageScript]:
    """Logged in, in no shop yet."""
    yield _logged_in(several)
    several.clear_faults()


def _logged_in(mock: MockShop) -> PageScript:
    script = PageScript(mock.url)
    assert script.log_in()["code"] == 0
    return script


def _free(mock: MockShop, *, shop: str = FIRST) -> str:
    """An order that nothing holds."""
    orders: dict[str, dict[str, Any]] = mock.truth()["orders"]
    return next(sn for sn, order in orders.items() if order["shop"] == shop and _is_free(order))


def _is_free(order: dict[str, Any]) -> bool:
    signs = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "virtual", "presale_until")
    return order["status"] == "pending" and not any(order[sign] for sign in signs)


def test_every_id_is_a_text_of_nineteen_digits(script: PageScript) -> None:
    rows = script.listed(tab="all").values()
    ids = {row["shop_order_id"] for row in rows}
    ids |= {item[name] for row in rows for item in row["product_item"] for name in ("item_order_id", "product_id")}
    assert all(isinstance(each, str) and LONG.fullmatch(each) for each in ids)
    assert all(row["product_item"][0]["item_order_id"] == row["shop_order_id"] for row in rows)


def test_there_is_one_of_each_kind_and_each_has_its_sign(mock: MockShop, script: PageScript) -> None:
    rows = script.listed(tab="all")
    tags = {tag["key"] for row in rows.values() for tag in row["shop_order_tag_ui"]}
    assert tags == {"risk_processing", "pre_sale", "virtual", "voucher", "serial_number", "address_change"}
    assert {row["order_status"] for row in rows.values()} == {2, 3, 4, 5, 101}
    assert {row["order_type"] for row in rows.values()} == {0, 2, 4}
    items = [item for row in rows.values() for item in row["product_item"]]
    assert {item["given_product_type"] for item in items} == {"", "FREE"}
    assert {item["after_sale_info"]["after_sale_text"] for item in items} == {"-", "退款中", "退款成功", "退款关闭"}
    audited = {sn for sn, order in mock.truth()["orders"].items() if order["audit"]}
    assert {sn for sn, row in rows.items() if row["abnormal_order"] == 2} == audited


def test_pages_count_from_0_and_cover_the_tab_once(script: PageScript) -> None:
    pages = [list(script.listed(page=n, pageSize=20)) for n in range(5)]
    listed = [sn for page in pages for sn in page]
    assert sorted(listed) == sorted(script.listed())
    assert len(listed) == len(set(listed))
    assert script.get("/api/order/searchlist", page=0, pageSize=101)["code"] == 10001
    assert list(script.listed(order_id=listed[3])) == [listed[3]]
    assert script.listed(order_id=listed[3], tab="shipped") == {}
    assert script.get("/api/order/tabcnt")["data"]["unshipped"] == len(listed)


def test_the_list_is_sorted_by_the_time_that_is_left_if_asked(script: PageScript) -> None:
    due = [row["exp_ship_time"] for row in script.listed(order_by="exp_ship_time").values()]
    placed = [row["create_time"] for row in script.listed().values()]
    assert (due, placed) == (sorted(due), sorted(placed, reverse=True))
    assert script.get("/api/order/searchlist", order_by="luck")["code"] == 10001


def test_orders_that_arrive_push_rows_over_the_edge_of_a_page() -> None:
    with MockShop(platform="douyin", orders=60) as mock:
        script = _logged_in(mock)
        before = set(script.listed())
        mock.fault("orders-arrive", n=2)
        pages = [list(script.listed(page=n, pageSize=20)) for n in range(4)]
        assert len({*pages[0]} & {*pages[1]}) == 2
        assert before <= {sn for page in pages for sn in page}
        assert len(mock.truth()["orders"]) == 60 + 2 * len(pages)


def test_a_shipment_is_accepted_shown_and_remembered(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    seen = mock.last_event()
    answer = script.ship(sn)
    assert (answer["code"], answer["data"], answer["shop_id"]) == (0, {"order_id": sn}, FIRST)
    shown = script.listed(tab="shipped", order_id=sn)[sn]
    told = {"company": "yuantong", "company_name": "圆通快递", "tracking_no": "YT1234567890123"}
    assert (shown["logistics_info"], shown["logistics_time"] > 0) == ([told], True)
    assert sn not in script.listed()
    (shipment,) = mock.order(sn)["shipments"]
    assert (shipment["entry"], shipment["held_at_accept"], shipment["nth"]) == ("dialog", False, 1)
    kinds = [event["kind"] for event in mock.events(after=seen) if event["endpoint"] == "/api/order/logisticsAdd"]
    assert kinds == ["request", "effect", "answer"]


def test_an_order_goes_without_logistics(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    assert script.post("/api/order/logisticsAdd", order_id=sn, no_logistics=1)["code"] == 0
    (shipment,) = mock.order(sn)["shipments"]
    assert (shipment["entry"], shipment["courier"], shipment["tracking_number"]) == ("no_logistics", "", "")


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ({"audit": True}, 40103),
        ({"after_sale": True}, 40104),
        ({"after_sale_type": 2, "after_sale_status": 6}, 40104),
        ({"address_change": True}, 40105),
        ({"partly_shipped": True}, 40102),
        ({"status": "closed"}, 40102),
    ],
)
def test_held_orders_are_accepted_and_remembered_or_refused_by_a_strict_server(
    mock: MockShop, script: PageScript, sign: dict[str, Any], code: int
) -> None:
    sn = _free(mock)
    mock.patch(sn, **sign)
    mock.fault("enforce-holds", times=1)
    assert script.ship(sn)["code"] == code
    assert mock.order(sn)["shipments"] == []
    assert script.ship(sn)["code"] == 0
    assert [sent["held_at_accept"] for sent in mock.order(sn)["shipments"]] == [True]


def test_a_serial_number_that_is_missing_counts_as_a_hold(mock: MockShop, script: PageScript) -> None:
    without, with_one = _free(mock), ""
    mock.patch(without, needs_serial=True)
    with_one = _free(mock)
    mock.patch(with_one, needs_serial=True)
    assert script.ship(without)["code"] == 0
    assert script.ship(with_one, serial_number_list=["SN-1"])["code"] == 0
    held = [mock.order(sn)["shipments"][0]["held_at_accept"] for sn in (without, with_one)]
    assert held == [True, False]


def test_what_is_no_shipment_is_refused(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    assert script.ship(sn, company_code="nobody")["code"] == 40106
    assert script.ship(sn, logistics_code="1")["code"] == 40107
    assert script.ship("6900000000000000000")["code"] == NO_SUCH_ORDER
    assert mock.order(sn)["shipments"] == []
    assert [write["outcome"] for write in mock.truth()["writes"][-3:]] == [
        f"refused {code}" for code in (40106, 40107, NO_SUCH_ORDER)
    ]


def test_a_withdrawn_request_holds_nothing(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    mock.patch(sn, after_sale_type=2, after_sale_status=28)
    (row,) = script.listed(order_id=sn).values()
    assert row["product_item"][0]["after_sale_info"]["after_sale_text"] == "退款关闭"
    script.ship(sn)
    assert not mock.order(sn)["shipments"][0]["held_at_accept"]


def test_an_after_sale_that_is_taken_away_leaves_no_status(mock: MockShop) -> None:
    sn = _free(mock)
    for status, pending in ((6, True), (12, False), (7, True), (51, False)):
        assert mock.patch(sn, after_sale_type=0, after_sale_status=status)["after_sale"] == pending
    mock.patch(sn, after_sale_status=6)
    cleared = mock.patch(sn, after_sale=False)
    assert (cleared["after_sale"], cleared["after_sale_status"]) == (False, 0)


@pytest.mark.parametrize("name", ["reset-before", "reset-after", "error-before", "error-after", "toast-lies"])
def test_faults_of_writing_strike_shipments_and_remarks(mock: MockShop, script: PageScript, name: str) -> None:
    sn = _free(mock)
    happens = int(name.endswith("after"))
    mock.fault(name, times=2)
    assert _struck(lambda: script.ship(sn), name=name)
    assert _struck(lambda: script.post("/api/order/addremark", order_id=sn, remark="礼物", star=3), name=name)
    assert len(mock.order(sn)["shipments"]) == happens
    assert mock.order(sn)["remark"] == ("礼物" if happens else "")


def _struck(act: Any, *, name: str) -> bool:
    if name == "toast-lies":
        told = act()
        return bool(told["code"] == BUSY and told["_toast"])
    with pytest.raises(CUT):
        act()
    return True


def test_a_stale_list_goes_on_showing_what_was_shipped(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    mock.fault("stale-list", s=3600, detail=1)
    script.ship(sn)
    assert script.listed()[sn]["order_status"] == 2
    assert script.get("/api/order/detail", order_id=sn)["data"]["order_status"] == 2
    mock.clear_faults()
    assert script.get("/api/order/detail", order_id=sn)["data"]["order_status"] == 3


def test_a_late_effect_comes_after_its_error(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    mock.fault("late-effect", s=3600)
    with pytest.raises(CUT):
        script.ship(sn)
    assert mock.order(sn)["shipments"] == []
    mock.advance(3600)
    assert len(mock.order(sn)["shipments"]) == 1


def test_orders_change_between_two_looks(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    mock.fault("audit-flip", order_sn=sn)
    looks = [script.listed(order_id=sn)[sn]["abnormal_order"] for _ in range(2)]
    assert looks == [0, 2]
    changed = _free(mock)
    mock.fault("order-changed", endpoint="/api/order/detail", what="goods")
    (item, *_) = script.get("/api/order/detail", order_id=changed)["data"]["product_item"]
    assert (item["product_id"], item["product_name"]) == ("3600000612340019999", "换货商品")
    mock.fault("remark-cut", n=2)
    script.post("/api/order/addremark", order_id=changed, remark="别动它", star=0)
    assert mock.order(changed)["remark"] == "别动"


def test_changes_at_random_stay_within_the_shop_that_is_looked_at(several: MockShop, clerk: PageScript) -> None:
    clerk.enter(SECOND)
    before = {sn for sn, order in several.truth()["orders"].items() if order["audit"]}
    several.fault("audit-flip", k=5)
    clerk.listed()
    after = {sn: order["shop"] for sn, order in several.truth()["orders"].items() if order["audit"]}
    assert [shop for sn, shop in after.items() if sn not in before] == [SECOND] * 5


def test_a_session_expires_and_a_request_can_be_frozen(mock: MockShop, script: PageScript) -> None:
    mock.fault("session-expired", endpoint="logisticsAdd")
    sn = _free(mock)
    assert script.ship(sn)["code"] == 10008
    assert [write["outcome"] for write in mock.truth()["writes"][-1:]] == ["no session"]
    assert script.log_in()["code"] == 0
    held = mock.fault("freeze", when="before")
    with ThreadPoolExecutor() as pool:
        seen = mock.last_event()
        answer = pool.submit(script.ship, sn)
        mock.wait_for("request", endpoint="logisticsAdd", after=seen)
        assert mock.order(sn)["shipments"] == []
        mock.let_go(held)
        assert answer.result()["code"] == 0


def test_refusals_of_the_whole_call_have_the_sites_words(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    for name, endpoint, code in (
        ("risk-env", "logisticsAdd", RISKY),
        ("rate-limited", "logisticsAdd", TOO_MANY),
        ("captcha", "logisticsAdd", 10031),
    ):
        mock.fault(name, endpoint=endpoint)
        assert script.ship(sn)["code"] == code
    assert mock.order(sn)["shipments"] == []
    mock.fault("risk-env")
    assert script.get("/api/order/searchlist")["msg"] == "当前环境存在风险，请稍后重试"


def test_a_remark_is_read_and_saved_with_its_flag(mock: MockShop, script: PageScript) -> None:
    sn = _free(mock)
    assert script.post("/api/order/addremark", order_id=sn, remark="送小票", star=5)["code"] == 0
    saved = {"order_id": sn, "remark": "送小票", "star": 5}
    assert script.get("/api/order/remark", order_id=sn)["data"] == saved
    assert (mock.order(sn)["remark"], mock.order(sn)["flag"]) == ("送小票", "RED")
    for wrong in ({"remark": "长" * 301, "star": 0}, {"remark": "x", "star": 9}, {"star": 1}):
        assert script.post("/api/order/addremark", order_id=sn, **wrong)["code"] == 10001
    assert [save["text"] for save in mock.truth()["remarks"] if save["order_sn"] == sn] == ["送小票"]


def test_calls_are_signed_and_need_a_session(mock: MockShop) -> None:
    stranger = PageScript(mock.url)
    assert stranger.get("/api/order/tabcnt")["code"] == 10008
    assert stranger.log_in(password="wrong")["code"] == 1034
    with pytest.raises(urllib.error.HTTPError):
        stranger.answered("/api/order/tabcnt")
    with stranger.opened("/ffa/morder/order/list") as answer:
        assert answer.url.endswith("/login/common?extra=%2Fffa%2Fmorder%2Forder%2Flist")


def test_a_newer_log_in_kicks_the_older_one_which_can_come_back(mock: MockShop) -> None:
    first, second = _logged_in(mock), _logged_in(mock)
    assert first.get("/api/order/tabcnt")["code"] == 10009
    assert first.post("/ecomauth/loginv1/session_renew")["code"] == 0
    assert (first.get("/api/order/tabcnt")["code"], second.get("/api/order/tabcnt")["code"]) == (0, 10009)


def test_one_login_has_several_shops_and_one_cannot_be_entered(clerk: PageScript) -> None:
    told = clerk.get("/ecomauth/loginv1/get_login_subject")["data"]["login_subject_list"]
    assert [(shop["shop_id"], shop["shop_name"], shop["can_login"]) for shop in told] == [
        (FIRST, "示例小店", True),
        (SECOND, "示例小店 2", True),
        (CLOSED, "示例小店 3", False),
    ]
    assert (clerk.get("/api/order/tabcnt")["code"], clerk.enter(CLOSED)["code"]) == (NO_SHOP, 30001)
    assert clerk.get("/api/order/tabcnt")["code"] == NO_SHOP


def test_a_session_is_in_one_shop_and_sees_no_order_of_another(several: MockShop, clerk: PageScript) -> None:
    assert clerk.enter(SECOND)["data"]["shop_id"] == SECOND
    assert clerk.get("/byteshop/index/getshopinfo")["data"]["shop_name"] == "示例小店 2"
    orders = several.truth()["orders"]
    assert {orders[sn]["shop"] for sn in clerk.listed(tab="all")} == {SECOND}
    foreign = _free(several)
    calls = [clerk.ship(foreign), clerk.get("/api/order/detail", order_id=foreign)]
    calls += [clerk.get("/api/order/remark", order_id=foreign)]
    assert [call["code"] for call in calls] == [NO_SUCH_ORDER] * 3
    assert clerk.post("/api/order/addremark", order_id=foreign, remark="x", star=0)["code"] == 10001
    assert several.order(foreign)["shipments"] == []


def test_another_tab_moves_the_session_between_a_look_and_the_next(several: MockShop, clerk: PageScript) -> None:
    clerk.enter(FIRST)
    several.fault("shop-switched", shop=SECOND)
    first = clerk.get("/api/order/searchlist")
    assert (first["shop_id"], clerk.get("/api/order/searchlist")["shop_id"]) == (FIRST, SECOND)
    several.fault("shop-switched", endpoint="logisticsAdd", when="before")
    assert clerk.ship(_free(several, shop=SECOND))["code"] == NO_SUCH_ORDER


def test_answers_of_another_shop_say_its_id(mock: MockShop, script: PageScript) -> None:
    mock.fault("other-shop")
    told = [script.get(f"/api/order/{name}")["shop_id"] for name in ("searchlist", "tabcnt", "logisticsCompanyList")]
    assert told == ["987654321"] * 3


def test_the_first_shop_is_the_same_whatever_stands_beside_it(several: MockShop) -> None:
    with MockShop(platform="douyin", orders=40) as alone:
        one, many = alone.truth()["orders"], several.truth()["orders"]
    assert set(one) == {sn for sn, order in many.items() if order["shop"] == FIRST}


def test_a_state_file_keeps_shops_arrivals_and_the_shop_that_was_entered(tmp_path: Path) -> None:
    mock = MockShop(platform="douyin", shops=2, orders=30, state=tmp_path / "shop.json")
    with mock:
        script = _logged_in(mock)
        script.enter(SECOND)
        mock.fault("orders-arrive", n=3)
        listed = set(script.listed(tab="all"))
        before = mock.truth()["orders"]
    with MockShop(platform="douyin", shops=2, state=tmp_path / "shop.json") as again:
        assert again.truth()["orders"] == before
        script._url = again.url
        script._nonce = PageScript(again.url)._nonce
        assert set(script.listed(tab="all")) == listed


@pytest.mark.parametrize(
    ("options", "words"),
    [({"shops": 2}, "--shops is for douyin"), ({"platform": "douyin", "layout": "plain"}, "--layout is for pinduoduo")],
)
def test_what_a_look_does_not_have_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(MockError, match=words):
        MockShop(**options).start()
