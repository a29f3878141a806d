"""Site clocks: by how much the clock of each shop's site is ahead of ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.ledger.observation_store import ObservationStore

_SITE_CLOCK = "site_clock"
"""An observation of the site itself: by how many seconds its clock is ahead of ours."""


class SiteClocks:
    """The sites' clocks, as far as a run has learned them."""

    def __init__(self, observations: ObservationStore, *, clock: Clock) -> None:
        self._observations = observations
        self._clock = clock

    def keep(self, shop: str, *, ahead: timedelta) -> None:
        """Remember how far the clock of the shop's site is ahead of ours."""
        seen = {_SITE_CLOCK: {"ahead_s": ahead.total_seconds()}}
        self._observations.record(shop, mark=_SITE_CLOCK, seen=seen, gone=[_SITE_CLOCK], at=self._clock.now())

    def now(self, shop: str) -> datetime:
        """The present moment by the clock of the shop's site, as far as a run has learned it; else by ours."""
        known = self._observations.of_mark(shop, mark=_SITE_CLOCK).get(_SITE_CLOCK)
        ahead = float(str(known.last_facts["ahead_s"])) if known else 0.0
        return self._clock.now() + timedelta(seconds=ahead)
