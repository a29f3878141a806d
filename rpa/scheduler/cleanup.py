"""Retention: what is removed in the night because it is over, so that a machine that runs for months does not fill."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from rpa.browser.evidence import PAGES
from rpa.discovery import evidence_of_runs, passing_documents
from rpa.files import sweep_parts
from rpa.report.old_reports import discard, discard_file, discard_files, discard_pictures, discard_reports, old_folders

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config
    from rpa.ledger.ledger import Ledger


class RunOfFolder(Protocol):
    """What `Capability.evidence_of_runs` names: the id of the run that made this folder, or ""."""

    def __call__(self, folder: Path, *, shop: str) -> str:
        """Called with a folder of a shop's evidence."""


_WRITTEN = (".", "kicks", "locks", "pauses", "secrets")
"""The folders of var in which small files are written whole or not at all."""
_A_DAY = timedelta(days=1)


class OldFiles:
    """The files of all shops, and of those that left the configuration."""

    def __init__(self, config: Config, *, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger

    def discard(self, shops: Collection[str], *, pages_before: datetime, now: datetime) -> None:
        """Remove what is over of these shops, in which nothing is being run now.

        `pages_before`: pictures of pages on which the program stopped go when they are older.
        """
        settings = self._config.scheduler
        evidence_before = _before(settings.evidence_keep_days, now=now)
        for shop in shops:
            folder = self._config.var / "evidence" / shop
            discard_pictures(folder / PAGES, before=pages_before)
            if evidence_before is not None:
                self._discard_evidence(folder, shop=shop, before=evidence_before)
        reports_before = _before(settings.reports_keep_days, now=now)
        if reports_before is not None:
            outstanding = {shop: self._outstanding(shop) for shop in shops}
            discard_reports(self._config.var / "reports", before=reports_before, outstanding=outstanding)
            for shop in shops:
                self._discard_documents(shop, before=reports_before)

    def discard_leftovers(self, *, now: datetime) -> None:
        """Remove what belongs to no shop: what killed processes were writing, and what was pasted long ago."""
        var = self._config.var
        for name in _WRITTEN:
            sweep_parts(var / name, before=now - _A_DAY)
        before = _before(self._config.scheduler.reports_keep_days, now=now)
        if before is not None:
            discard_files(var / "pasted", before=before)

    def _discard_evidence(self, folder: Path, *, shop: str, before: datetime) -> None:
        subjects = {each.name: each for each in old_folders(folder, before=before)}
        for subject in self._ledger.retention.long_done(shop, subjects=subjects, before=before):
            discard(subjects[subject])
        for name, part in evidence_of_runs().items():
            run_of = cast("RunOfFolder", part.load())
            runs = {each: run_of(each, shop=shop) for each in old_folders(folder / name, before=before)}
            ended = set(self._ledger.retention.long_ended(shop, run_ids=runs.values(), before=before))
            for each in (each for each, run_id in runs.items() if run_id in ended):
                discard(each)

    def _discard_documents(self, shop: str, *, before: datetime) -> None:
        """First the file, then what the ledger knows of it: killed in between, the next night goes on."""
        replaced = [
            self._ledger.retention.replaced_documents(shop, kind=kind, before=before) for kind in passing_documents()
        ]
        for document in chain.from_iterable(replaced):
            file = self._config.var / "documents" / shop / document.path
            if not document.path or discard_file(file):
                self._ledger.retention.remove_document(document)

    def _outstanding(self, shop: str) -> set[str]:
        """What a report may still be asked for. Of a shop that left, no line stands open; its actions tell."""
        open_lines = {line.subject for line in self._ledger.open_items.search(shop)}
        return open_lines if shop in self._config.known else open_lines | self._ledger.actions.unsettled_subjects(shop)


def _before(days: int | Literal["off"], *, now: datetime) -> datetime | None:
    return None if days == "off" else now - timedelta(days=days)


NIGHT: Final = 3
"""The hour of the day from which on it is done, once a day."""
TIDIED: Final = "tidy"
"""Its name among the ledger's signs of life."""
AT_MOST: Final = 50_000
"""So many records of planned runs, or of runs, are removed at a time: half a minute's work."""
_LEAST = timedelta(days=30)
"""How long at least what somebody was told of, or gave us, is remembered; and no run takes so long."""


class Cleanup:
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
            self._ledger.heartbeats.beat(TIDIED)
            self._files.discard_leftovers(now=now)
            self._left = {*self._config.known, *self._ledger.runs.shops()}
        free = {shop for shop in self._left if not self._is_being_run(shop, now=now)}
        if free:
            self._files.discard(free, pages_before=now - max(self._keep, _LEAST), now=now)
        self._left -= free

    @property
    def _keep(self) -> timedelta:
        return timedelta(days=self._config.scheduler.keep_days)

    def _is_due(self, now: datetime) -> bool:
        last = self._ledger.heartbeats.newest().get(TIDIED)
        return now.hour >= NIGHT and (last is None or last.beat_at.date() != now.date())

    def _is_being_run(self, shop: str, *, now: datetime) -> bool:
        """Of a run that was killed, too, until the next one finds it; a shop that left rpa.toml has no next one."""
        return any(run.started_at > now - _LEAST for run in self._ledger.runs.unfinished(shop))

    def _forget(self, now: datetime) -> bool:
        """Whether all is forgotten; else the rest is for the next time: other chores wait meanwhile."""
        if self._ledger.retention.remove_plans(now - self._keep, at_most=AT_MOST) == AT_MOST:
            return False
        if self._ledger.retention.remove_runs(now - self._runs_kept, at_most=AT_MOST) == AT_MOST:
            return False
        before = now - max(self._keep, _LEAST)
        self._ledger.retention.remove_incidents(before)
        self._ledger.retention.remove_alarms(before)
        self._ledger.retention.remove_arrivals(before)
        return True

    @property
    def _runs_kept(self) -> timedelta:
        """Longer than files that bear a run's id: without its record nobody knows whether they are over."""
        days = self._config.scheduler.evidence_keep_days
        files = timedelta() if days == "off" else timedelta(days=days)
        return max(self._keep, files + _LEAST)
