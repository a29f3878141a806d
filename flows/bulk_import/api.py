"""Importing shipments, as a capability: its protocol, rows of a file, and what the site says of them. Ids are text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from flows.orders.model import How
from flows.procedure.in_bulk import TaskSaid

FOLDER: Final = "imports"
"""That of all imports in a shop's evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """What the site takes in one file."""

    rows: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One row of a file: an order and its parcel; no courier and no number for an order without one."""

    order_sn: str
    courier: str = ""
    """The courier's name on the site."""
    tracking_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """What the site's result table says of one row, page and data compared."""

    line: ImportLine
    accepted: bool | None
    """None: page and data disagree, or one cannot be read."""
    code: int | None = None
    words: str = ""
    """Why it was refused, in the site's words."""
    repeatable: bool = False
    """Refused for a passing reason."""
    for_dialog: bool = False
    """Refused for a reason that the shipping dialog may know a way around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What the site tells of one import."""

    task_id: str
    finished: bool
    """Every row was processed. False: it broke off, or has not ended yet; rows may be missing."""
    going: bool = False
    """It has not ended: its rows may still be processed, so nothing of it is proven not shipped."""
    rows: tuple[ToldRow, ...] = ()
    failures: Path | None = None
    """The site's own file of the rows that it refused, as downloaded; None: there was none to be had."""
    answers: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """The rows of the result as the site's answers gave them, for evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLine:
    """One row of the site's failure file."""

    line: ImportLine
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """What became of one row of our file, as far as the result table and the failure file agree."""

    accepted: bool | None
    """None: not certain; the order is to be read back from the site."""
    words: str = ""
    """The site's words for a refusal, or why it is not certain."""
    code: int | None = None
    """Of a refusal."""
    repeatable: bool = False
    for_dialog: bool = False
    said_yes: bool = False
    """Not certain, but the table calls it accepted and nothing speaks against that: it must not be sent once more."""


@runtime_checkable
class ImportForm(Protocol):
    """The import page with a file chosen, not sent."""

    def send(self) -> TaskSaid:
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
