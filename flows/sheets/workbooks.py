"""Excel workbooks: cells with their types and as they are shown, merged ones, hidden worksheets, rows and columns."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

import xlrd
from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)
from xlrd.compdoc import CompDocError

from flows.orders.cells import Shown
from flows.sheets import number_formats
from flows.sheets.merged_cells import spread
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.language import Text

_PASSWORD = Text(
    en="The file has a password; save it without one and run again.", zh="文件有密码保护；请取消密码后重新运行。"
)
_BROKEN = Text(
    en="The file is damaged, incomplete or protected by a password; open it in Excel or WPS and save it as .xlsx.",
    zh="文件已损坏、不完整或有密码；请用 Excel 或 WPS 打开并另存为 .xlsx。",
)
_OTHER_ZIP = Text(
    en="This is an archive or another kind of workbook; unpack it, or save it as .xlsx.",
    zh="这是压缩包或其他格式的表格；请先解压，或另存为 .xlsx。",
)
_TOO_WIDE = Text(
    en="The worksheet has cells far away from the others; delete the columns and rows behind the table and save it.",
    zh="工作表中有离表格很远的单元格；请删除表格之后的列和行并保存。",
)
_MOST_CELLS = 5_000_000
"""Empty ones included, between A1 and the last one."""
_PARTS, _WORKBOOK = "xl/", "xl/workbook.xml"
_TEXTS = "xl/sharedstrings.xml"
_TAGS = ("{*}row", "{*}col")
_TRUE = frozenset({"1", "true"})
_LEAST_SEEN = 1.0
"""A row of less points, or a column of less characters, shows nothing of what it holds."""
_TWIPS, _OF_A_CHARACTER = 20, 256
"""The parts of a point, and of a character, that an xls file counts."""
_WIDEST = 16_384
"""Columns of a worksheet, at most."""
_UNKNOWN = "?"
"""Stands for a format that the file names by a number that is not known."""
_MADE = etree.XPath('*[@t="e" or *[local-name()="f"]]')
"""A row's cells that show an error, or have a formula."""
_RAISED = etree.XPath('*[@t="inlineStr"][.//*[local-name()="vertAlign"]]')
"""A row's cells in whose own text characters stand above or below the others."""
_BROKEN_XLS = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    AssertionError,
    ArithmeticError,
    AttributeError,
    LookupError,
    ValueError,
    TypeError,
    NotImplementedError,
)
"""What xlrd raises for damaged files: besides its own errors whatever it stumbles over."""
_BROKEN_XLSX = (
    CalamineError,
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    RuntimeError,
    EOFError,
    OSError,
)
"""What the readers of an xlsx file raise for damaged archives, unknown packing and parts that are missing."""


def read_xlsx(data: bytes) -> list[Worksheet]:
    """The worksheets of an xlsx file. Raises NotASheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if not any(name.startswith(_PARTS) for name in names):
                raise NotASheet(_OTHER_ZIP, flaw=Flaw.KIND)
            if _WORKBOOK not in names:
                raise NotASheet(_BROKEN, flaw=Flaw.BROKEN)
            return list(_worksheets(data, archive=archive))
    except PasswordError as error:
        raise NotASheet(_PASSWORD, flaw=Flaw.PASSWORD) from error
    except _BROKEN_XLSX as error:
        raise NotASheet(_BROKEN, flaw=Flaw.BROKEN) from error


def read_xls(data: bytes) -> list[Worksheet]:
    """The worksheets of an xls file. Raises NotASheet; also for an xlsx file with a password, which looks like one."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise NotASheet(_PASSWORD, flaw=Flaw.PASSWORD)
    try:
        # formatting_info: without it xlrd does not read which rows are hidden; ragged_rows: with it a cell far away
        # does not fill the memory with empty ones; it prints to stdout unless told not to
        log = io.StringIO()
        with xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=log) as book:
            return [_xls_worksheet(sheet, book=book) for sheet in book.sheets()]
    except _BROKEN_XLS as error:
        raise NotASheet(_BROKEN, flaw=Flaw.BROKEN) from error


