"""What goes wrong in the plain layout: with the truth it does the same as in the classic one, to people it says so."""

from __future__ import annotations

import http.client
import threading
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fixtures.mockshop.faults.board import KINDS
from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.pinduoduo.plain import words
from tests.support.plain_pages import CONFIRM, SAVE, SHIP, Came, PlainPages

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
LIST, DETAIL, QUERY = "/mangkhut/mms/recentOrderList", "/mangkhut/mms/orderDetail", "/pizza/order/noteTag/query"
WRITES: dict[str, dict[str, Any]] = {
    "reset-before": {},
    "reset-after": {},
    "error-before": {},
    "error-after": {},
    "late-effect": {"s": 3600},
    "toast-lies": {},
    "stale-list": {},
    "slow": {"ms": 1},
    "captcha": {},
    "session-expired": {},
    "kicked": {},
    "risk-env": {},
    "rate-limited": {},
    "rate-limited 206": {"code": 206},
    "rate-limited 429": {"code": 429},
    "rate-limited s": {"s": 60},
    "rate-limited per_minute": {"per_minute": 1},
    "audit-flip": {},
    "order-changed": {},
    "remark-cut": {"n": 2},
    "enforce-holds": {},
    "other-shop": {},
}
"""Faults of calls that write, each bound to the one endpoint, so that it fires at the same call in both layouts."""
READS = {"audit-life", "risk-field", "audit-wording", "popup-known", "popup-unknown", "second-confirmation", "freeze"}
"""Faults that have a test of their own below."""
_SAME = ("export-", "import-", "goods-", "chat-")
FILES = {name for name in KINDS if name.endswith("-download") or name.startswith(_SAME)}
"""Faults of pages that are the same in both layouts."""
OTHER_LOOK = {"shop-switched", "orders-arrive", "captcha-layer", "guides", "message-box", "idle"}
OTHER_LOOK |= {name for name in KINDS if name.startswith("task-")}
"""Faults of what only 抖店 has; see `test_mockshop_douyin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The same shop in both layouts."""

    classic: MockShop
    plain: MockShop

    def on_each(self, act: Callable[[MockShop], object]) -> None:
        act(self.classic)
        act(self.plain)


@pytest.fixture(scope="module")
def _both() -> Iterator[Both]:
    with MockShop(orders=200) as classic, MockShop(orders=200, layout="plain") as plain:
        yield Both(classic=classic, plain=plain)


@pytest.fixture
def both(_both: Both) -> Iterator[Both]:
    _both.plain.save_filter("")
    yield _both
    _both.on_each(lambda mock: mock.clear_faults())


@pytest.fixture
def script(both: Both) -> PageScript:
    script = PageScript(both.classic.url)
    script.log_in()
    return script


@pytest.fixture
def site(both: Both) -> PlainPages:
    site = PlainPages(both.plain.url)
    site.log_in()
    return site


def _next_free(both: Both) -> str:
    """An order that nothing has touched in either shop."""
    told = [mock.truth() for mock in (both.classic, both.plain)]
    touched = {write["order_sn"] for truth in told for write in truth["writes"]}
    orders: dict[str, dict[str, Any]] = told[0]["orders"]
    for sn, order in orders.items():
        marks = (order["audit"], order["after_sale"], order["virtual"], bool(order["remark"] or order["flag"]))
        if order["status"] == "pending" and not any(marks) and sn not in touched and order == told[1]["orders"][sn]:
            return sn
    raise LookupError("No free order is left.")


def _tried(act: Callable[[], object]) -> None:
    """Do it, whatever is answered."""
    try:
        act()
    except CUT as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()


def _became(mock: MockShop, sn: str, *, writes: int) -> dict[str, Any]:
    """What the shop remembers of it, but for the moments."""
    truth = mock.truth()
    order = truth["orders"][sn]
    shipments = [{name: value for name, value in one.items() if name != "at"} for one in order["shipments"]]
    return {
        "order": {name: value for name, value in order.items() if name not in {"shipments", "shipped_at"}},
        "shipments": shipments,
        "writes": [{**write, "n": 0, "at": ""} for write in truth["writes"][writes:]],
        "remarks": [(save["text"], save["flag"]) for save in truth["remarks"] if save["order_sn"] == sn],
        "fired": [(fault["name"], fault["fired"]) for fault in mock.faults()],
    }


