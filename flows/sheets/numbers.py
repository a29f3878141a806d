"""The tracking number in a cell that may hold more: a courier's name, words of an export, several numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.cells import identifier
from flows.couriers import Courier, CourierTable

_SPLIT = re.compile(r"[,;、/|\\]|\s")
_EDGES = "-_:.()[]<>【】《》"
_FEWEST_DIGITS = 6
_SHORTEST = 8
"""A piece this long with that many digits is a number of its own; shorter ones are groups of one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCell:
    """What a tracking number cell names."""

    numbers: tuple[str, ...]
    """In capitals, each once; text that is no number stays as it is, for the row to be refused."""
    couriers: tuple[Courier, ...]
    """Couriers named beside the number."""


def read_number(text: str, *, table: CourierTable, noise: Sequence[str]) -> NumberCell:
    """The numbers and couriers in one cleaned cell. Groups of digits set apart by spaces are one number."""
    if text.isalnum() and text.isascii():
        return NumberCell(numbers=(text.upper(),), couriers=())
    for word in noise:
        text = text.replace(word, " ")
    text, couriers = table.taken_out(text)
    pieces = dict.fromkeys(identifier(piece).strip(_EDGES).upper() for piece in _SPLIT.split(text))
    pieces.pop("", None)
    number_pieces, named = _without_names(list(pieces), table=table)
    couriers = tuple(dict.fromkeys((*couriers, *named)))
    whole = [piece for piece in number_pieces if _is_whole(piece)]
    if len(whole) > 1 or len(number_pieces) == 1:
        return NumberCell(numbers=tuple(number_pieces), couriers=couriers)
    spaced = not _SPLIT.search(re.sub(r"\s", "", text.strip()))
    return NumberCell(numbers=(("" if spaced else ",").join(number_pieces),), couriers=couriers)


def _without_names(pieces: list[str], *, table: CourierTable) -> tuple[list[str], list[Courier]]:
    """The pieces that are not a courier's Latin name; `SF 123` is a number in two groups, `ZTO 123` is not."""
    rest, named = [], []
    for piece in pieces:
        kept = []
        for part in piece.split("-"):
            courier = table.named(part)
            if courier is None or part in courier.prefixes:
                kept.append(part)
            else:
                named.append(courier)
        if any(kept):
            rest.append("-".join(kept))
    return rest, named


def _is_whole(piece: str) -> bool:
    return len(piece) >= _SHORTEST and sum(character.isdigit() for character in piece) >= _FEWEST_DIGITS