def _worksheets(data: bytes, *, archive: zipfile.ZipFile) -> Iterator[Worksheet]:
    parts, styles = _parts(archive)
    formats = _formats(archive.read(styles)) if styles in archive.namelist() else {}
    texts = next((name for name in archive.namelist() if name.lower() == _TEXTS), None)  # by its name, as calamine
    raised = _raised(archive.read(texts)) if texts else frozenset()
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for metadata in book.sheets_metadata:
            with archive.open(parts[metadata.name]) as part:
                marks = _Marks.read(part, formats=formats, raised=raised)
            sheet = book.get_sheet_by_name(metadata.name)
            rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            for row, column, code in marks.formatted:
                if row <= len(rows) and column < len(rows[row - 1]):
                    value = rows[row - 1][column]
                    rows[row - 1][column] = number_formats.shown(value, code=code) if code else Shown(value, None)
            yield Worksheet(
                name=metadata.name,
                rows=rows,
                typed=True,
                hidden=metadata.visible != SheetVisibleEnum.Visible,
                hidden_rows=frozenset(marks.hidden_rows),
                hidden_columns=frozenset(marks.hidden_columns),
                covered=spread(rows, [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]),
                unread=marks.unread,
                formulas=marks.formulas,
            )


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], str]:
    """The archive's part for each worksheet name, and that of the styles."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {link.get("Id"): _inside(link.get("Target")) for link in links}
    styles = next((_inside(link.get("Target")) for link in links if link.get("Type", "").endswith("/styles")), "")
    book = etree.fromstring(archive.read(_WORKBOOK), parser)
    parts = {}
    for sheet in book.iter("{*}sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        parts[sheet.get("name")] = targets[link]
    return parts, styles


def _inside(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _formats(styles: bytes) -> Mapping[str, str]:
    """The number format by a cell's style, as the cells name it; styles that show what no format does are left out."""
    tree = etree.fromstring(styles, etree.XMLParser(resolve_entities=False, no_network=True))
    codes = {str(number): code for number, code in number_formats.BUILT_IN.items()}
    codes |= {each.get("numFmtId", ""): each.get("formatCode", "") for each in tree.iterfind("{*}numFmts/{*}numFmt")}
    named = [codes.get(each.get("numFmtId", "0"), _UNKNOWN) for each in tree.iterfind("{*}cellXfs/{*}xf")]
    return {str(style): code for style, code in enumerate(named) if not number_formats.is_plain(code)}


def _raised(texts: bytes) -> frozenset[str]:
    """The numbers, as cells name them, of the texts in which characters stand above or below the others."""
    if b"vertAlign" not in texts:
        return frozenset()
    tree = etree.fromstring(texts, etree.XMLParser(resolve_entities=False, no_network=True))
    found = enumerate(tree.iterfind("{*}si"))
    return frozenset(str(number) for number, text in found if text.find(".//{*}vertAlign") is not None)


