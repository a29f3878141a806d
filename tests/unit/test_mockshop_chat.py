"""The chat at the mock: what is sent, what reaches the buyer, what the history shows, and what goes wrong."""

from __future__ import annotations

import http.client
import urllib.error
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.chats import CONVERSATIONS, NEWS, SEND
from fixtures.mockshop.pinduoduo.page_script import PageScript

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
START = 1773106200
"""When the mock starts."""
TEXT = "您好，卡密：ABCD-1234-EFGH，请查收"


@pytest.fixture
def sn(mock: MockShop) -> str:
    """An order whose buyer nobody has sent anything to."""
    truth = mock.truth()
    talked = {message["buyer"] for message in truth["messages"]}
    return next(str(sn) for sn, order in truth["orders"].items() if order["buyer"] not in talked)


def _uid(mock: MockShop, sn: str) -> str:
    return str(mock.order(sn)["buyer"])


def _send(mock: MockShop, script: PageScript, sn: str, text: str = TEXT) -> dict[str, Any]:
    """What is answered to a message from the window of this order's buyer."""
    result: dict[str, Any] = script.send_message(sn, text, uid=_uid(mock, sn))["result"]
    return result


def _ours(mock: MockShop, script: PageScript, sn: str) -> list[tuple[str, int]]:
    """What the history shows of the seller since the mock started, oldest first: texts and states."""
    lines = script.history(_uid(mock, sn))["messages"]
    return [(each["content"], each["state"]) for each in lines[::-1] if each["ts"] >= START and _is_ours(each)]


def _is_ours(message: dict[str, Any]) -> bool:
    return bool(message["from"]["role"] == "mall_cs")


def test_a_window_is_the_buyers_and_the_link_chooses_the_current_order(mock: MockShop, script: PageScript) -> None:
    first, second, third = list(mock.truth()["orders"])[-3:]
    uid = mock.same_buyer(second, of=first)
    windows = [script.chat(sn) for sn in (first, second)]
    assert [window["uid"] for window in windows] == [uid, uid]
    assert [window["orderSn"] for window in windows] == [first, second]
    shown = [[order["orderSn"] for order in window["orders"]] for window in windows]
    assert shown[0] == shown[1]
    assert {first, second} <= set(shown[0])
    assert third not in shown[0]
    assert mock.order(second)["receiver"] == mock.order(first)["receiver"]
    assert script.post("/plateau/chat/open", {"uid": uid})["result"]["orderSn"] == shown[0][0]
    assert script.post("/plateau/chat/open", {"uid": "1"})["errorMsg"] == "会话不存在"


def test_a_message_is_accepted_arrives_and_is_remembered(mock: MockShop, script: PageScript, sn: str) -> None:
    seen = mock.last_event()
    answer = _send(mock, script, sn)
    assert (answer["state"], _ours(mock, script, sn)) == (0, [(TEXT, 0)])
    assert script.history(_uid(mock, sn))["messages"][0]["msg_id"] == answer["msg_id"]
    mock.advance(1)
    assert _ours(mock, script, sn) == [(TEXT, 1)]
    _send(mock, script, sn)
    _send(mock, script, sn, "还有一句")
    told = [{name: each[name] for name in ("buyer", "text", "delivered", "nth")} for each in mock.messages(sn)]
    texts = [(TEXT, 1), (TEXT, 2), ("还有一句", 1)]
    assert told == [{"buyer": _uid(mock, sn), "text": text, "delivered": True, "nth": nth} for text, nth in texts]
    events = [each for each in mock.events(after=seen) if each["endpoint"] == SEND]
    assert [event["kind"] for event in events] == ["request", "effect", "answer"] * 3
    assert {event["order_sn"] for event in events} == {sn}
    written = mock.truth()["writes"][-1] | {"n": 0, "at": ""}
    assert written == {"n": 0, "at": "", "endpoint": SEND, "order_sn": sn, "effect": True, "outcome": "accepted"}


def test_the_shop_takes_whatever_window_it_comes_from_and_remembers_whose(mock: MockShop, script: PageScript) -> None:
    mine, other = list(mock.truth()["orders"])[:2]
    script.send_message(mine, "不是给你的", uid=_uid(mock, other))
    told = mock.messages(mine)[-1]
    assert (told["order_sn"], told["buyer"]) == (mine, _uid(mock, other))


def test_what_no_site_could_send_is_refused(mock: MockShop, script: PageScript, sn: str) -> None:
    for text in ("", "长" * 501):
        assert _send(mock, script, sn, text)["error_code"] == 10005
    assert script.send_message(sn, TEXT, uid="1")["result"]["error_code"] == 10005
    assert mock.messages(sn) == []
    written = mock.truth()["writes"][-1]
    assert (written["effect"], written["outcome"]) == (False, "refused 10005")
    assert "error" not in _send(mock, script, sn, "长" * 500)


