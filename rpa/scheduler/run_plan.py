"""Run plan as the ledger has it: kept ahead of time, set right after a time in which nobody kept it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rpa.ledger.plans import Plan, PlannedRun, PlanState
from rpa.scheduler.planner import (
    ADDITIONAL,
    CUT_OFF,
    WORTH_CATCHING_UP,
    Missed,
    Times,
    Why,
    begun_again,
    judge,
    over_too_soon,
    plan_of,
    unrecorded,
)

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger
    from rpa.scheduler.failures import Failures
    from rpa.timetable import Entry

_AT_ONCE = 10_000
"""So many plans are recorded in one transaction."""
_OF_ONE_MOMENT = timedelta(seconds=1)
_WITHOUT_MOMENTS = timedelta(days=30)
"""An entry that has no moment any more is asked again so much later."""


class RunPlan:
    """What each entry wants in each of its shops. It is asked in one thread, with the ledger."""

    def __init__(self, config: Config, *, ledger: Ledger, trouble: Failures) -> None:
        self.entries: dict[str, Entry] = {entry.name: entry for entry in config.schedule}
        self.shops = {entry.name: tuple(shop.name for shop in config.meant(entry.shops)) for entry in config.schedule}
        self._times = Times(calendar=config.calendar, zone=config.zone)
        self._keep = timedelta(days=config.scheduler.keep_days)
        self._ledger = ledger
        self._trouble = trouble
        self._planned_to: dict[str, datetime] = {}
        """By entry, in UTC: every moment up to this one is recorded, in all its shops."""
        self._next: dict[str, datetime] = {}
        self._known: dict[tuple[str, float], bool] = {}

    @property
    def next_at(self) -> datetime | None:
        """The next moment of any entry; None: nothing is planned."""
        return min(self._next.values(), default=None)

    def wanted(self, run: PlannedRun) -> bool:
        """Whether rpa.toml still has the entry, the shop in it and, but for additional runs, the moment."""
        entry = self.entries.get(run.entry)
        if entry is None or run.shop not in self.shops[run.entry] or run.flow != entry.flow:
            return False
        return run.reason in ADDITIONAL or self._has(entry, run.planned_at)

    def _has(self, entry: Entry, moment: datetime) -> bool:
        """Whether this is one of its moments; remembered, as all its shops ask, every second while they wait."""
        which = (entry.name, moment.timestamp())
        if which not in self._known:
            self._known[which] = self._times.has(entry, moment)
        return self._known[which]

    def open(self, *, now: datetime, running: Collection[int] = ()) -> int:
        """Set right what happened while no scheduler was there, and plan ahead; how many moments never started.

        `now` is in UTC; `running`: records of the runs that a worker is at.
        """
        for run in self._ledger.planned_runs(state=PlanState.STARTED):
            if run.id not in running:
                self._ledger.end_planned(run, state=PlanState.INTERRUPTED, reason=Why.SCHEDULER_GONE)
        newest = self._ledger.newest_planned()
        missed = [each for entry in self.entries.values() for each in self._since(entry, newest=newest, now=now)]
        never_started = self._settle([*missed, *self._left_over(now)], now=now)
        cut_off = [run for run in self._cut_off(now) if not self._run_since(run, now=now)]
        self._record(begun_again(cut_off, entries=self.entries, times=self._times, now=now))
        for entry in self.entries.values():
            self._plan_next(entry, now=now)
        return never_started

    def keep_ahead(self, *, now: datetime) -> int:
        """Plan the next moment of each entry whose last planned one has come; how many moments never started.

        Where several have gone by at once, this machine slept: as after any time without a scheduler, one makes up.
        """
        come = [entry for entry in self.entries.values() if self._planned_to[entry.name] <= now]
        never_started = 0
        for entry in come:
            with self._trouble.kept(f"plan:{entry.name}"):
                recorded = dict.fromkeys(self.shops[entry.name], self._planned_to[entry.name])
                missed = unrecorded(entry, recorded=recorded, times=self._times, now=now)
                if missed:
                    asleep = [each for each in self._left_over(now) if each.entry.flow == entry.flow]
                    never_started += self._settle([*missed, *asleep], now=now)
                self._plan_next(entry, now=now)
        return never_started

    def _plan_next(self, entry: Entry, *, now: datetime) -> None:
        self._known.clear()
        moment = self._times.next(entry, after=now)
        if moment is None:
            self._next.pop(entry.name, None)
            self._planned_to[entry.name] = now + _WITHOUT_MOMENTS
            return
        wanted = [plan_of(entry, shop=shop, planned_at=moment) for shop in self.shops[entry.name]]
        if len(self._record(wanted)) < len(wanted):
            there = self._ledger.planned_runs(since=moment, until=moment + _OF_ONE_MOMENT)
            self._record(over_too_soon(entry, runs=there, now=now))
        self._next[entry.name] = self._planned_to[entry.name] = moment.astimezone(UTC)

    def _since(self, entry: Entry, *, newest: dict[tuple[str, str], datetime], now: datetime) -> list[Missed]:
        """The entry's moments since its last recorded ones."""
        following = self._times.next(entry, after=now)
        recorded: dict[str, datetime] = {}
        for shop in self.shops[entry.name]:
            last = newest.get((entry.name, shop))
            if last is not None and (following is None or last.astimezone(UTC) > following.astimezone(UTC)):
                last = self._last_before(entry, shop=shop, now=now)
            if last is not None:
                recorded[shop] = max(last.astimezone(UTC), now - self._keep)
        missed = unrecorded(entry, recorded=recorded, times=self._times, now=now)
        came_back = {shop for shop in {each.shop for each in missed} if self._was_withdrawn(entry, shop=shop)}
        return [each for each in missed if each.shop not in came_back]

    def _last_before(self, entry: Entry, *, shop: str, now: datetime) -> datetime | None:
        """What is recorded for later than the next moment is from a clock that went wrong: it says nothing of now."""
        found = self._ledger.planned_runs(entry=entry.name, shop=shop, until=now, limit=1)
        return found[0].planned_at if found else None

    def _was_withdrawn(self, entry: Entry, *, shop: str) -> bool:
        """Whether the shop, or the entry, was out of rpa.toml meanwhile: nothing was wanted then, nothing missed."""
        found = self._ledger.planned_runs(entry=entry.name, shop=shop, limit=1)
        return bool(found) and found[0].reason == Why.WITHDRAWN

    def _left_over(self, now: datetime) -> list[Missed]:
        """Planned runs that are due, and still wanted."""
        return [
            Missed(entry=self.entries[run.entry], shop=run.shop, planned_at=run.planned_at, record=run)
            for run in self._ledger.due_planned(now)
            if self.wanted(run)
        ]

    def _settle(self, missed: Sequence[Missed], *, now: datetime) -> int:
        judgement = judge(missed, now=now)
        self._record(judgement.plans)
        for run in judgement.given_up:
            self._ledger.end_planned(run, state=PlanState.NEVER_STARTED, reason=Why.DOWNTIME)
        return judgement.never_started

    def _cut_off(self, now: datetime) -> list[PlannedRun]:
        found = self._ledger.planned_runs(state=PlanState.INTERRUPTED, since=now - WORTH_CATCHING_UP)
        return [run for run in found if run.reason in CUT_OFF and self.wanted(run)]

    def _run_since(self, cut_off: PlannedRun, *, now: datetime) -> bool:
        """Whether the flow was begun in this shop after the run that was cut off, or is about to be."""
        later = self._ledger.planned_runs(shop=cut_off.shop, since=cut_off.planned_at)
        return any(
            run.started_at or (run.state is PlanState.PLANNED and run.due_at.astimezone(UTC) <= now)
            for run in later
            if run.id != cut_off.id and run.flow == cut_off.flow
        )

    def _record(self, plans: Iterable[Plan]) -> list[PlannedRun]:
        """The earliest first: killed in between, the newest recorded moment still tells what is missing.

        Gives those that were not there yet.
        """
        in_order = sorted(plans, key=lambda plan: plan.planned_at.timestamp())
        parts = (in_order[begin : begin + _AT_ONCE] for begin in range(0, len(in_order), _AT_ONCE))
        return [new for part in parts for new in self._ledger.plan(part)]