@dataclass(slots=True)
class _Marks:
    """What a worksheet's part says beside the values. Rows count from 1, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unread: dict[int, frozenset[int]] = field(default_factory=dict)
    formulas: dict[int, frozenset[int]] = field(default_factory=dict)
    formatted: list[tuple[int, int, str | None]] = field(default_factory=list)
    """Row, column and number format of the cells that may show something else than they hold; None: characters of
    their text stand above or below the others, as a note does."""

    @classmethod
    def read(cls, part: IO[bytes], *, formats: Mapping[str, str], raised: frozenset[str]) -> _Marks:
        """Raises NotASheet when the corners of the table are so far apart that its empty cells do not fit in memory."""
        marks = cls()
        number, width = 0, 0
        for _, found in etree.iterparse(part, events=("end",), tag=_TAGS, resolve_entities=False, no_network=True):
            if found.tag.endswith("}col"):
                marks._see_column(found)
                continue
            number = int(found.get("r", number + 1))
            width = max(width, _column(found[-1].get("r", "")) + 1 if len(found) else 0)
            if number * width > _MOST_CELLS:
                raise NotASheet(_TOO_WIDE, flaw=Flaw.LARGE)
            marks._see_row(found, number=number, formats=formats, raised=raised)
            found.clear()
            while found.getprevious() is not None:
                del found.getparent()[0]
        return marks

    def _see_column(self, column: etree._Element) -> None:
        if column.get("hidden") in _TRUE or float(column.get("width", "1")) < _LEAST_SEEN:
            last = min(int(column.get("max", "1")), _WIDEST)
            self.hidden_columns.update(range(int(column.get("min", "1")) - 1, last))

    def _see_formulas(self, cells: Sequence[etree._Element], *, number: int) -> None:
        unread = frozenset(_column(cell.get("r", "")) for cell in cells if _is_unread(cell))
        if unread:
            self.unread[number] = unread
        formulas = frozenset(_column(cell.get("r", "")) for cell in cells if cell.find("{*}f") is not None)
        if formulas:
            self.formulas[number] = formulas

    def _see_row(self, row: etree._Element, *, number: int, formats: Mapping[str, str], raised: frozenset[str]) -> None:
        """Hidden, filtered away or of no height; cells without a value, with a number format, with raised text."""
        if row.get("hidden") in _TRUE or float(row.get("ht", "1")) < _LEAST_SEEN:
            self.hidden_rows.add(number)
        made = _MADE(row)
        if made:
            self._see_formulas(made, number=number)
        if formats:
            self.formatted += [
                (number, _column(cell.get("r", "")) if cell.get("r") else place, formats[style])
                for place, cell in enumerate(row)
                if (style := cell.get("s", "0")) in formats
            ]
        cells = _RAISED(row)
        if raised:
            cells += [cell for cell in row if cell.get("t") == "s" and cell.findtext("{*}v") in raised]
        self.formatted += [(number, _column(cell.get("r", "")), None) for cell in cells]


def _is_unread(cell: etree._Element) -> bool:
    """Whether it shows an error, or its formula was never calculated."""
    return cell.get("t") == "e" or (cell.get("t") != "str" and not cell.findtext("{*}v"))


def _column(place: str) -> int:
    """The column, from 0, of a place such as `AB12`; 0 where the file does not say."""
    column = 0
    for letter in place.rstrip("0123456789").upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return max(column - 1, 0)


def _xls_worksheet(sheet: xlrd.sheet.Sheet, *, book: xlrd.book.Book) -> Worksheet:
    rows = [[_xls_value(cell, book=book) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        if any(book.font_list[font].escapement for _, font in runs):
            rows[row][column] = Shown(rows[row][column], None)
    hidden_rows = frozenset(
        number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden or info.height < _LEAST_SEEN * _TWIPS
    )
    hidden_columns = frozenset(
        number
        for number, info in sheet.colinfo_map.items()
        if info.hidden or info.width < _LEAST_SEEN * _OF_A_CHARACTER
    )
    merged = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    return Worksheet(
        name=sheet.name,
        rows=rows,
        typed=True,
        hidden=sheet.visibility != 0,
        hidden_rows=hidden_rows,
        hidden_columns=hidden_columns,
        covered=spread(rows, merged),
    )


def _xls_value(cell: xlrd.sheet.Cell, *, book: xlrd.book.Book) -> object:
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return number_formats.shown(cell.value, code=_xls_format(cell, book=book))
        case xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return ""  # as calamine reads it
        case _:
            return number_formats.shown(str(cell.value), code=_xls_format(cell, book=book))


def _xls_format(cell: xlrd.sheet.Cell, *, book: xlrd.book.Book) -> str:
    if not book.xf_list or cell.xf_index is None:  # a file that has no styles at all
        return number_formats.GENERAL
    return str(book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
