"""Extra parcels that a row names beside its own number: in columns for them, in remarks, under no header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flows.orders.cells import Cell, is_date
from flows.orders.couriers import Courier
from flows.orders.words import SheetProfile
from flows.sheets.tracking_numbers import is_whole, read_number

_RUNS = re.compile(r"[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?", re.ASCII)


def further_numbers(
    cells: Iterable[Cell], *, notes: Iterable[Cell], number: str, courier: Courier, profile: SheetProfile
) -> Iterator[str]:
    """The numbers in these cells that are not the row's own. A damaged one is told as it stands.

    `notes`: cells of remarks, where only what looks like a number of this courier, or names another one, counts.
    """
    for cell in cells:
        if cell.lost:
            yield cell.text
        elif not _repeats(cell, number, courier=courier, profile=profile):
            yield from _parcels(_numbers(cell.text), number=number, profile=profile)
    for cell in notes:
        for other in _parcels(_numbers(cell.text), number=number, profile=profile):
            by = profile.couriers.table.by_prefix(other) or courier
            if by.pattern.fullmatch(other):
                yield other


def _repeats(cell: Cell, number: str, *, courier: Courier, profile: SheetProfile) -> bool:
    """Whether the cell repeats the row's own number, in groups or not."""
    words = profile.sheets
    table = profile.couriers.table
    read = read_number(cell.text, table=table, noise=words.noise, courier=courier, parcel=words.parcel)
    return read.numbers == (number,)


def _numbers(text: str) -> list[str]:
    return [run for run in (*_RUNS.findall(text.upper()), text.upper().replace(" ", "")) if is_whole(run)]


def _parcels(found: Iterable[str], *, number: str, profile: SheetProfile) -> list[str]:
    patterns = profile.identifiers
    return [
        each
        for each in dict.fromkeys(found)
        if each != number
        and not is_date(each)
        and patterns.tracking_number.fullmatch(each)
        and not patterns.order_sn.fullmatch(each)
        and not (patterns.phone is not None and patterns.phone.fullmatch(each))
    ]
