"""Requested documents: what a site makes on demand; asked for, waited for within bounds, downloaded, kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rpa.documents.archives import BadArchive
from rpa.documents.store import DocumentStore
from rpa.errors import InDoubt, NeedsPerson, RateLimited, Refused, Stopped, TryAgain
from rpa.language import Text
from rpa.ledger.documents import Document, DocumentState
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.ledger.ledger import Ledger

_ASKING_AGAIN = Text(en="{pause} Asking again in {seconds:.0f} s.", zh="{pause} {seconds:.0f} 秒后再次申请。")
_MAKING = Text(
    en="The site is making {what} {record}; looking again in {seconds:.0f} s.",
    zh="后台正在生成{what} {record}；{seconds:.0f} 秒后再看。",
)
_NOT_COME = Text(
    en="The {what} {record} did not come: {error} Trying once more.", zh="{what} {record} 未能下载：{error} 再试一次。"
)
_STEP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedRecord:
    """One record of the site's own list of what it made or makes. Times are aware, of the site's clock."""

    record_id: str
    asked_at: datetime
    since: datetime
    """It is about the time from here …"""
    until: datetime
    """… to here."""
    state: str
    """`making`, `ready`, `failed`, `gone` or `other`."""


class MakesDocuments(Protocol):
    """A site that makes documents of one kind on demand."""

    def now(self) -> datetime:
        """The site's clock."""

    def records(self) -> Sequence[RequestedRecord]:
        """What it has made and makes, newest first, read afresh."""

    def ask(self) -> None:
        """Ask for a new one. Raises TryAgain when it wants a pause first."""

    def download(self, record: RequestedRecord, *, into: Path) -> Path:
        """The file of a record that is ready, whole, in this folder. Raises Refused when it does not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBounds:
    """How long is waited for what, and which document is fresh enough."""

    fresh: timedelta
    """One asked for less than this ago is used again."""
    span: timedelta
    """One about a shorter time is somebody else's, made for another purpose."""
    most_asking: timedelta
    """How long the site may go on wanting a pause."""
    ask_again_s: float = 30.0
    most_making_s: float = 600.0
    pauses_s: tuple[float, ...] = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0)
    """Between looks at one that is being made; then `long_pause_s`."""
    long_pause_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedKind:
    """A kind of document that a site makes on demand."""

    kind: str
    """The ledger's; the document's name there is the site's id of the record."""
    folder: str
    """Of the shop's documents, in which they are kept."""
    name: Text
    """What one is called in a sentence."""
    bounds: RequestBounds


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDocument:
    """A requested document that is whole on disk."""

    record: RequestedRecord
    document: Document
    path: Path


