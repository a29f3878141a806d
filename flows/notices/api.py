"""Reading notices, as a capability: its protocol, notices and attachments as values. Times are aware, ids are text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

DOCUMENT_KIND = "notice"
"""The ledger's kind for notices; the document's name is the site's id of the notice."""
ATTACHMENT_KIND = "notice_file"
"""The ledger's kind for attachments; the document's name is `<notice id>/<number from 1>`."""


class NoticeKind(StrEnum):
    """What a notice's title makes of it."""

    PROHIBITION = "prohibition"
    """订单禁止发货通知: the orders in it must not be shipped."""
    RESULT = "result"
    """订单审核结果通知: the first line of the attachment says whether its orders are to be shipped."""
    WATCHED = "watched"
    """Neither, but its title has a word about audits."""
    OTHER = "other"


class Says(StrEnum):
    """What a notice says of one order."""

    PROHIBITED = "prohibited"
    SHIP = "ship"
    CLOSED = "closed"
    UNCLEAR = "unclear"
    """It is named, but what is to happen with it is not understood."""
    RELEASED = "released"
    """Said by a person, not by a notice: ship it."""
    NOTHING = "nothing"
    """Said by a person of a notice that was not understood: it says nothing of this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line of the notice list, both sources compared."""

    notice_id: str
    title: str
    category: str
    """The site's code of the category."""
    sent_at: datetime
    unread: bool
    files: int | None = None
    """How many attachments the list says that it brings; None: it does not say."""
    doubt: str | None = None
    """Why page and data disagree; None: they agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    """One page of the notice list."""

    notices: tuple[Notice, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a notice brings."""

    notice_id: str
    number: int
    """From 1, in the order of the page."""
    name: str
    """As the page shows it; not to be trusted as a file name."""
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNotice:
    """A notice, opened."""

    notice: Notice
    text: str
    attachments: tuple[Attachment, ...]


@runtime_checkable
class ReadsNotices(Protocol):
    """Reads the notices that the platform sends to the shop (站内信), and their attachments."""

    def account(self) -> str:
        """The login name that the page shows: another account of the shop may get other notices."""

    def now(self) -> datetime:
        """The site's clock."""

    def newest(self) -> Iterator[NoticesPage]:
        """All notices, newest first, page by page; stop asking when they are old enough.

        Raises RightMissing when the account may not see them.
        """

    def open(self, notice: Notice) -> OpenedNotice:
        """The notice's text and attachments. Raises InDoubt when the page shows another notice than wanted."""

    def download(self, attachment: Attachment, *, into: Path) -> Path:
        """Have the browser download an attachment of the notice that is open, into this folder.

        Raises Refused with reason `expired` or `download_failed` (a page instead of a file, cut off, empty answer).
        """
