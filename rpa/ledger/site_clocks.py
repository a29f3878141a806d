"""Site clocks: by how much the clock of each shop's site is ahead of ours."""

from __future__ import annotations

from collections.abc import Collection
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
        return self.now_in([shop])[shop]

    def now_in(self, shops: Collection[str]) -> dict[str, datetime]:
        """The same for each of these shops."""
        known = self._observations.of_shops(shops, mark=_SITE_CLOCK, subject=_SITE_CLOCK)
        ahead = {shop: float(str(each.last_facts["ahead_s"])) for shop, each in known.items()}
        now = self._clock.now()
        return {shop: now + timedelta(seconds=ahead.get(shop, 0.0)) for shop in shops}
