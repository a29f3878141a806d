"""What is removed in the night because it is over since long, so that a machine that runs for months does not fill."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from rpa.scheduler.oldfiles import OldFiles

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

NIGHT: Final = 3
"""The hour of the day from which on it is done, once a day."""
TIDIED: Final = "tidy"
"""Its name among the ledger's signs of life."""
AT_MOST: Final = 50_000
"""So many records of planned runs, or of runs, are removed at a time: half a minute's work."""
_LEAST = timedelta(days=30)
"""How long at least what somebody was told of, or gave us, is remembered; and no run takes so long."""


class Tidying:
    """Removes what is old: records once a day, then the files of each shop once it is not being run."""

    def __init__(self, config: Config, *, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._files = OldFiles(config, ledger=ledger)
        self._left: set[str] = set()
        """Shops whose files were not looked at since the records were."""

    def __call__(self) -> None:
        """Do what is due."""
        now = self._config.clock.now()
        if self._is_due(now):
            if not self._forget(now):
                return
            self._ledger.beat(TIDIED)
            self._files.discard_leftovers(now=now)
            self._left = {*self._config.known, *self._ledger.shops_ever_run()}
        free = {shop for shop in self._left if not self._is_being_run(shop, now=now)}
        if free:
            self._files.discard(free, pages_before=now - max(self._keep, _LEAST), now=now)
        self._left -= free

    @property
    def _keep(self) -> timedelta:
        return timedelta(days=self._config.scheduler.keep_days)

    def _is_due(self, now: datetime) -> bool:
        last = self._ledger.heartbeats().get(TIDIED)
        return now.hour >= NIGHT and (last is None or last.beat_at.date() != now.date())

    def _is_being_run(self, shop: str, *, now: datetime) -> bool:
        """Of a run that was killed, too, until the next one finds it; a shop that left rpa.toml has no next one."""
        return any(run.started_at > now - _LEAST for run in self._ledger.unfinished_runs(shop))

    def _forget(self, now: datetime) -> bool:
        """Whether all is forgotten; else the rest is for the next time: other chores wait meanwhile."""
        if self._ledger.forget_planned(now - self._keep, at_most=AT_MOST) == AT_MOST:
            return False
        if self._ledger.forget_runs(now - self._runs_kept, at_most=AT_MOST) == AT_MOST:
            return False
        before = now - max(self._keep, _LEAST)
        self._ledger.forget_incidents(before)
        self._ledger.forget_alarms(before)
        self._ledger.forget_arrivals(before)
        return True

    @property
    def _runs_kept(self) -> timedelta:
        """Longer than files that bear a run's id: without its record nobody knows whether they are over."""
        days = self._config.scheduler.evidence_keep_days
        files = timedelta() if days == "off" else timedelta(days=days)
        return max(self._keep, files + _LEAST)
