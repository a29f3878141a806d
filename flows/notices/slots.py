"""Slots of notices: on the hour, from one hour of the day to another, all ends included.

A moment keeps its time zone, whose hours are meant: give moments of the site's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

SLOT_HOURS = (6, 22)
"""The platform's help page: 6-22, on the hour."""
_HOUR = timedelta(hours=1)


def previous_slot(moment: datetime, *, hours: tuple[int, int] = SLOT_HOURS) -> datetime:
    """The last slot before this moment, never the moment itself."""
    slot = _full_hour(moment)
    if slot == moment:
        slot -= _HOUR
    while not _is_slot(slot, hours=hours):
        slot -= _HOUR
    return slot


def slot_of(moment: datetime, *, hours: tuple[int, int] = SLOT_HOURS) -> datetime:
    """The slot that something sent at this moment belongs to: the last one until then, the moment itself included."""
    slot = _full_hour(moment)
    while not _is_slot(slot, hours=hours):
        slot -= _HOUR
    return slot


def next_slot(moment: datetime, *, hours: tuple[int, int] = SLOT_HOURS) -> datetime:
    """The first slot after this moment, never the moment itself."""
    return next(_slots_after(moment, hours=hours))


def nth_slot_after(moment: datetime, n: int, *, hours: tuple[int, int] = SLOT_HOURS) -> datetime:
    """The `n`-th slot after this moment, from 1."""
    if n < 1:
        raise ValueError(f"slots after a moment are counted from 1, not {n}")
    slots = _slots_after(moment, hours=hours)
    for _ in range(n - 1):
        next(slots)
    return next(slots)


def slots_between(since: datetime, until: datetime, *, hours: tuple[int, int] = SLOT_HOURS) -> list[datetime]:
    """The slots after `since` up to and including `until`."""
    found = []
    for slot in _slots_after(since, hours=hours):
        if slot > until:
            break
        found.append(slot)
    return found


def _slots_after(moment: datetime, *, hours: tuple[int, int]) -> Iterator[datetime]:
    slot = _full_hour(moment)
    while True:
        slot += _HOUR
        if _is_slot(slot, hours=hours):
            yield slot


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _is_slot(moment: datetime, *, hours: tuple[int, int]) -> bool:
    return hours[0] <= moment.hour <= hours[1]
