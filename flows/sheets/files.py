"""Files as raw cells: what a file is, is told by its content, never by its suffix."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.files import NotRegular, TooLarge, read_regular
from rpa.language import Text

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = ",\t;|"
HEAD_ROWS = 50
"""Rows that are looked at to choose a delimiter."""

MOST_BYTES = 64 << 20
"""A larger file is not even taken into memory; 200,000 rows of 30 columns have 40 MB as text, 20 as xlsx."""
_SHORT_BYTES = 1 << 20
"""A text that is not longer cannot cost much, whatever is in it, and is read where it is."""
_HEAD_CHARACTERS = 2000
_UTF_16 = b"\xff\xfe", b"\xfe\xff"

NO_FILE = Text(
    en="This is a link, a pipe or a device and no file; put the file itself in its place.",
    zh="这是链接、管道或设备，不是文件；请改放文件本身。",
)
TOO_LARGE = Text(
    en="The file has more than 64 MB; delete what is behind the table, or split the file.",
    zh="文件超过 64 MB；请删除表格之后的内容，或拆分文件。",
)

IsHeader = Callable[[Sequence[object]], bool]


def read_worksheets(path: Path, *, is_header: IsHeader, links: bool = True) -> list[Worksheet]:
    """All worksheets of a CSV, xlsx, xls or HTML file. Raises NotASheet saying what to do with this file.

    `links`: whether the path may be a link to the file.
    """
    return worksheets_in(whole_file(path, links=links), is_header=is_header)


def whole_file(path: Path, *, links: bool = True) -> bytes:
    """The file's content. Raises NotASheet for what is no file, is too large, or cannot be opened."""
    try:
        return read_regular(path, most_bytes=MOST_BYTES, links=links)
    except TooLarge as error:
        raise NotASheet(TOO_LARGE, flaw=Flaw.LARGE) from error
    except NotRegular as error:
        raise NotASheet(NO_FILE, flaw=Flaw.KIND) from error
    except OSError as error:
        raise NotASheet(_unopened(error), flaw=Flaw.BROKEN) from error


def worksheets_in(data: bytes, *, is_header: IsHeader) -> list[Worksheet]:
    """The same of a file that was read already. All but a short text is read in a process of its own."""
    from flows.sheets import limits, sandboxed_reading

    if data.startswith((ZIP, OLE)):
        return sandboxed_reading.worksheets(data)
    head = _head(data)
    delimiter = _delimiter(head, is_header=is_header)
    if len(data) > _SHORT_BYTES or _is_markup(head):
        return sandboxed_reading.worksheets(data, delimiter=delimiter)
    return limits.checked(parsed(data, delimiter=delimiter))


def parsed(data: bytes, *, delimiter: str) -> list[Worksheet]:
    """The worksheets in these bytes, whatever they may cost; `delimiter`: of a text's cells."""
    if not data.strip():
        raise NotASheet(Text(en="The file is empty; export it again.", zh="文件是空的，请重新导出。"), flaw=Flaw.EMPTY)
    if data.startswith((ZIP, OLE)):
        from flows.sheets import workbooks

        return workbooks.read_xlsx(data) if data.startswith(ZIP) else workbooks.read_xls(data)
    return _read_text(decoded(data), delimiter=delimiter)


def _head(data: bytes) -> str:
    """The text, or its first lines where it is long; empty when it is none, as its reader says."""
    head = data if len(data) <= _SHORT_BYTES else data[:_SHORT_BYTES].rpartition(b"\n")[0]
    if head.startswith(_UTF_16):
        head = head[: len(head) // 2 * 2]
    try:
        return decoded(head)
    except NotASheet:
        return ""


def _is_markup(text: str) -> bool:
    return text[:_HEAD_CHARACTERS].lstrip().startswith("<")


def _unopened(error: OSError) -> Text:
    if isinstance(error, FileNotFoundError):
        return Text(en="There is no such file; check the path.", zh="文件不存在，请检查路径。")
    return Text(
        en=f"The file cannot be opened ({error.strerror}); close the program that has it open and run again.",
        zh=f"文件无法打开（{error.strerror}）；请关闭正在使用它的程序后重新运行。",
    )


def decoded(data: bytes) -> str:
    """The text in these bytes: UTF-8 or UTF-16, or what Chinese programs write. Raises NotASheet when it is none."""
    if data.startswith(_UTF_16):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data:
        encodings = ()
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet(
        Text(
            en="This is neither a table nor text; save it as .xlsx in Excel or WPS.",
            zh="这不是表格也不是文本；请用 Excel 或 WPS 另存为 .xlsx。",
        ),
        flaw=Flaw.KIND,
    )


def ends_whole(data: bytes) -> bool:
    """Whether a file ends where a row, or a page, ends; a workbook that is cut cannot be opened, and counts as one."""
    if data.startswith((ZIP, OLE)):
        return True
    try:
        text = decoded(data).rstrip(" \t\x1a")
    except NotASheet:  # no text, or text that is cut within a character
        return False
    return text.rstrip().endswith(">") if text.lstrip().startswith("<") else text.endswith(("\n", "\r"))


def _read_text(text: str, *, delimiter: str) -> list[Worksheet]:
    head = text[:_HEAD_CHARACTERS].lstrip().casefold()
    if _is_markup(text) and "<table" in text.casefold():
        from flows.sheets.html_tables import read_html

        return [read_html(text)]
    if head.startswith(("<", "mime-version", "%pdf")):
        raise NotASheet(
            Text(
                en="The file is not a table that can be read; open it in Excel or WPS and save it as .xlsx.",
                zh="此文件不是可读取的表格；请用 Excel 或 WPS 打开并另存为 .xlsx。",
            ),
            flaw=Flaw.PAGE if _is_markup(text) else Flaw.KIND,
        )
    return [_read_csv(text, delimiter=delimiter)]


def _delimiter(text: str, *, is_header: IsHeader) -> str:
    for delimiter in DELIMITERS:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            if any(is_header(row) for row in islice(lines, HEAD_ROWS)):
                return delimiter
        except csv.Error:
            continue
    return DELIMITERS[0]


def _read_csv(text: str, *, delimiter: str) -> Worksheet:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Sequence[object]] = []
    try:
        rows.extend(lines)
    except csv.Error as error:
        raise NotASheet(
            Text(
                en=f'A quotation mark (") is wrong or the file is cut off near line {lines.line_num}; '
                "correct it, or save the file as .xlsx.",
                zh=f'第 {lines.line_num} 行附近引号（"）有误或文件不完整；请改正，或另存为 .xlsx。',
            ),
            flaw=Flaw.BROKEN,
        ) from error
    return Worksheet(name="", rows=rows, typed=False)