class RequestedDocument:
    """One shop's newest document of a kind: asked for, waited for, downloaded."""

    def __init__(
        self,
        site: MakesDocuments,
        *,
        kind: RequestedKind,
        clock: Clock,
        ledger: Ledger,
        shop: str,
        documents: Path,
        stopping: Callable[[], bool],
    ) -> None:
        """`documents`: the folder of the shop's documents; `stopping`: whether to give up waiting."""
        self._site = site
        self._kind = kind
        self._bounds = kind.bounds
        self._name = kind.name.en
        self._clock = clock
        self._ledger = ledger
        self._shop = shop
        self._store = DocumentStore(documents)
        self._stopping = stopping

    def obtain(self) -> RequestedRecord:
        """The record of one that is made, or being made: a fresh one, else a new one.

        Raises RateLimited when the site goes on wanting a pause.
        """
        record, began_at = self._fresh(), self._site.now()
        while record is None:
            pause = self._asked()
            record = self._fresh()
            if record is not None:
                break
            if pause is None:
                raise NeedsPerson(f"One was asked for, but the site's {self._name} records do not show it; look there.")
            if self._site.now() - began_at > self._bounds.most_asking:
                raise RateLimited(
                    f"The site made no {self._name} for {self._bounds.most_asking.seconds} s. {pause}"
                ) from pause
            speak("INFO", _ASKING_AGAIN, pause=pause, seconds=self._bounds.ask_again_s)
            self._wait(self._bounds.ask_again_s)
        return record

    def _asked(self) -> TryAgain | None:
        """Ask once; what stood against it."""
        try:
            self._site.ask()
        except TryAgain as error:
            return error
        return None

    def _fresh(self) -> RequestedRecord | None:
        return next((record for record in self._site.records() if self._is_usable(record)), None)

    def _is_usable(self, record: RequestedRecord) -> bool:
        if record.state not in {"making", "ready"} or record.until - record.since < self._bounds.span:
            return False
        if self._site.now() - record.asked_at >= self._bounds.fresh:
            return False
        document = self._document(record)
        if document is None or document.state is DocumentState.FOUND:
            return True
        return document.state is not DocumentState.UNREADABLE and self._saved(record, document) is not None

    def fetch(self, record: RequestedRecord, *, check: Callable[[Path], object]) -> SavedDocument:
        """The document, whole on disk; downloaded unless it is there already. Its making is waited for.

        What does not come, or what `check` refuses (Refused, BadArchive), is downloaded once more, and kept then as it
        comes. Raises NeedsPerson when nothing comes, Stopped.
        """
        known = self._document(record)
        saved = self._saved(record, known) if known is not None else None
        if saved is not None:
            return saved
        facts = {"since": record.since.isoformat(), "until": record.until.isoformat()}
        document = self._ledger.documents.register(
            self._shop, kind=self._kind.kind, name=record.record_id, facts=facts, issued_at=record.asked_at
        )
        self._made(record)
        return self._downloaded(record, document, check=check)

    def _made(self, record: RequestedRecord) -> None:
        """Wait until it is ready, looking again ever less often."""
        most_s = self._bounds.most_making_s
        until = self._clock.monotonic() + most_s
        for pause_s in chain(self._bounds.pauses_s, repeat(self._bounds.long_pause_s)):
            state = next((each.state for each in self._site.records() if each.record_id == record.record_id), "gone")
            if state == "ready":
                return
            if state in {"failed", "gone"}:
                raise NeedsPerson(
                    f"The site's {self._name} {record.record_id} is {state}; run again, or look at its records."
                )
            if self._clock.monotonic() > until:
                message = f"The site's {self._name} {record.record_id} was not ready in {most_s:.0f} s; run again."
                raise NeedsPerson(message)
            speak("INFO", _MAKING, what=self._kind.name, record=record.record_id, seconds=pause_s)
            self._wait(pause_s)

    def _downloaded(
        self, record: RequestedRecord, document: Document, *, check: Callable[[Path], object]
    ) -> SavedDocument:
        try:
            return self._kept(record, document, check=check)
        except (Refused, InDoubt, BadArchive) as error:
            speak("WARNING", _NOT_COME, what=self._kind.name, record=record.record_id, error=error)
            self._site.records()
        try:
            return self._kept(record, document, check=lambda _: None)
        except (Refused, InDoubt) as error:
            raise NeedsPerson(f"Document {record.record_id} could not be downloaded: {error}") from error

    def _kept(self, record: RequestedRecord, document: Document, *, check: Callable[[Path], object]) -> SavedDocument:
        with self._store.incoming() as folder:
            got = self._site.download(record, into=folder)
            check(got)
            kept = self._store.keep(got, folder=self._kind.folder, name=f"{record.record_id}-{got.name}")
        path = kept.path.relative_to(self._store.root).as_posix()
        saved = self._ledger.documents.save(document, path=path, sha256=kept.sha256, size_bytes=kept.size_bytes)
        return SavedDocument(record=record, document=saved, path=kept.path)

    def _document(self, record: RequestedRecord) -> Document | None:
        found = self._ledger.documents.search(self._shop, kind=self._kind.kind, names=[record.record_id])
        return found[0] if found else None

    def _saved(self, record: RequestedRecord, document: Document) -> SavedDocument | None:
        """The document as an earlier run saved it; None: it did not, or the file is not whole any more."""
        path = self._store.root / document.path
        if not document.path or not self._store.is_whole(path, sha256=document.sha256):
            return None
        return SavedDocument(record=record, document=document, path=path)

    def _wait(self, seconds: float) -> None:
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            if self._stopping():
                raise Stopped(f"Asked to stop while the site makes the {self._name}; the next run goes on.")
            self._clock.wait(min(left, _STEP_S))
