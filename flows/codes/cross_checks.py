"""Cross-checks of a file's codes: what is wrong with a row is seen beside the others only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from flows.codes.model import CardCode, identity_of
from flows.codes.reasons import CodeReason
from flows.codes.rows import BadRow, CodeRow

_EXACT_DIGITS: Final = 15
"""So many digits a spreadsheet keeps of a number; those behind them become 0."""
_MANY: Final = 5
_CHANCE: Final = 0.2
"""A lesser share of numbers that end so may be chance: of those with 16 digits, each tenth does."""
_ZEROS_ALONE: Final = 3
_ENOUGH: Final = 10
_NEARLY_ALL: Final = 0.9
_LONG_SECRET: Final = 8
"""Characters: shorter ones, such as a PIN, may well be the same on two cards."""


def checked_together(rows: Sequence[CodeRow]) -> tuple[list[CodeRow], list[BadRow]]:
    """The rows that stand the comparison, and those that do not.

    Of two rows with the same code the first stays; of two that contradict one another, neither.
    """
    bad: dict[int, BadRow] = {}
    for find in (_cut_numbers, _shorter_ones, _contradictions, _repeated):
        for each in find([row for row in rows if row.row not in bad]):
            bad.setdefault(each.row, each)
    return [row for row in rows if row.row not in bad], list(bad.values())


def _parts(rows: Sequence[CodeRow]) -> list[list[tuple[int, str]]]:
    """The texts of each column of which all characters are digits, each with its row."""
    columns: tuple[Callable[[CardCode], str], ...] = (lambda code: code.number, lambda code: code.secret)
    return [[(row.row, text) for row in rows if (text := of(row.code)).isdigit()] for of in columns]


def _cut_numbers(rows: Sequence[CodeRow]) -> Iterable[BadRow]:
    """Long numbers of which a spreadsheet has made 0 of the last digits."""
    for column in _parts(rows):
        long = [(row, text) for row, text in column if len(text) > _EXACT_DIGITS]
        cut = [(row, text) for row, text in long if not text[_EXACT_DIGITS:].strip("0")]
        if len(long) < _MANY:
            cut = [(row, text) for row, text in cut if text.endswith("0" * _ZEROS_ALONE)]
        elif len(cut) < _CHANCE * len(long):
            continue
        yield from (BadRow.because(row, CodeReason.DIGITS_LOST) for row, _ in cut)


def _shorter_ones(rows: Sequence[CodeRow]) -> Iterable[BadRow]:
    """Numbers with fewer digits than nearly all others of their column."""
    for column in _parts(rows):
        [(usual, times)] = Counter(len(text) for _, text in column).most_common(1) or [(0, 0)]
        if len(column) >= _ENOUGH and times >= _NEARLY_ALL * len(column):
            yield from (BadRow.because(row, CodeReason.SHORTER) for row, text in column if len(text) < usual)


def _contradictions(rows: Sequence[CodeRow]) -> Iterable[BadRow]:
    """One card number with two codes, one long code with two card numbers: nobody knows which row is right."""
    numbers, secrets = defaultdict[str, list[CodeRow]](list), defaultdict[str, list[CodeRow]](list)
    for row in rows:
        if row.code.number:
            numbers[row.code.identity].append(row)
            secrets[identity_of(row.code.secret)].append(row)
    for alike in numbers.values():
        if len({identity_of(row.code.secret) for row in alike}) > 1:
            yield from _each_with_another(alike, CodeReason.NUMBER_TWICE)
    for secret, alike in secrets.items():
        if len(secret) >= _LONG_SECRET and len({row.code.identity for row in alike}) > 1:
            yield from _each_with_another(alike, CodeReason.CODE_TWICE)


def _each_with_another(rows: Sequence[CodeRow], reason: CodeReason) -> Iterable[BadRow]:
    first, second = rows[0].row, rows[1].row
    return (BadRow.because(each.row, reason, row=second if each.row == first else first) for each in rows)


def _repeated(rows: Sequence[CodeRow]) -> Iterable[BadRow]:
    first: dict[str, int] = {}
    for row in rows:
        earlier = first.setdefault(row.code.identity, row.row)
        if earlier != row.row:
            yield BadRow.because(row.row, CodeReason.TWICE, row=earlier)
