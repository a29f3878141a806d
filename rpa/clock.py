"""Time, passed in, so that tests and schedules can bring their own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of one time zone."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def now(self) -> datetime:
        """The present moment, aware, to the millisecond."""
        now = datetime.now(self.zone)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        """Seconds that only grow, for deadlines."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait; the only fixed wait of the program, for limits that the site or the ledger names."""
        time.sleep(max(0.0, seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment by both of our clocks: the steady one may stand still while the computer sleeps."""

    steady_s: float
    at: datetime

    @classmethod
    def of(cls, clock: Clock) -> Moment:
        """Now."""
        return cls(steady_s=clock.monotonic(), at=clock.now())

    def age_s(self, clock: Clock) -> float:
        """How long ago it was, by the clock that says more."""
        return max(clock.monotonic() - self.steady_s, (clock.now() - self.at).total_seconds())


_MINUTE = "%Y-%m-%d %H:%M"


def minute(when: datetime, *, like: datetime) -> str:
    """The moment to the minute, in the zone of `like`."""
    return when.astimezone(like.tzinfo).strftime(_MINUTE)
