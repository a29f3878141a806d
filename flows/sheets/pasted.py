"""Pasted lines, from the clipboard or from standard input, as a sheet like any other."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.sheets.files import DELIMITERS, decoded
from flows.sheets.worksheet import NotASheet
from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from flows.sheets.headers import HeaderWords
    from rpa.config import Config

HEADERS = ("order_sn", "courier", "tracking_number")
"""Written above lines that came without headers; every profile knows them."""

_SEPARATORS = re.compile(r"\s*[\t,，;；]\s*")
_STILL_S = 60.0
_CLIPBOARD = Text(en="The clipboard", zh="剪贴板")
_INPUT = Text(en="Standard input", zh="标准输入")
_EMPTY = Text(
    en="{source} is empty; give lines with order number, courier and tracking number, copied from the sheet or on "
    "standard input.",
    zh="{source}为空；请从表格复制含订单号、快递公司、快递单号的行，或从标准输入提供。",
)
_NO_CLIPBOARD = Text(
    en="The clipboard cannot be read ({why}). Save the lines in a file and give it with --sheet, or on standard input: "
    "rpa ship --paste < FILE",
    zh="无法读取剪贴板（{why}）。请把这些行存成文件后用 --sheet 指定，或从标准输入提供：rpa ship --paste < 文件",
)
_NO_TEXT = Text(
    en="Standard input is no text; give a file with --sheet instead.", zh="标准输入不是文本；请改用 --sheet 指定文件。"
)
_CELLS = Text(
    en="Line {number} of what was pasted has {count} cells: {line}. Give order number, courier and tracking number, or "
    "copy the headers too.",
    zh="粘贴内容的第 {number} 行有 {count} 格：{line}。请提供订单号、快递公司、快递单号三格，或连同表头一起复制。",
)
_AT_THE_ENDS = " \t\r\n\u3000,，;；"


def pasted_sheet(config: Config, *, headers: HeaderWords) -> Path:
    """The lines as a new CSV in var/pasted/. Raises ConfigError when there are none, or when one is not clear."""
    text = _text()
    rows = list(_rows(text, headers=headers))
    now = config.clock.now()
    folder = config.var / "pasted"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}.csv"
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    whole_at = now.timestamp() - _STILL_S
    os.utime(path, (whole_at, whole_at))  # it is whole: nobody has to wait and see whether it grows
    return path


def _text() -> str:
    if sys.stdin is None or sys.stdin.isatty():
        source, text = _CLIPBOARD, _clipboard()
    else:
        source, text = _INPUT, _decoded(sys.stdin.buffer.read())
    if not text.strip():
        raise ConfigError(_EMPTY.with_words(source=source))
    return text


def _clipboard() -> str:
    import pyperclip

    try:
        return str(pyperclip.paste())
    except pyperclip.PyperclipException as error:
        first_line = str(error).strip().partition("\n")[0]
        raise ConfigError(_NO_CLIPBOARD.with_words(why=first_line)) from error


def _decoded(data: bytes) -> str:
    try:
        return decoded(data)
    except NotASheet as error:
        raise ConfigError(_NO_TEXT) from error


def _rows(text: str, *, headers: HeaderWords) -> Iterator[Sequence[str]]:
    """A table with headers as it is; other lines as order number, courier, tracking number below our headers."""
    lines = text.strip("\r\n").splitlines()
    for delimiter in DELIMITERS:
        if headers.is_header(next(csv.reader(lines[:1], delimiter=delimiter))):
            yield from csv.reader(io.StringIO(text.strip("\r\n"), newline=""), delimiter=delimiter)
            return
    yield HEADERS
    yield from (_cells(line, number=number) for number, line in enumerate(lines, start=1) if line.strip())


def _cells(line: str, *, number: int) -> Sequence[str]:
    """One line as three cells. Between its parts stand tabs or commas; where it has none of these, blanks do."""
    parts = _SEPARATORS.split(line.strip(" \r\n\u3000").rstrip(_AT_THE_ENDS))
    if len(parts) > len(HEADERS) and not parts[0]:
        parts = _SEPARATORS.split(line.strip(_AT_THE_ENDS))  # an empty column was copied with the others
    if len(parts) == 1:
        order_sn, *courier, last = line.split() if len(line.split()) > 1 else (*line.split(), "")
        parts = [order_sn, " ".join(courier), last]
    elif len(parts) == len(HEADERS) - 1:
        parts.insert(1, "")  # an order and its number: the number tells the courier
    if len(parts) != len(HEADERS):
        raise ConfigError(_CELLS.with_words(number=number, count=len(parts), line=repr(line.strip()[:80])))
    return parts
