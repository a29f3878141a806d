"""The table `[imports]` of a selector profile: headers of the files that the site imports, and what its codes allow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.orders.cells import header_key
from rpa.files import save_workbook

Words = tuple[Annotated[str, Field(min_length=1)], ...]


class ImportHeaders(BaseModel):
    """Header variants by field, machine keys among them; case, width, signs and remarks in brackets do not matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_sn: Words
    courier: Words
    tracking_number: Words
    reason: Words
    """Of the failure file: why a row was refused."""


class ImportWords(BaseModel):
    """Words and codes of imports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headers: ImportHeaders
    header_within_rows: int = Field(ge=1)
    for_dialog: tuple[int, ...] = ()
    """Codes of refused rows that the shipping dialog may know a way around."""
    lasting: tuple[int, ...] = ()
    """Codes that the same row would get again: such a row is not uploaded a second time."""

    @model_validator(mode="after")
    def _headers_mean_one_field(self) -> ImportWords:
        names = [header_key(word) for words in self.headers.model_dump().values() for word in words]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"headers that mean two fields: {', '.join(twice)}")
        return self

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Field by normalised header."""
        return {header_key(word): name for name, words in self.headers.model_dump().items() for word in words}


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
