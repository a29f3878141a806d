"""Report cells: raw text for machines, a readable value for people, and never a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.printable import without_direction

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rpa.language import Language
    from rpa.report.columns import Column, Kind

MAX_CELL = 32_000
"""Characters kept of a cell; Excel calls a file with more than 32,767 in one damaged."""

_FORMULA = re.compile("'*\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\n]")
_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""Controls, which a terminal obeys, and what XML and UTF-8 cannot hold."""
_LINE_BREAK = re.compile("\r\n?")
_SMALL_INT = re.compile(r"-?\d{1,15}")


def raw_text(value: object) -> str:
    """The value as the CSV keeps it: None is empty, times are ISO 8601 with offset, numbers as they are.

    Text that a spreadsheet could take for a formula (first character `= + - @`, their full-width forms, a tab or a
    line break) gets a leading apostrophe; text that begins with apostrophes before such a character gets one more, so
    that `original_text` gives back what was written. A line break inside a cell is a lone LF.

    Raises ValueError for a time without a zone.
    """
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = f"The time {value.isoformat()} of a report row has no zone; pass an aware datetime."
            raise ValueError(message)
        return value.isoformat()
    return _neutral(_clean(str(value)))


def original_text(cell: str) -> str:
    """The text that `raw_text` was given, for programs that read a report."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def shown(
    cell: str, *, column: Column, language: Language, zone: ZoneInfo, folder: Path | None = None
) -> str | int | Decimal:
    """What people see for a cell of the CSV; text that does not fit its column's kind is shown as it is.

    `folder` is the project's: a path inside it is shown from there, with / on every machine.
    """
    cell = cell if cell.isprintable() else _clean(cell)  # of a report before, or a name of somebody else's file
    if column.words:
        word = column.words.get(cell)
        return word.of(language) if word else cell
    if column.kind == "time":
        return _local_time(cell, zone=zone)
    if column.kind == "path" and folder is not None and Path(cell).is_relative_to(folder):
        return Path(cell).relative_to(folder).as_posix()
    return _NUMBERS[column.kind](cell) if column.kind in _NUMBERS and _SMALL_INT.fullmatch(cell) else cell


_NUMBERS: dict[Kind, Callable[[str], int | Decimal]] = {"int": int, "money_fen": lambda fen: Decimal(fen) / 100}


def _clean(text: str) -> str:
    clean = without_direction(_NOT_SHOWN.sub("\ufffd", _LINE_BREAK.sub("\n", text)))
    return clean if len(clean) <= MAX_CELL else clean[: MAX_CELL - 1] + "…"


def _neutral(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _local_time(cell: str, *, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return cell
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
