"""Merged cells: what one holds counts for each row that it covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from flows.sheets.worksheet import Flaw, NotASheet
from rpa.language import Text

Range: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, each from 0."""
Covered: TypeAlias = Mapping[int, frozenset[int]]
"""By row number, from 1, the columns from 0 whose value stands in a row above."""

_MOST: Final = 1_000_000
"""Covered cells of a worksheet."""
_TOO_MANY = Text(
    en="The worksheet has too many merged cells; undo the merging and save it.",
    zh="工作表中合并的单元格过多；请取消合并后保存。",
)


def spread(rows: list[list[object]], ranges: Iterable[Range]) -> Covered:
    """Write the value of each merged cell into the rows that it covers, in its first column; which cells these are.

    Raises NotASheet when there are too many.
    """
    covered: dict[int, set[int]] = defaultdict(set)
    left = _MOST
    for top, column, bottom, _ in ranges:
        if top >= len(rows) or column >= len(rows[top]) or rows[top][column] in {None, ""}:
            continue
        below = range(top + 1, min(bottom + 1, len(rows)))
        left -= len(below)
        if left < 0:
            raise NotASheet(_TOO_MANY, flaw=Flaw.LARGE)
        for number in below:
            row = rows[number]
            row.extend("" for _ in range(column + 1 - len(row)))
            row[column] = rows[top][column]
            covered[number + 1].add(column)
    return {number: frozenset(columns) for number, columns in covered.items()}
