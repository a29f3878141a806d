"""Limits of a table from outside, looked at before it is read and once it is."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from flows.orders.cells import Shown
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet, is_blank
from rpa.language import Text

MOST_CELLS: Final = 5_000_000
"""Empty ones, and rows without any, included: ten times an export of a month with 500 orders a day, in half a GB."""
MOST_ROWS: Final = 250_000
"""Rows that say something: each becomes one of a report, of the ledger and of a result."""
LONGEST_CELL: Final = 32_767
"""Characters; as many as Excel takes. A cell that is longer, named by thousands of others, fills any memory."""
MOST_UNPACKED: Final = 256 << 20
"""Bytes that may come out of a workbook; one of 200,000 rows has 100 MB of XML."""
MOST_PARTS: Final = 2_000
"""Files in a workbook."""
_LONGEST_TEXT: Final = 8 * LONGEST_CELL
"""Bytes of one shared text, which any number of cells may name: a character may be written as &#x4e2d;"""
_SHARED: Final = "xl/sharedstrings"
_ITEM: Final = re.compile(rb"<(?:\w+:)?si\b")
_CHUNK: Final = 1 << 16
_LOCAL: Final = struct.Struct("<26xHH")

_LONG_CELL = Text(
    en="A cell has more than 32,767 characters, which no spreadsheet program writes; delete it, or put in the "
    'quotation mark (") that is missing, and save the file as .xlsx.',
    zh='有单元格超过 32767 个字符，表格软件不会写出这样的内容；请删除该单元格或检查缺失的引号（"），再另存为 .xlsx。',
)
MANY_CELLS: Final = Text(
    en="The file has more than 5,000,000 cells; delete what is behind the table, or split the file.",
    zh="文件超过 500 万个单元格；请删除表格之后的内容，或拆分文件。",
)
_MANY_ROWS = Text(
    en="The file has more than 250,000 rows; delete what is not needed, or split the file.",
    zh="文件超过 25 万行；请删除不需要的行，或拆分文件。",
)
_UNPACKS = Text(
    en="The workbook unpacks to more than a table has; copy the table into a new workbook and save that.",
    zh="工作簿解压后过大，不像普通表格；请把表格复制到新的工作簿再保存。",
)
_CUT = Text(
    en="The file is damaged or incomplete; open it in Excel or WPS and save it as .xlsx.",
    zh="文件已损坏或不完整；请用 Excel 或 WPS 打开并另存为 .xlsx。",
)


def checked(sheets: Iterable[Worksheet]) -> list[Worksheet]:
    """These worksheets. Raises NotASheet when there are too many rows or cells, or a cell that is too long."""
    found, cells, rows = list(sheets), 0, 0
    for sheet in found:
        for row in sheet.rows:
            cells += max(len(row), 1)
            rows += not is_blank(row)
            if any(isinstance(cell, str | Shown) and _length(cell) > LONGEST_CELL for cell in row):
                raise NotASheet(_LONG_CELL, flaw=Flaw.LARGE)
        if cells > MOST_CELLS:
            raise NotASheet(MANY_CELLS, flaw=Flaw.LARGE)
        if rows > MOST_ROWS:
            raise NotASheet(_MANY_ROWS, flaw=Flaw.LARGE)
    return found


def _length(cell: str | Shown) -> int:
    return len(cell) if isinstance(cell, str) else max(len(str(cell.value)), len(cell.text or ""))


def check_book(data: bytes, *, most_unpacked: int = MOST_UNPACKED) -> None:
    """Raise NotASheet for an xlsx file that unpacks to too much, or holds a text that is longer than any cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = archive.infolist()
    if len(found) > MOST_PARTS:
        raise NotASheet(_UNPACKS, flaw=Flaw.LARGE)
    left = most_unpacked
    for member in found:
        text = _SharedText() if member.filename.lower().startswith(_SHARED) else None
        for _, chunk in unpacking(io.BytesIO(data), member):
            left -= len(chunk)
            if left < 0:
                raise NotASheet(_UNPACKS, flaw=Flaw.LARGE)
            if text is not None:
                text.add(chunk)


def unpacking(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """What comes out of a member of this zip, a little at a time, each with the bytes taken in for it until then.

    The sizes that the archive names are not believed. Raises NotASheet when it is damaged.
    """
    file.seek(member.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        raise NotASheet(_CUT, flaw=Flaw.BROKEN)
    file.seek(sum(_LOCAL.unpack(head)), os.SEEK_CUR)
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    inflating, taken = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while not inflating.eof and (chunk := file.read(min(_CHUNK, member.compress_size - taken))):
        taken += len(chunk)
        while deflated and chunk:
            yield taken, _inflated(inflating, chunk)
            chunk = inflating.unconsumed_tail
        if not deflated:
            yield taken, chunk


def _inflated(inflating: zlib._Decompress, chunk: bytes) -> bytes:
    try:
        return inflating.decompress(chunk, _CHUNK)
    except zlib.error as error:
        raise NotASheet(_CUT, flaw=Flaw.BROKEN) from error


@dataclass(slots=True)
class _SharedText:
    """The text of the workbook that is going on, with what formats its parts."""

    length: int = 0

    def add(self, chunk: bytes) -> None:
        """The next bytes. Raises NotASheet when a text is longer than any cell."""
        first, *others = _ITEM.split(chunk)
        self.length += len(first)
        if max(self.length, *map(len, others), 0) > _LONGEST_TEXT:
            raise NotASheet(_LONG_CELL, flaw=Flaw.LARGE)
        if others:
            self.length = len(others[-1])
