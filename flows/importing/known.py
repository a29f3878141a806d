"""The form of an import file as the profile knows it, for a person's own upload when the page cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rpa.files import save_workbook

if TYPE_CHECKING:
    from flows.bulk_import.words import ImportWords


def write_known_template(path: Path, *, words: ImportWords, parcels: bool) -> None:
    """An empty file with two header rows, words and machine keys; `parcels`: with columns for courier and number."""
    from openpyxl import Workbook

    headers = words.headers
    columns = [headers.order_sn, *((headers.courier, headers.tracking_number) if parcels else ())]
    book = Workbook()
    sheet = book.worksheets[0]
    for row in range(2):
        sheet.append([names[min(row, len(names) - 1)] for names in columns])
    save_workbook(book, path)
