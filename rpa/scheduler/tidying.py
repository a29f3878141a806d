"""What is removed in the night because it is over since long, so that a machine that runs for months does not fill."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from rpa.report.discarding import discard, discard_reports, old_folders

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

NIGHT: Final = 3
"""The hour of the day from which on it is done, once a day."""
TIDIED: Final = "tidy"
"""Its name among the ledger's signs of life."""
AT_MOST: Final = 50_000
"""So many records of planned runs are removed at a time: half a minute's work."""
_LEAST = timedelta(days=30)
"""How long at least what somebody was told of, or gave us, is remembered."""


class Tidying:
    """Removes what is old: records once a day, then pictures and reports of each shop once it is not being run."""

    def __init__(self, config: Config, *, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._left: set[str] = set()
        """Shops whose files were not looked at since the records were."""

    def __call__(self) -> None:
        """Do what is due."""
        now = self._config.clock.now()
        if self._is_due(now):
            if not self._forget(now):
                return
            self._ledger.beat(TIDIED)
            self._left = set(self._config.shops)
        free = {shop for shop in self._left if not self._ledger.unfinished_runs(shop)}
        if free:
            self._discard_evidence(free, now=now)
            self._discard_reports(free, now=now)
        self._left -= free

    def _is_due(self, now: datetime) -> bool:
        last = self._ledger.heartbeats().get(TIDIED)
        return now.hour >= NIGHT and (last is None or last.beat_at.date() != now.date())

    def _forget(self, now: datetime) -> bool:
        """Whether all is forgotten; else the rest is for the next time: other chores wait meanwhile."""
        keep = timedelta(days=self._config.scheduler.keep_days)
        if self._ledger.forget_planned(now - keep, at_most=AT_MOST) == AT_MOST:
            return False
        before = now - max(keep, _LEAST)
        self._ledger.forget_incidents(before)
        self._ledger.forget_alarms(before)
        self._ledger.forget_arrivals(before)
        return True

    def _discard_evidence(self, shops: Iterable[str], *, now: datetime) -> None:
        before = _before(self._config.scheduler.evidence_keep_days, now=now)
        if before is None:
            return
        for shop in shops:
            folders = {
                folder.name: folder for folder in old_folders(self._config.var / "evidence" / shop, before=before)
            }
            for subject in self._ledger.long_done(shop, subjects=folders, before=before):
                discard(folders[subject])

    def _discard_reports(self, shops: Iterable[str], *, now: datetime) -> None:
        before = _before(self._config.scheduler.reports_keep_days, now=now)
        if before is not None:
            outstanding = {shop: {line.subject for line in self._ledger.outstanding(shop)} for shop in shops}
            discard_reports(self._config.var / "reports", before=before, outstanding=outstanding)


def _before(days: int | Literal["off"], *, now: datetime) -> datetime | None:
    return None if days == "off" else now - timedelta(days=days)