def test_no_fault_is_forgotten_here() -> None:
    assert {name.partition(" ")[0] for name in WRITES} | READS | FILES | OTHER_LOOK == set(KINDS)


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (fault, what)
        for fault in WRITES
        for what in ("ship", "ship without", "remark")
        if what == "remark" or fault != "remark-cut"
    ],
)
def test_a_fault_of_writing_does_the_same_to_the_truth_in_both_layouts(
    both: Both, script: PageScript, site: PlainPages, fault: str, what: str
) -> None:
    sn, endpoint = _next_free(both), SAVE if what == "remark" else SHIP
    parcel = {"orderSn": sn, "shippingId": 85, "trackingNumber": "YT1234567890123"}
    classic = {
        "ship": lambda: script.post(SHIP, {"orderShipRequestList": [parcel], "functionType": 3}),
        "ship without": lambda: script.post(SHIP, {"orderShipRequestList": [{"orderSn": sn}], "functionType": 6}),
        "remark": lambda: script.save_remark(sn, "送小票", flag="RED"),
    }[what]
    path, fields = site.filled(
        sn,
        "remark" if what == "remark" else "ship",
        **{
            "ship": {"how": "express", "shippingId": "85", "trackingNumber": "YT1234567890123"},
            "ship without": {"how": "none"},
            "remark": {"remark": "送小票", "remarkTag": "RED"},
        }[what],
    )
    writes = [len(mock.truth()["writes"]) for mock in (both.classic, both.plain)]
    if fault == "enforce-holds":
        both.on_each(lambda mock: mock.patch(sn, after_sale=True))
    both.on_each(lambda mock: mock.fault(fault.partition(" ")[0], endpoint=endpoint, **WRITES[fault]))
    for _ in range(2):
        _tried(classic)
        _tried(lambda: site.send(path, fields | {"csrf_token": site.order(sn).fields("remark")[1]["csrf_token"]}))
        script.log_in()
        site.log_in()
    both.on_each(lambda mock: mock.advance(3600))
    became = [_became(mock, sn, writes=n) for mock, n in zip((both.classic, both.plain), writes, strict=True)]
    assert became[0] == became[1]
    assert became[0]["writes"]


def test_pages_say_what_came_of_it(both: Both, site: PlainPages) -> None:
    sn, mock = _next_free(both), both.plain
    for fault, code, status, said in (
        ("rate-limited", {}, 200, "操作太过频繁"),
        ("rate-limited", {"code": 429}, 429, "操作太过频繁"),
        ("rate-limited", {"code": 206}, 200, "操作频繁，请稍后再试"),
        ("captcha", {}, 200, "请完成安全验证"),
        ("toast-lies", {}, 200, "发货成功"),
    ):
        mock.fault(fault, endpoint=SHIP, **code)
        came = site.ships(sn)
        assert (came.status, came.message) == (status, said)
    mock.fault("rate-limited", endpoint=SAVE, code=206)
    assert site.remarks(sn, "x").message == "两次备注间隔时长需大于1秒"
    mock.fault("error-before", endpoint=SHIP)
    came = site.ships(sn)
    assert (came.status, came.html) == (500, "Internal Server Error")
    assert mock.order(sn)["shipments"] == []
    assert site.ships(sn).message == "发货成功"


@pytest.mark.parametrize(("fault", "said"), [("kicked", "账户在别处登陆"), ("session-expired", "会话已过期")])
@pytest.mark.parametrize("endpoint", [None, "/orders/list", LIST, DETAIL, QUERY, SHIP, SAVE])
def test_an_ended_session_leads_to_the_log_in_page_which_says_why(
    both: Both, site: PlainPages, fault: str, said: str, endpoint: str | None
) -> None:
    reason = {"kicked": "kicked", "session-expired": "expired"}[fault]
    sn = _next_free(both)
    calls: dict[str | None, tuple[str, Callable[[], Came]]] = {
        DETAIL: (f"/orders/detail?sn={sn}", lambda: site.order(sn)),
        QUERY: (f"/orders/detail?sn={sn}", lambda: site.order(sn)),
        SHIP: (f"/orders/detail?sn={sn}", lambda: site.ships(sn)),
        SAVE: (f"/orders/detail?sn={sn}", lambda: site.remarks(sn, "x")),
    }
    path, act = calls.get(endpoint, ("/orders/list?tab=1", lambda: site.get("/orders/list?tab=1")))
    both.plain.fault(fault, endpoint=endpoint)
    came = act()
    assert (urlsplit(came.url).path, parse_qs(urlsplit(came.url).query)) == (
        "/login/",
        {"redirectUrl": [path], "reason": [reason]},
    )
    assert f'"loginNotice": "{said}"' in came.html
    assert (both.plain.order(sn)["shipments"], both.plain.order(sn)["remark"]) == ([], "")
    site.log_in()
    assert site.get("/orders/list?tab=1").orders


