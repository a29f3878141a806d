"""Order numbers in cells and sentences, and what may be left of one that was damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.orders.cells import clean, header_key, identifier, read_cell
from flows.orders.words import SheetProfile

_AROUND_HYPHENS = re.compile(r"(?<=\d) ?- ?(?=\d)", re.ASCII)
_CODE = re.compile(r"[\dA-Za-z.+*_/-]*", re.ASCII)
_DIGIT = re.compile(r"\d", re.ASCII)
_FEWEST_DIGITS = 5
"""A code with fewer digits is a count, not what is left of an order number."""
_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){9}")
"""Of any width, with invisible characters between them: most cells are told apart by this before they are cleaned."""


@dataclass(frozen=True, slots=True)
class OrderNumbers:
    """How the platform's order numbers, and the headers above them, are written."""

    whole: re.Pattern[str]
    inside: re.Pattern[str]
    headers: frozenset[str]
    """Normalised by `flows.orders.cells.header_key`."""

    @classmethod
    def of(cls, sheets: SheetProfile) -> OrderNumbers:
        """Those of one platform."""
        core = sheets.order_sn.pattern.removeprefix("^").removesuffix("$")
        inside = re.compile(rf"(?<!\d)(?:{core})(?!\d)", re.ASCII)
        return cls(sheets.order_sn, inside, frozenset(map(header_key, sheets.sheets.order_sn)))

    def find(self, value: object) -> tuple[str, ...]:
        """The order numbers in a cell or sentence, each once."""
        if not isinstance(value, str) or not _MANY_DIGITS.search(value):
            return ()
        if self.whole.fullmatch(value):
            return (value,)
        text = clean(value)
        one = identifier(text)
        if self.whole.fullmatch(one):
            return (one,)
        words = " ".join(map(identifier, text.split(" ")))
        found = self.inside.finditer(_AROUND_HYPHENS.sub("-", words))
        return tuple(dict.fromkeys(match.group() for match in found))

    def is_header(self, value: object) -> bool:
        """Whether this cell is the header of a column of order numbers."""
        return isinstance(value, str) and header_key(value) in self.headers


def is_damaged(value: object, *, typed: bool) -> bool:
    """Whether a spreadsheet has destroyed the number in this cell."""
    return read_cell(value, typed=typed).lost


def is_code(value: object, *, typed: bool) -> bool:
    """Whether a cell that holds no order number looks like one all the same: cut off, masked, without its hyphen."""
    text = identifier(read_cell(value, typed=typed).text)
    return bool(_CODE.fullmatch(text)) and len(_DIGIT.findall(text)) >= _FEWEST_DIGITS
