"""Pace: how many clicks that cannot be undone a site takes in a minute, by its profile and by its refusals."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rpa.errors import Stopped

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.run import Run

_MINUTE_S: Final = 60.0
_LOOK_S: Final = 1.0
"""So long at most goes by until a run that waits heeds that it was asked to stop."""


class Pace:
    """The pace of one run. A site that asks for fewer calls is left alone for a minute, and then asked less often."""

    def __init__(self, clock: Clock, *, per_minute: int | None, stopping: Callable[[], bool]) -> None:
        """`per_minute`: so many in any minute, as the profile says; None: as many as come, until the site says no."""
        self._clock = clock
        self._most = per_minute
        self._stopping = stopping
        self._sent_s: deque[float] = deque()
        self._not_before_s = float("-inf")

    def wait_s(self) -> float:
        """For how many seconds nothing may be sent; 0: it may be now."""
        now = self._clock.monotonic()
        while self._sent_s and now - self._sent_s[0] >= _MINUTE_S:
            self._sent_s.popleft()
        full = self._most is not None and len(self._sent_s) >= self._most
        oldest = self._sent_s[-self._most] if full and self._most else now - _MINUTE_S
        return max(self._not_before_s - now, oldest + _MINUTE_S - now, 0.0)

    def wait(self) -> None:
        """Wait until the next click may be sent. Raises Stopped when the run is asked to stop meanwhile."""
        while (left_s := self.wait_s()) > 0:
            if self._stopping():
                raise Stopped
            self._clock.wait(min(left_s, _LOOK_S))

    def note_sent(self) -> None:
        """A click was sent now."""
        self._sent_s.append(self._clock.monotonic())

    def note_refused(self) -> None:
        """The site refused the last one because it were too many: it took those of the minute before, and no more."""
        taken = max(len(self._sent_s) - 1, 1)
        self._most = taken if self._most is None else max(min(self._most, taken), 1)
        self._not_before_s = self._clock.monotonic() + _MINUTE_S


def pace_of(run: Run) -> Pace:
    """The pace of this run, by its shop's profile."""
    return Pace(run.clock, per_minute=run.profile.calls_per_minute, stopping=run.stopping)
