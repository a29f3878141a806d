"""A run over the notices of one shop: what was found in them, filed, and still has to be filed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from flows.notices.api import DOCUMENT_KIND, Attachment, NoticeKind, NoticesPage, ReadsNotices
from flows.notices.filing import NoticeFiling
from flows.notices.gaps import GapReporter
from flows.notices.records import (
    account_of,
    brings_nothing,
    facts_of,
    is_to_be_filed,
    is_to_be_told,
    kind_of,
    notice_of,
    row_of,
    trouble_of,
)
from flows.notices.words import NoticeWords
from rpa.errors import InDoubt, RightMissing, RpaError, Stopped, TooManyDoubts, TryAgain
from rpa.flow import Row

if TYPE_CHECKING:
    from rpa.ledger.documents import Document
    from rpa.run import Run

_OVERLAP = timedelta(days=1)
"""Read again before the moment covered: what was sent while the list was being read, or came to it late."""
_PASSES = 3
_MOST_DOUBTS = 3


class NoticeBatch:
    """One run's work. Every notice that was to be filed ends in a row for each attachment, or in one of its own."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._ledger, self._shop = run.ledger, run.shop.name
        self._words = run.profile.section(NoticeWords)
        self._office = run.office(ReadsNotices)
        self._filing = NoticeFiling(run)
        self._gaps = GapReporter(run, words=self._words)
        self._account = ""
        self._told: set[str] = set()
        """Notices that have their rows."""
        self._doubts = 0

    def read_list(self) -> None:
        """Find every notice since the last covered moment; the first time, of as long as attachments can be had."""
        asked_at = self._run.clock.monotonic()
        pages = self._office.newest()
        try:
            first = next(pages)
        except RightMissing as missing:
            account = self._office.account()
            raise self._gaps.right_is_missing(account, at=self._office.now(), said=str(missing)) from missing
        until = self._office.now() - timedelta(seconds=self._run.clock.monotonic() - asked_at)
        self._account = self._office.account()
        self._gaps.compare_account(self._account)
        since = self._since(until)
        read: Iterator[NoticesPage] = chain([first], pages)
        for _ in range(_PASSES):
            if self._read(read, since=since):
                self._ledger.cover(self._shop, account=self._account, kind=DOCUMENT_KIND, since=since, until=until)
                return
            read = self._office.newest()
        self._gaps.list_is_not_whole()

    def _read(self, pages: Iterator[NoticesPage], *, since: datetime) -> bool:
        """Find what the list has since then; whether none can be missing: one that leaves it moves others ahead."""
        names: set[str] = set()
        totals = []
        for page in pages:
            self._find(page, since=since)
            totals.append(page.total)
            names.update(notice.notice_id for notice in page.notices)
            if _is_past(page, since=since):
                break
        else:
            if not totals[0] <= len(names) <= totals[-1]:
                return False
        return totals == sorted(totals)

    def _since(self, now: datetime) -> datetime:
        for covered in self._ledger.coverage(self._shop, kind=DOCUMENT_KIND, account=self._account):
            if not covered.empty:
                return min(covered.until, now) - _OVERLAP
        return now - timedelta(days=self._words.keep_days)

    def _find(self, page: NoticesPage, *, since: datetime) -> None:
        if self._run.stopping():
            raise Stopped
        for notice in page.notices:
            if notice.sent_at >= since:
                kind = self._words.kind_of(notice.title)
                self._ledger.find_document(
                    self._shop,
                    kind=DOCUMENT_KIND,
                    name=notice.notice_id,
                    facts=facts_of(notice, kind=kind, account=self._account),
                    issued_at=notice.sent_at,
                    expires_at=notice.sent_at + timedelta(days=self._words.keep_days),
                )

    def file_each(self) -> Iterator[Row]:
        """Open each notice that is not filed yet, also of earlier runs, oldest first; file what it brings."""
        waiting = self._waiting()
        self._run.meter.add(len(waiting))
        for notice in waiting:
            if self._run.stopping():
                raise Stopped
            yield from self._file(notice)
            self._run.meter.advance()
            if self._doubts >= _MOST_DOUBTS:
                message = f"{_MOST_DOUBTS} notices in a row ended in doubt; look at the shop, then run again."
                raise TooManyDoubts(message)

    def _waiting(self) -> list[Document]:
        """What is still to be filed of the account that is logged in; of all before that is known."""
        found = [each for each in self._ledger.documents(self._shop, kind=DOCUMENT_KIND) if is_to_be_filed(each)]
        mine = [each for each in found if not self._account or account_of(each) == self._account]
        return [each for each in mine if each.name not in self._told]

    def _file(self, notice: Document) -> Iterator[Row]:
        if kind_of(notice) is NoticeKind.OTHER and brings_nothing(notice):
            yield self._row(self._filing.pass_over(notice))
            return
        try:
            opened = self._office.open(notice_of(notice))
        except (InDoubt, TryAgain) as trouble:
            self._doubts += 1
            yield self._row(self._filing.unopened(notice, trouble), trouble=trouble)
            return
        text = self._filing.text(notice, opened)
        files = [
            self._filing.attachment(notice, each, download=partial(_download, self._office, each))
            for each in opened.attachments
        ]
        notice = self._filing.conclude(notice, [text, *files])
        in_doubt = any(isinstance(file.trouble, InDoubt) for file in files)
        self._doubts = self._doubts + 1 if in_doubt else 0
        told = [text, *files] if not files or text.trouble or is_to_be_told(text.document) else files
        for file in told:
            yield self._row(notice, file.document, trouble=file.trouble)

    def report_gaps(self) -> None:
        """Incidents: what expires soon, what is lost, audits of which no notice came."""
        self._gaps.tell(self._account, now=self._office.now())

    def report_interrupted(self, stop: RpaError) -> Iterator[Row]:
        """The shop stops: what expires meanwhile, and a row for each notice that was to be filed and is not."""
        self._gaps.tell_what_expires(now=self._office.now())
        for notice in self._waiting():
            yield self._row(notice, trouble=stop)

    def _row(self, notice: Document, file: Document | None = None, *, trouble: RpaError | None = None) -> Row:
        self._told.add(notice.name)
        reason = None if trouble is None else trouble_of(trouble)
        message = "" if trouble is None else str(trouble)
        return row_of(notice, file, root=self._run.documents, reason=reason, message=message).cells()


def _download(office: ReadsNotices, attachment: Attachment, into: Path) -> Path:
    return office.download(attachment, into=into)


def _is_past(page: NoticesPage, *, since: datetime) -> bool:
    """Whether the page ends before that moment: what comes later is older still."""
    certain = [notice.sent_at for notice in page.notices if notice.doubt is None]
    return bool(certain) and certain[-1] < since
