"""A clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rpa.clock import Clock


@dataclass(frozen=True, slots=True)
class HandClock(Clock):
    """Stands at 2026-03-10 09:15 in Shanghai until it is moved."""

    _at: list[datetime] = field(
        default_factory=lambda: [datetime(2026, 3, 10, 9, 15, tzinfo=ZoneInfo("Asia/Shanghai"))]
    )

    def now(self) -> datetime:
        return self._at[0].astimezone(self.zone)

    def wait(self, seconds: float) -> None:
        """Whoever waits finds that the time has passed."""
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self._at[0] += timedelta(seconds=seconds)


class StillClock(HandClock):
    """Its steady clock is moved by hand, too: for what only counts time, and waits for no page."""

    def monotonic(self) -> float:
        return self._at[0].timestamp()
