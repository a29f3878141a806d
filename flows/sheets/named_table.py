"""A table of few columns that a person fills in for one purpose: rows by field, found by the words of their headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from flows.orders.cells import Damage, header_key, read_cell
from flows.sheets.files import read_worksheets
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.language import Text

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_WITHIN_ROWS: Final = 20
_DAMAGED = Text(
    en="Excel has damaged the number {text}; set the column to text.", zh="{text} 已被 Excel 改坏；请将列设为文本。"
)
_HIDDEN = Text(en="the row is hidden; unhide or delete it.", zh="此行被隐藏；请取消隐藏或删除。")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row that holds something."""

    worksheet: str
    """Its name, where rows of several are read; else empty."""
    row: int
    """As Excel counts it, from 1."""
    cells: Mapping[str, str]
    """Text by field, of the fields that the table has columns for."""
    unusable: Text | None = None
    """Why the row cannot be used, whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTable:
    """The fields of a table, and the headers that people write over them."""

    headers: Mapping[str, tuple[Text, ...]]
    """By field, the words for it."""
    any_of: frozenset[str]
    """A header row names one of these fields at least."""
    none: Text
    """What is said of a file in which no row is a header."""

    def read(self, path: Path) -> Iterator[TableRow]:
        """All rows below the headers. Raises NotASheet."""
        sheets = read_worksheets(path, is_header=lambda row: bool(self._columns(row)))
        tables = [(sheet, *found) for sheet in sheets if (found := self._header(sheet))]
        if not tables:
            raise NotASheet(self.none)
        for sheet, start, columns in tables:
            name = sheet.name if len(tables) > 1 else ""
            for index in range(start + 1, len(sheet.rows)):
                row = _row(sheet, index=index, columns=columns, worksheet=name)
                if any(row.cells.values()):
                    yield row

    def _header(self, sheet: Worksheet) -> tuple[int, dict[str, int]] | None:
        for index, row in enumerate(sheet.rows[:_HEADER_WITHIN_ROWS]):
            columns = self._columns(row)
            if columns:
                return index, columns
        return None

    def _columns(self, row: Sequence[object]) -> dict[str, int]:
        """Position by field, the first of several; empty when it is no header row."""
        fields = {
            header_key(word): name
            for name, texts in self.headers.items()
            for text in texts
            for word in (text.en, text.zh)
        }
        found: dict[str, int] = {}
        for place, value in enumerate(row):
            meant = fields.get(header_key(value)) if isinstance(value, str) and value else None
            if meant:
                found.setdefault(meant, place)
        return found if self.any_of & found.keys() else {}


def _row(sheet: Worksheet, *, index: int, columns: Mapping[str, int], worksheet: str) -> TableRow:
    cells, damaged = {}, None
    for name, column in columns.items():
        cells[name], is_damaged = _text(sheet, index=index, column=column)
        damaged = _DAMAGED.with_words(text=cells[name]) if is_damaged and damaged is None else damaged
    hidden = _HIDDEN if sheet.hidden or index + 1 in sheet.hidden_rows else None
    return TableRow(worksheet=worksheet, row=index + 1, cells=cells, unusable=hidden or damaged)


def _text(sheet: Worksheet, *, index: int, column: int) -> tuple[str, bool]:
    """What a cell says, and whether Excel has damaged it."""
    row = sheet.rows[index]
    value = row[column] if column < len(row) else ""
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()), False
    if isinstance(value, date):
        return value.isoformat(), False
    cell = read_cell(value, typed=sheet.typed)
    return cell.text, cell.damage not in {None, Damage.SCIENTIFIC}
