"""Progress of what a site works through: whether it goes on, or stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.clock import Clock


class Progress:
    """How long it has stood still: no answer, or one that was heard before, is no sign of life."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_s = clock.monotonic()
        self._heard: set[object] = {None}

    def still_s(self, told: object) -> float:
        """For how many seconds, with this told now; None: nothing was."""
        if told not in self._heard:
            self._heard.add(told)
            self._since_s = self._clock.monotonic()
        return self._clock.monotonic() - self._since_s
