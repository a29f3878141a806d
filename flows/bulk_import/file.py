"""Import files: written into the site's own template and read back; the site's files in the same form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from flows.bulk_import.api import FailedLine, ImportLine
from flows.bulk_import.template_check import try_out
from flows.orders.cells import header_key, read_cell
from flows.sheets.files import parsed, read_worksheets, whole_file
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.errors import PageChanged
from rpa.files import save_workbook
from rpa.language import Text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet as WritableSheet

    from flows.bulk_import.words import ImportWords

_FIELDS = ("order_sn", "courier", "tracking_number")
_TEXT = "@"
_NO_HEADER = Text(
    en="No header with an order number was found; add it under [imports.headers] in the selectors file.",
    zh="没有找到含订单号的表头；请在选择器文件的 [imports.headers] 中补充。",
)
_NO_REASON = Text(
    en="The file has no column that says why a row was refused.",
    zh="文件中没有失败原因列。",
)
_DAMAGED = Text(
    en="Row {number}: a number there was destroyed by a spreadsheet.",
    zh="第 {number} 行：数字已被表格软件破坏。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The header of a table: where its fields stand, from 0, and its last row, from 1."""

    columns: Mapping[str, int]
    last_row: int


def write_file(lines: Sequence[ImportLine], *, template: Path, to: Path, words: ImportWords) -> None:
    """Write these rows, and no others, below the header of the site's template; then read the file back.

    Everything is written as text. Raises PageChanged when the template has not the columns that are needed, or when the
    file does not hold what was meant.
    """
    book = _opened(template)
    sheet: WritableSheet = book.worksheets[0]
    first = [row[: sheet.max_column] for row in sheet.iter_rows(max_row=words.header_within_rows, values_only=True)]
    head = _head_of_template(first, words=words)
    _refuse_missing(head, lines, template=template)
    _clear_below(sheet, head.last_row)
    for number, line in enumerate(lines, head.last_row + 1):
        _write(sheet, number, line, columns=head.columns)
    save_workbook(book, to)
    _refuse_other_content(to, lines, head=head)


def _opened(template: Path) -> Workbook:
    from openpyxl import load_workbook

    try_out(template)
    try:
        with template.open("rb") as file:  # openpyxl leaves open what it opens, when it cannot read it
            return load_workbook(file)
    except (BadZipFile, KeyError, ValueError, SyntaxError) as error:  # SyntaxError: of its XML
        raise PageChanged(f"The site's template {template.name} is no .xlsx workbook; nothing was uploaded.") from error


def _head(rows: Sequence[Sequence[object]], *, words: ImportWords) -> _Head:
    """The rows at the top that name the order number's column, taken together."""
    columns: dict[str, int] = {}
    last = 0
    for number, row in enumerate(rows[: words.header_within_rows], 1):
        named = list(_named(row, words=words))
        found = dict(named)
        if "order_sn" not in found:
            continue
        if len(named) != len(found) or any(columns.get(field, place) != place for field, place in found.items()):
            raise PageChanged("The header of an import file names a column twice; look at the site's template by hand.")
        columns |= found
        last = number
    if not columns:
        raise NotASheet(_NO_HEADER)
    return _Head(columns=columns, last_row=last)


def _named(row: Sequence[object], *, words: ImportWords) -> Iterator[tuple[str, int]]:
    for place, cell in enumerate(row):
        field = words.fields.get(header_key(cell)) if isinstance(cell, str) else None
        if field is not None:
            yield field, place


def _head_of_template(rows: Sequence[Sequence[object]], *, words: ImportWords) -> _Head:
    try:
        return _head(rows, words=words)
    except NotASheet as error:
        message = "The first worksheet of the site's template has no order number in its header; nothing was uploaded."
        raise PageChanged(message) from error


