"""Each fault does what its name says, to the calls it is for."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import threading
import urllib.error

import pytest

from fixtures.mockshop.faults.board import KINDS
from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.settings import Settings
from fixtures.mockshop.shop.back_office import open_back_office

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
SHIP = "/express_base/shop/orders/shipping"


@pytest.fixture
def sn(script: PageScript) -> str:
    free = (item for item in script.listed().values() if not item["risk_status"] and not item["after_sales_status"])
    return str(next(free)["order_sn"])


def _shipments(mock: MockShop, sn: str) -> int:
    return len(mock.order(sn)["shipments"])


@pytest.mark.parametrize(
    ("fault", "effects"),
    [("reset-before", 0), ("reset-after", 1), ("error-before", 0), ("error-after", 1)],
)
def test_a_broken_answer_comes_before_or_after_the_effect(
    mock: MockShop, script: PageScript, sn: str, fault: str, effects: int
) -> None:
    mock.fault(fault)
    with pytest.raises(CUT) as broken:
        script.ship(sn)
    if isinstance(broken.value, urllib.error.HTTPError):
        broken.value.close()
    assert isinstance(broken.value, urllib.error.HTTPError) == fault.startswith("error")
    assert _shipments(mock, sn) == effects
    assert mock.truth()["writes"][-1]["outcome"] == fault
    assert script.ship(sn) == 100


def test_a_request_a_browser_repeats_by_itself_after_a_cut_has_no_second_effect(
    mock: MockShop, script: PageScript, sn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixtures.mockshop.requests.signed_calls._TICKS", itertools.repeat(1773106100000))
    mock.fault("reset-after")
    for _ in range(3):
        with pytest.raises(CUT):
            script.ship(sn)
    monkeypatch.undo()
    assert _shipments(mock, sn) == 1
    assert [write["outcome"] for write in mock.truth()["writes"][-3:]] == [
        "reset-after",
        *["resent by the browser"] * 2,
    ]
    assert script.ship(sn) == 100


def test_a_fault_waits_for_its_call_and_ends_after_its_times(mock: MockShop, script: PageScript) -> None:
    mock.fault("rate-limited", at=2, times=2)
    asked = [script.post("/mangkhut/mms/recentOrderList", {})["errorCode"] for _ in range(4)]
    assert asked == [1000000, 54001, 54001, 1000000]
    assert [(fault["seen"], fault["fired"]) for fault in mock.faults()] == [(4, 2)]


def test_a_fault_can_be_bound_to_an_endpoint(mock: MockShop, script: PageScript) -> None:
    mock.fault("rate-limited", endpoint="/statisticWithType")
    assert script.listed()
    assert script.post("/mars/app/order/statisticWithType", {})["errorMsg"] == "操作太过频繁"


def test_a_late_effect_happens_when_the_mocks_clock_gets_there(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("late-effect", s=3600)
    with pytest.raises(urllib.error.HTTPError) as broken:
        script.ship(sn)
    broken.value.close()
    assert _shipments(mock, sn) == 0
    seen = mock.last_event()
    mock.advance(3600)
    assert mock.events(after=seen)[0] | {"n": 0, "at": ""} == {
        "n": 0,
        "at": "",
        "kind": "effect",
        "method": "POST",
        "endpoint": SHIP,
        "order_sn": sn,
    }
    assert _shipments(mock, sn) == 1


def test_what_is_due_has_happened_before_any_later_answer_though_its_timer_is_late() -> None:
    async def live() -> list[str]:
        office, done = open_back_office(Settings(orders=1)), list[str]()
        office.later(lambda: done.append("late"), seconds=60)
        office.clock.advance(60)
        office.settle()
        assert done == ["late"]
        await office.finish()
        return done

    assert asyncio.run(live()) == ["late"]


def test_of_two_faults_of_one_name_one_may_be_removed(mock: MockShop) -> None:
    first, second = (mock.fault("freeze", at=at) for at in (1, 2))
    mock.let_go(first)
    assert mock.faults() == [second]


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_a_frozen_answer_leaves_when_the_fault_is_removed(
    mock: MockShop, script: PageScript, sn: str, when: str, effects: int
) -> None:
    mock.fault("freeze", when=when)
    seen = mock.last_event()
    codes: list[int] = []
    shipping = threading.Thread(target=lambda: codes.append(script.ship(sn)))
    shipping.start()
    mock.wait_for("effect" if effects else "request", endpoint=SHIP, after=seen)
    assert (_shipments(mock, sn), codes) == (effects, [])
    mock.clear_faults("freeze")
    shipping.join()
    assert (_shipments(mock, sn), codes) == (1, [100])


def test_a_lying_toast_comes_with_a_refused_row(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("toast-lies")
    body = {"orderShipRequestList": [{"orderSn": sn, "deliveryType": 0}], "functionType": 6}
    answer = script.post(SHIP, body)
    assert answer["_toast"] == "发货成功"
    assert answer["result"]["orderShipResultList"][0]["shippingResultCode"] == 206
    assert _shipments(mock, sn) == 0


def test_a_stale_list_shows_a_shipped_order_as_pending_for_a_while(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("stale-list", s=60)
    script.ship(sn)
    assert sn in script.listed()
    assert sn not in script.listed(orderType=2)
    assert script.post("/mangkhut/mms/orderDetail", {"order_sn": sn})["result"]["order_status"] == 2
    mock.advance(61)
    assert sn not in script.listed()


def test_a_stale_list_may_last_a_number_of_answers(mock: MockShop, script: PageScript, sn: str) -> None:
    script.ship(sn)
    later = next(iter(script.listed()))
    mock.fault("stale-list", s=0, times=2)
    assert sn not in script.listed()
    script.ship(later)
    assert [later in script.listed() for _ in range(3)] == [True, True, False]
    assert sn not in script.listed()


def test_an_order_flips_to_audit_right_after_it_was_listed(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("audit-flip", order_sn=sn)
    assert script.listed()[sn]["risk_status"] == 0
    assert mock.order(sn)["audit"]
    mock.patch(sn, audit=False)
    mock.fault("audit-flip", endpoint="/orderDetail")
    assert script.post("/mangkhut/mms/orderDetail", {"order_sn": sn})["result"]["risk_status"] == 1


def test_a_buyer_changes_the_order_after_it_was_listed(mock: MockShop, script: PageScript, sn: str) -> None:
    for what in ("address", "quantity", "goods", "spec"):
        mock.fault("order-changed", order_sn=sn, what=what)
        before, after = script.listed()[sn], script.listed()[sn]
        changed = {name for name in ("address", "goods_number", "goods_id", "spec") if before[name] != after[name]}
        assert changed == {{"quantity": "goods_number", "goods": "goods_id"}.get(what, what)}


def test_sessions_end_on_cue(mock: MockShop, script: PageScript) -> None:
    mock.fault("kicked", endpoint="recentOrderList")
    assert script.post("/mangkhut/mms/recentOrderList", {})["result"] == {"kicked": True}
    script.log_in()
    mock.fault("session-expired", at=2)
    assert script.post("/mars/app/order/statisticWithType", {})["success"]
    assert script.post("/mars/app/order/statisticWithType", {})["errorCode"] == 43001
    mock.fault("captcha")
    assert script.log_in()["errorCode"] == 10019
    assert script.log_in()["success"]


def test_pages_are_told_of_popups_confirmations_and_other_shops(mock: MockShop, script: PageScript) -> None:
    mock.fault("popup-known", popup="known-2")
    mock.fault("popup-unknown")
    mock.fault("second-confirmation")
    first, second = script.conf("/orders/list?tab=1"), script.conf("/orders/list?tab=1")
    assert (first["popups"], second["popups"]) == (["known-2", "unknown"], [])
    assert second["secondConfirmation"]
    assert '"mall_id": "123456789"' in script.page("/home")
    mock.fault("other-shop")
    assert '"mall_id": "987654321"' in script.page("/home")


def test_faults_compose(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("enforce-holds")
    mock.fault("slow", ms=1)
    mock.fault("audit-flip", endpoint="/shipping")
    assert script.ship(sn) == 204


def test_a_misspelt_fault_says_what_was_meant(mock: MockShop) -> None:
    for name, args, words in (
        ("reset-afer", {}, "Did you mean 'reset-after'"),
        ("slow", {"mss": 5}, "Did you mean 'ms'"),
        ("freeze", {"when": "affter"}, "Did you mean 'after'"),
    ):
        with pytest.raises(MockError, match=words):
            mock.fault(name, **args)
    assert mock.faults() == []


def test_every_fault_says_in_a_line_what_it_does() -> None:
    assert [name for name, kind in KINDS.items() if not (kind.__doc__ or "").split("\n")[0].endswith(".")] == []
