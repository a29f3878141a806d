"""The planner: what is to be planned, what was missed, and which one run makes up for that. Pure.

Moments are compared and subtracted in UTC: Python does both by the wall time where two share a zone, which is wrong
around a change of clocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rpa.ledger.plans import Plan, PlanState
from rpa.timetable import Calendar, Entry, due_at, planned

if TYPE_CHECKING:
    from rpa.ledger.plans import PlannedRun

PUNCTUAL = timedelta(minutes=1)
"""A moment is not missed for a start that is so much late: a restart of the scheduler takes seconds."""
WORTH_CATCHING_UP = timedelta(hours=24)
SET_BACK = timedelta(minutes=5)
"""By more than this a clock was wrong. What ran in a shorter time that comes twice is not run twice."""
LOOK_AHEAD = timedelta(days=370)
"""An entry whose next moment is farther off than this has none."""


class Why(StrEnum):
    """Why a planned run did not run, or not to its end: the reasons of its record."""

    DOWNTIME = "downtime"
    """The scheduler was not there."""
    OVERTAKEN = "overtaken"
    """It waited until the entry's next moment came."""
    PAUSED = "paused"
    NEEDS_PERSON = "needs_person"
    """The shop's login needs a person first."""
    BAD_CONFIG = "bad_config"
    """The shop's file has a mistake."""
    DISK_FULL = "disk_full"
    BUSY = "busy"
    WITHDRAWN = "withdrawn"
    """The entry, or the shop in it, is not in rpa.toml any more, or its times are others."""
    NOT_STARTABLE = "not_startable"
    STOPPED = "stopped"
    """The scheduler was asked to stop."""
    SCHEDULER_GONE = "scheduler_gone"
    """The scheduler ended without a word while it ran."""
    TIME_LIMIT = "time_limit"
    DIED = "died"
    """Its process ended in the middle."""
    CAUGHT_UP = "caught_up"
    """An additional run, right after the start, in place of one that the scheduler's end interrupted."""
    CLOCK_SET = "clock_set"
    """An additional run, at a moment that was over before it came: the clock was ahead, and was set back."""


