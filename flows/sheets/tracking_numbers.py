"""Tracking numbers in cells that may hold more: a courier's name, words of an export, several numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flows.orders.cells import identifier
from flows.orders.couriers import Courier, CourierTable

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
    names: tuple[str, ...] = ()
    """What stands where a cell of whole parcels names their couriers, known or not."""


def read_number(
    text: str,
    *,
    table: CourierTable,
    noise: Sequence[str],
    courier: Courier | None = None,
    parcel: Sequence[re.Pattern[str]] = (),
) -> NumberCell:
    """The numbers and couriers in one cleaned cell. Groups of digits set apart by spaces are one number.

    `courier`: the one that is written beside the cell; its usual numbers tell a whole number from groups of one.
    `parcel`: what a parcel reads like in a cell that tells them whole.
    """
    if text.isalnum() and text.isascii():
        return NumberCell(numbers=(text.upper(),), couriers=())
    whole = _whole_parcels(text, parcel=parcel)
    if whole is not None:
        return whole
    for word in noise:
        text = text.replace(word, " ")
    text, couriers = table.taken_out(text)
    pieces = [identifier(piece).strip(_EDGES).upper() for piece in _SPLIT.split(text)]
    pieces, named = _without_names([piece for piece in pieces if piece], table=table)
    couriers = tuple(dict.fromkeys((*couriers, *named)))
    spaced = not _SPLIT.search(re.sub(r"\s", "", text.strip()))
    owner = courier or next(iter(couriers), None)

    def is_usual(number: str) -> bool:
        by = owner or table.by_prefix(number)
        return by is not None and bool(by.pattern.fullmatch(number))

    numbers = _spaced(pieces, is_usual=is_usual) if spaced else _listed(pieces)
    return NumberCell(numbers=numbers, couriers=couriers)


def _whole_parcels(text: str, *, parcel: Sequence[re.Pattern[str]]) -> NumberCell | None:
    """What a cell tells that is nothing but whole parcels; None: it is something else."""
    written = [piece for piece in identifier(text).split(";") if piece]
    for pattern in parcel:
        found = [match for match in map(pattern.fullmatch, written) if match is not None]
        if written and len(found) == len(written):
            numbers = dict.fromkeys(match["number"].upper() for match in found)
            names = dict.fromkeys(match["courier"] for match in found if match["courier"])
            return NumberCell(numbers=tuple(numbers), couriers=(), names=tuple(names))
    return None


def _listed(pieces: Sequence[str]) -> tuple[str, ...]:
    """The numbers of a list with signs between them; where one is none, the whole text, for the row to be refused."""
    distinct = tuple(dict.fromkeys(pieces))
    several = sum(map(is_whole, distinct)) > 1
    return distinct if several or len(distinct) <= 1 else (",".join(pieces),)


def _spaced(pieces: Sequence[str], *, is_usual: Callable[[str], bool]) -> tuple[str, ...]:
    """One number in groups, or several numbers. A number beside which something else stands is none.

    Only what the courier's numbers look like, and how a person sets groups apart, tells a number and a note
    (`73120000001004 1`, `7312 0000 0010 04 1`) from a number in groups.
    """
    distinct, joined = tuple(dict.fromkeys(pieces)), "".join(pieces)
    known = any(map(is_usual, distinct))
    if len(pieces) <= 1 or (known and len(distinct) == 1):
        return distinct
    whole = sum(map(is_whole, distinct))
    alone = known or (bool(whole) and not is_usual(joined))
    if not alone and not _has_a_note(pieces, is_usual=is_usual):
        return (joined,)
    return distinct if whole > 1 else (" ".join(pieces),)


def _even(groups: Sequence[str]) -> bool:
    """Whether groups are as one number is set apart: all of one length, the last perhaps shorter."""
    return len({len(group) for group in groups[:-1]}) == 1 and len(groups[-1]) <= len(groups[0])


def _has_a_note(groups: Sequence[str], *, is_usual: Callable[[str], bool]) -> bool:
    """Whether some groups are a number without those before or behind them, which then are a note.

    Even groups are one number if that is usual; a single group too many is a note if it is not.
    """
    last = len(groups) - 1
    cuts: Iterable[int] = range(1, len(groups))
    if _even(groups):
        cuts = () if is_usual("".join(groups)) else {1, last}
    return any(is_usual("".join(part)) for cut in cuts for part in (groups[:cut], groups[cut:]))


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


def is_whole(piece: str) -> bool:
    """Whether a piece of text is long enough, and has digits enough, to be a number by itself."""
    return len(piece) >= _SHORTEST and sum(character.isdigit() for character in piece) >= _FEWEST_DIGITS
