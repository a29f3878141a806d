"""`rpa run audit-notices`: every notice saved whole, what it says of orders held, what is missing said by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fixtures.notices.hostile import HOSTILE, HostileFile
from flows.notices.api import DOCUMENT_KIND
from flows.orders.hold_causes import UNDER_AUDIT
from rpa.ledger.documents import DocumentState
from tests.support.mail_shop import DAY_S, HOUR_S, MailShop, mail_shop
from tests.support.small_shop import log_in

pytestmark = pytest.mark.slow

PROHIBITION, RESULT = "订单禁止发货通知", "订单审核结果通知"
_LARGE = 5 << 20
CAUSE = {"prohibited": "audit_notice", "closed": "audit_closed"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[MailShop]:
    with mail_shop(tmp_path / "owner") as opened:
        yield opened


def last_said(shop: MailShop) -> dict[str, str]:
    """What the newest notice that names it says of each order, of the last seven days; closed stays closed."""
    since = datetime.fromisoformat(shop.mock.truth()["now"]) - timedelta(days=7)
    said: dict[str, str] = {}
    for notice in shop.audit_notices():
        if datetime.fromisoformat(notice["sent_at"]) >= since:
            said |= {sn: word for sn, word in notice["orders"].items() if said.get(sn) != "closed"}
    return said


def test_every_notice_of_a_week_is_saved_and_what_it_says_of_orders_holds(shop: MailShop) -> None:
    pending = [sn for sn, order in shop.mock.truth()["orders"].items() if order["status"] == "pending"][:3]
    for order_sn, result in zip(pending, ("ship", "closed", None), strict=True):
        shop.mock.audit(order_sn, end_in_s=2 * HOUR_S if result else None, result=result or "ship")
    shop.mock.advance(4 * HOUR_S)
    ended = shop.run()
    assert ended.exit_code == 0, ended.stderr
    assert {row["reason"] for row in ended.rows} <= {"read", "saved"}
    wanted = {
        file["sha256"]
        for notice in shop.audit_notices()
        for file in notice["attachments"]
        if notice["notice_id"] in shop.notices()
    }
    assert wanted
    assert wanted <= shop.hashes_on_disk()
    shop.check_files()
    site_now = datetime.fromisoformat(shop.mock.truth()["now"])
    assert abs(shop.site_now() - site_now) < timedelta(minutes=10), "commands judge deadlines by the site's clock"
    said = last_said(shop)
    assert {said[sn] for sn in pending} == {"ship", "closed", "prohibited"}
    assert shop.causes() == {sn: CAUSE[word] for sn, word in said.items() if word in CAUSE}
    for row in ended.rows:
        assert Path(row["path"]).is_file() if row["path"] else row["attachment"] == ""

    hour_ago = datetime.fromisoformat(shop.mock.truth()["now"]) - timedelta(hours=1)
    late = shop.mock.notice("平台公告", sent_at=hour_ago.isoformat())
    again = shop.run()
    assert again.exit_code == 0
    assert [row["notice_id"] for row in again.rows] == [late["notice_id"]], (
        "what came late is found, nothing else again"
    )
    assert all(file["downloads"] <= 1 for notice in shop.mock.notices() for file in notice["attachments"])


def test_a_file_that_comes_in_part_is_downloaded_once_more(shop: MailShop) -> None:
    shop.mock.notice(
        PROHIBITION, attachments=[("a.csv", b"\xef\xbb\xbf" + "订单号\n260309-123456789012345\n".encode())]
    )
    shop.mock.fault("truncated-download", at=1, times=1, mode="cut")
    ended = shop.run()
    assert ended.exit_code == 0, ended.stderr
    assert shop.causes()["260309-123456789012345"] == "audit_notice"
    shop.check_files()


def test_a_failed_download_is_refused_warned_of_on_day_five_and_read_by_a_later_run(shop: MailShop) -> None:
    five_days_ago = datetime.fromisoformat(shop.mock.truth()["now"]) - timedelta(days=5, hours=1)
    for sent_at in (five_days_ago.isoformat(), None):
        file = ("a.csv", "订单号\n260309-123456789012345\n".encode())
        shop.mock.notice(PROHIBITION, sent_at=sent_at, attachments=[file])
    shop.mock.fault("error-download", times=0, shown="page")
    first = shop.run()
    assert first.exit_code != 0
    failed = {row["notice_id"] for row in first.rows if row["reason"] == "download_failed"}
    assert failed
    assert {file.facts["notice"] for file in shop.files() if file.state is DocumentState.FOUND} == failed
    unread = {name for name, notice in shop.notices().items() if notice.state is DocumentState.UNREADABLE}
    assert unread == {each["notice_id"] for each in shop.audit_notices()} & failed, "orders wait for what is not read"
    warned = shop.incidents()["notice_expiring"]
    assert f"{PROHIBITION} (2026-03-05 08:30)" in warned
    assert f"{PROHIBITION} (2026-03-10 09:30)" not in warned

    shop.mock.clear_faults()
    last = shop.run()
    assert last.exit_code == 0, last.stderr
    assert "260309-123456789012345" in shop.causes()
    assert {notice.state for notice in shop.notices().values()} <= {DocumentState.READ, DocumentState.LOST}
    assert shop.incidents() == {}
    shop.check_files()


def test_a_list_is_read_to_its_last_page_and_notices_without_files_are_left_unread(shop: MailShop) -> None:
    sent = {shop.mock.notice(f"活动通知 {n}")["notice_id"] for n in range(125)}
    ended = shop.run()
    assert ended.exit_code == 0, ended.stderr
    assert sent <= {row["notice_id"] for row in ended.rows}
    assert sent <= set(shop.notices())
    assert not any(each["read"] for each in shop.mock.notices() if each["notice_id"] in sent)


def test_a_shop_that_stops_gives_each_notice_a_row_and_the_next_run_goes_on(shop: MailShop) -> None:
    for n in range(3):
        shop.mock.notice(PROHIBITION, attachments=[("a.csv", f"订单号\n260309-12345678901234{n}\n".encode())])
    shop.mock.fault("kicked", endpoint="queryMessageForMerchant", at=3)
    first = shop.run()
    assert first.exit_code == 3
    stopped = [row["notice_id"] for row in first.rows if row["reason"] == "logged_in_elsewhere"]
    assert len(stopped) >= 3
    assert sorted({row["notice_id"] for row in first.rows}) == sorted(shop.notices())
    log_in(shop.folder, mock=shop.mock)
    second = shop.run()
    assert second.exit_code == 0, second.stderr
    assert {row["notice_id"] for row in second.rows} == set(stopped)
    assert len(shop.causes()) >= 3


def test_three_notices_in_a_row_that_do_not_open_stop_the_shop(shop: MailShop) -> None:
    for n in range(4):
        shop.mock.notice(PROHIBITION, attachments=[("a.csv", f"订单号\n260309-12345678901234{n}\n".encode())])
    shop.mock.fault("error-before", endpoint="queryMessageForMerchant", times=0)
    ended = shop.run()
    assert ended.exit_code == 3
    reasons = [row["reason"] for row in ended.rows if row["title"] == PROHIBITION]
    assert reasons.count("page_unreachable") <= 3
    assert reasons.count("too_many_doubts") >= 2
    assert [each["cause"] for each in ended.json["shops"]["demo"]["incidents"]] == ["too_many_doubts"]


def test_hostile_attachments_each_end_in_a_clear_row_inside_the_vault(shop: MailShop) -> None:
    small = [name for name, file in HOSTILE.items() if len(file.content) < _LARGE]
    check_hostile(shop, {name: HOSTILE[name] for name in small[::2]})


@pytest.mark.long
def test_hostile_attachments_of_any_size_each_end_in_a_clear_row_inside_the_vault(shop: MailShop) -> None:
    check_hostile(shop, HOSTILE)


def check_hostile(shop: MailShop, hostile: Mapping[str, HostileFile]) -> None:
    """Bring all of them with two notices, file those, and look at the rows, the vault and everything outside it."""
    sent = {}
    for title, kind in ((PROHIBITION, "prohibition"), (RESULT, "result")):
        files = [file for file in hostile.values() if file.kind == kind]
        notice = shop.mock.notice(title, attachments=[(file.name, file.content) for file in files])
        sent[notice["notice_id"]] = files
    home = shop.folder.path.parent
    outside = {each for each in home.rglob("*") if shop.folder.var not in each.parents}
    ended = shop.run()
    assert ended.exit_code == 3, ended.stderr
    for notice_id, files in sent.items():
        rows = [row for row in ended.rows if row["notice_id"] == notice_id and row["attachment"]]
        wanted = [("download_failed" if not file.content else file.problem) or "read" for file in files]
        assert [row["reason"] for row in rows] == wanted
        assert shop.notices()[notice_id].state in {DocumentState.UNREADABLE, DocumentState.UNCLEAR}
    shop.check_files()
    assert {each for each in home.rglob("*") if shop.folder.var not in each.parents} == outside
    assert not any(each.is_symlink() for each in shop.vault.rglob("*"))


def test_a_span_lost_after_eight_days_down_is_named(shop: MailShop) -> None:
    assert shop.run().exit_code == 0
    pending = next(sn for sn, order in shop.mock.truth()["orders"].items() if order["status"] == "pending")
    shop.mock.audit(pending, begin_in_s=2 * HOUR_S, end_in_s=5 * HOUR_S)
    shop.mock.advance(8 * DAY_S)
    ended = shop.run()
    assert ended.exit_code == 3
    lost = [row for row in ended.rows if row["reason"] == "expired" and row["title"] in (PROHIBITION, RESULT)]
    assert lost
    message = shop.incidents()["notices_lost"]
    for row in lost:
        assert row["notice_id"] in message
        assert f"{datetime.fromisoformat(row['sent_at']):%Y-%m-%d %H:%M}" in message
    assert message in [each["message"] for each in ended.json["shops"]["demo"]["incidents"]]


def test_an_account_without_the_right_is_told_which_one_and_the_coverage_is_unknown(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner", no_mail_right=["clerk-1"]) as shop:
        ended = shop.run()
        assert ended.exit_code == 3
        [incident] = ended.json["shops"]["demo"]["incidents"]
        assert incident["cause"] == "right_missing"
        assert "clerk-1" in incident["message"]
        assert "消息中心" in incident["message"]
        with shop.ledger() as ledger:
            [coverage] = ledger.coverage("demo", kind=DOCUMENT_KIND)
        assert (coverage.account, coverage.empty) == ("clerk-1", True)
        assert coverage.doubt
        assert incident["message"].startswith(coverage.doubt)

        shop.mock.mail_right("clerk-1", "all")
        assert shop.run().exit_code == 0
        with shop.ledger() as ledger:
            [coverage] = ledger.coverage("demo", kind=DOCUMENT_KIND)
        assert (coverage.doubt, coverage.empty) == ("", False)
        assert shop.incidents() == {}


def test_an_audit_without_a_notice_puts_the_coverage_in_doubt_until_a_notice_comes(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner", no_audit_mail=["clerk-1"]) as shop:
        [order_sn, *_] = [sn for sn, order in shop.mock.truth()["orders"].items() if order["status"] == "pending"]
        now = datetime.fromisoformat(shop.mock.truth()["now"])
        shop.mock.audit(order_sn, end_in_s=5 * HOUR_S)
        with shop.ledger() as ledger:
            ledger.observe("demo", mark=UNDER_AUDIT, seen={order_sn: {}}, at=now)
        shop.run()
        assert shop.incidents() == {}
        shop.mock.advance(3 * HOUR_S)
        ended = shop.run()
        [incident] = ended.json["shops"]["demo"]["incidents"]
        assert incident["cause"] == "audit_without_notice"
        assert all(word in incident["message"] for word in ("clerk-1", "消息中心", order_sn))
        with shop.ledger() as ledger:
            assert ledger.coverage("demo", kind=DOCUMENT_KIND)[0].doubt == incident["message"]

        shop.mock.mail_right("clerk-1", "all")
        shop.mock.advance(3 * HOUR_S)
        shop.run()
        with shop.ledger() as ledger:
            assert ledger.coverage("demo", kind=DOCUMENT_KIND)[0].doubt == ""
        assert shop.incidents() == {}


def test_another_account_than_configured_is_noted_and_covered_by_itself(shop: MailShop) -> None:
    shop.folder.configure(login="clerk-2")
    ended = shop.run()
    assert [each["cause"] for each in ended.json["shops"]["demo"]["incidents"]] == ["other_account"]
    with shop.ledger() as ledger:
        assert [each.account for each in ledger.coverage("demo", kind=DOCUMENT_KIND)] == ["clerk-1"]