def test_the_history_is_paged_upwards_without_gaps(mock: MockShop, script: PageScript, sn: str) -> None:
    uid = _uid(mock, sn)
    for n in range(5):
        mock.buyer_writes(sn, f"第 {n} 句")
    whole = script.history(uid, size=50)
    assert not whole["has_more"]
    paged, before = [], None
    while True:
        page = script.history(uid, before=before, size=2)
        paged += page["messages"]
        before = page["messages"][-1]["msg_id"]
        if not page["has_more"]:
            break
    assert paged == whole["messages"]
    assert [each["content"] for each in paged[:5]] == [f"第 {n} 句" for n in (4, 3, 2, 1, 0)]
    assert {each["from"]["role"] for each in paged[:5]} == {"user"}


def test_some_buyers_talked_a_lot_before_and_the_same_ones_on_every_machine(mock: MockShop, script: PageScript) -> None:
    buyers = sorted({order["buyer"] for order in mock.truth()["orders"].values()})
    long = [uid for uid in buyers if script.history(uid, size=20)["has_more"]]
    short = [uid for uid in buyers if not script.history(uid)["messages"]]
    assert long
    assert short
    with MockShop(orders=60) as twin:
        again = PageScript(twin.url)
        again.log_in()
        assert again.history(long[0])["messages"] == script.history(long[0])["messages"]


