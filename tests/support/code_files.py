"""Files of card codes as suppliers send them: good ones, and rows with everything that goes wrong."""

from __future__ import annotations

import csv
import random
import string
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

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
