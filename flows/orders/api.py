"""What a back office can do, as small protocols. A flow names those it needs; a platform provides those it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from flows.bulk_import.api import ImportLimits, ImportResult
from flows.notices.api import Attachment, Notice, NoticesPage, OpenedNotice
from flows.orders.model import Decision, How, Mark, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the site answered to the one irreversible request."""

    accepted: bool | None
    """None: no answer came, or one that cannot be read."""
    words: str = ""
    repeatable: bool = False
    """The site refused for a passing reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How the site shows one order when it is read back."""

    order: Order | None
    """None: the order was not found."""
    evidence: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """One page of the pending list."""

    orders: tuple[Order, ...]
    total: int


@runtime_checkable
class ReadsOrders(Protocol):
    """Reads orders from the list, both sources compared."""

    def pending(self) -> Iterator[OrdersPage]:
        """All pending orders, page by page, in the order of the list; each order once."""

    def nearest(self) -> Iterator[OrdersPage]:
        """The pending orders, nearest ship-by first, page by page, read once from the top; stop when it is enough."""

    def now(self) -> datetime:
        """The site's clock, which its deadlines are judged by; ours before anything was read."""

    def find(self, order_sns: Sequence[str]) -> Mapping[str, Order]:
        """Orders of any status by number; those that the shop does not have are missing."""

    def look_up(self, order_sns: Sequence[str], *, most_searches: int) -> Iterator[Mapping[str, Order | None]]:
        """The same for what can wait, bit by bit; None: the shop does not have it. Not more are searched for singly.

        Raises RateLimited as soon as the site asks for fewer calls, Stopped as soon as the run is asked to stop.
        """


@runtime_checkable
class ShipForm(Protocol):
    """A shipping form, open for one order and filled in, but not sent."""

    evidence: Path | None

    def send(self) -> Said:
        """The one irreversible click."""

    def leave(self) -> None:
        """Close it without sending."""


@runtime_checkable
class ShipsOrders(Protocol):
    """Ships single orders through a form."""

    def fill_in(self, decision: Decision) -> ShipForm:
        """Find the order's row again, read its marks again, open the form, fill it in and read the fields back.

        Raises Refused when the order may not be shipped now, InDoubt when a sign, row or field is not as it must be.
        """

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, read afresh; many with one page load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Every sign of an audit that the site shows of one order, read afresh, by the place where it stands."""

    order_sn: str
    audit: Mapping[str, Mark]
    """Those of the order's own page: `detail`, `receiver`, `detail_data`, `address` (hidden while under audit)."""
    evidence: Path | None = None


@runtime_checkable
class ReadsSigns(Protocol):
    """Looks at single orders for every sign of an audit."""

    def signs(self, order_sn: str) -> Signs:
        """All signs of one order, and a picture of its page. A place that cannot be read is `UNREADABLE`."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRecord:
    """One line of the site's export records."""

    record_id: str
    asked_at: datetime
    since: datetime
    until: datetime
    """It has the orders from `since` to `until`."""
    state: str
    """`making`, `ready`, `failed` or `other`."""


@runtime_checkable
class ExportsOrders(Protocol):
    """Has the site make a table of the shop's orders, and downloads it."""

    def now(self) -> datetime:
        """The site's clock."""

    def ask(self) -> None:
        """Have a table of the orders of the last 90 days made. Raises TryAgain when the site wants a pause first."""

    def records(self) -> list[ExportRecord]:
        """The export records, newest first, read afresh."""

    def download(self, record: ExportRecord, *, into: Path) -> Path:
        """Have the browser download a table that is ready, into this folder.

        Raises Refused with reason `download_failed`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSaid(Said):
    """What the site answered to an upload. `accepted`: it took the file as a whole, which says nothing of its rows."""

    task_id: str | None = None
    """None: not told."""


@runtime_checkable
class ImportForm(Protocol):
    """The import page with a file chosen, not sent."""

    def send(self) -> ImportSaid:
        """The one irreversible click."""


@runtime_checkable
class ImportsShipments(Protocol):
    """Ships orders by a file. `how` is `NO_LOGISTICS` for orders without a parcel, any other for parcels."""

    def limits(self, how: How) -> ImportLimits:
        """What the page says it takes in one file."""

    def template(self, how: How, *, into: Path) -> Path:
        """The site's own template, downloaded into this folder. Raises Refused with reason `download_failed`."""

    def fill_in(self, how: How, file: Path) -> ImportForm:
        """Open the page and choose the file; the page shows its name, and nothing is sent.

        Raises NotApproved when the file could not be sent, Refused (`site_refused`) when the page does not take it.
        """

    def result(
        self, how: How, *, file_name: str, task_id: str | None, into: Path, patience_s: float
    ) -> ImportResult | None:
        """What became of an upload, waited for; its failure file goes into this folder.

        `task_id` None: the task is looked for by the file's name among the site's records; None is given when it is
        not among them. `patience_s`: so long an import may stand still before it is left alone, not finished.

        Raises TryAgain when the records cannot be read, or do not tell which task it is.
        """

    def at_work(self, how: How) -> list[str]:
        """The files, whoever uploaded them, that the site still works through, as far as its newest records tell.

        Raises TryAgain when the records cannot be read.
        """
