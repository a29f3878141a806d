"""Reading an export into orders: CSV, xlsx, xls, HTML, or a zip of one, whatever its headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.exports.api import ExportedItem, ExportedOrder, ExportTable
from flows.orders.cells import Cell, header_key, identifier, name_key, read_cell
from flows.orders.model import Mark
from flows.sheets.files import read_worksheets
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.documents.archives import BadArchive, members, unpack
from rpa.language import Text

if TYPE_CHECKING:
    from flows.exports.words import ExportWords

_WORKBOOK = "xl/workbook.xml"
_MOST_TOLD = 40
_UNREAD = "#"
_NO_HEADER = Text(
    en="No order number column was found in the export; add its header under [exports.headers] in the selectors file.",
    zh="导出表中没有找到订单号列；请在选择器文件的 [exports.headers] 中补充表头。",
)
_SEVERAL_FILES = Text(
    en="The archive has not exactly one file in it; unpack it by hand and look.",
    zh="压缩包中不是恰好一个文件；请人工解压查看。",
)
_CUT_OFF = Text(
    en="Row {number} of the export has fewer cells than its header; the file is not whole.",
    zh="导出表第 {number} 行的列数少于表头，文件不完整。",
)
_TWICE = Text(
    en="Two columns of the export mean the same ({name}); look at the file by hand.",
    zh="导出表中两列含义相同（{name}）；请人工查看文件。",
)


def read_export(
    path: Path, *, words: ExportWords, order_sn: re.Pattern[str], zone: ZoneInfo, unpacked: Path
) -> ExportTable:
    """The orders of an export. `unpacked`: an empty folder for what a zip holds; `zone`: that of the site's times.

    Raises NotASheet, or BadArchive, for a file that is none.
    """
    if _is_archive(path):
        members = unpack(path, into=unpacked)
        if len(members) != 1:
            raise NotASheet(_SEVERAL_FILES)
        path = members[0]
    for sheet in read_worksheets(path, is_header=lambda row: "order_sn" in _named(row, words=words)):
        found = _header(sheet, words=words)
        if found is not None:
            start, columns = found
            return _Reader(sheet=sheet, columns=columns, words=words, order_sn=order_sn, zone=zone).table(start)
    raise NotASheet(_NO_HEADER)


def _is_archive(path: Path) -> bool:
    """Whether it is a zip, and not a workbook, which is one by its format."""
    try:
        return not any(member.filename == _WORKBOOK for member in members(path))
    except BadArchive:
        return path.suffix.lower() == ".zip"


def _named(row: Sequence[object], *, words: ExportWords) -> list[str]:
    return [words.fields.get(header_key(cell), "") for cell in row if isinstance(cell, str)]


def _header(sheet: Worksheet, *, words: ExportWords) -> tuple[int, Mapping[str, int]] | None:
    for index, row in enumerate(sheet.rows[: words.header_within_rows]):
        fields = [words.fields.get(header_key(cell), "") if isinstance(cell, str) else "" for cell in row]
        if "order_sn" not in fields:
            continue
        twice = sorted({name for name in fields if name and fields.count(name) > 1})
        if twice:
            raise NotASheet(_TWICE.with_words(name=", ".join(twice)))
        return index, {name: column for column, name in enumerate(fields) if name}
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the rows below a header."""

    sheet: Worksheet
    columns: Mapping[str, int]
    words: ExportWords
    order_sn: re.Pattern[str]
    zone: ZoneInfo

    def table(self, start: int) -> ExportTable:
        orders: dict[str, ExportedOrder] = {}
        bad_rows = []
        for number, raw in enumerate(self.sheet.rows[start + 1 :], start=start + 2):
            row = self._seen(number, raw)
            if row and len(row) < len(self.sheet.rows[start]):
                raise NotASheet(_CUT_OFF.with_words(number=number))
            written = self._cell(row, "order_sn")
            sn = identifier(written.text)
            if self.order_sn.fullmatch(sn):
                order = self._order(sn, row)
                orders[sn] = _joined(orders[sn], order) if sn in orders else order
            elif any(str(cell or "").strip() for cell in row):
                bad_rows.append(f"{number}: {written.text[:_MOST_TOLD]}")
        return ExportTable(orders=orders, bad_rows=tuple(bad_rows), tells_audits=bool(self._audits))

    def _seen(self, number: int, row: Sequence[object]) -> Sequence[object]:
        """The row with a sign that no word is made of where a cell could not be read: empty would mean something."""
        unread = self.sheet.unread.get(number)
        return [_UNREAD if column in unread else cell for column, cell in enumerate(row)] if unread else row

    @property
    def _audits(self) -> list[int]:
        return [n for n in range(len(self.words.audit)) if f"audit:{n}" in self.columns]

    def _order(self, sn: str, row: Sequence[object]) -> ExportedOrder:
        status, after_sale = self._text(row, "status"), self._text(row, "after_sale")
        audits = {n: self._text(row, f"audit:{n}") for n in self._audits}
        number = self._cell(row, "tracking_number")
        return ExportedOrder(
            order_sn=sn,
            status=self.words.statuses.get(name_key(status), ""),
            status_text=status,
            audit=_worst(self.words.audit_marks[n].get(name_key(text), Mark.UNREADABLE) for n, text in audits.items()),
            audit_text="; ".join(audits.values()),
            after_sale=self._after_sale(after_sale),
            after_sale_text=after_sale,
            courier=self._text(row, "courier"),
            tracking_number=identifier(number.text),
            number_damaged=number.lost,
            items=(self._item(row),),
            ship_by=self._moment(row, "ship_by"),
            shipped_at=self._moment(row, "shipped_at"),
        )

    def _after_sale(self, text: str) -> Mark:
        if "after_sale" not in self.columns:
            return Mark.UNREADABLE
        return Mark.CLEAR if name_key(text) in self.words.no_after_sale_keys else Mark.SET

    def _item(self, row: Sequence[object]) -> ExportedItem:
        quantity = self._text(row, "quantity")
        return ExportedItem(
            goods_id=identifier(self._text(row, "goods_id")),
            goods=self._text(row, "goods"),
            spec=self._text(row, "spec"),
            quantity=int(quantity) if quantity.isdecimal() else None,
            amount_fen=_fen(self._text(row, "amount")),
        )

    def _moment(self, row: Sequence[object], field: str) -> datetime | None:
        column = self.columns.get(field)
        raw = row[column] if column is not None and column < len(row) else None
        if isinstance(raw, datetime):
            return raw.replace(tzinfo=self.zone)
        try:
            return datetime.fromisoformat(self._text(row, field).replace("/", "-")).replace(tzinfo=self.zone)
        except ValueError:
            return None

    def _text(self, row: Sequence[object], field: str) -> str:
        return self._cell(row, field).text

    def _cell(self, row: Sequence[object], field: str) -> Cell:
        column = self.columns.get(field)
        raw = row[column] if column is not None and column < len(row) else None
        if not isinstance(raw, str):
            return read_cell(raw, typed=self.sheet.typed)
        return _text_cell(raw, typed=self.sheet.typed) if raw else Cell()


