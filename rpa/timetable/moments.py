"""The moments that an entry means, on the wall clock of a zone. Pure: asked twice, the answer is the same.

All comparing is done in UTC: Python compares two times of one zone by their wall time, which an hour that comes twice
makes wrong.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rpa.timetable.entry import DAYS, Calendar, Entry

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MILLISECOND = timedelta(milliseconds=1)


def planned(
    entry: Entry, *, calendar: Calendar, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """The entry's moments, aware in `zone`, after `after` and not after `until`: ascending, each instant once.

    Where clocks are put forward, what falls into the hour that is left out comes once, right after it; where they are
    put back, a wall time that comes twice counts at the first. `every` counts real time from each midnight. Whether a
    day is a quiet or promotion day or one of `days` is asked of the wall time as it is written.
    """
    begin, end = after.astimezone(UTC), until.astimezone(UTC)
    last: datetime | None = None
    # A day more at each side: where clocks change at midnight, a day's first moment may lie in the day before or after.
    day, last_day = begin.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
    while day <= last_day:
        for moment in _on(day, entry, zone=zone, after=begin) if _runs_on(day, entry, calendar=calendar) else ():
            if begin < moment <= end and moment != last:
                last = moment
                yield moment.astimezone(zone)
        day += _DAY


def due_at(entry: Entry, *, shop: str, planned_at: datetime) -> datetime:
    """When it is to start in this shop: later by up to `jitter`, always the same for the same moment."""
    moment = planned_at.astimezone(UTC)
    sign = f"{entry.name}\n{shop}\n{moment.isoformat()}".encode()
    share = int.from_bytes(hashlib.blake2b(sign, digest_size=8).digest()) / 2**64
    return (moment + entry.jitter * share // _MILLISECOND * _MILLISECOND).astimezone(planned_at.tzinfo)


def is_quiet(day: date, calendar: Calendar) -> bool:
    """Whether nothing but what is wanted on quiet days runs; never on a promotion day."""
    return day in calendar.quiet_days and day not in calendar.promotion_days


def _runs_on(day: date, entry: Entry, *, calendar: Calendar) -> bool:
    if entry.days and DAYS[day.weekday()] not in entry.days:
        return False
    if is_quiet(day, calendar) and not entry.on_quiet_days:
        return False
    promotion = day in calendar.promotion_days
    return entry.promotion_days == "as_usual" or promotion == (entry.promotion_days == "only")


def _on(day: date, entry: Entry, *, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """In UTC, ascending; none on a day that the zone leaves out."""
    begin, end = (_first_instant(datetime.combine(each, time()), zone) for each in (day, day + _DAY))
    if entry.every is not None:
        missed = max((after - begin) // entry.every, 0)
        moment = begin + missed * entry.every
        while moment < end:
            if _inside(moment.astimezone(zone).time(), entry):
                yield moment
            moment += entry.every
    elif begin < end:
        times = sorted(entry.at) or [time(hour, entry.minute) for hour in entry.hours]
        yield from (_first_instant(datetime.combine(day, at), zone) for at in times)


def _inside(at: time, entry: Entry) -> bool:
    if entry.between is None:
        return True
    first, last = entry.between
    return first <= at <= last if first <= last else at >= first or at <= last


def _first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the zone's clock shows this wall time or a later one."""
    earlier, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier <= later:
        return earlier
    # In the gap of clocks put forward, fold 0 counts with the offset before it, and so lands behind the gap.
    offset = earlier.astimezone(zone).utcoffset()
    seconds = range((earlier - later) // _SECOND)
    return later + _SECOND * bisect_left(
        seconds, 1, key=lambda second: (later + second * _SECOND).astimezone(zone).utcoffset() == offset
    )
