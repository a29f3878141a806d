"""The mock's audits and the notices about them: when they come, what they say, who may see and download them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from tests.support.batch_script import logged_in

MAIL = "/newjersy/api/innerMessage/"
LIST, DETAIL = MAIL + "queryMsgListForMerchant", MAIL + "queryMessageForMerchant"
START = datetime.fromisoformat("2026-03-10T09:30:00+08:00")
HOUR = 3600


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    """A shop whose clock nobody moves."""
    with MockShop(orders=60, user=["clerk-1", "clerk-2"], no_mail_right="clerk-2") as shop:
        yield shop


@pytest.fixture
def script(mock: MockShop) -> PageScript:
    mock.mail_right("clerk-1", "all")
    return logged_in(mock)


def free_orders(mock: MockShop, count: int) -> list[str]:
    orders = mock.truth()["orders"].items()
    return [sn for sn, order in orders if order["status"] == "pending" and not order["audit"]][:count]


def listed(script: PageScript, **asked: Any) -> list[dict[str, Any]]:
    body = {"pageNum": 1, "size": 100, "contentType": -1, "readStatus": -1} | asked
    messages: list[dict[str, Any]] = script.post(LIST, body)["result"]["msgList"]
    return messages


def audit_of(mock: MockShop, order_sn: str) -> dict[str, Any]:
    audits: list[dict[str, Any]] = mock.truth()["audits"]
    return next(audit for audit in reversed(audits) if audit["order_sn"] == order_sn)


def saying(mock: MockShop, order_sn: str) -> list[tuple[str, str]]:
    told = [notice for notice in mock.notices() if order_sn in notice["orders"]]
    return [(notice["sent_at"][:16], notice["orders"][order_sn]) for notice in told]


def test_an_audit_is_told_of_on_the_next_full_hour_and_so_is_its_end(fresh: MockShop) -> None:
    shipped, closed, short = free_orders(fresh, 3)
    fresh.audit(shipped, end_in_s=2 * HOUR)
    fresh.audit(closed, begin_in_s=HOUR, end_in_s=2 * HOUR, result="closed")
    fresh.audit(short, end_in_s=600)
    assert fresh.order(shipped)["audit"] is True
    assert fresh.order(closed)["audit"] is False
    fresh.advance(3 * HOUR)
    assert saying(fresh, shipped) == [("2026-03-10T10:00", "prohibited"), ("2026-03-10T12:00", "ship")]
    assert saying(fresh, closed) == [("2026-03-10T11:00", "prohibited"), ("2026-03-10T12:00", "closed")]
    assert saying(fresh, short) == [("2026-03-10T10:00", "ship")]
    assert audit_of(fresh, short)["noticed"]["prohibition"] is None
    assert (fresh.order(closed)["status"], fresh.order(closed)["audit"]) == ("closed", False)
    assert audit_of(fresh, closed)["result"] == "closed"
    assert audit_of(fresh, shipped)["ended_at"] < "2026-03-10T11:31"


def test_whatever_sets_or_clears_the_sign_begins_or_ends_an_audit(fresh: MockShop) -> None:
    patched, flipped = free_orders(fresh, 2)
    fresh.patch(patched, audit=True)
    fresh.fault("audit-flip", order_sn=flipped)
    logged_in(fresh).listed()
    assert audit_of(fresh, patched)["ended_at"] is audit_of(fresh, flipped)["ended_at"] is None
    fresh.patch(patched, status="closed")
    fresh.patch(flipped, audit=False)
    assert [audit_of(fresh, sn)["result"] for sn in (patched, flipped)] == ["closed", "ship"]


def test_nothing_is_sent_at_night(fresh: MockShop) -> None:
    [order_sn] = free_orders(fresh, 1)
    fresh.audit(order_sn, begin_in_s=13 * HOUR, end_in_s=16 * HOUR)
    fresh.advance(24 * HOUR)
    assert saying(fresh, order_sn) == [("2026-03-11T06:00", "ship")]
    sent = [datetime.fromisoformat(each["sent_at"]) for each in fresh.notices() if each["orders"]]
    assert {(moment.minute, moment.second) for moment in sent} == {(0, 0)}
    assert all(6 <= moment.hour <= 22 for moment in sent)


def test_orders_that_are_under_audit_from_the_start_were_told_of(fresh: MockShop) -> None:
    truth = fresh.truth()
    audited = {sn for sn, order in truth["orders"].items() if order["audit"] and order["status"] == "pending"}
    told = {sn for notice in truth["notices"] for sn, says in notice["orders"].items() if says == "prohibited"}
    assert audited
    assert told == audited == {audit["order_sn"] for audit in truth["audits"]}
    assert max(notice["sent_at"] for notice in truth["notices"]) < truth["now"]


@pytest.mark.slow
def test_the_same_shop_gets_the_same_notices() -> None:
    told = []
    for _ in range(2):
        with MockShop(orders=60) as mock:
            mock.audit(free_orders(mock, 1)[0])
            mock.advance(30 * HOUR)
            told.append(mock.notices())
    assert told[0] == told[1]


def test_pages_categories_and_unread_ones_are_listed_newest_first(mock: MockShop, script: PageScript) -> None:
    everything = listed(script)
    assert len(everything) == len(mock.notices()) > 40
    moments = [message["sendTime"] for message in everything]
    assert moments == sorted(moments, reverse=True)
    assert all(len(message["messageId"]) == 12 for message in everything)
    pages = [listed(script, pageNum=number, size=20) for number in (1, 2, 3, 4)]
    assert [message for page in pages for message in page] == everything
    important = listed(script, contentType=5)
    assert important == [message for message in everything if message["contentType"] == 5] != []
    unread = listed(script, readStatus=0)
    assert unread == [message for message in everything if not message["readStatus"]] != []
    counts = {
        each["contentType"]: each["unreadCount"] for each in script.post(MAIL + "queryUnreadCountForType", {})["result"]
    }
    assert counts[-1] == len(unread) == script.post(MAIL + "queryStaticsByUserId", {})["result"]["unreadCount"]
    assert script.conf("/home")["unreadMail"] == len(unread)
    assert script.post(LIST, {"pageNum": 1, "size": 101})["errorCode"] == 1000


def test_an_opened_notice_is_read(mock: MockShop, script: PageScript) -> None:
    message = listed(script, readStatus=0)[0]
    opened = script.post(DETAIL, {"messageId": message["messageId"]})["result"]["innerMessageVO"]
    assert opened == message | {"readStatus": 1}
    assert message["messageId"] not in {each["messageId"] for each in listed(script, readStatus=0)}
    assert script.post(DETAIL, {"messageId": "000000000000"})["errorMsg"] == "消息不存在"


def test_an_account_without_the_right_sees_and_downloads_nothing(mock: MockShop, script: PageScript) -> None:
    put = mock.notice("订单禁止发货通知", attachments=[("a.csv", b"1")])
    url = next(each for each in listed(script) if each["messageId"] == put["notice_id"])["attachmentList"][0]["fileUrl"]
    other = logged_in(mock, "clerk-2")
    refused = other.post(LIST, {"pageNum": 1, "size": 20})
    assert (refused["errorCode"], refused["errorMsg"]) == (20005, "暂无权限，请联系主账号开通“消息中心”权限")
    assert other.post(DETAIL, {"messageId": put["notice_id"]})["errorCode"] == 20005
    assert "暂无权限" in other.fetch(url)[1].decode()
    assert other.conf("/home")["unreadMail"] == 0
    mock.mail_right("clerk-2", "all")
    assert listed(other)[0]["messageId"] == put["notice_id"]


def test_an_account_may_get_all_notices_but_those_about_audits(mock: MockShop) -> None:
    mock.mail_right("clerk-1", "no_audits")
    shown = listed(logged_in(mock))
    hidden = [each for each in mock.notices() if each["kind"] in {"prohibition", "result"}]
    assert hidden
    assert len(shown) == len(mock.notices()) - len(hidden)
    with pytest.raises(MockError, match="Did you mean 'clerk-1'"):
        mock.mail_right("clerk1", "none")
    with pytest.raises(MockError, match="Did you mean 'no_audits'"):
        mock.mail_right("clerk-1", "no_audit")


def test_plans_and_notices_that_make_no_sense_are_refused(mock: MockShop) -> None:
    [order_sn] = free_orders(mock, 1)
    with pytest.raises(MockError, match="There is no order 1"):
        mock.audit("1")
    with pytest.raises(MockError, match="Known: ship, closed"):
        mock.audit(order_sn, result="shipped")
    with pytest.raises(MockError, match="seconds from now expected"):
        mock.audit(order_sn, end_in_s=-1)
    with pytest.raises(MockError, match="There is no category '重要'"):
        mock.notice("订单审核结果通知", category="重要")
    with pytest.raises(MockError, match="ISO 8601"):
        mock.notice("订单审核结果通知", sent_at="gestern")
    assert (
        mock.notice("旧通知", category="违规通知", sent_at="2026-03-01T08:00")["sent_at"] == "2026-03-01T08:00:00+08:00"
    )
    assert mock.notices()[0]["sent_at"] < "2026-03-01T08:00" < mock.notices()[-1]["sent_at"]


@pytest.mark.slow
def test_a_restart_forgets_neither_audits_nor_notices(tmp_path: Path) -> None:
    mock = MockShop(orders=60, state=str(tmp_path / "state.json"))
    with mock:
        ended, coming = free_orders(mock, 2)
        mock.audit(ended, end_in_s=2 * HOUR, result="closed")
        mock.audit(coming, begin_in_s=20 * HOUR)
        mock.notice("订单禁止发货通知", attachments=[("a.csv", b"kept")])
        mock.mail_right("clerk-1", "no_audits")
        mock.advance(4 * HOUR)
        before = mock.truth()
    with mock:
        after = mock.truth()
        assert (after["notices"], after["audits"]) == (before["notices"], before["audits"])
        assert mock.order(coming)["audit"] is False
        mock.advance(24 * HOUR)
        assert saying(mock, coming) == [("2026-03-11T06:00", "prohibited")]
        assert not [each for each in listed(logged_in(mock)) if "订单" in each["title"] and "审核" not in each["title"]]


def worked_s(mock: MockShop) -> float:
    """The processor time that it has used, which is the same on a busy machine."""
    used = psutil.Process(mock.pid).cpu_times()
    return float(used.user + used.system)


@pytest.mark.slow
def test_thirty_days_pass_in_a_moment() -> None:
    with MockShop(orders=120) as mock:
        began = worked_s(mock)
        for number, order_sn in enumerate(free_orders(mock, 60)):
            mock.audit(order_sn, begin_in_s=number * 12 * HOUR, end_in_s=(number + 1) * 12 * HOUR)
        for _ in range(30 * 24):
            mock.advance(HOUR)
        took_s = worked_s(mock) - began
        sent = [datetime.fromisoformat(each["sent_at"]) for each in mock.notices()]
        mock_audits = mock.truth()["audits"]
    assert sent[-1] - START > timedelta(days=29)
    assert len([each for each in mock_audits if each["ended_at"]]) == 60
    assert took_s < 10


@pytest.mark.slow
def test_a_big_shop_tells_its_truth_quickly() -> None:
    with MockShop(orders=5_000) as mock:
        began = worked_s(mock)
        truth = mock.truth()
        took_s = worked_s(mock) - began
    assert len(truth["audits"]) > 250
    assert took_s < 5
