"""Calls that come too often: a passing refusal of one, and a limit that the mock keeps."""

from __future__ import annotations

import urllib.error

import pytest

from fixtures.mockshop.faults.board import FaultBoard
from fixtures.mockshop.faults.fault import FaultError
from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.pinduoduo.remarks import SAVE
from fixtures.mockshop.settings import DEFAULT_NOW

SHIP = "/shop/orders/shipping"


@pytest.fixture
def script(fresh: MockShop) -> PageScript:
    """Logged in at a shop of its own: these tests move its clock."""
    script = PageScript(fresh.url)
    script.log_in()
    return script


@pytest.fixture
def orders(script: PageScript) -> list[str]:
    return list(script.listed())


def _code(script: PageScript, sn: str, text: str = "新") -> int:
    """What the site answers to a save: its code, or that of HTTP."""
    try:
        return int(script.save_remark(sn, text)["errorCode"])
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("code", [54001, 429])
def test_one_save_in_the_middle_of_a_run_is_refused(
    fresh: MockShop, script: PageScript, orders: list[str], code: int
) -> None:
    fresh.fault("rate-limited", endpoint=SAVE, at=3, times=2, code=code)
    answers = [_code(script, sn) for sn in orders[:5]]
    assert answers == [1000000, 1000000, code, code, 1000000]
    truth = fresh.truth()
    assert truth["refused_for_rate"] == 2
    assert [save["order_sn"] for save in truth["remarks"]] == [*orders[:2], orders[4]]
    assert [write["outcome"] for write in truth["writes"][2:4]] == ["rate-limited"] * 2


@pytest.mark.parametrize(("code", "refused"), [(54001, "操作太过频繁"), (206, None)])
def test_one_shipment_in_the_middle_of_a_run_is_refused(
    fresh: MockShop, script: PageScript, orders: list[str], code: int, refused: str | None
) -> None:
    fresh.fault("rate-limited", endpoint=SHIP, at=2, code=code)
    assert script.ship(orders[0]) == 100
    row = {"orderSn": orders[1], "deliveryType": 0}
    answer = script.post(f"/express_base{SHIP}", {"orderShipRequestList": [row], "functionType": 6})
    assert answer["errorMsg"] == refused
    if refused is None:
        assert answer["result"]["orderShipResultList"][0]["shippingResultCode"] == code
    assert script.ship(orders[1]) == 100
    truth = fresh.truth()
    assert (truth["refused_for_rate"], len(truth["orders"][orders[1]]["shipments"])) == (1, 1)


def test_a_save_may_be_refused_in_its_own_words(fresh: MockShop, script: PageScript, orders: list[str]) -> None:
    fresh.fault("rate-limited", endpoint=SAVE, code=206)
    assert script.save_remark(orders[0], "新")["errorMsg"] == "两次备注间隔时长需大于1秒"
    assert fresh.truth()["remarks"] == []


def test_refusals_may_go_on_for_a_while_of_the_mocks_clock(
    fresh: MockShop, script: PageScript, orders: list[str]
) -> None:
    fresh.fault("rate-limited", endpoint=SAVE, at=2, s=600)
    assert [_code(script, orders[0]) for _ in range(4)] == [1000000, 54001, 54001, 54001]
    fresh.advance(599)
    assert _code(script, orders[0]) == 54001
    fresh.advance(1)
    assert [_code(script, orders[0]) for _ in range(2)] == [1000000] * 2


def test_reading_calls_that_are_refused_are_not_counted_as_writes(fresh: MockShop, script: PageScript) -> None:
    fresh.fault("rate-limited")
    assert script.post("/mangkhut/mms/recentOrderList", {})["errorCode"] == 54001
    assert fresh.truth()["refused_for_rate"] == 0


def test_a_limit_lets_so_many_writes_through_in_any_minute(
    fresh: MockShop, script: PageScript, orders: list[str]
) -> None:
    fresh.fault("rate-limited", per_minute=3)
    assert [_code(script, orders[0]), script.ship(orders[1])] == [1000000, 100]
    fresh.advance(40)
    assert [_code(script, sn) for sn in orders[2:6]] == [1000000, 54001, 54001, 54001]
    assert script.listed()
    fresh.advance(20)
    assert [_code(script, sn) for sn in orders[6:9]] == [1000000, 1000000, 54001]
    fresh.advance(40)
    assert [_code(script, sn) for sn in orders[9:11]] == [1000000, 54001]
    assert fresh.truth()["refused_for_rate"] == 5


def test_whoever_keeps_to_the_limit_is_never_refused(fresh: MockShop, script: PageScript, orders: list[str]) -> None:
    fresh.fault("rate-limited", per_minute=3)
    for sn in orders[:12]:
        assert _code(script, sn) == 1000000
        fresh.advance(20)
    assert fresh.truth()["refused_for_rate"] == 0


def test_a_limit_may_be_kept_for_one_endpoint(fresh: MockShop, script: PageScript, orders: list[str]) -> None:
    fresh.fault("rate-limited", endpoint=SHIP, per_minute=1, code=429)
    assert [_code(script, sn) for sn in orders[:3]] == [1000000] * 3
    assert script.ship(orders[0]) == 100
    with pytest.raises(urllib.error.HTTPError, match="429") as refused:
        script.ship(orders[1])
    refused.value.close()


def test_the_command_line_names_arguments_of_a_fault() -> None:
    board = FaultBoard(now=lambda: DEFAULT_NOW)
    armed = [
        board.arm_from_text(text)
        for text in ("rate-limited=per_minute:20", f"rate-limited=code:429,endpoint:{SAVE},at:3,times:2", "slow=500")
    ]
    assert [fault.args for fault in armed] == [
        {"code": 54001, "s": 0.0, "per_minute": 20},
        {"code": 429, "s": 0.0, "per_minute": 0},
        {"ms": 500},
    ]
    assert [(fault.endpoint, fault.at, fault.times) for fault in armed] == [(None, 1, 0), (SAVE, 3, 2), (None, 1, 0)]
    for text, words in (
        ("rate-limited=per_minute:often", "a number is needed"),
        ("rate-limited=code:429,per_minit:3", "Did you mean 'per_minute'"),
        ("reset-after=3", "takes no argument"),
    ):
        with pytest.raises(FaultError, match=words):
            board.arm_from_text(text)


def test_an_argument_that_means_nothing_is_refused(mock: MockShop) -> None:
    with pytest.raises(MockError, match="54001, 429, 206"):
        mock.fault("rate-limited", code=500)
    with pytest.raises(MockError, match="0 or more"):
        mock.fault("rate-limited", per_minute=-1)
