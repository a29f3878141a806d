"""Tables: a worksheet's header found, what is no row skipped, the rest checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.orders.cells import Cell, clean, identifier, read_cell
from flows.orders.model import BadRow, Place, SheetRow
from flows.orders.reasons import Reason
from flows.orders.words import SheetProfile
from flows.sheets.headers import Columns, HeaderWords
from flows.sheets.rows import Fields, bad_row, check_row
from flows.sheets.worksheet import NotASheet, Worksheet, is_blank
from rpa.documents.quarantine import Quarantine
from rpa.language import Language, Text

_NOTHING = Fields(order_sn=Cell(), courier=Cell(), tracking_number=Cell(), proof=Cell())
_PIECES = re.compile(r'[,\t;|"\r\n]')
_ABOVE = Text(
    en="This row stands above the headers and is not read; move the headers to the top.",
    zh="此行在表头之上，未被读取；请将表头移到最上面。",
)
_SWALLOWED = Text(
    en='A quotation mark (") in this row joins it with the rows below; correct it, or save the file as .xlsx.',
    zh='此行中的引号（"）把后面的行并在一起；请改正，或另存为 .xlsx。',
)
_NO_ORDER = Text(
    en="This row has no order number: is it a further parcel of the order above? Fill in the order number, or ship the "
    "further parcels by hand.",
    zh="此行没有订单号：是否为上一行订单的另一个包裹？请补全订单号，或人工处理多包裹。",
)
_OTHER_TABLE = Text(
    en="This row belongs to a further table, whose headers name no tracking number column; move that table to a file "
    "of its own.",
    zh="此行属于另一个表格，其表头没有“快递单号”列；请将该表格移到单独的文件。",
)
_NO_HEADER = Text(
    en="The worksheet has order numbers, but no row with headers that are known for order number and tracking number; "
    "rename them, or name yours under `columns` in rpa.toml.",
    zh="工作表有订单号，但没有一行能识别出“订单号”和“快递单号”表头；请修改表头，或在 rpa.toml 的 columns 中指定。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """How sheets are to be read: the platform's words, a shop's own headers, the user's language."""

    profile: SheetProfile
    headers: HeaderWords
    language: Language
    hidden_rows: bool
    """Whether hidden rows count as any other."""
    fatal: Quarantine | None = None
    """Where it is noted which files are being read; None: nowhere."""


def read_table(
    sheet: Worksheet, *, path: Path, worksheet: str, reading: ReadingRules
) -> list[SheetRow | BadRow] | None:
    """The rows of one worksheet, each checked by itself; None: it has no header and no order numbers.

    Raises NotASheet when its columns are not clear.
    """
    start, columns = _header(sheet, reading=reading)
    if columns is None:
        if not sheet.hidden and any(_has_order_sn(row, reading=reading) for row in sheet.rows):
            raise NotASheet(_NO_HEADER)
        return None
    table = _Table(sheet=sheet, path=path, worksheet=worksheet, reading=reading)
    return [*table.above(start), *table.below(start, columns=columns)]


def _header(sheet: Worksheet, *, reading: ReadingRules) -> tuple[int, Columns | None]:
    for index, row in enumerate(sheet.rows[: reading.profile.sheets.header_within_rows]):
        columns = reading.headers.find(row)
        if columns:
            return index, columns
    return 0, None