ADDITIONAL = frozenset({Why.CAUGHT_UP, Why.CLOCK_SET})
"""Runs beside the moments of their entries."""
CUT_OFF = frozenset({Why.STOPPED, Why.SCHEDULER_GONE})
"""Interruptions that were no fault of the run: it is begun again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the moments of an entry depend on beside itself."""

    calendar: Calendar
    zone: ZoneInfo

    def next(self, entry: Entry, *, after: datetime) -> datetime | None:
        """The entry's first moment after this one; None: it has none within `LOOK_AHEAD`."""
        begin = after.astimezone(UTC)
        return next(self.between(entry, after=begin, until=begin + LOOK_AHEAD), None)

    def between(self, entry: Entry, *, after: datetime, until: datetime) -> Iterator[datetime]:
        """The entry's moments, after < t <= until."""
        return planned(entry, calendar=self.calendar, zone=self.zone, after=after, until=until)

    def has(self, entry: Entry, moment: datetime) -> bool:
        """Whether this is one of the entry's moments."""
        until = moment.astimezone(UTC)
        return any(self.between(entry, after=until - timedelta(milliseconds=1), until=until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A moment that went by without a start."""

    entry: Entry
    shop: str
    planned_at: datetime
    record: PlannedRun | None = None
    """None: it was never recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What to do about missed moments."""

    plans: tuple[Plan, ...]
    """To be recorded: those that never started, and those that one run now makes up for."""
    given_up: tuple[PlannedRun, ...]
    """Recorded ones that are to end as never started."""

    @property
    def never_started(self) -> int:
        """How many moments stay without a run."""
        return len(self.given_up) + sum(each.state is PlanState.NEVER_STARTED for each in self.plans)


def plan_of(
    entry: Entry,
    *,
    shop: str,
    planned_at: datetime,
    state: PlanState = PlanState.PLANNED,
    reason: str = "",
    stands_for: int = 1,
) -> Plan:
    """The record that this moment wants."""
    return Plan(
        entry=entry.name,
        flow=entry.flow,
        shop=shop,
        planned_at=planned_at,
        due_at=due_at(entry, shop=shop, planned_at=planned_at),
        state=state,
        reason=reason,
        stands_for=stands_for,
    )


def over_too_soon(entry: Entry, *, runs: Iterable[PlannedRun], now: datetime) -> list[Plan]:
    """An additional run in each shop in which a moment to come is over already. `runs`: all of that moment, and later.

    The clock was ahead when it ended: by as much it would be silent in this shop, since it was set back.
    """
    of_shop: dict[str, list[PlannedRun]] = defaultdict(list)
    for run in runs:
        if run.entry == entry.name:
            of_shop[run.shop].append(run)
    return [
        _once_more(entry, newest=max(those, key=lambda run: run.planned_at.timestamp()))
        for those in of_shop.values()
        if all(_is_over_too_soon(run, now=now) for run in those)
    ]


def _is_over_too_soon(run: PlannedRun, *, now: datetime) -> bool:
    if run.ended_at is None:
        return False
    ended_at = run.ended_at.astimezone(UTC)
    return max(ended_at - now.astimezone(UTC), run.planned_at.astimezone(UTC) - ended_at) > SET_BACK


def _once_more(entry: Entry, *, newest: PlannedRun) -> Plan:
    """Beside the one that is over, which stays on record."""
    beside = timedelta(milliseconds=1)
    return Plan(
        entry=entry.name,
        flow=entry.flow,
        shop=newest.shop,
        planned_at=newest.planned_at + beside,
        due_at=newest.due_at + beside,
        reason=Why.CLOCK_SET.value,
    )


def unrecorded(entry: Entry, *, recorded: Mapping[str, datetime], times: Times, now: datetime) -> list[Missed]:
    """The moments that went by since the last recorded one. `recorded`: by shop; a shop that is new missed nothing."""
    since = {shop: moment.astimezone(UTC) for shop, moment in recorded.items()}
    passed = {moment: list(times.between(entry, after=moment, until=now)) for moment in set(since.values())}
    return [Missed(entry=entry, shop=shop, planned_at=moment) for shop in recorded for moment in passed[since[shop]]]


def judge(missed: Iterable[Missed], *, now: datetime) -> Judgement:
    """One run of each flow and shop makes up for all its missed moments: the newest; the others never started."""
    groups: dict[tuple[str, str], list[Missed]] = defaultdict(list)
    for each in missed:
        groups[each.entry.flow, each.shop].append(each)
    plans: list[Plan] = []
    given_up: list[PlannedRun] = []
    for group in groups.values():
        chosen = max((each for each in group if _worth(each, now=now)), key=_moment, default=None)
        for each in group:
            if each is chosen:
                plans += _made_up(each, stands_for=len(group))
            elif each.record is not None:
                given_up.append(each.record)
            else:
                plans.append(_never(each))
    return Judgement(plans=tuple(plans), given_up=tuple(given_up))


def _worth(missed: Missed, *, now: datetime) -> bool:
    late = _late(missed.planned_at, now=now)
    return late <= PUNCTUAL or (missed.entry.catch_up and late <= WORTH_CATCHING_UP)


def _late(planned_at: datetime, *, now: datetime) -> timedelta:
    return now.astimezone(UTC) - planned_at.astimezone(UTC)


def _moment(missed: Missed) -> float:
    return missed.planned_at.timestamp()


def _made_up(missed: Missed, *, stands_for: int) -> list[Plan]:
    """Nothing to record where there is a record: it is still planned, and due."""
    if missed.record is not None:
        return []
    return [plan_of(missed.entry, shop=missed.shop, planned_at=missed.planned_at, stands_for=stands_for)]


def _never(missed: Missed) -> Plan:
    state, reason = PlanState.NEVER_STARTED, Why.DOWNTIME.value
    return plan_of(missed.entry, shop=missed.shop, planned_at=missed.planned_at, state=state, reason=reason)


def begun_again(
    cut_off: Sequence[PlannedRun], *, entries: Mapping[str, Entry], times: Times, now: datetime
) -> list[Plan]:
    """An additional run at once for each flow and shop whose newest run was cut off.

    What is no moment of its entry was such an additional run itself. It is not begun again, or a run that takes the
    whole program down would do so for ever.
    """
    wanted: dict[tuple[str, str], Plan] = {}
    for each in sorted(cut_off, key=lambda run: run.planned_at.timestamp(), reverse=True):
        entry = entries.get(each.entry)
        if entry is None or not entry.catch_up or _late(each.planned_at, now=now) > WORTH_CATCHING_UP:
            continue
        if times.has(entry, each.planned_at):
            plan = Plan(
                entry=entry.name,
                flow=entry.flow,
                shop=each.shop,
                planned_at=now,
                due_at=now,
                reason=Why.CAUGHT_UP.value,
            )
            wanted.setdefault((each.flow, each.shop), plan)
    return list(wanted.values())
