"""Imports as values: the rows of a file, what the site says of them, and what is certain. Ids and numbers are text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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
