"""What becomes of a notice's files: kept once, read twice where need be, and never called read before they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.notices.api import DOCUMENT_KIND, Attachment, Notice, NoticeKind, OpenedNotice
from flows.notices.coverage import answer
from flows.notices.filing import Filed, NoticeFiling
from flows.notices.reasons import NoticeReason
from flows.notices.records import facts_of, is_to_be_filed, row_of
from rpa.errors import InDoubt, Refused, TryAgain
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock
from tests.support.made_runs import a_run

SENT = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ORDER = "260309-123456789012345"
GOOD = f"订单号\n{ORDER}\n".encode()
BROKEN = b"PK\x03\x04 cut off"
FILE = Attachment(notice_id="1", number=1, name="a.csv", expired=False)


@dataclass(slots=True)
class Desk:
    """A filing desk, its ledger, and one notice to be filed."""

    filing: NoticeFiling
    ledger: Ledger
    documents: Path

    def notice(self, kind: NoticeKind = NoticeKind.PROHIBITION, *, doubt: str | None = None) -> Document:
        facts = facts_of(a_notice(doubt), kind=kind, account="clerk-1")
        return self.ledger.find_document(
            "demo", kind=DOCUMENT_KIND, name="1", facts=facts, issued_at=SENT, expires_at=SENT + timedelta(days=7)
        )

    def file(self, *contents: bytes | Refused | InDoubt, kind: NoticeKind = NoticeKind.PROHIBITION) -> Filed:
        """File the attachment, whose downloads give these one after the other."""
        return self.filing.attachment(self.notice(kind), FILE, download=giving(*contents))

    def text(self, words: str, *files: Attachment, kind: NoticeKind = NoticeKind.PROHIBITION) -> Filed:
        opened = OpenedNotice(notice=a_notice(), text=words, attachments=files)
        return self.filing.text(self.notice(kind), opened)

    def holds(self) -> dict[str, list[str]]:
        return {subject: [hold.cause for hold in holds] for subject, holds in self.ledger.holds("demo").items()}

    def kept(self) -> list[str]:
        return sorted(each.name for each in self.documents.rglob("*") if each.is_file())


def a_notice(doubt: str | None = None) -> Notice:
    return Notice(
        notice_id="1", title="订单禁止发货通知", category="5", sent_at=SENT, unread=True, files=1, doubt=doubt
    )


def giving(*contents: bytes | Refused | InDoubt) -> Callable[[Path], Path]:
    left = list(contents)

    def download(into: Path) -> Path:
        content = left.pop(0)
        if not isinstance(content, bytes):
            raise content
        path = into / "download.csv"
        path.write_bytes(content)
        return path

    return download


def failed() -> Refused:
    return Refused("The connection was cut.", reason="download_failed")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        run = a_run(tmp_path, ledger=ledger, flow="audit-notices")
        yield Desk(NoticeFiling(run), ledger, tmp_path / "documents")


def test_a_file_is_kept_under_its_own_name_and_what_it_says_holds(desk: Desk) -> None:
    filed = desk.file(GOOD)
    assert filed.document.state is DocumentState.READ
    assert (desk.documents / filed.document.path).read_bytes() == GOOD
    assert filed.document.path == "notices/1/a.csv"
    assert desk.holds() == {ORDER: ["audit_notice"]}
    row = row_of(desk.notice(), filed.document, root=desk.documents)
    assert (row.reason, row.orders, row.held, row.released, row.closed) == (NoticeReason.READ, 1, 1, 0, 0)


def test_a_file_that_was_read_is_not_downloaded_again(desk: Desk) -> None:
    first = desk.file(GOOD)
    assert desk.file().document == first.document


def test_a_broken_file_is_downloaded_once_more_before_it_is_believed(desk: Desk) -> None:
    assert desk.file(BROKEN, GOOD).document.state is DocumentState.READ
    assert desk.kept() == ["a.csv"]


@pytest.mark.parametrize("second", [BROKEN, failed()])
def test_a_file_that_is_broken_twice_is_kept_and_unreadable(desk: Desk, second: bytes | Refused) -> None:
    filed = desk.file(BROKEN, second)
    assert filed.document.state is DocumentState.UNREADABLE
    assert filed.document.facts["reason"] == "broken_file"
    assert (desk.documents / filed.document.path).read_bytes() == BROKEN


def test_a_download_that_fails_is_tried_once_more(desk: Desk) -> None:
    assert desk.file(failed(), GOOD).document.state is DocumentState.READ


def test_a_file_that_cannot_be_downloaded_stays_to_be_done_and_orders_wait(desk: Desk) -> None:
    filed = desk.file(failed(), failed())
    assert filed.document.state is DocumentState.FOUND
    assert desk.kept() == []
    notice = desk.filing.conclude(desk.notice(), [desk.text("见附件", FILE), filed])
    assert notice.state is DocumentState.UNREADABLE
    assert is_to_be_filed(notice)

    again = desk.file(GOOD)
    notice = desk.filing.conclude(notice, [desk.text("见附件", FILE), again])
    assert notice.state is DocumentState.READ
    assert not is_to_be_filed(notice)


def test_a_file_in_the_place_of_another_is_not_taken_for_that_one(desk: Desk) -> None:
    kept = desk.file(GOOD)
    other = replace(FILE, name="b.csv")
    filed = desk.filing.attachment(desk.notice(), other, download=giving(GOOD))
    assert filed.document.facts["name"] == "a.csv"
    assert filed.trouble is not None
    notice = desk.filing.conclude(desk.notice(), [filed])
    assert notice.state is DocumentState.UNREADABLE
    assert is_to_be_filed(notice)
    assert desk.file().document == kept.document
    resolved = desk.ledger.conclude_document(notice, state=DocumentState.RESOLVED)
    assert desk.filing.attachment(resolved, other, download=giving()).trouble is None


def test_a_notice_that_a_person_has_resolved_stays_resolved_when_its_file_comes(desk: Desk) -> None:
    notice = desk.filing.conclude(desk.notice(), [desk.file(failed(), failed())])
    notice = desk.ledger.conclude_document(notice, state=DocumentState.RESOLVED, by="li")
    assert is_to_be_filed(notice)
    notice = desk.filing.conclude(notice, [desk.file(GOOD)])
    assert notice.state is DocumentState.RESOLVED
    assert not is_to_be_filed(notice)


def test_an_audit_notice_that_does_not_open_cannot_be_read_and_is_opened_again(desk: Desk) -> None:
    notice = desk.filing.unopened(desk.notice(), TryAgain("The site did not answer."))
    assert (notice.state, notice.facts["reason"]) == (DocumentState.UNREADABLE, "page_unreachable")
    assert is_to_be_filed(notice)
    covered = answer([], documents=desk.ledger.documents("demo"), now=SENT + timedelta(days=5))
    assert covered.unsaved == covered.expiring == ("1",)


def test_a_notice_of_no_concern_stops_nothing_when_its_file_does_not_come(desk: Desk) -> None:
    filed = desk.file(failed(), failed(), kind=NoticeKind.OTHER)
    notice = desk.filing.conclude(desk.notice(NoticeKind.OTHER), [filed])
    assert notice.state is DocumentState.FOUND
    assert is_to_be_filed(notice)


def test_another_page_than_the_notices_leaves_its_file_to_be_done(desk: Desk) -> None:
    filed = desk.file(InDoubt("The row shows another file.", reason="row_mismatch"))
    assert filed.document.state is DocumentState.FOUND
    assert isinstance(filed.trouble, InDoubt)


def test_an_expired_file_is_lost_and_its_notice_with_it(desk: Desk) -> None:
    filed = desk.file(Refused("It has expired.", reason="expired"))
    assert filed.document.state is DocumentState.LOST
    assert desk.filing.conclude(desk.notice(), [desk.text("见附件", FILE), filed]).state is DocumentState.LOST


def test_a_file_that_was_saved_before_a_kill_is_read_from_the_disk(desk: Desk) -> None:
    filed = desk.file(GOOD, kind=NoticeKind.OTHER)
    assert desk.holds() == {}
    with desk.ledger._writing() as connection:
        connection.exec_driver_sql("update documents set state = 'saved' where name = '1/1'")
    desk.notice(NoticeKind.PROHIBITION)
    assert desk.file().document.sha256 == filed.document.sha256
    assert desk.holds() == {ORDER: ["audit_notice"]}


def test_a_saved_file_that_was_changed_on_disk_is_not_read(desk: Desk) -> None:
    filed = desk.file(GOOD, kind=NoticeKind.OTHER)
    (desk.documents / filed.document.path).write_bytes(b"changed")
    with desk.ledger._writing() as connection:
        connection.exec_driver_sql("update documents set state = 'saved' where name = '1/1'")
    again = desk.file()
    assert again.document.state is DocumentState.UNREADABLE
    assert again.document.facts["reason"] == "broken_file"


def test_order_numbers_in_the_notices_own_words_count_and_the_words_are_kept(desk: Desk) -> None:
    filed = desk.text(f"以下订单请勿发货：{ORDER}")
    assert filed.document.state is DocumentState.READ
    assert ORDER in (desk.documents / filed.document.path).read_text(encoding="utf-8")
    assert desk.holds() == {ORDER: ["audit_notice"]}
    assert desk.text(f"以下订单请勿发货：{ORDER}").document == filed.document


@pytest.mark.parametrize("kind", [NoticeKind.PROHIBITION, NoticeKind.RESULT])
def test_an_audit_notice_without_orders_and_files_cannot_be_read(desk: Desk, kind: NoticeKind) -> None:
    filed = desk.text("请及时处理。", kind=kind)
    assert (filed.document.state, filed.document.facts["reason"]) == (DocumentState.UNREADABLE, "no_attachment")


def test_a_notice_whose_page_shows_fewer_files_than_the_list_cannot_be_read(desk: Desk) -> None:
    text = desk.text(f"禁止发货：{ORDER}")
    notice = desk.filing.conclude(desk.notice(), [text])
    assert notice.state is DocumentState.UNREADABLE
    assert is_to_be_filed(notice)
    assert desk.holds() == {ORDER: ["audit_notice"]}
    notice = desk.filing.conclude(notice, [desk.text("", FILE), desk.file(GOOD)])
    assert notice.state is DocumentState.READ


def test_words_alone_about_something_else_are_read(desk: Desk) -> None:
    assert desk.text("请及时处理。", kind=NoticeKind.WATCHED).document.state is DocumentState.READ
    assert desk.holds() == {}


def test_an_unreadable_file_counts_for_more_than_a_lost_one(desk: Desk) -> None:
    lost = desk.file(Refused("It has expired.", reason="expired"))
    unreadable = desk.text("请及时处理。")
    assert desk.filing.conclude(desk.notice(), [lost, unreadable]).state is DocumentState.UNREADABLE


def test_a_notice_on_which_page_and_data_disagree_is_filed_and_not_called_done(desk: Desk) -> None:
    filed = desk.file(GOOD)
    row = row_of(desk.notice(doubt="title: page 'a', data 'b'"), filed.document, root=desk.documents)
    assert row.reason is NoticeReason.SOURCES_DISAGREE
    assert "title" in row.message
    assert desk.holds() == {ORDER: ["audit_notice"]}


def test_a_file_over_which_a_run_ended_is_not_read_again_and_waits_for_a_person(desk: Desk) -> None:
    noted = desk.documents / ".reading" / f"{hashlib.sha256(GOOD).hexdigest()}.{os.getpid()}"
    noted.parent.mkdir()
    noted.write_text("left by a run that was ended")
    noted.with_suffix(".once").write_text("left by the one before it")
    document = desk.file(GOOD, GOOD).document
    assert document.state is DocumentState.UNREADABLE
    assert "set aside" in str(document.facts["message"])
    assert desk.holds() == {}
