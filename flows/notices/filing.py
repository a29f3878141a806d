"""Filing a notice: downloaded, kept whole, read, and what it says of orders made into holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.notices.api import ATTACHMENT_KIND, Attachment, NoticeKind, OpenedNotice, Says
from flows.notices.contents import Problem, Reading, read_attachment, read_text
from flows.notices.reasons import NoticeReason
from flows.notices.records import (
    ABOUT_AUDITS,
    AGAIN,
    TEXT_FILE,
    counts_of,
    kind_of,
    message_of,
    reason_of,
    trouble_of,
    worst_of,
)
from flows.notices.verdicts import verdict
from flows.notices.words import NoticeWords
from flows.orders.hold_causes import NOTICE_CAUSES
from flows.orders.words import Couriers, Identifiers, SheetProfile, Sheets
from flows.sheets.quarantine import FOLDER
from rpa.documents.quarantine import Quarantine
from rpa.documents.store import DocumentStore
from rpa.errors import InDoubt, Refused, TryAgain
from rpa.language import Text
from rpa.ledger.claims import Claim
from rpa.ledger.documents import Document, DocumentState

if TYPE_CHECKING:
    from rpa.run import Run

Download = Callable[[Path], Path]
"""Has the browser download the file into this folder."""

Trouble = Refused | InDoubt | TryAgain
"""What keeps a notice or a file from being filed now."""

_DAMAGED = Problem(
    reason=NoticeReason.BROKEN_FILE,
    message=Text(en="the saved file is missing or was changed on disk", zh="已保存的文件丢失或被改动"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """How one file of a notice ended."""

    document: Document
    """`found`: it could not be downloaded, the next run tries again."""
    trouble: Trouble | None = None
    """Why it could not."""


class NoticeFiling:
    """Where the notices of one shop are kept, and what is made of them. Each step may be repeated after a kill."""

    def __init__(self, run: Run) -> None:
        self._ledger = run.ledger
        self._shop = run.shop.name
        self._by = run.record.flow
        self._language = run.language
        self._store = DocumentStore(run.documents)
        profile = run.profile
        sheets = SheetProfile(
            identifiers=profile.section(Identifiers), couriers=profile.section(Couriers), sheets=profile.section(Sheets)
        )
        fatal = Quarantine(run.documents / f".{FOLDER}")
        self._read_file = partial(read_attachment, words=profile.section(NoticeWords), sheets=sheets, fatal=fatal)
        self._read_text = partial(read_text, words=profile.section(NoticeWords), sheets=sheets)

    def text(self, notice: Document, opened: OpenedNotice) -> Filed:
        """The notice's own words. An audit notice that names no order in them and brings no file cannot be read.

        In trouble where the list promised more files than the page shows: what is missing may name any order.
        """
        filed = self._text(notice, opened)
        promised = notice.facts.get("files")
        missing = isinstance(promised, int) and promised > len(opened.attachments)
        if not missing or kind_of(notice) is NoticeKind.OTHER or notice.state is DocumentState.RESOLVED:
            return filed
        message = f"The list says that notice {notice.name} brings {promised} files, its page shows fewer."
        return replace(filed, trouble=InDoubt(message, reason=NoticeReason.SOURCES_DISAGREE))

    def _text(self, notice: Document, opened: OpenedNotice) -> Filed:
        document = self._known(notice, number=0, name=TEXT_FILE)
        if document.state is DocumentState.FOUND:
            with self._store.incoming() as folder:
                path = folder / TEXT_FILE
                path.write_text(f"{opened.notice.title}\n{opened.notice.sent_at}\n\n{opened.text}\n", encoding="utf-8")
                document = self._kept(document, path)
        if document.state is not DocumentState.SAVED:
            return Filed(document=document)
        reading = self._read_text(opened.text, kind=kind_of(notice))
        if not opened.attachments and not reading.says and kind_of(notice) in ABOUT_AUDITS:
            state, reason = DocumentState.UNREADABLE, NoticeReason.NO_ATTACHMENT
            return Filed(document=self._concluded(document, state, reason=reason))
        return Filed(document=self._read(document, reading))

    def attachment(self, notice: Document, attachment: Attachment, *, download: Download) -> Filed:
        """One attachment, downloaded unless it is there already; lost when it expired before it was saved.

        Where an earlier run kept a file of another name in its place, neither answers for the other; a person must.
        """
        other = self._replaced(notice, attachment)
        if other is not None and notice.state is DocumentState.RESOLVED:
            return Filed(document=other)
        if other is not None:
            message = f"Notice {notice.name} brought {other.facts['name']}, and brings {attachment.name} in its place."
            return Filed(document=other, trouble=InDoubt(message, reason=NoticeReason.SOURCES_DISAGREE))
        document = self._known(notice, number=attachment.number, name=attachment.name)
        if document.state is DocumentState.SAVED:
            return Filed(document=self._read(document, self._reading_of_saved(document)))
        if document.state not in (DocumentState.FOUND, DocumentState.LOST):
            return Filed(document=document)
        try:
            with self._store.incoming() as folder:
                path, reading = self._fetched(download, into=folder, kind=kind_of(notice))
                document = self._kept(document, path)
        except Refused as refused:
            if refused.reason != NoticeReason.EXPIRED:
                return Filed(document=document, trouble=refused)
            return Filed(document=self._concluded(document, DocumentState.LOST, reason=NoticeReason.EXPIRED))
        except InDoubt as doubt:
            return Filed(document=document, trouble=doubt)
        return Filed(document=self._read(document, reading))

    def unopened(self, notice: Document, trouble: Trouble) -> Document:
        """A notice whose page did not show it: its words, and what it brings, are still to be filed."""
        return self.conclude(notice, [Filed(document=self._known(notice, number=0, name=TEXT_FILE), trouble=trouble)])

    def conclude(self, notice: Document, files: Sequence[Filed]) -> Document:
        """The notice by its worst file.

        One about audits that could not be opened or downloaded cannot be read, for now: the shop's orders wait until it
        can be, or until a person has read it.
        """
        worst = worst_of(file.document for file in files)
        trouble = next((file.trouble for file in files if file.trouble is not None), None)
        if trouble is not None and kind_of(notice) is NoticeKind.OTHER:
            return notice
        state: DocumentState
        if trouble is None:
            state = DocumentState.READ if worst.state is DocumentState.RESOLVED else worst.state
            reason, message = reason_of(worst), message_of(worst)
        else:
            state, reason, message = DocumentState.UNREADABLE, trouble_of(trouble), str(trouble)
        if notice.state is DocumentState.RESOLVED:
            state = notice.state
        return self._concluded(notice, state, reason=reason, message=message, again=trouble is not None)

    def pass_over(self, notice: Document) -> Document:
        """A notice of no concern, which is not even opened."""
        return self._concluded(notice, DocumentState.READ, reason=NoticeReason.READ)

    def _known(self, notice: Document, *, number: int, name: str) -> Document:
        shared = {key: notice.facts[key] for key in ("title", "kind", "account")}
        return self._ledger.find_document(
            self._shop,
            kind=ATTACHMENT_KIND,
            name=f"{notice.name}/{number}",
            facts={**shared, "name": name, "notice": notice.name},
            issued_at=notice.issued_at,
            expires_at=notice.expires_at,
        )

    def _replaced(self, notice: Document, attachment: Attachment) -> Document | None:
        """The file on disk that had this one's place; None: there is none, or it is this one."""
        found = self._ledger.documents(self._shop, kind=ATTACHMENT_KIND, names=[f"{notice.name}/{attachment.number}"])
        return next((each for each in found if each.path and each.facts["name"] != attachment.name), None)

    def _fetched(self, download: Download, *, into: Path, kind: NoticeKind) -> tuple[Path, Reading]:
        """The file as downloaded, and its reading. What does not come, or cannot be read, is downloaded once more."""
        first, second = (_folder(into, name) for name in ("first", "second"))
        try:
            path = download(first)
        except Refused as refused:
            if refused.reason != NoticeReason.DOWNLOAD_FAILED:
                raise
            path = download(second)
            return path, self._read_file(path, kind=kind)
        reading = self._read_file(path, kind=kind)
        if not _is_broken(reading):
            return path, reading
        try:
            path = download(second)
        except Refused:
            return path, reading
        return path, self._read_file(path, kind=kind)

    def _kept(self, document: Document, path: Path) -> Document:
        name = str(document.facts["name"])
        kept = self._store.keep(path, folder=f"notices/{document.facts['notice']}", name=name)
        place = kept.path.relative_to(self._store.root).as_posix()
        return self._ledger.save_document(document, path=place, sha256=kept.sha256, size_bytes=kept.size_bytes)

    def _reading_of_saved(self, document: Document) -> Reading:
        if kind_of(document) is NoticeKind.OTHER:
            return Reading()
        path = self._store.root / document.path
        if self._store.is_whole(path, sha256=document.sha256):
            return self._read_file(path, kind=kind_of(document))
        return Reading(problem=_DAMAGED)

    def _read(self, document: Document, reading: Reading) -> Document:
        problem = reading.problem
        if problem is None and kind_of(document) is NoticeKind.OTHER:
            return self._concluded(document, DocumentState.READ, reason=NoticeReason.SAVED)
        if problem is None:
            return self._concluded(document, DocumentState.READ, reason=NoticeReason.READ, says=reading.says)
        state = DocumentState.UNREADABLE if _is_broken(reading) else DocumentState.UNCLEAR
        message = problem.message.of(self._language)
        return self._concluded(document, state, reason=problem.reason, message=message, says=reading.says)

    def _concluded(
        self,
        document: Document,
        state: DocumentState,
        *,
        reason: NoticeReason,
        message: str = "",
        says: Mapping[str, Says] | None = None,
        again: bool = False,
    ) -> Document:
        """State, reason, what it says of orders and the holds that follow: one transaction of the ledger."""
        at, named = document.issued_at or document.found_at, (says or {}).items()
        facts = {"reason": reason.value, "message": message, AGAIN: again, **({} if says is None else counts_of(says))}
        return self._ledger.conclude_document(
            document,
            state=state,
            facts=facts,
            mentions=[Claim(subject=sn, says=word.value, at=at, source=document.name) for sn, word in named],
            judge=verdict,
            causes=NOTICE_CAUSES,
            by=self._by,
        )


def _folder(into: Path, name: str) -> Path:
    folder = into / name
    folder.mkdir()
    return folder


def _is_broken(reading: Reading) -> bool:
    return reading.problem is not None and reading.problem.reason is not NoticeReason.UNCLEAR
