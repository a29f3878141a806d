"""Excel workbooks: cells with their types, hidden worksheets, and hidden rows (by hand or by a filter)."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
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

from flows.sheets.files import Flaw, NotASheet, Worksheet
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
_UNREAD = etree.XPath('*[@t="e" or (*[local-name()="f"] and not(@t="str") and not(string(*[local-name()="v"])))]')
"""A row's cells that show an error, or whose formula was never calculated."""
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
            return [_xls_worksheet(sheet, datemode=book.datemode) for sheet in book.sheets()]
    except _BROKEN_XLS as error:
        raise NotASheet(_BROKEN, flaw=Flaw.BROKEN) from error


def _worksheets(data: bytes, *, archive: zipfile.ZipFile) -> Iterator[Worksheet]:
    parts = _parts(archive)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for sheet in book.sheets_metadata:
            with archive.open(parts[sheet.name]) as part:
                marks = _row_marks(part)
            yield Worksheet(
                name=sheet.name,
                rows=book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False),
                typed=True,
                hidden=sheet.visible != SheetVisibleEnum.Visible,
                hidden_rows=frozenset(number for number, (hidden, _) in marks.items() if hidden),
                unread={number: unread for number, (_, unread) in marks.items() if unread},
            )


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive's part for each worksheet name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {link.get("Id"): link.get("Target") for link in links}
    book = etree.fromstring(archive.read(_WORKBOOK), parser)
    parts = {}
    for sheet in book.iter("{*}sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        parts[sheet.get("name")] = posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")
    return parts


def _row_marks(part: IO[bytes]) -> dict[int, tuple[bool, frozenset[int]]]:
    """By row number, from 1: whether it is hidden, filtered away or of no height, and its cells without a value.

    Rows without any such mark are left out. Raises NotASheet when the table's corners are so far apart that the empty
    cells between them would not fit into memory.
    """
    number, width, marks = 0, 0, {}
    for _, row in etree.iterparse(part, events=("end",), tag="{*}row", resolve_entities=False, no_network=True):
        number = int(row.get("r", number + 1))
        hidden = row.get("hidden") in {"1", "true"} or float(row.get("ht", "1")) == 0
        unread = frozenset(_column(cell.get("r", "")) for cell in _UNREAD(row))
        if hidden or unread:
            marks[number] = hidden, unread
        width = max(width, _column(row[-1].get("r", "")) + 1 if len(row) else 0)
        if number * width > _MOST_CELLS:
            raise NotASheet(_TOO_WIDE, flaw=Flaw.LARGE)
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]
    return marks


def _column(place: str) -> int:
    """The column, from 0, of a place such as `AB12`; 0 where the file does not say."""
    column = 0
    for letter in place.rstrip("0123456789").upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return max(column - 1, 0)


def _xls_worksheet(sheet: xlrd.sheet.Sheet, *, datemode: int) -> Worksheet:
    rows = [[_xls_value(cell, datemode=datemode) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    hidden_rows = frozenset(number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden)
    return Worksheet(name=sheet.name, rows=rows, typed=True, hidden=sheet.visibility != 0, hidden_rows=hidden_rows)


def _xls_value(cell: xlrd.sheet.Cell, *, datemode: int) -> object:
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return cell.value
        case xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return ""  # as calamine reads it
        case _:
            return str(cell.value)
