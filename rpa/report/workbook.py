"""The XLSX for people: text cells, titles in the user's language, colour by outcome, rows streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from rpa.language import Language
from rpa.outcome import Outcome
from rpa.report.cells import shown
from rpa.report.columns import OUTCOME_COLUMN, Column, Row, Sheet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


ROWS_PER_SHEET = 1_048_575
"""Excel's limit, without the header."""

_MOST_CHARACTERS = 32_767
"""Excel's limit of a cell."""

_COLOURS: Mapping[str, str] = {
    Outcome.DONE: "#C6E7CE",
    Outcome.ALREADY_DONE: "#E4F1E6",
    Outcome.PLANNED: "#D6E6F5",
    Outcome.WAITING: "#FFF0C2",
    Outcome.REFUSED: "#FBD9B5",
    Outcome.NEEDS_PERSON: "#F6B8B8",
}
_HEADER = {"bg_color": "#34495E", "font_color": "#FFFFFF", "bold": True}
_LINE_PT = 15
_PADDING_PT = 4
_MOST_LINES = 8
_MARGIN = 5 / 7
"""What the library adds to a column's width, for the space around its text."""
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
    look, counts = _Look(language, zone, folder), list[int]()
    first_pages: list[Worksheet] = []
    with _written(path) as workbook:
        for sheet in sheets:
            rows, part, count = iter(sheet.rows), 1, 0
            first = next(rows, None)
            while first is not None or part == 1:
                some = chain(() if first is None else (first,), islice(rows, rows_per_sheet - 1))
                name = sheet.name.of(language)
                page = workbook.add_worksheet(name if part == 1 else f"{name} {part}")
                if part == 1:
                    first_pages.append(page)
                count += _write_sheet(workbook, page, sheet=sheet, rows=some, look=look)
                first, part = next(rows, None), part + 1
            counts.append(count)
        filled = (page for page, count in zip(first_pages, counts, strict=True) if count)
        next(filled, first_pages[0]).activate()
    return counts


@contextmanager
def _written(path: Path) -> Iterator[Workbook]:
    """A workbook that is in its file after the block; its parts are closed and gone whatever came of it.

    The library would leave a file open that a full disk does not take; packed, a workbook is small.
    """
    packed = BytesIO()
    workbook = Workbook(packed, {"constant_memory": True})
    workbook.set_properties({"author": "rpa"})
    try:
        yield workbook
        workbook.close()
        path.write_bytes(packed.getbuffer())
    except FileCreateError as error:
        raise error.args[0] from None
    finally:
        for page in workbook.worksheets():
            page.row_data_fh.close()
            Path(page.row_data_filename).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Look:
    language: Language
    zone: ZoneInfo
    folder: Path | None


def _write_sheet(workbook: Workbook, page: Worksheet, *, sheet: Sheet, rows: Iterable[Row], look: _Look) -> int:
    columns = sheet.layout.for_people()
    writers = [_CellWriter(workbook, column=column, look=look) for column in columns]
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width - _MARGIN)
    page.freeze_panes(1, 1)
    _fit_to_paper(page)
    page.set_row(0, _LINE_PT + 2 * _PADDING_PT)
    for index, writer in enumerate(writers):
        writer.write_title(page, index)
    number = 0
    for number, row in enumerate(rows, start=1):
        cells = [writer.shown(row.get(column.key, "")) for column, writer in zip(columns, writers, strict=True)]
        page.set_row(number, _LINE_PT * _lines(cells, columns=columns) + _PADDING_PT)
        for index, (writer, cell) in enumerate(zip(writers, cells, strict=True)):
            writer.write(page, number, index, code=row.get(columns[index].key, ""), value=cell)
    page.autofilter(0, 0, number, len(columns) - 1)
    return number


def _fit_to_paper(page: Worksheet) -> None:
    """Printed, all columns stand on one page, with the titles on each."""
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _lines(cells: Sequence[str | int | Decimal], *, columns: Sequence[Column]) -> int:
    """Lines of the tallest cell; neither Excel nor LibreOffice works that out for a streamed file."""
    sentences = (
        (str(cell), column.width - 3)
        for cell, column in zip(cells, columns, strict=True)
        if cell != "" and column.width >= _SENTENCES_FROM
    )
    tallest = max(
        (sum(-(-cell_len(line) // width) or 1 for line in text.split("\n")) for text, width in sentences), default=1
    )
    return min(tallest, _MOST_LINES)


class _CellWriter:
    """Writes one column's cells; one format a style serves all rows."""

    def __init__(self, workbook: Workbook, *, column: Column, look: _Look) -> None:
        self._workbook, self._column, self._look = workbook, column, look
        self._number = self._format("0.00" if column.kind == "money_fen" else "0")
        self._text = self._format("@")
        self._quoted = self._format("@", quote_prefix=True)
        colours = _COLOURS if column.key == OUTCOME_COLUMN.key else {}
        self._coloured = {code: self._format("@", bg_color=colour) for code, colour in colours.items()}

    def write_title(self, page: Worksheet, index: int) -> None:
        """The column's title."""
        page.write_string(0, index, self._column.title.of(self._look.language), self._format("@", **_HEADER))

    def shown(self, code: str) -> str | int | Decimal:
        """What people see for a cell of the CSV."""
        look = self._look
        if not code:
            return ""
        return shown(code, column=self._column, language=look.language, zone=look.zone, folder=look.folder)

    def write(self, page: Worksheet, row: int, index: int, *, code: str, value: str | int | Decimal) -> None:
        """A number, or text that no program takes for a formula."""
        if isinstance(value, (int, Decimal)):
            page.write_number(row, index, value, self._number)
        elif value:
            quoted = self._quoted if value.startswith("'") else self._text
            page.write_string(row, index, value[:_MOST_CHARACTERS], self._coloured.get(code, quoted))

    def _format(self, number_format: str, **more: object) -> Format:
        return self._workbook.add_format(
            {
                "num_format": number_format,
                "align": "right" if self._column.kind in {"int", "money_fen"} else "left",
                "valign": "vcenter",
                "indent": 1,
                "text_wrap": self._column.width >= _SENTENCES_FROM,
                **more,
            }
        )
