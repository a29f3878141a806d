"""How times are written in rpa.toml: "10m", "6-22", "09:00", "08:00-23:00"."""

from __future__ import annotations

import re
from datetime import time, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,6})([smhd])")
_HOURS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_LAST_HOUR = 23
END_OF_DAY = time.max
"""What "24:00" means as the end of a span."""


def duration(value: object) -> object:
    """A timedelta from "10m". Raises ValueError; what is a timedelta already stays as it is."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'must be a time like "30s", "10m", "2h" or "1d", not {value!r}')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def hours(value: object) -> object:
    """(6, 7, 8, 12) from "6-8,12". Raises ValueError; a tuple or list of numbers is put in order."""
    if isinstance(value, tuple | list) and all(isinstance(hour, int) for hour in value):
        found = set(value)
    elif isinstance(value, str):
        found = {hour for part in value.split(",") for hour in _span_of_hours(part.strip())}
    else:
        raise ValueError(f'must be hours like "6-22" or "6,9,12-14", not {value!r}')
    if not all(0 <= hour <= _LAST_HOUR for hour in found):
        raise ValueError(f"an hour is a number from 0 to 23; {value!r} has another")
    return tuple(sorted(found))


def time_of_day(value: object) -> object:
    """A time from "09:00". Raises ValueError; what is a time already stays as it is."""
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    try:
        return time(int(found[1]), int(found[2])) if found else _no_time(value)
    except ValueError:
        return _no_time(value)


def span(value: object) -> object:
    """Two different times from "22:00-06:00". Raises ValueError; a pair stays as it is."""
    if isinstance(value, tuple | list):
        return tuple(value)
    first, mark, last = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not mark:
        raise ValueError(f'must be two times like "08:00-23:00", not {value!r}')
    end = END_OF_DAY if last.strip() == "24:00" else time_of_day(last.strip())
    begin = time_of_day(first.strip())
    if begin == end:
        raise ValueError(f"begins when it ends: {value!r}; leave it out to mean the whole day")
    return begin, end


def _span_of_hours(part: str) -> range:
    found = _HOURS.fullmatch(part)
    if not found:
        raise ValueError(f'must be hours like "6-22" or "6,9,12-14"; {part!r} is none')
    first = int(found[1])
    last = int(found[2] or first)
    if last < first:
        raise ValueError(f'"{part}" ends before it begins; write the two parts of a night apart, like "22-23,0-5"')
    return range(first, last + 1)


def _no_time(value: object) -> time:
    raise ValueError(f'must be a time of day like "09:00", not {value!r}')
