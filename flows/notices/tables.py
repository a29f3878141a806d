"""Tables of a notice's file: which orders a worksheet names, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flows.notices.api import NoticeKind, Says
from flows.notices.wording import NOTHING, Meanings, OrderNumbers, Wording, is_code, is_damaged, together, verdict
from flows.orders.cells import Shown, clean, header_key
from flows.sheets.worksheet import Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReader:
    """How tables of one kind of notice are read."""

    kind: NoticeKind
    numbers: OrderNumbers
    wording: Wording

    def read(self, sheet: Worksheet) -> TableReading:
        """What this worksheet says."""
        table = _Table(reader=self, sheet=sheet)
        for number, row in enumerate(sheet.rows, 1):
            table.take(number, row)
        return table.reading()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """What one worksheet says."""

    says: dict[str, Says]
    damaged_rows: tuple[int, ...]
    """Rows, as Excel counts them, where an order number should stand and what stands there is none."""
    lines: tuple[str, ...]
    """The words that stand above, below and between the rows with orders."""


@dataclass(slots=True, kw_only=True)
class _Table:
    reader: TableReader
    sheet: Worksheet
    order_columns: frozenset[int] = frozenset()
    """Empty until a header was found: order numbers may then stand anywhere."""
    decision_columns: frozenset[int] = frozenset()
    quoted_columns: frozenset[int] = frozenset()
    """With what people write; one that any header calls otherwise is none."""
    lines: list[str] = field(default_factory=list)
    decided: Meanings = NOTHING
    """What lines say that are made like a decision, its name and the answer, and that a hidden line says something."""
    rows: list[tuple[tuple[str, ...], Meanings]] = field(default_factory=list)
    beside: set[str] = field(default_factory=set)
    """Order numbers that stand in other columns than those of the orders."""
    damaged: list[int] = field(default_factory=list)

    def take(self, number: int, row: Sequence[object]) -> None:
        """Take in one row. Whatever a format makes of what a cell holds: what is held counts against an order."""
        row = [cell.value if isinstance(cell, Shown) else cell for cell in row]
        found = {column: sns for column, cell in enumerate(row) if (sns := self.reader.numbers.find(cell))}
        if not found and any(map(self.reader.numbers.is_header, row)):
            self._take_header(row)
            return
        own = tuple(sn for column, sns in found.items() if self._is_order_column(column) for sn in sns)
        self.beside |= {sn for column, sns in found.items() if not self._is_order_column(column) for sn in sns}
        if own:
            self.rows.append((own, self._meanings(number, row)))
        elif self._hides_an_order(number, row):
            self.damaged.append(number)
        elif not found:
            self._take_line(number, row)

    def reading(self) -> TableReading:
        """What all rows say."""
        line = NOTHING.union(self.decided, *map(self.reader.wording.said, self.lines))
        says: dict[str, Says] = {}
        for sns, meanings in self.rows:
            said = verdict(self.reader.kind, line | meanings)
            for sn in sns:
                says[sn] = together(said, says.get(sn))
        aside = Says.PROHIBITED if self.reader.kind is NoticeKind.PROHIBITION else Says.UNCLEAR
        says = {**dict.fromkeys(sorted(self.beside), aside), **says}
        return TableReading(says=says, damaged_rows=tuple(self.damaged), lines=tuple(self.lines))

    def _take_header(self, row: Sequence[object]) -> None:
        keys = {column: header_key(cell) for column, cell in enumerate(row) if isinstance(cell, str)}
        decisions = self.reader.wording.words.decision_keys
        quoted = frozenset(column for column, key in keys.items() if key in self.reader.wording.words.quoted_keys)
        self.quoted_columns = self.quoted_columns & quoted if self.order_columns else quoted
        self.order_columns |= {column for column, cell in enumerate(row) if self.reader.numbers.is_header(cell)}
        self.decision_columns |= {column for column, key in keys.items() if key in decisions}

    def _is_order_column(self, column: int) -> bool:
        return not self.order_columns or column in self.order_columns

    def _meanings(self, number: int, row: Sequence[object]) -> Meanings:
        """What the cells beside an order say of it. A hidden row releases nothing."""
        said = [frozenset({Says.UNCLEAR}) if self._is_hidden(number) else NOTHING]
        for column, cell in enumerate(row):
            if column in self.decision_columns:
                said.append(self._answered(cell))
            elif isinstance(cell, str) and column not in self.quoted_columns:
                said.append(self.reader.wording.said(cell))
        return NOTHING.union(*said)

    def _answered(self, cell: object) -> Meanings:
        """What an answer says; "no" in a prohibition is no news."""
        text = f"{cell:g}" if isinstance(cell, float) else str("" if cell is None else cell)
        answered = self.reader.wording.answered(text)
        prohibited = self.reader.kind is NoticeKind.PROHIBITION and answered == {Says.CLOSED}
        return frozenset({Says.PROHIBITED}) if prohibited else answered

    def _hides_an_order(self, number: int, row: Sequence[object]) -> bool:
        typed = self.sheet.typed
        if any(self._is_order_column(column) for column in self.sheet.unread.get(number, ())):
            return True
        if not self.order_columns:
            return any(is_damaged(cell, typed=typed) for cell in row)
        cells = [row[column] for column in self.order_columns if column < len(row)]
        return any(is_damaged(cell, typed=typed) or is_code(cell, typed=typed) for cell in cells)

    def _take_line(self, number: int, row: Sequence[object]) -> None:
        cells = [text for cell in row if isinstance(cell, str) and (text := clean(cell))]
        if not cells:
            return
        line = ",".join(cells)
        self.lines.append(line)
        for name, answer in _pairs(cells):
            if header_key(name) in self.reader.wording.words.decision_keys:
                self.decided |= self._answered(answer)
        if self._is_hidden(number) and self.reader.wording.said(line):
            self.decided |= {Says.UNCLEAR}

    def _is_hidden(self, number: int) -> bool:
        return self.sheet.hidden or number in self.sheet.hidden_rows


def _pairs(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbours, and the two sides of a colon."""
    yield from pairwise(cells)
    for cell in cells:
        name, colon, answer = cell.partition(":")
        if colon and answer:
            yield name, answer