def _has_order_sn(row: Sequence[object], *, reading: ReadingRules) -> bool:
    pattern = reading.profile.order_sn
    return any(isinstance(value, str) and pattern.fullmatch(identifier(clean(value))) for value in row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    sheet: Worksheet
    path: Path
    worksheet: str
    reading: ReadingRules

    def above(self, start: int) -> Iterator[BadRow]:
        """Rows above the header that look like orders."""
        for index, row in enumerate(self.sheet.rows[:start]):
            if _has_order_sn(row, reading=self.reading):
                yield self._refused(_NOTHING, index=index, text=_ABOVE)

    def below(self, start: int, *, columns: Columns) -> Iterator[SheetRow | BadRow]:
        """Rows below the header, without blank ones, totals and repeated headers."""
        above, clear = None, True
        for index in range(start + 1, len(self.sheet.rows)):
            row = self.sheet.rows[index]
            fields = _NOTHING if is_blank(row) else self._fields(row, columns=columns)
            if fields.blank:
                above = None
                continue
            if self._is_covered(index, row, columns=columns):
                continue
            if not self.reading.profile.order_sn.fullmatch(fields.order_sn.text):
                if self.reading.headers.is_header(row):
                    columns, above, clear = self.reading.headers.find(row) or columns, None, True
                    continue
                clear = clear and not self.reading.headers.names_orders(row)
                if self._is_total(row, fields=fields):
                    above = None
                    continue
            if not clear:
                yield self._refused(fields, index=index, text=_OTHER_TABLE)
                continue
            if above is not None and not self.sheet.typed and fields.may_belong_to(above):
                yield self._further(fields, above=above, index=index)
                continue
            above = fields if fields.order_sn.text else None
            yield self._row(fields, row=row, columns=columns, index=index)

    def _is_covered(self, index: int, row: Sequence[object], *, columns: Columns) -> bool:
        """Whether all that the row says stands in merged cells that begin above it: it is part of that row."""
        covered = self.sheet.covered.get(index + 1, frozenset())
        own = (place for place in columns.named if place not in covered)
        return bool(covered) and not any(self._cell(row, column=place).text for place in own)

    def _row(self, fields: Fields, *, row: Sequence[object], columns: Columns, index: int) -> SheetRow | BadRow:
        if not self.sheet.typed and self._swallows(row):
            return self._refused(fields, index=index, text=_SWALLOWED)
        return check_row(
            fields,
            place=self._place(index),
            profile=self.reading.profile,
            language=self.reading.language,
            hidden=self._hidden(index, columns=columns),
            hidden_rows=self.reading.hidden_rows,
        )

    def _further(self, fields: Fields, *, above: Fields, index: int) -> BadRow:
        """A row without an order number: what leaves it open is whether the order above has two parcels."""
        return self._refused(
            replace(fields, order_sn=above.order_sn), index=index, text=_NO_ORDER, reason=Reason.SEVERAL_PARCELS
        )

    def _refused(self, fields: Fields, *, index: int, text: Text, reason: Reason = Reason.BAD_ROW) -> BadRow:
        reading = self.reading
        return bad_row(
            fields,
            place=self._place(index),
            profile=reading.profile,
            reason=reason,
            message=text.of(reading.language),
        )

    def _place(self, index: int) -> Place:
        return Place(sheet=self.path, row=index + 1, worksheet=self.worksheet)

    def _hidden(self, index: int, *, columns: Columns) -> str | None:
        """The name of a column that is hidden, empty where the row is; None: the row is seen as a whole."""
        if self.sheet.hidden or index + 1 in self.sheet.hidden_rows:
            return ""
        unseen = sorted(self.sheet.hidden_columns.intersection(columns.named))
        return columns.names[unseen[0]] if unseen else None

    def _fields(self, row: Sequence[object], *, columns: Columns) -> Fields:
        return Fields(
            order_sn=self._cell(row, column=columns.order_sn),
            courier=self._cell(row, column=columns.courier),
            tracking_number=self._cell(row, column=columns.tracking_number),
            proof=self._cell(row, column=columns.proof),
            further=tuple(self._cell(row, column=place) for place in columns.further),
            notes=tuple(self._cell(row, column=place) for place in (*columns.notes, *range(columns.width, len(row)))),
            mark=self._cell(row, column=columns.mark).text,
        )

    def _cell(self, row: Sequence[object], *, column: int | None) -> Cell:
        if column is None or column >= len(row):
            return Cell()
        cell = read_cell(row[column], typed=self.sheet.typed)
        return Cell() if cell.text.casefold() in self.reading.profile.sheets.empty else cell

    def _is_total(self, row: Sequence[object], *, fields: Fields) -> bool:
        texts = (clean(value) for value in row if isinstance(value, str))
        first = next((text for text in texts if text), "")
        pattern = self.reading.profile.sheets.total_row
        return bool(pattern.fullmatch(first) or pattern.fullmatch(fields.order_sn.text))

    def _swallows(self, row: Sequence[object]) -> bool:
        """Whether a cell holds further lines of the file, because a quotation mark was never closed."""
        return any(
            isinstance(value, str) and "\n" in value and _has_order_sn(_PIECES.split(value), reading=self.reading)
            for value in row
        )
