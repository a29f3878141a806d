"""The XLSX for people: text cells, titles in the user's language, colour by outcome, rows streamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from rpa.language import Language
from rpa.outcome import Outcome
from rpa.report.cells import shown
from rpa.report.columns import Column, Row, Sheet

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

ROWS_PER_SHEET = 1_048_575
"""Excel's limit, without the header."""

_COLOURS: Mapping[str, str] = {
    Outcome.DONE: "C6E7CE",
    Outcome.ALREADY_DONE: "E4F1E6",
    Outcome.PLANNED: "D6E6F5",
    Outcome.WAITING: "FFF0C2",
    Outcome.REFUSED: "FBD9B5",
    Outcome.NEEDS_PERSON: "F6B8B8",
}
_HEADER_FILL = PatternFill("solid", fgColor="34495E")
_HEADER_FONT = Font(bold=True, color="FFFFFF")
_LINE = Border(bottom=Side(style="hair", color="BFC5CC"))
_TOP = Alignment(vertical="top")
_TOP_WRAPPED = Alignment(vertical="top", wrap_text=True)
_HEADER_HEIGHT_PT = 22
_WRAPPED_FROM = 30
"""Columns of this width or more hold sentences."""


def write_workbook(
    path: Path,
    *,
    sheets: Sequence[Sheet],
    language: Language,
    zone: ZoneInfo,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """Write the sheets in this order; a sheet with more rows than fit goes on in `name 2`, `name 3` and so on."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "rpa"
    for sheet in sheets:
        rows, part = iter(sheet.rows), 1
        first = next(rows, None)
        while first is not None or part == 1:
            some = chain(() if first is None else (first,), islice(rows, rows_per_sheet - 1))
            _write_sheet(workbook, sheet=sheet, rows=some, part=part, look=_Look(language, zone))
            first, part = next(rows, None), part + 1
    workbook.save(path)


@dataclass(frozen=True, slots=True)
class _Look:
    language: Language
    zone: ZoneInfo


def _write_sheet(workbook: Workbook, *, sheet: Sheet, rows: Iterable[Row], part: int, look: _Look) -> None:
    name = sheet.name.of(look.language)
    page: WriteOnlyWorksheet = workbook.create_sheet(name if part == 1 else f"{name} {part}")
    columns = sheet.layout.for_people()
    for index, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    page.row_dimensions[1].height = _HEADER_HEIGHT_PT
    page.freeze_panes = "B2"
    page.append([_header_cell(page, column.title.of(look.language)) for column in columns])
    cells = [_CellMaker(page, column=column, look=look) for column in columns]
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the sheet's length
        page.append([cell.of(row.get(column.key, "")) for column, cell in zip(columns, cells, strict=True)])
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"


def _header_cell(page: WriteOnlyWorksheet, title: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=title)
    cell.fill, cell.font = _HEADER_FILL, _HEADER_FONT
    cell.alignment = Alignment(vertical="center")
    return cell


class _CellMaker:
    """Makes one column's cells. A cell is written at once by `append`, so one object a style serves all rows."""

    def __init__(self, page: WriteOnlyWorksheet, *, column: Column, look: _Look) -> None:
        self._column, self._look = column, look
        self._number = self._styled(page, number_format="0.00" if column.kind == "money_fen" else "0")
        self._text = self._styled(page, number_format="@")
        self._quoted = self._styled(page, number_format="@")
        self._quoted.quotePrefix = True
        self._coloured = {code: self._styled(page, number_format="@") for code in _COLOURS if code in column.words}
        for code, cell in self._coloured.items():
            cell.fill = PatternFill("solid", fgColor=_COLOURS[code])

    def of(self, cell: str) -> WriteOnlyCell:
        value = shown(cell, column=self._column, language=self._look.language, zone=self._look.zone)
        if isinstance(value, (int, Decimal)):
            self._number.value = value
            return self._number
        made = self._coloured.get(cell) or (self._quoted if value.startswith("'") else self._text)
        made.value = value
        made.data_type = "s"
        return made

    def _styled(self, page: WriteOnlyWorksheet, *, number_format: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(page)
        cell.number_format = number_format
        cell.border = _LINE
        cell.alignment = _TOP_WRAPPED if self._column.width >= _WRAPPED_FROM else _TOP
        return cell
