"""Files of card codes as suppliers send them: good ones, and rows with everything that goes wrong."""

from __future__ import annotations

import csv
import random
import string
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from flows.codes.reasons import CodeReason

BAD_TEXTS: list[tuple[str, CodeReason]] = [
    ("ABCD 1234", CodeReason.BLANK_INSIDE),
    ("6810001----ABCD1234", CodeReason.TWO_IN_ONE),
    ("ABCD１２３４", CodeReason.FULL_WIDTH),
    ("ABCD\u30001234", CodeReason.FULL_WIDTH),
    ("ABCD\u200b1234", CodeReason.INVISIBLE),
    ("ABCD\u00a01234", CodeReason.INVISIBLE),
    ("ABCD\u202e1234", CodeReason.INVISIBLE),
    ("ABCD\x071234", CodeReason.CONTROL),
    ("ABCD\t1234", CodeReason.CONTROL),
    ("ABCD1234\nEFGH5678", CodeReason.SEVERAL_LINES),
    ("ABCD\ufffd234", CodeReason.UNREADABLE),
    ("卡密ABCD1234", CodeReason.CHINESE),
    ("合计：120", CodeReason.CHINESE),
    ("АBCD1234", CodeReason.LOOK_ALIKE),
    ("ABCD—1234", CodeReason.TYPOGRAPHIC),
    ("ÄBCD1234", CodeReason.NOT_ASCII),
    ("'ABCD1234", CodeReason.QUOTED),
    ('"ABCD1234"', CodeReason.QUOTED),
    ("=A1&B1", CodeReason.FORMULA_TEXT),
    ("+ABCD1234", CodeReason.FORMULA_TEXT),
    ("@ABCD1234", CodeReason.FORMULA_TEXT),
    ("#N/A", CodeReason.ERROR_TEXT),
    ("#REF!", CodeReason.ERROR_TEXT),
    ("########", CodeReason.ERROR_TEXT),
    ("1.23E+15", CodeReason.SCIENTIFIC),
    ("4.62599e+14", CodeReason.SCIENTIFIC),
    ("123456000000000000", CodeReason.DIGITS_LOST),
    ("2026-03-10", CodeReason.DATE_TEXT),
    ("2026/3/10 09:15", CodeReason.DATE_TEXT),
    ("10-Mar-26", CodeReason.DATE_TEXT),
    ("09:15", CodeReason.DATE_TEXT),
    ("1,234,567", CodeReason.AMOUNT),
    ("1234.50", CodeReason.AMOUNT),
    ("<b>ABCD1234</b>", CodeReason.MARKUP),
    ("ABCD&amp;1234", CodeReason.MARKUP),
    ("ABCD****1234", CodeReason.MASKED),
    ("null", CodeReason.PLACEHOLDER),
    ("xxxxxxxx", CodeReason.PLACEHOLDER),
    ("TRUE", CodeReason.PLACEHOLDER),
    ("A1B", CodeReason.TOO_SHORT),
    ("A1" * 101, CodeReason.TOO_LONG),
    ("   ", CodeReason.NO_CODE),
]
"""Texts that are no code, each with the reason that is given."""
LETTERS = string.ascii_uppercase + string.digits


def made_codes(count: int, *, seed: int = 7) -> list[tuple[str, str]]:
    """So many card numbers and codes."""
    chance = random.Random(seed)
    return [(f"68{10_000_000_000_001 + number}", "".join(chance.choices(LETTERS, k=16))) for number in range(count)]


def write_codes(path: Path, rows: Iterable[Sequence[object]], *, headers: Sequence[str] = ("卡号", "卡密")) -> Path:
    """A CSV or xlsx file; without headers, if there are none."""
    lines = [*([headers] if headers else []), *rows]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
        return path
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and not cell.startswith("=FORMULA"):
                    sheet.write_string(row, column, cell, text)
                elif isinstance(cell, str):
                    sheet.write_formula(row, column, '="CODE"&"-2222"', None, "CODE-2222")
                elif isinstance(cell, datetime):
                    sheet.write_datetime(row, column, cell, day)
                else:
                    sheet.write(row, column, cell)
    return path


def texts_in(folder: Path) -> bytes:
    """All that the files in this folder hold."""
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
