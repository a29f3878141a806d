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
