"""The XLSX for people: text cells, titles in the user's language, colour by outcome, rows streamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from rich.cells import cell_len

from rpa.files import save_workbook
from rpa.language import Language
from rpa.outcome import Outcome
from rpa.report.cells import shown
from rpa.report.columns import OUTCOME_COLUMN, Column, Row, Sheet

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


_HEADER_FONT = Font(name="Calibri", size=11, bold=True, color="FFFFFF")


_LINE_PT = 15


_PADDING_PT = 4


_MOST_LINES = 8


_SENTENCES_FROM = 30
"""Columns of this width or more hold sentences: they are wrapped, and the row grows with them."""


def write_workbook(
    path: Path,
    *,
    sheets: Sequence[Sheet],
    language: Language,
    zone: ZoneInfo,
    folder: Path | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> list[int]:
    """Write the sheets in this order, and give their numbers of rows; `folder` is the project's, for paths in cells.

    A sheet with more rows than fit goes on in `name 2`, `name 3` and so on. The workbook opens on the first sheet that
    has rows.
    """
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "rpa"
    look, counts, pages_before = _Look(language, zone, folder), list[int](), list[int]()
    for sheet in sheets:
        rows, part, count = iter(sheet.rows), 1, 0
        pages_before.append(len(workbook.worksheets))
        first = next(rows, None)
        while first is not None or part == 1:
            some = chain(() if first is None else (first,), islice(rows, rows_per_sheet - 1))
            count += _write_sheet(workbook, sheet=sheet, rows=some, part=part, look=look)
            first, part = next(rows, None), part + 1
        counts.append(count)
    workbook.active = next((page for page, count in zip(pages_before, counts, strict=True) if count), 0)
    save_workbook(workbook, path)
    return counts


@dataclass(frozen=True, slots=True)
class _Look:
    language: Language
    zone: ZoneInfo
    folder: Path | None


def _write_sheet(workbook: Workbook, *, sheet: Sheet, rows: Iterable[Row], part: int, look: _Look) -> int:
    name = sheet.name.of(look.language)
    page: WriteOnlyWorksheet = workbook.create_sheet(name if part == 1 else f"{name} {part}")
    columns = sheet.layout.for_people()
    for index, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    page.freeze_panes = "B2"
    _fit_to_paper(page)
    makers = [_CellMaker(page, column=column, look=look) for column in columns]
    page.row_dimensions[1].height = _LINE_PT + 2 * _PADDING_PT
    with closing(page):
        page.append([maker.header() for maker in makers])
        number = 1
        for number, row in enumerate(rows, start=2):
            cells = [maker.of(row.get(column.key, "")) for column, maker in zip(columns, makers, strict=True)]
            page.row_dimensions[number].height = _LINE_PT * _lines(cells, columns=columns) + _PADDING_PT
            page.append(cells)
            del page.row_dimensions[number]
        page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{number}"
    return number - 1


def _fit_to_paper(page: WriteOnlyWorksheet) -> None:
    """Printed, all columns stand on one page, with the titles on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def _lines(cells: Sequence[WriteOnlyCell | None], *, columns: Sequence[Column]) -> int:
    """Lines of the tallest cell; neither Excel nor LibreOffice works that out for a streamed file."""
    sentences = (
        (str(cell.value), column.width - 3)
        for cell, column in zip(cells, columns, strict=True)
        if cell and column.width >= _SENTENCES_FROM
    )
    tallest = max(
        (sum(-(-cell_len(line) // width) or 1 for line in text.split("\n")) for text, width in sentences), default=1
    )
    return min(tallest, _MOST_LINES)


class _CellMaker:
    """Makes one column's cells. A cell is written at once by `append`, so one object a style serves all rows."""

    def __init__(self, page: WriteOnlyWorksheet, *, column: Column, look: _Look) -> None:
        self._page, self._column, self._look = page, column, look
        self._number = self._styled("0.00" if column.kind == "money_fen" else "0")
        self._text = self._styled("@")
        self._quoted = self._styled("@")
        self._quoted.quotePrefix = True
        colours = _COLOURS if column.key == OUTCOME_COLUMN.key else {}
        self._coloured = {code: self._styled("@", fill=PatternFill("solid", fgColor=colours[code])) for code in colours}

    def header(self) -> WriteOnlyCell:
        """The column's title."""
        cell = self._styled("@", fill=_HEADER_FILL)
        cell.font = _HEADER_FONT
        cell.value = self._column.title.of(self._look.language)
        return cell

    def of(self, cell: str) -> WriteOnlyCell | None:
        """What people see for a cell of the CSV: a number, or text that no program takes for a formula."""
        if not cell:
            return None
        look = self._look
        value = shown(cell, column=self._column, language=look.language, zone=look.zone, folder=look.folder)
        if isinstance(value, (int, Decimal)):
            self._number.value = value
            return self._number
        made = self._coloured.get(cell) or (self._quoted if value.startswith("'") else self._text)
        made.value = value
        made.data_type = "s"
        return made

    def _styled(self, number_format: str, *, fill: PatternFill | None = None) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._page)
        cell.number_format = number_format
        cell.alignment = Alignment(
            horizontal="right" if self._column.kind in {"int", "money_fen"} else "left",
            vertical="center",
            indent=1,
            wrap_text=self._column.width >= _SENTENCES_FROM,
        )
        if fill:
            cell.fill = fill
        return cell
