"""What the mock's server accepts, refuses and remembers."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(orders=60, user=["clerk-1", "clerk-2"]) as shop:
        yield shop


def _free(script: PageScript) -> str:
    return next(
        sn
        for sn, item in script.listed().items()
        if not item["risk_status"] and not item["after_sales_status"] and not item["no_need_ship"]
    )


def test_a_shipment_is_accepted_shown_and_remembered(mock: MockShop, script: PageScript) -> None:
    sn = _free(script)
    seen = mock.last_event()
    assert script.ship(sn) == 100
    [shown] = script.listed(orderType=2, orderSn=sn).values()
    assert (shown["shipping_name"], shown["tracking_number"]) == ("圆通快递", "YT1234567890123")
    assert sn not in script.listed()
    [shipment] = mock.order(sn)["shipments"]
    assert shipment | {"at": ""} == {
        "courier": "圆通快递",
        "tracking_number": "YT1234567890123",
        "entry": "dialog",
        "at": "",
        "held_at_accept": False,
        "nth": 1,
        "overwrote": "",
    }
    kinds = [event["kind"] for event in mock.events(after=seen) if event["endpoint"].endswith("/shipping")]
    assert kinds == ["request", "effect", "answer"]


def test_what_a_careless_program_sends_is_accepted_and_counted(mock: MockShop, script: PageScript) -> None:
    sn = _free(script)
    mock.patch(sn, audit=True)
    assert (script.ship(sn), script.ship_without_logistics(sn)) == (100, 100)
    shipments = mock.order(sn)["shipments"]
    assert [(one["nth"], one["held_at_accept"], one["entry"]) for one in shipments] == [
        (1, True, "dialog"),
        (2, True, "no_logistics"),
    ]


def test_what_no_site_could_ship_is_refused_by_row(mock: MockShop, script: PageScript) -> None:
    sn = _free(script)
    assert script.ship("260310-000000000000000") == 207
    assert script.ship(sn, courier_id=9999) == 202
    assert script.ship(sn, tracking_number="很快") == 203
    assert mock.order(sn)["shipments"] == []
    assert mock.truth()["writes"][-1] | {"n": 0, "at": ""} == {
        "n": 0,
        "at": "",
        "endpoint": "/express_base/shop/orders/shipping",
        "order_sn": sn,
        "effect": False,
        "outcome": "refused 203",
    }


def test_a_server_told_to_enforce_holds_refuses_held_orders(mock: MockShop, script: PageScript) -> None:
    mock.fault("enforce-holds")
    sn = _free(script)
    for held, code in (
        ({"audit": True}, 204),
        ({"audit": False, "after_sale": True}, 205),
        ({"status": "closed"}, 201),
    ):
        mock.patch(sn, **held)
        assert script.ship(sn) == code
    assert mock.order(sn)["shipments"] == []


def test_an_unsigned_call_is_turned_away(mock: MockShop) -> None:
    request = urllib.request.Request(f"{mock.url}/mangkhut/mms/recentOrderList", b"{}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
    with refused.value as answer:
        assert (answer.code, "40001" in answer.read().decode()) == (403, True)


def test_a_second_login_kicks_the_first_until_it_takes_the_session_back(mock: MockShop) -> None:
    first, second, other = (PageScript(mock.url) for _ in range(3))
    assert first.log_in("clerk-1", password="wrong")["errorMsg"] == "账号或密码错误"
    for script, user in ((first, "clerk-1"), (other, "clerk-2"), (second, "clerk-1")):
        assert script.log_in(user)["success"]
    kicked = first.post("/mars/app/order/statisticWithType", {})
    assert (kicked["errorCode"], kicked["errorMsg"], kicked["result"]) == (43001, "账户在别处登陆", {"kicked": True})
    assert other.listed()
    assert second.listed()
    assert "orders.js" in first.page("/orders/list?tab=1")
    assert first.post("/janus/api/refreshSession", {})["success"]
    assert first.listed()
    assert second.post("/mars/app/order/statisticWithType", {})["result"] == {"kicked": True}
    assert [login["via"] for login in mock.truth()["logins"][-4:]] == ["password", "password", "password", "refresh"]


def test_without_a_session_every_page_leads_to_the_login(mock: MockShop) -> None:
    stranger = PageScript(mock.url)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{mock.url}/orders/list?tab=1") as answer:
        assert answer.url.endswith("/login/?redirectUrl=%2Forders%2Flist%3Ftab%3D1")
        assert answer.status == 200
    assert stranger.post("/mars/app/order/statisticWithType", {})["errorCode"] == 43001


def test_lists_are_paged_sorted_and_searched(script: PageScript) -> None:
    pages = [script.listed(pageNumber=n, pageSize=20, sortType=11) for n in (1, 2, 3)]
    listed = [item for page in pages for item in page.values()]
    assert len({item["order_sn"] for item in listed}) == len(script.listed())
    assert [item["promise_shipping_time"] for item in listed] == sorted(
        item["promise_shipping_time"] for item in listed
    )
    sn = listed[3]["order_sn"]
    assert list(script.listed(orderSn=sn)) == [sn]
    assert script.listed(orderSn=sn, orderType=2) == {}


def test_an_order_under_audit_hides_its_address(mock: MockShop, script: PageScript) -> None:
    sn = _free(script)
    detail = {"order_sn": sn, "source": "MMS"}
    assert script.post("/mangkhut/mms/orderDetail", detail)["result"]["address"]
    mock.patch(sn, audit=True)
    hidden = script.post("/mangkhut/mms/orderDetail", detail)["result"]
    assert (hidden["risk_status"], hidden["address"], hidden["receive_name"]) == (1, "", "")


def test_the_clock_only_goes_forward_and_the_counts_follow(mock: MockShop, script: PageScript) -> None:
    before = script.post("/mars/app/order/statisticWithType", {})["result"]
    mock.advance(3 * 3600)
    after = script.post("/mars/app/order/statisticWithType", {})["result"]
    assert after["delay"] > before["delay"] == 0
    with pytest.raises(MockError, match="forward"):
        mock.advance(-1)


def test_a_change_with_a_mistake_says_what_was_meant_and_changes_nothing(mock: MockShop, script: PageScript) -> None:
    sn = _free(script)
    before = mock.order(sn)
    for wrong, words in (
        ({"adress": "x"}, "'address'"),
        ({"status": "shiped"}, "'shipped'"),
        ({"audit": "yes"}, "bool"),
    ):
        with pytest.raises(MockError, match=re.escape(words)):
            mock.patch(sn, remark="勿发", **wrong)
    assert mock.order(sn) == before


def test_many_orders_change_at_once_or_none_does(fresh: MockShop) -> None:
    first, second, third = list(fresh.truth()["orders"])[:3]
    before = fresh.order(first)
    for wrong in ({second: {"status": "shiped"}}, {"260310-000000000000000": {"remark": "勿发"}}):
        with pytest.raises(MockError):
            fresh.patch_many({first: {"remark": "勿发"}, **wrong})
    assert fresh.order(first) == before
    fresh.patch_many({first: {"remark": "勿发"}, second: {"status": "closed"}})
    assert (fresh.order(first)["remark"], fresh.order(second)["status"]) == ("勿发", "closed")
    assert fresh.order(third)["status"] != "closed"
