"""The seller's remark at the mock: what is saved, shown and remembered, and what goes wrong on the way."""

from __future__ import annotations

import http.client
import threading
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.pinduoduo.remarks import QUERY, SAVE

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
DETAIL = "/mangkhut/mms/orderDetail"


@pytest.fixture
def sn(mock: MockShop, script: PageScript) -> str:
    """An order without a remark or flag, for which none was saved yet."""
    saved = {save["order_sn"] for save in mock.truth()["remarks"]}
    return next(sn for sn, item in script.listed().items() if not item["remark_status"] and sn not in saved)


def _saved(mock: MockShop, sn: str) -> tuple[str, str]:
    order = mock.order(sn)
    return order["remark"], order["flag"]


def _saves(mock: MockShop, sn: str) -> list[tuple[str, str]]:
    return [(save["text"], save["flag"]) for save in mock.truth()["remarks"] if save["order_sn"] == sn]


def test_a_remark_is_saved_shown_and_remembered_in_order(mock: MockShop, script: PageScript, sn: str) -> None:
    seen = mock.last_event()
    assert script.save_remark(sn, "客户要求周五送", flag="GREEN")["success"]
    assert script.save_remark(sn, "")["success"]
    assert script.save_remark(sn, "送小票", flag="RED")["success"]
    assert _saved(mock, sn) == script.remark(sn) == ("送小票", "RED")
    for shown in (script.listed()[sn], script.post(DETAIL, {"order_sn": sn})["result"]):
        told = [shown[name] for name in ("mall_remark", "mall_remark_tag", "remark_status")]
        assert told == ["送小票", "RED", 1]
    assert _saves(mock, sn) == [("客户要求周五送", "GREEN"), ("", ""), ("送小票", "RED")]
    kinds = [event["kind"] for event in mock.events(after=seen) if event["endpoint"] == SAVE]
    assert kinds == ["request", "effect", "answer"] * 3
    effects = [event["order_sn"] for event in mock.events(after=seen) if event["kind"] == "effect"]
    assert effects == [sn] * 3
    written = mock.truth()["writes"][-1] | {"n": 0, "at": ""}
    assert written == {"n": 0, "at": "", "endpoint": SAVE, "order_sn": sn, "effect": True, "outcome": "accepted"}


def test_orders_that_are_held_shipped_or_closed_take_a_remark_and_stay_so(mock: MockShop, script: PageScript) -> None:
    kinds: list[dict[str, Any]] = [{"audit": True}, {"after_sale": True}, {"status": "shipped"}, {"status": "closed"}]
    for sn, held in zip(list(script.listed(orderType=0))[-4:], kinds, strict=True):
        before = mock.patch(sn, **held)
        assert script.save_remark(sn, "已联系买家", flag="BLUE")["success"]
        assert mock.order(sn) == before | {"remark": "已联系买家", "flag": "BLUE"}


def test_what_no_site_could_save_is_refused_and_changes_nothing(mock: MockShop, script: PageScript, sn: str) -> None:
    assert script.save_remark("260310-000000000000000", "送小票")["errorMsg"] == "订单不存在"
    assert script.save_remark(sn, "长" * 301)["errorCode"] == 1000
    assert script.save_remark(sn, "送小票", flag="PINK")["errorCode"] == 1000
    assert script.post(QUERY, {"orderSn": "260310-000000000000000"})["errorMsg"] == "订单不存在"
    assert (_saved(mock, sn), _saves(mock, sn)) == (("", ""), [])
    written = mock.truth()["writes"][-1]
    assert (written["effect"], written["outcome"]) == (False, "refused 1000")