def _clear_below(sheet: WritableSheet, last_row: int) -> None:
    """Rows below the header, with what hides or joins cells there, so that each of ours is seen as it is."""
    for joined in [each for each in sheet.merged_cells.ranges if each.max_row > last_row]:
        sheet.unmerge_cells(str(joined))
    if sheet.max_row > last_row:
        sheet.delete_rows(last_row + 1, sheet.max_row - last_row)
    for number in [each for each in sheet.row_dimensions if each > last_row]:
        del sheet.row_dimensions[number]


def _refuse_missing(head: _Head, lines: Sequence[ImportLine], *, template: Path) -> None:
    needed = [field for field in _FIELDS if any(getattr(line, field) for line in lines)]
    missing = [field for field in needed if field not in head.columns]
    if missing:
        message = f"The site's template {template.name} has no column for {', '.join(missing)}; nothing was uploaded."
        raise PageChanged(message)


def _write(sheet: WritableSheet, number: int, line: ImportLine, *, columns: Mapping[str, int]) -> None:
    for field in _FIELDS:
        text = getattr(line, field)
        if text:
            cell = sheet.cell(number, columns[field] + 1, text)
            cell.data_type = "s"
            cell.number_format = _TEXT


def _refuse_other_content(path: Path, lines: Sequence[ImportLine], *, head: _Head) -> None:
    """Raise PageChanged unless the file's first worksheet has these rows below its header, as text, and no others."""
    [sheet, *_] = parsed(whole_file(path), delimiter=",")  # our own file: nothing to be afraid of
    written = [_as_written(row) for row in sheet.rows[head.last_row :]]
    width = max(head.columns.values()) + 1
    meant = [_as_meant(line, columns=head.columns, width=width) for line in lines]
    if written != meant:
        raise PageChanged(f"{path.name} does not hold the {len(lines)} rows that were meant; it was not uploaded.")


def _as_written(row: Sequence[Any]) -> tuple[Any, ...]:
    cells = list(row)
    while cells and cells[-1] == "":
        cells.pop()
    return tuple(cells)


def _as_meant(line: ImportLine, *, columns: Mapping[str, int], width: int) -> tuple[Any, ...]:
    cells = [""] * width
    for field in _FIELDS:
        if field in columns:
            cells[columns[field]] = getattr(line, field)
    return _as_written(cells)


def read_lines(path: Path, *, words: ImportWords) -> list[ImportLine]:
    """The rows of a file in the template's form. Raises NotASheet for any other."""
    return [line.line for line in _told(path, words=words)]


def read_failures(path: Path, *, words: ImportWords) -> list[FailedLine]:
    """The rows of the site's failure file. Raises NotASheet when it is none."""
    return list(_told(path, words=words, reason=True))


def _told(path: Path, *, words: ImportWords, reason: bool = False) -> Iterator[FailedLine]:
    sheet, head = _table(path, words=words)
    if reason and "reason" not in head.columns:
        raise NotASheet(_NO_REASON)
    for number, row in enumerate(sheet.rows[head.last_row :], head.last_row + 1):
        cells = {field: _text(row, place, number=number, typed=sheet.typed) for field, place in head.columns.items()}
        if any(cells.values()):
            told = cells.pop("reason", "")
            yield FailedLine(line=ImportLine(**cells), words=told)


def _table(path: Path, *, words: ImportWords) -> tuple[Worksheet, _Head]:
    def is_header(row: Sequence[object]) -> bool:
        return any(field == "order_sn" for field, _ in _named(row, words=words))

    for sheet in read_worksheets(path, is_header=is_header):
        if any(map(is_header, sheet.rows[: words.header_within_rows])):
            return sheet, _head(sheet.rows, words=words)
    raise NotASheet(_NO_HEADER)


def _text(row: Sequence[object], place: int, *, number: int, typed: bool) -> str:
    cell = read_cell(row[place] if place < len(row) else "", typed=typed)
    if cell.lost:
        raise NotASheet(_DAMAGED.with_words(number=number))
    return cell.text
