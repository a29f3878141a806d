"""Coverage of notices: whether every one of a shop is saved, and which spans of time were lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind
from flows.notices.slots import SLOT_HOURS, previous_slot, slot_of
from rpa.ledger.documents import DocumentState

if TYPE_CHECKING:
    from rpa.ledger.coverage import Coverage
    from rpa.ledger.documents import Document

WARN_AFTER = timedelta(days=5)
"""What is not saved by then expires in two days."""


class Answer(StrEnum):
    """Whether every notice of the time covered is saved."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSpan:
    """A time whose audit notices expired before they were saved: after `since`, until and with `until`."""

    since: datetime
    until: datetime
    notices: tuple[str, ...]
    """The site's ids, oldest first."""

    def __contains__(self, moment: datetime) -> bool:
        return self.since < moment <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What is known of a shop's notices, of one account or of all of them."""

    answer: Answer
    since: datetime | None
    until: datetime | None
    """None: its notices were never read. Otherwise every notice sent from `since` to `until` is known."""
    doubt: str
    """Why it is not certain that all notices are known; empty: nothing speaks against it."""
    lost: tuple[LostSpan, ...]
    unsaved: tuple[str, ...]
    """The site's ids of notices that are known and not saved whole, oldest first."""
    expiring: tuple[str, ...]
    """Those of `unsaved` that are five days old."""
    overdue: bool
    """The last reading is five days ago: what came right after it expires soon."""


def answer(
    coverages: Sequence[Coverage],
    documents: Sequence[Document],
    now: datetime,
    *,
    hours: tuple[int, int] = SLOT_HOURS,
) -> Covered:
    """What these coverages of one shop make together, given its documents; `now`: by the site's clock, in its zone.

    Documents of other kinds than notices and their files do not matter. NO: an audit notice was lost and nobody has
    resolved it, or a notice is known and not saved. UNKNOWN: never read, or every account's coverage is in doubt.
    """
    lost = _lost_spans(documents, zone=now.tzinfo, hours=hours)
    found = _in_state(documents, DocumentState.FOUND)
    unsaved = _ids(found)
    read = [one for one in coverages if not one.empty]
    sound = [one for one in read if not one.doubt]
    since, until = _joined(sound or read)
    certain = Answer.NO if lost or unsaved else Answer.YES
    return Covered(
        answer=certain if sound or (read and certain is Answer.NO) else Answer.UNKNOWN,
        since=since,
        until=until,
        doubt="" if sound else "; ".join(dict.fromkeys(one.doubt for one in coverages if one.doubt)),
        lost=lost,
        unsaved=unsaved,
        expiring=_ids([one for one in found if one.issued_at and now - one.issued_at >= WARN_AFTER]),
        overdue=until is not None and now - until >= WARN_AFTER,
    )


def _lost_spans(documents: Sequence[Document], *, zone: tzinfo | None, hours: tuple[int, int]) -> tuple[LostSpan, ...]:
    """The times whose audit notices are lost, oldest first; those that meet or overlap are one.

    A notice tells what happened since the slot before its own: that time is lost with it.
    """
    spans: list[LostSpan] = []
    for document in _in_state(documents, DocumentState.LOST):
        if document.issued_at is None or document.facts.get("kind") == NoticeKind.OTHER:
            continue
        sent_at = document.issued_at.astimezone(zone)
        since = previous_slot(slot_of(sent_at, hours=hours), hours=hours)
        span = LostSpan(since=since, until=sent_at, notices=(_id(document),))
        spans.append(_merged(spans.pop(), span) if spans and since <= spans[-1].until else span)
    return tuple(spans)


def _merged(earlier: LostSpan, later: LostSpan) -> LostSpan:
    notices = dict.fromkeys((*earlier.notices, *later.notices))
    return LostSpan(since=earlier.since, until=max(earlier.until, later.until), notices=tuple(notices))


def _joined(coverages: Sequence[Coverage]) -> tuple[datetime, datetime] | tuple[None, None]:
    """The newest span that these cover together without a hole."""
    if not coverages:
        return None, None
    newest_first = sorted(coverages, key=lambda one: one.until, reverse=True)
    since = newest_first[0].since
    for one in newest_first:
        if one.until >= since:
            since = min(since, one.since)
    return since, newest_first[0].until


def _in_state(documents: Sequence[Document], state: DocumentState) -> list[Document]:
    """Notices and their files in this state, oldest first."""
    found = [one for one in documents if one.state is state and one.kind in {DOCUMENT_KIND, ATTACHMENT_KIND}]
    return sorted(found, key=lambda one: (one.issued_at or one.found_at, one.id))


def _ids(documents: Sequence[Document]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_id(document) for document in documents))


def _id(document: Document) -> str:
    """The site's id of the notice; a file's name begins with that of its notice."""
    return document.name.partition("/")[0]