def test_a_list_that_is_asked_for_too_often_says_so(both: Both, site: PlainPages) -> None:
    for endpoint in (None, LIST, "/orders/list"):
        for code, status in ((54001, 200), (429, 429)):
            both.plain.fault("rate-limited", endpoint=endpoint, code=code)
            came = site.get("/orders/list?tab=1")
            assert (came.status, came.message, came.tree.all("table")) == (status, "操作太过频繁", [])
    both.plain.fault("rate-limited", endpoint=QUERY)
    (blocked,) = site.order(_next_free(both)).tree.all("fieldset", disabled="")
    assert "操作太过频繁" in blocked.text
    assert site.get("/orders/list?tab=1").orders


def test_a_stale_list_shows_what_was_and_the_orders_page_what_is(both: Both, site: PlainPages) -> None:
    sn = _next_free(both)
    both.plain.fault("stale-list", s=60)
    site.ships(sn)
    assert sn in site.get(f"/orders/list?tab=1&orderSn={sn}").orders
    assert site.order(sn).facts["订单状态"] == "已发货，待收货"
    both.plain.clear_faults()
    sn = _next_free(both)
    both.plain.fault("stale-list", s=60, detail=1)
    site.ships(sn)
    assert site.order(sn).facts["订单状态"] == "待发货"
    both.plain.advance(61)
    assert site.order(sn).facts["订单状态"] == "已发货，待收货"
    assert site.get(f"/orders/list?tab=1&orderSn={sn}").orders == {}


def test_orders_change_between_two_looks(both: Both, site: PlainPages) -> None:
    sn, mock = _next_free(both), both.plain
    path = f"/orders/list?tab=1&orderSn={sn}"
    mock.fault("audit-flip")
    audit = [words.audit_in_list({}) in site.get(path).orders[sn]["订单状态"] for _ in range(2)]
    assert audit == [False, True]
    mock.patch(sn, audit=False)
    mock.fault("audit-flip", endpoint="/orderDetail")
    assert words.audit_elsewhere({}) in site.order(sn).html
    mock.patch(sn, audit=False)
    mock.fault("order-changed", endpoint="noteTag/query", what="remark", remark="别动", flag="RED")
    assert ["别动" in site.order(sn).html for _ in range(2)] == [False, True]
    for what, column in (("quantity", "数量"), ("goods", "商品信息"), ("spec", "规格"), ("address", "收货信息")):
        mock.fault("order-changed", what=what)
        first, then = site.get(path).orders[sn], site.get(path).orders[sn]
        changed = {name for name in first if first[name] != then[name]}
        assert column in changed <= {column, "实收金额"}


def test_an_audit_is_shown_under_whatever_name_and_in_whatever_words(both: Both, site: PlainPages) -> None:
    sn = next(sn for sn, order in both.plain.truth()["orders"].items() if order["audit"])
    for name in ("risk_control_status", "both", "apart", "unheard_of"):
        both.plain.fault("risk-field", field=name)
        assert words.audit_in_list({}) in site.get(f"/orders/list?tab=1&orderSn={sn}").orders[sn]["订单状态"]
        both.plain.clear_faults()
    for name in ("old", "new", "both"):
        both.plain.fault("audit-wording", words=name)
        said = words.audit_in_list({"auditWording": name})
        assert said in site.get(f"/orders/list?tab=1&orderSn={sn}").orders[sn]["订单状态"]
        assert site.order(sn).html.count(said) == 3
        both.plain.clear_faults()


def test_audits_come_and_go_at_the_same_looks_in_both_layouts() -> None:
    with MockShop(orders=60) as classic, MockShop(orders=60, layout="plain") as plain:
        script, site = PageScript(classic.url), PlainPages(plain.url)
        script.log_in()
        site.log_in()
        sn = next(iter(script.listed()))
        for mock in (classic, plain):
            mock.fault("audit-life")
        for _ in range(10):
            script.listed(pageSize=20)
            site.get("/orders/list?tab=1")
            script.post(DETAIL, {"order_sn": sn})
            site.order(sn)
        told = [{n: (o["audit"], o["status"]) for n, o in mock.truth()["orders"].items()} for mock in (classic, plain)]
        assert told[0] == told[1]
        assert classic.faults()[0]["fired"] == plain.faults()[0]["fired"] == 20