@lru_cache(maxsize=10_000)
def _text_cell(raw: str, *, typed: bool) -> Cell:
    """Most cells of an export repeat a few words."""
    return read_cell(raw, typed=typed)


def _worst(marks: Iterable[Mark]) -> Mark:
    """Set if any says so, unreadable if any cannot be read or there is none, else clear."""
    read = set(marks)
    return next((mark for mark in (Mark.SET, Mark.UNREADABLE) if mark in read), Mark.CLEAR if read else Mark.UNREADABLE)


def _joined(first: ExportedOrder, more: ExportedOrder) -> ExportedOrder:
    """One order of several rows: their items together; what else differs is its doubt."""
    differing = [*_differing(first, more)]
    doubt = "; ".join(filter(None, (first.doubt, *differing)))
    audit, after_sale = _worst((first.audit, more.audit)), _worst((first.after_sale, more.after_sale))
    return replace(first, items=(*first.items, *more.items), audit=audit, after_sale=after_sale, doubt=doubt)


def _differing(first: ExportedOrder, more: ExportedOrder) -> Iterator[str]:
    for name in ("status_text", "audit_text", "after_sale_text", "courier", "tracking_number"):
        one, other = getattr(first, name), getattr(more, name)
        if one != other:
            yield f"{name.removesuffix('_text')}: {one!r}, {other!r}"


def _fen(yuan: str) -> int | None:
    try:
        fen = Decimal(yuan.replace(",", "")) * 100
    except InvalidOperation:
        return None
    return int(fen) if fen.is_finite() and fen == int(fen) else None
