"""Records of notices and their files: the facts of a document of the ledger, written and read in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from flows.notices.api import Notice, NoticeKind, Says
from flows.notices.reasons import NoticeReason
from flows.notices.report import NoticeRow
from rpa.errors import RpaError
from rpa.ledger.documents import Document, DocumentState
from rpa.outcome import Outcome

ABOUT_AUDITS = frozenset({NoticeKind.PROHIBITION, NoticeKind.RESULT})
"""What tells of audits that begin and end."""
TEXT_FILE = "notice.txt"
"""Under this name the notice's own words are kept, as its file number 0."""
AGAIN = "again"
"""The fact that says: a file of this notice could not be downloaded, so it is opened again."""

_COUNTS = ("orders", "held", "released", "closed")
_WORST_FIRST = (DocumentState.FOUND, DocumentState.UNREADABLE, DocumentState.LOST, DocumentState.UNCLEAR)


def facts_of(notice: Notice, *, kind: NoticeKind, account: str) -> dict[str, object]:
    """What the ledger keeps of a notice."""
    return {
        "title": notice.title,
        "category": notice.category,
        "kind": kind.value,
        "account": account,
        "files": notice.files,
        "doubt": notice.doubt or "",
    }


def notice_of(document: Document) -> Notice:
    """The notice that the ledger knows, for the page."""
    return Notice(
        notice_id=document.name,
        title=_fact(document, "title"),
        category=_fact(document, "category"),
        sent_at=document.issued_at or document.found_at,
        unread=False,
    )


def kind_of(document: Document) -> NoticeKind:
    """What the title of the notice, to which the document belongs, makes of it."""
    return NoticeKind(_fact(document, "kind"))


def account_of(document: Document) -> str:
    """The login name that was shown it."""
    return _fact(document, "account")


def brings_nothing(notice: Document) -> bool:
    """The list says that it has no attachment."""
    return notice.facts.get("files") == 0


def is_to_be_filed(notice: Document) -> bool:
    """Whether it was never filed, or not all of it."""
    return notice.state in (DocumentState.FOUND, DocumentState.SAVED) or notice.facts.get(AGAIN) is True


def reason_of(document: Document) -> NoticeReason:
    """Why it ended as it did. Raises KeyError for one that has not ended."""
    return NoticeReason.of(_fact(document, "reason"))


def trouble_of(error: RpaError) -> NoticeReason:
    """The reason that this error gives a row."""
    return NoticeReason.of(getattr(error, "reason", error.code))


def message_of(document: Document) -> str:
    """What is to be said beside the reason."""
    return _fact(document, "message")


def counts_of(says: Mapping[str, Says]) -> dict[str, object]:
    """How many orders a file names, and what becomes of them."""
    counts = Counter(says.values())
    held = counts[Says.PROHIBITED] + counts[Says.UNCLEAR]
    return dict(zip(_COUNTS, (len(says), held, counts[Says.SHIP], counts[Says.CLOSED]), strict=True))


def worst_of(files: Iterable[Document]) -> Document:
    """The file by which a notice is judged."""
    return min(files, key=lambda file: (*_WORST_FIRST, file.state).index(file.state))


def is_to_be_told(text: Document) -> bool:
    """Whether the notice's own words name orders, or are what cannot be read."""
    return bool(text.facts.get("orders")) or text.state in _WORST_FIRST


def row_of(
    notice: Document, file: Document | None = None, *, root: Path, reason: NoticeReason | None = None, message: str = ""
) -> NoticeRow:
    """The row of a file of this notice, or of the notice itself.

    `reason`, `message`: what became of it, where that is not in the ledger; `root`: the folder in which paths begin.
    A notice on which page and data disagree is no success, whatever was made of it.
    """
    about = file or notice
    ended, told = reason or reason_of(about), message or message_of(about)
    doubt = _fact(notice, "doubt")
    if doubt and ended.outcome is Outcome.DONE:
        ended, told = NoticeReason.SOURCES_DISAGREE, doubt
    name = _fact(about, "name")
    return NoticeRow(
        notice_id=notice.name,
        title=_fact(notice, "title"),
        category=_fact(notice, "category"),
        sent_at=notice.issued_at,
        expires_at=notice.expires_at,
        attachment="" if name == TEXT_FILE else name,
        reason=ended,
        message=told,
        path=str(root / about.path) if about.path else "",
        size_bytes=about.size_bytes,
        sha256=about.sha256,
        **{name: _count(about, name) for name in _COUNTS},
    )


def _fact(document: Document, name: str) -> str:
    return str(document.facts.get(name, ""))


def _count(document: Document, name: str) -> int | None:
    count = document.facts.get(name)
    return count if isinstance(count, int) else None