def test_who_wrote_last_leads_the_conversations(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.buyer_writes(sn, "在吗")
    first = script.post(CONVERSATIONS, {})["result"]["conversations"][0]
    assert (first["uid"], first["last_msg"]["content"]) == (_uid(mock, sn), "在吗")


@pytest.mark.parametrize(
    ("shown", "history"), [("nothing", []), ("sending", [(TEXT, 0)]), ("failed", [(TEXT, 2)]), ("sent", [(TEXT, 1)])]
)
def test_a_message_is_accepted_and_lost_whatever_the_history_shows(
    mock: MockShop, script: PageScript, sn: str, shown: str, history: list[tuple[str, int]]
) -> None:
    mock.fault("chat-lost", shown=shown)
    assert _send(mock, script, sn)["msg_id"]
    mock.advance(60)
    assert _ours(mock, script, sn) == history
    assert [message["delivered"] for message in mock.messages(sn)] == [False]


def test_a_message_is_shown_late_though_it_arrived(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("chat-late", s=600)
    _send(mock, script, sn)
    assert (_ours(mock, script, sn), [message["delivered"] for message in mock.messages(sn)]) == ([], [True])
    mock.advance(600)
    assert [text for text, _ in _ours(mock, script, sn)] == [TEXT]


def test_a_message_is_shown_twice_in_pieces_and_masked_though_it_was_sent_once(
    mock: MockShop, script: PageScript, sn: str
) -> None:
    mock.fault("chat-twice")
    mock.fault("chat-split", n=14)
    _send(mock, script, sn)
    pieces = [TEXT[:14], TEXT[14:]] * 2
    assert [text for text, _ in _ours(mock, script, sn)] == pieces
    ids = [each["msg_id"] for each in script.history(_uid(mock, sn))["messages"]]
    assert len(ids) == len(set(ids))
    assert [message["text"] for message in mock.messages(sn)] == [TEXT]
    mock.clear_faults()
    mock.fault("chat-mask")
    _send(mock, script, sn, "券 12345678，共 3 张")
    assert _ours(mock, script, sn)[-1][0] == "券 ****，共 3 张"
    assert mock.messages(sn)[-1]["text"] == "券 12345678，共 3 张"


def test_an_account_is_offline_by_a_fault_or_by_hand(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("chat-offline")
    assert not script.chat(sn)["online"]
    assert _send(mock, script, sn) == {"error_code": 10004, "error": "客服不在线"}
    mock.clear_faults()
    assert script.chat(sn)["online"]
    mock.chat_online(online=False)
    assert not script.chat(sn)["online"]
    assert _send(mock, script, sn)["error_code"] == 10004
    mock.chat_online(online=True)
    assert mock.messages(sn) == []
    with pytest.raises(MockError, match="online cannot be"):
        mock.chat_online(online="no")  # type: ignore[arg-type]


def test_words_that_are_forbidden_are_refused_and_others_go(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("chat-forbidden", words="微信|QQ", times=0)
    assert _send(mock, script, sn, "加我QQ") == {"error_code": 10002, "error": "该消息包含违规内容"}
    assert "error" not in _send(mock, script, sn)
    mock.clear_faults()
    mock.fault("chat-forbidden")
    assert _send(mock, script, sn)["error_code"] == 10002
    assert [message["text"] for message in mock.messages(sn)] == [TEXT]


def test_messages_that_come_too_often_are_refused_in_the_chats_words(
    mock: MockShop, script: PageScript, sn: str
) -> None:
    mock.fault("rate-limited", endpoint=SEND, code=206)
    assert _send(mock, script, sn) == {"error_code": 10003, "error": "发送太频繁，请稍后再试"}
    mock.fault("toast-lies")
    assert script.send_message(sn, TEXT, uid=_uid(mock, sn))["_toast"] == "发送成功"
    assert mock.messages(sn) == []


def test_a_link_may_open_the_window_of_another_buyer(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("chat-wrong-buyer")
    script.post(NEWS, {"uid": "", "typing": False})  # not an order's link, so not its turn
    window = script.chat(sn)
    assert window["uid"] != _uid(mock, sn)
    assert sn not in [order["orderSn"] for order in window["orders"]]
    assert script.chat(sn)["uid"] == _uid(mock, sn)


def test_another_buyer_takes_the_window_only_while_somebody_types(mock: MockShop, script: PageScript, sn: str) -> None:
    mock.fault("chat-switched")
    uid = _uid(mock, sn)
    assert script.post(NEWS, {"uid": uid, "typing": False})["result"]["take_over"] == ""
    told = script.post(NEWS, {"uid": uid, "typing": True})["result"]
    assert told["take_over"] not in {"", uid}
    assert script.history(told["take_over"])["messages"][0]["from"]["role"] == "user"
    assert script.post(NEWS, {"uid": uid, "typing": True})["result"]["take_over"] == ""


@pytest.mark.parametrize(
    ("fault", "sent"), [("reset-before", 0), ("reset-after", 1), ("error-before", 0), ("error-after", 1)]
)
def test_a_broken_answer_comes_before_or_after_the_message(
    mock: MockShop, script: PageScript, sn: str, fault: str, sent: int
) -> None:
    mock.fault(fault)
    with pytest.raises(CUT) as broken:
        _send(mock, script, sn)
    if isinstance(broken.value, urllib.error.HTTPError):
        broken.value.close()
    assert len(mock.messages(sn)) == len(_ours(mock, script, sn)) == sent
    assert mock.truth()["writes"][-1]["outcome"] == fault


def test_a_buyer_who_has_no_order_left_is_in_no_list(mock: MockShop, script: PageScript) -> None:
    first, second = list(mock.truth()["orders"])[:2]
    mock.buyer_writes(first, "在吗")
    left = _uid(mock, first)
    mock.same_buyer(first, of=second)
    listed = script.post(CONVERSATIONS, {})["result"]["conversations"]
    assert left not in [each["uid"] for each in listed]


def test_the_buyer_of_an_order_that_arrives_stays_the_same_whatever_is_changed(
    mock: MockShop, script: PageScript
) -> None:
    known = set(mock.truth()["orders"])
    mock.fault("orders-arrive")
    script.listed()
    [arrived] = set(mock.truth()["orders"]) - known
    uid = _uid(mock, arrived)
    assert mock.patch(arrived, receiver="别**")["buyer"] == uid
    assert [order["orderSn"] for order in script.chat(arrived)["orders"]] == [arrived]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500), size=st.integers(1, 500))
def test_pieces_of_any_message_make_up_the_message(mock: MockShop, script: PageScript, text: str, size: int) -> None:
    mock.clear_faults()
    mock.fault("chat-split", n=size)
    sn = next(iter(mock.truth()["orders"]))
    uid = _uid(mock, sn)
    sent = script.send_message(sn, text, uid=uid)["result"]
    assert "error" not in sent
    pieces = [line["text"] for line in mock.truth()["chat"]["lines"] if line["line_id"] >= int(sent["msg_id"])]
    assert "".join(pieces) == text
    assert all(len(piece) <= size for piece in pieces)


@pytest.mark.slow
def test_the_chat_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    with MockShop(orders=10, state=state) as mock:
        script = PageScript(mock.url)
        script.log_in()
        known = set(mock.truth()["orders"])
        first, second = list(mock.truth()["orders"])[:2]
        mock.same_buyer(first, of=second)
        _send(mock, script, first)
        mock.buyer_writes(second, "收到")
        mock.chat_online(online=False)
        mock.fault("orders-arrive")
        script.listed()
        [arrived] = set(mock.truth()["orders"]) - known
        mock.patch(arrived, receiver="别**")
        before, shown = mock.truth(), script.history(_uid(mock, first))
    with MockShop(state=state) as mock:
        after, script = mock.truth(), PageScript(mock.url)
        script.log_in()
        assert (after["messages"], after["chat"]) == (before["messages"], before["chat"])
        assert after["orders"][arrived]["buyer"] == before["orders"][arrived]["buyer"]
        assert after["orders"][first]["buyer"] == after["orders"][second]["buyer"] == before["orders"][second]["buyer"]
        again = script.history(_uid(mock, first))["messages"]
        assert [each["msg_id"] for each in again] == [each["msg_id"] for each in shown["messages"]]
