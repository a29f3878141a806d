"""Fetching an export: a fresh one is taken, else a new one is asked for, waited for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.documents.archives import BadArchive
from rpa.documents.store import DocumentStore
from rpa.errors import InDoubt, NeedsPerson, RateLimited, Refused, Stopped, TryAgain
from rpa.language import Text
from rpa.ledger.documents import Document, DocumentState
from rpa.log import speak
from rpa.run import EXPORTS

if TYPE_CHECKING:
    from flows.exports.api import ExportRecord, ExportsOrders
    from rpa.clock import Clock
    from rpa.ledger.ledger import Ledger

_ASKING_AGAIN = Text(en="{pause} Asking again in {seconds:.0f} s.", zh="{pause} {seconds:.0f} 秒后再次申请。")
_MAKING = Text(
    en="The site is making export {record}; looking again in {seconds:.0f} s.",
    zh="后台正在生成导出 {record}；{seconds:.0f} 秒后再看。",
)
_NOT_COME = Text(
    en="Export {record} did not come: {error} Trying once more.", zh="导出 {record} 未能下载：{error} 再试一次。"
)

EXPORT_KIND = EXPORTS
"""The ledger's kind for exported tables; the document's name is the site's id of the record."""
FOLDER = "exports"

_FRESH = timedelta(minutes=5)
"""A table asked for less than this ago is used again: the site makes no other one until then."""
_SPAN = timedelta(days=89)
"""A table of a shorter time is somebody else's, made for another purpose."""
_ASK_AGAIN_S = 30.0
_MOST_ASKING = timedelta(seconds=310)
_PAUSES_S = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0)
_LONG_PAUSE_S = 15.0
_MOST_MAKING_S = 600.0
_STEP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedExport:
    """A table that is whole on disk."""

    record: ExportRecord
    document: Document
    path: Path


class ExportFetcher:
    """One shop's export: asked for, waited for, downloaded."""

    def __init__(
        self,
        office: ExportsOrders,
        *,
        clock: Clock,
        ledger: Ledger,
        shop: str,
        documents: Path,
        stopping: Callable[[], bool],
    ) -> None:
        """`documents`: the folder of the shop's documents; `stopping`: whether to give up waiting."""
        self._office = office
        self._clock = clock
        self._ledger = ledger
        self._shop = shop
        self._store = DocumentStore(documents)
        self._stopping = stopping

    def obtain(self) -> ExportRecord:
        """A table that is made, or being made: a fresh one of the last 90 days, else a new one.

        Raises RateLimited when the site goes on wanting a pause.
        """
        record, began_at = self._fresh(), self._office.now()
        while record is None:
            pause = self._asked()
            record = self._fresh()
            if record is not None:
                break
            if pause is None:
                raise NeedsPerson("A table was asked for, but the site's export records do not show it; look there.")
            if self._office.now() - began_at > _MOST_ASKING:
                raise RateLimited(f"The site made no table for {_MOST_ASKING.seconds} s. {pause}") from pause
            speak("INFO", _ASKING_AGAIN, pause=pause, seconds=_ASK_AGAIN_S)
            self._wait(_ASK_AGAIN_S)
        return record

    def _asked(self) -> TryAgain | None:
        """Ask once; what stood against it."""
        try:
            self._office.ask()
        except TryAgain as error:
            return error
        return None

    def _fresh(self) -> ExportRecord | None:
        return next((record for record in self._office.records() if self._is_usable(record)), None)

    def _is_usable(self, record: ExportRecord) -> bool:
        if record.state not in {"making", "ready"} or record.until - record.since < _SPAN:
            return False
        if self._office.now() - record.asked_at >= _FRESH:
            return False
        document = self._document(record)
        if document is None or document.state is DocumentState.FOUND:
            return True
        return document.state is not DocumentState.UNREADABLE and self._saved(record, document) is not None

    def fetch(self, record: ExportRecord, *, check: Callable[[Path], object]) -> SavedExport:
        """The table, whole on disk; downloaded unless it is there already. Its making is waited for.

        What does not come, or what `check` refuses (Refused, BadArchive), is downloaded once more, and kept then as it
        comes. Raises NeedsPerson when nothing comes, Stopped.
        """
        known = self._document(record)
        saved = self._saved(record, known) if known is not None else None
        if saved is not None:
            return saved
        facts = {"since": record.since.isoformat(), "until": record.until.isoformat()}
        document = self._ledger.find_document(
            self._shop, kind=EXPORT_KIND, name=record.record_id, facts=facts, issued_at=record.asked_at
        )
        self._made(record)
        return self._downloaded(record, document, check=check)

    def _made(self, record: ExportRecord) -> None:
        """Wait until the table is ready, looking again ever less often."""
        until = self._clock.monotonic() + _MOST_MAKING_S
        for pause_s in chain(_PAUSES_S, repeat(_LONG_PAUSE_S)):
            state = next((each.state for each in self._office.records() if each.record_id == record.record_id), "gone")
            if state == "ready":
                return
            if state in {"failed", "gone"}:
                raise NeedsPerson(
                    f"The site's export {record.record_id} is {state}; run again, or look at its records."
                )
            if self._clock.monotonic() > until:
                message = f"The site's export {record.record_id} was not ready in {_MOST_MAKING_S:.0f} s; run again."
                raise NeedsPerson(message)
            speak("INFO", _MAKING, record=record.record_id, seconds=pause_s)
            self._wait(pause_s)

    def _downloaded(self, record: ExportRecord, document: Document, *, check: Callable[[Path], object]) -> SavedExport:
        try:
            return self._kept(record, document, check=check)
        except (Refused, InDoubt, BadArchive) as error:
            speak("WARNING", _NOT_COME, record=record.record_id, error=error)
            self._office.records()
        try:
            return self._kept(record, document, check=lambda _: None)
        except (Refused, InDoubt) as error:
            raise NeedsPerson(f"Export {record.record_id} could not be downloaded: {error}") from error

    def _kept(self, record: ExportRecord, document: Document, *, check: Callable[[Path], object]) -> SavedExport:
        with self._store.incoming() as folder:
            got = self._office.download(record, into=folder)
            check(got)
            kept = self._store.keep(got, folder=FOLDER, name=f"{record.record_id}-{got.name}")
        path = kept.path.relative_to(self._store.root).as_posix()
        saved = self._ledger.save_document(document, path=path, sha256=kept.sha256, size_bytes=kept.size_bytes)
        return SavedExport(record=record, document=saved, path=kept.path)

    def _document(self, record: ExportRecord) -> Document | None:
        found = self._ledger.documents(self._shop, kind=EXPORT_KIND, names=[record.record_id])
        return found[0] if found else None

    def _saved(self, record: ExportRecord, document: Document) -> SavedExport | None:
        """The table as an earlier run saved it; None: it did not, or the file is not whole any more."""
        path = self._store.root / document.path
        if not document.path or not self._store.is_whole(path, sha256=document.sha256):
            return None
        return SavedExport(record=record, document=document, path=path)

    def _wait(self, seconds: float) -> None:
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            if self._stopping():
                raise Stopped("Asked to stop while the site makes a table; the next run goes on.")
            self._clock.wait(min(left, _STEP_S))