def test_another_hand_changes_a_remark_without_a_save(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.patch(sn, remark="同事写的", flag="PURPLE")
    assert script.remark(sn) == ("同事写的", "PURPLE")
    assert _saves(mock, sn) == []
    with pytest.raises(MockError, match="PURPLE"):
        mock.patch(sn, flag="PURPEL")


@pytest.mark.parametrize(
    ("fault", "saved"), [("reset-before", ""), ("reset-after", "新"), ("error-before", ""), ("error-after", "新")]
)
def test_a_broken_answer_comes_before_or_after_the_save(
    mock: MockShop, script: PageScript, sn: str, fault: str, saved: str
) -> None:
    mock.fault(fault)
    with pytest.raises(CUT) as broken:
        script.save_remark(sn, "新")
    if isinstance(broken.value, urllib.error.HTTPError):
        broken.value.close()
    assert isinstance(broken.value, urllib.error.HTTPError) == fault.startswith("error")
    assert _saved(mock, sn) == (saved, "")
    written = mock.truth()["writes"][-1]
    assert (written["effect"], written["outcome"]) == (bool(saved), fault)
    assert script.save_remark(sn, "新")["success"]


def test_a_late_save_overwrites_what_another_hand_wrote_meanwhile(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("late-effect", s=3600)
    with pytest.raises(urllib.error.HTTPError) as broken:
        script.save_remark(sn, "新")
    broken.value.close()
    mock.patch(sn, remark="同事写的")
    assert _saves(mock, sn) == []
    mock.advance(3600)
    assert (_saved(mock, sn), _saves(mock, sn)) == (("新", ""), [("新", "")])


def test_a_lying_toast_comes_with_a_refused_save(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("toast-lies")
    answer = script.save_remark(sn, "新")
    assert (answer["success"], answer["_toast"]) == (False, "保存成功")
    assert (_saved(mock, sn), mock.truth()["writes"][-1]["outcome"]) == (("", ""), "toast-lies")


@pytest.mark.parametrize(("when", "saved"), [("before", ""), ("after", "新")])
def test_a_frozen_save_leaves_when_the_fault_is_removed(
    mock: MockShop, script: PageScript, sn: str, when: str, saved: str
) -> None:
    mock.fault("freeze", when=when)
    seen = mock.last_event()
    answers: list[bool] = []
    saving = threading.Thread(target=lambda: answers.append(script.save_remark(sn, "新")["success"]))
    saving.start()
    mock.wait_for("effect" if saved else "request", endpoint=SAVE, after=seen)
    assert (_saved(mock, sn), answers) == ((saved, ""), [])
    mock.clear_faults("freeze")
    saving.join()
    assert (_saved(mock, sn), answers) == (("新", ""), [True])


def test_the_session_and_a_captcha_may_come_between_opening_and_saving(
    mock: MockShop, script: PageScript, sn: str
) -> None:
    mock.fault("captcha", endpoint=SAVE)
    assert script.save_remark(sn, "新")["errorCode"] == 10019
    mock.fault("session-expired", endpoint=SAVE)
    assert script.remark(sn) == ("", "")
    assert script.save_remark(sn, "新")["errorCode"] == 43001
    assert (_saves(mock, sn), mock.truth()["writes"][-1]["outcome"]) == ([], "no session")
    script.log_in()
    assert script.save_remark(sn, "新")["success"]


def test_another_clerk_may_come_between_opening_and_saving(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("order-changed", endpoint=QUERY, what="remark", remark="别动", flag="RED")
    assert script.remark(sn) == ("", "")
    assert script.remark(sn) == ("别动", "RED")
    assert _saves(mock, sn) == []
    with pytest.raises(MockError, match="Did you mean 'RED'"):
        mock.fault("order-changed", what="remark", flag="REDD")


def test_a_site_may_store_the_beginning_of_a_remark_alone(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("remark-cut", n=3)
    assert [script.save_remark(sn, text)["success"] for text in ("一二三四五", "六七")] == [True, True]
    assert _saves(mock, sn) == [("一二三", ""), ("六七", "")]


def test_a_stale_list_shows_an_older_remark_for_a_while(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("stale-list", s=60)
    script.save_remark(sn, "新")
    assert (script.listed()[sn]["mall_remark"], script.remark(sn)) == ("", ("新", ""))
    mock.advance(61)
    assert script.listed()[sn]["mall_remark"] == "新"


@pytest.mark.slow
def test_remarks_and_refusals_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    with MockShop(orders=10, state=state) as mock:
        script = PageScript(mock.url)
        script.log_in()
        sn = next(iter(script.listed()))
        script.save_remark(sn, "新", flag="RED")
        mock.fault("rate-limited", endpoint=SAVE)
        script.save_remark(sn, "又新")
        before = mock.truth()
    with MockShop(state=state) as mock:
        after = mock.truth()
        assert (after["remarks"], after["orders"][sn]) == (before["remarks"], before["orders"][sn])
        assert [after["refused_for_rate"], before["refused_for_rate"]] == [1, 1]
