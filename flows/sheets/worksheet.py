"""Worksheets of files from outside, as values: cells by row, and why a file is no sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flows.orders.reasons import Reason
from rpa.errors import Refused
from rpa.language import Text


class Flaw(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "empty"
    PASSWORD = "password"  # noqa: S105 - says that there is one
    BROKEN = "broken"
    """Damaged or cut off."""
    KIND = "kind"
    """Neither a table nor text."""
    PAGE = "page"
    """A web page without a table."""
    LARGE = "large"
    """It would not fit into memory."""
    FATAL = "fatal"
    """A run came to its end over it."""
    CONTENT = "content"
    """It can be read, but its columns or rows are not clear."""


class NotASheet(Refused):
    """This file cannot be read as a sheet."""

    def __init__(self, text: Text, *, flaw: Flaw = Flaw.CONTENT) -> None:
        super().__init__(text, reason=Reason.BAD_ROW)
        self.text = text
        self.flaw = flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """The raw cells of one worksheet: row `n` as Excel counts it is `rows[n - 1]`."""

    name: str
    """Empty where the file has but one table."""
    rows: Sequence[Sequence[object]]
    """Numbers and texts that a number format shows otherwise are `flows.orders.cells.Shown`; what a merged cell holds
    stands in each row that it covers."""
    typed: bool
    """Whether numbers (float) and text (str) are told apart."""
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    """From 0."""
    covered: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By row number, the columns from 0 whose value is that of a merged cell that begins in a row above."""
    unread: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By row number, the columns from 0 of cells that show an error or were never calculated; known of xlsx only."""
    formulas: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By row number, the columns from 0 of cells whose value a formula gives; known of xlsx only."""


def is_blank(row: Sequence[object]) -> bool:
    """Whether no cell of a row holds anything."""
    return row.count("") == len(row)
