"""How long runs wait for a worn browser to be replaced, which it is at a moment when no run is in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 300.0
"""Most runs end within this time, and with it the wait."""
RESTS_S: Final = 1800.0


class Patience:
    """Starts are held back for five minutes at most; then they go on in the old browser.

    A run that takes hours so delays no other shop for hours. Half an hour later it is tried again, for twice as long
    each time: where some run is always going on, the browser is replaced in the end all the same.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.anew()

    def anew(self) -> None:
        """The browser was replaced."""
        self._lasts_s = FIRST_S
        self._rests_until = -math.inf
        self.ends_at = math.inf
        """The monotonic second at which it is over; infinite while nothing is held back."""

    def holds(self) -> bool:
        """Whether a start may be held back now; it is over so long after the first one that was."""
        now = self._monotonic()
        if now < self._rests_until:
            return False
        self.ends_at = min(self.ends_at, now + self._lasts_s)
        return True

    def is_over(self) -> bool:
        """Whether what is held back must begin now; told once."""
        now = self._monotonic()
        if now < self.ends_at:
            return False
        self._lasts_s *= 2
        self._rests_until = now + RESTS_S
        self.ends_at = math.inf
        return True
