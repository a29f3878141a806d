"""Whether the orders that wait will be out in time, at the pace of the last day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PACE_OVER: Final = timedelta(hours=24)
"""The pace is what was shipped in this time."""
HORIZON: Final = timedelta(hours=24)
"""Deadlines that are further away are no matter yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many orders of a shop will miss their deadline when nothing becomes faster."""

    shipped: int
    """In the last 24 hours."""
    waiting: int
    """Orders with a deadline within the next 24 hours, or over."""
    missed: int
    """Those of them that are sent too late, or not at all."""
    first: datetime
    """The first deadline that is missed."""

    @property
    def per_hour(self) -> float:
        """Orders shipped in an hour."""
        return self.shipped / (PACE_OVER / timedelta(hours=1))


def forecast(deadlines: Iterable[datetime], *, shipped: int, now: datetime) -> Forecast | None:
    """What comes of these orders when they are shipped nearest deadline first; None: all are in time.

    `shipped`: how many were in the last 24 hours.
    """
    waiting = sorted(deadline for deadline in deadlines if deadline - now <= HORIZON)
    missed = [
        deadline
        for number, deadline in enumerate(waiting, start=1)
        if not shipped or now + number * PACE_OVER / shipped > deadline
    ]
    return Forecast(shipped=shipped, waiting=len(waiting), missed=len(missed), first=missed[0]) if missed else None