def test_the_question_comes_before_the_request_and_may_be_declined(both: Both, site: PlainPages) -> None:
    sn, mock = _next_free(both), both.plain
    mock.fault("second-confirmation")
    writes = len(mock.truth()["writes"])
    for card, fields, question, yes, said in (
        ("ship", {"how": "none"}, "是否继续发货？", "继续发货", "发货成功"),
        ("remark", {"remark": "送小票", "remarkTag": "BLUE"}, "是否继续保存备注？", "继续保存", "保存成功"),
    ):
        path, filled = site.filled(sn, card, **fields)
        assert path == CONFIRM
        asked = site.send(path, filled)
        assert question in asked.html
        assert [button.text for button in asked.tree.all("button")] == [yes]
        assert asked.link("取消") == f"/orders/detail?sn={sn}"
        assert len(mock.truth()["writes"]) == writes
        (form,) = asked.tree.all("form")
        told = {node.attrs["name"]: node.attrs["value"] for node in form.all("input")}
        assert site.send(form.attrs["action"], told).message == said
        writes += 1
        assert len(mock.truth()["writes"]) == writes
    assert [sent["entry"] for sent in mock.order(sn)["shipments"]] == ["no_logistics"]
    assert (mock.order(sn)["remark"], mock.order(sn)["flag"]) == ("送小票", "BLUE")


def test_popups_and_another_shop_are_told_as_to_any_page(both: Both, site: PlainPages) -> None:
    both.plain.fault("popup-known")
    both.plain.fault("popup-unknown")
    assert [site.conf("/orders/list?tab=1")["popups"] for _ in range(2)] == [["known-1", "unknown"], []]
    both.plain.fault("other-shop")
    for came in (site.get("/orders/list?tab=1"), site.order(_next_free(both))):
        assert '"mall_id": "987654321"' in came.html
        assert [node.text for node in came.tree.all("p", cls="o-foot")] == ["店铺编号 987654321"]


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_a_frozen_form_is_answered_when_the_fault_is_removed(
    both: Both, site: PlainPages, when: str, effects: int
) -> None:
    sn, mock = _next_free(both), both.plain
    path, fields = site.filled(sn, "ship", how="none")
    mock.fault("freeze", when=when)
    seen = mock.last_event()
    came: list[str] = []
    sending = threading.Thread(target=lambda: came.append(site.send(path, fields).message))
    sending.start()
    mock.wait_for("effect" if effects else "request", endpoint=SHIP, after=seen)
    assert (len(mock.order(sn)["shipments"]), came) == (effects, [])
    mock.clear_faults("freeze")
    sending.join()
    assert (len(mock.order(sn)["shipments"]), came) == (1, ["发货成功"])


def test_the_same_form_again_after_a_cut_has_no_second_effect_but_a_new_one_has(both: Both, site: PlainPages) -> None:
    sn, mock = _next_free(both), both.plain
    path, fields = site.filled(sn, "ship", how="express", shippingId="85", trackingNumber="YT1234567890123")
    new = site.order(sn).fields("ship")[1]["csrf_token"]
    mock.fault("reset-after", endpoint=SHIP)
    for _ in range(2):
        with pytest.raises(CUT):
            site.send(path, fields)
    assert len(mock.order(sn)["shipments"]) == 1
    assert [write["outcome"] for write in mock.truth()["writes"][-2:]] == ["reset-after", "resent by the browser"]
    assert site.send(path, fields | {"csrf_token": new}).message == "发货成功"
    assert len(mock.order(sn)["shipments"]) == 2


def test_a_page_that_is_cut_or_broken_comes_as_that(both: Both, site: PlainPages) -> None:
    for endpoint in ("/orders/list", LIST):
        both.plain.fault("reset-before", endpoint=endpoint)
        with pytest.raises(CUT):
            site.get("/orders/list?tab=1")
        both.plain.fault("error-before", endpoint=endpoint)
        came = site.get("/orders/list?tab=1")
        assert (came.status, came.html) == (500, "Internal Server Error")
    both.plain.fault("error-before", endpoint=QUERY)
    assert words.BROKEN in site.order(_next_free(both)).html
