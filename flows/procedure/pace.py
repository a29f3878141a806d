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
_BACKOFF_S: Final = (5.0, 15.0, 30.0, 60.0)
"""By how often the site has refused in a row; then the last of them."""
_HEED_S: Final = 1.0
"""So long at most goes by until a run that waits heeds that it was asked to stop."""


class Pace:
    """The pace of one run. A site that asks for fewer calls is left alone for a while.

    Where its profile does not say how many it takes, no more go out in a minute than it had taken until then.
    """

    def __init__(self, clock: Clock, *, per_minute: int | None, stopping: Callable[[], bool]) -> None:
        """`per_minute`: so many in any minute, as the profile says; None: it does not say."""
        self._clock = clock
        self._known = per_minute
        self._most = per_minute
        self._stopping = stopping
        self._taken_s: deque[float] = deque()
        """When those of the last minute were sent that the site did not refuse."""
        self._refused = 0
        """In a row."""
        self._not_before_s = float("-inf")

    def wait_s(self) -> float:
        """For how many seconds nothing may be sent; 0: it may be now."""
        now = self._clock.monotonic()
        while self._taken_s and now - self._taken_s[0] >= _MINUTE_S:
            self._taken_s.popleft()
        room_at = now
        if self._most is not None and len(self._taken_s) >= self._most:
            room_at = self._taken_s[-self._most] + _MINUTE_S
        return max(self._not_before_s - now, room_at - now, 0.0)

    def wait(self) -> None:
        """Wait until the next click may be sent. Raises Stopped when the run is asked to stop meanwhile."""
        while (left_s := self.wait_s()) > 0:
            if self._stopping():
                raise Stopped
            self._clock.wait(min(left_s, _HEED_S))

    def note_sent(self, *, too_often: bool) -> None:
        """A click was sent; `too_often`: the site refused it because there were too many."""
        now = self._clock.monotonic()
        if not too_often:
            self._refused = 0
            self._taken_s.append(now)
            return
        self._not_before_s = now + _BACKOFF_S[min(self._refused, len(_BACKOFF_S) - 1)]
        self._refused += 1
        taken = len(self._taken_s)
        if self._known is None and taken:
            self._most = taken if self._most is None else min(self._most, taken)


def pace_of(run: Run) -> Pace:
    """The pace of this run, by its shop's profile."""
    return Pace(run.clock, per_minute=run.profile.calls_per_minute, stopping=run.stopping)
