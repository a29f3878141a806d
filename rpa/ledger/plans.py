"""Planned runs: one record for each moment of the schedule and shop, whatever came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, update

from rpa.ledger.actions import IllegalStep
from rpa.ledger.rows import fields
from rpa.ledger.schema import planned_runs
from rpa.ledger.schema.columns import stored
from rpa.ledger.transactions import Transactions

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

    from rpa.clock import Clock


class PlanState(StrEnum):
    """Where a planned run stands."""

    PLANNED = "planned"
    STARTED = "started"
    SKIPPED = "skipped"
    """It was not to be started; the reason says why."""
    FINISHED = "finished"
    """It came to its own end; the exit code says whether a good one."""
    NEVER_STARTED = "never_started"
    """Its moment went by while nobody was there to start it."""
    INTERRUPTED = "interrupted"
    """It was started, and did not come to its own end."""


UNDER_WAY: Final = frozenset({PlanState.PLANNED, PlanState.STARTED})
"""States in which a planned run has not ended; only from these it may end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A planned run that is to be recorded. In any state but `planned` it is recorded as ended."""

    entry: str
    """The name of the schedule's table."""
    flow: str
    shop: str
    planned_at: datetime
    """The moment of the schedule, to the millisecond: with entry and shop it says which planned run this is."""
    due_at: datetime
    """When it is to be started: the moment and its jitter."""
    state: PlanState = PlanState.PLANNED
    reason: str = ""
    detail: str = ""
    stands_for: int = 1
    """How many moments this one run makes up for, itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One moment of the schedule in one shop, as the ledger has it."""

    id: int
    entry: str
    flow: str
    shop: str
    planned_at: datetime
    due_at: datetime
    state: PlanState
    reason: str
    """A code: why it was skipped, was interrupted or never started; empty: nothing to explain."""
    detail: str
    run_id: str
    """Empty: no run has begun, or it did not come to say which."""
    started_at: datetime | None
    ended_at: datetime | None
    exit_code: int | None
    stands_for: int

    @property
    def ended(self) -> bool:
        """Nothing will change it any more."""
        return self.state not in UNDER_WAY


def add(connection: Connection, wanted: Sequence[Plan], *, clock: Clock) -> list[PlannedRun]:
    """Record those that are not there yet; gives these alone, in the order wanted."""
    if not wanted:
        return []
    first: dict[tuple[str, str, str], Plan] = {}
    for each in wanted:
        first.setdefault(_key(each.entry, each.shop, each.planned_at), each)
    there = _there(connection, wanted)
    now = clock.now()
    rows = [_values(each, now=now) for key, each in first.items() if key not in there]
    if not rows:
        return []
    new = insert(planned_runs).returning(planned_runs, sort_by_parameter_order=True)
    return _all(connection.execute(new, rows).mappings(), clock=clock)


def _key(entry: str, shop: str, planned_at: datetime) -> tuple[str, str, str]:
    """What makes a planned run the same."""
    return entry, shop, stored(planned_at)


def _there(connection: Connection, wanted: Sequence[Plan]) -> set[tuple[str, str, str]]:
    moments = [each.planned_at for each in wanted]
    columns = (planned_runs.c.entry, planned_runs.c.shop, planned_runs.c.planned_at)
    known = select(*columns).where(planned_runs.c.planned_at.between(min(moments), max(moments)))
    return {_key(*row) for row in connection.execute(known)}


def _values(plan: Plan, *, now: datetime) -> dict[str, object]:
    return {
        "entry": plan.entry,
        "flow": plan.flow,
        "shop": plan.shop,
        "planned_at": plan.planned_at,
        "due_at": plan.due_at,
        "state": plan.state.value,
        "reason": plan.reason,
        "detail": plan.detail,
        "stands_for": plan.stands_for,
        "ended_at": None if plan.state in UNDER_WAY else now,
    }


def step(
    connection: Connection,
    planned: PlannedRun,
    *,
    to: PlanState,
    of: Iterable[PlanState],
    values: Mapping[str, object],
    clock: Clock,
) -> PlannedRun:
    """The planned run in its next state, with these values.

    Raises:
        IllegalStep: it is in none of the states `of`.

    """
    stepped = (
        update(planned_runs)
        .where(planned_runs.c.id == planned.id, planned_runs.c.state.in_([each.value for each in of]))
        .values(state=to.value, **values)
        .returning(planned_runs)
    )
    row = connection.execute(stepped).mappings().one_or_none()
    if row is None:
        state = connection.execute(select(planned_runs.c.state).where(planned_runs.c.id == planned.id)).scalar()
        which = f"The run of {planned.entry} in {planned.shop}, planned for {planned.planned_at:%Y-%m-%d %H:%M}"
        raise IllegalStep(f"{which}, is {state or 'not in this ledger'} and cannot become {to}")
    return _planned(row, clock=clock)


def search(
    connection: Connection,
    *,
    shop: str | None,
    entry: str | None,
    state: PlanState | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    clock: Clock,
) -> list[PlannedRun]:
    """Planned runs, newest moment first; since <= planned_at <= until."""
    query = select(planned_runs).order_by(planned_runs.c.planned_at.desc(), planned_runs.c.id.desc())
    for name, value in (("shop", shop), ("entry", entry), ("state", state and state.value)):
        if value is not None:
            query = query.where(planned_runs.c[name] == value)
    if since is not None:
        query = query.where(planned_runs.c.planned_at >= since)
    if until is not None:
        query = query.where(planned_runs.c.planned_at <= until)
    return _found(connection, query.limit(limit), clock=clock)


def newest(connection: Connection, *, clock: Clock) -> dict[tuple[str, str], datetime]:
    """The newest moment of each (entry, shop), whatever its state."""
    moment = func.max(planned_runs.c.planned_at, type_=planned_runs.c.planned_at.type)
    query = select(planned_runs.c.entry, planned_runs.c.shop, moment).group_by(
        planned_runs.c.entry, planned_runs.c.shop
    )
    return {(entry, shop): at.astimezone(clock.zone) for entry, shop, at in connection.execute(query)}


def due(connection: Connection, at: datetime, *, clock: Clock) -> list[PlannedRun]:
    """What is to be started by this moment, longest due first."""
    query = select(planned_runs).where(planned_runs.c.state == PlanState.PLANNED.value, planned_runs.c.due_at <= at)
    in_order = query.order_by(planned_runs.c.due_at, planned_runs.c.planned_at, planned_runs.c.id)
    return _found(connection, in_order, clock=clock)


def shops_of(connection: Connection) -> list[str]:
    """Every shop that anything was ever planned for."""
    return list(connection.execute(select(planned_runs.c.shop).distinct().order_by(planned_runs.c.shop)).scalars())


def last(connection: Connection, shop: str, *, clock: Clock) -> PlannedRun | None:
    """The shop's newest planned run that was started, or ended in whatever way."""
    of_shop = select(planned_runs).where(planned_runs.c.shop == shop, planned_runs.c.state != PlanState.PLANNED.value)
    newest_first = of_shop.order_by(planned_runs.c.planned_at.desc(), planned_runs.c.id.desc())
    found = _found(connection, newest_first.limit(1), clock=clock)
    return found[0] if found else None


def upcoming(connection: Connection, *, clock: Clock) -> dict[str, PlannedRun]:
    """By shop, the planned run that is due next."""
    query = select(planned_runs).where(planned_runs.c.state == PlanState.PLANNED.value)
    latest_first = query.order_by(planned_runs.c.due_at.desc(), planned_runs.c.id.desc())
    return {each.shop: each for each in _found(connection, latest_first, clock=clock)}


def _found(connection: Connection, query: Select[tuple[object, ...]], *, clock: Clock) -> list[PlannedRun]:
    return _all(connection.execute(query).mappings(), clock=clock)


def _all(rows: Iterable[RowMapping], *, clock: Clock) -> list[PlannedRun]:
    return [_planned(row, clock=clock) for row in rows]


def _planned(row: RowMapping, *, clock: Clock) -> PlannedRun:
    return PlannedRun(**{**fields(row, zone=clock.zone), "state": PlanState(row["state"])})


class Planning(Transactions):
    """Planned runs, from the moment that they are planned to their end."""

    def plan(self, wanted: Sequence[Plan]) -> list[PlannedRun]:
        """Record the planned runs that are not there yet; gives these alone, in the order wanted: all, or none."""
        with self._writing() as connection:
            return add(connection, wanted, clock=self._clock)

    def start_planned(self, planned: PlannedRun) -> PlannedRun:
        """The planned run as started now.

        Raises:
            IllegalStep: it was started, or has ended.

        """
        values = {"started_at": self._clock.now()}
        return self._step(planned, to=PlanState.STARTED, of=[PlanState.PLANNED], values=values)

    def put_back(self, planned: PlannedRun, *, detail: str = "") -> PlannedRun:
        """A started run as planned again, for one that found its shop taken before it did anything.

        Raises:
            IllegalStep: it was not started, or has ended.

        """
        values = {"started_at": None, "detail": detail}
        return self._step(planned, to=PlanState.PLANNED, of=[PlanState.STARTED], values=values)

    def end_planned(
        self,
        planned: PlannedRun,
        *,
        state: PlanState,
        reason: str = "",
        detail: str = "",
        run_id: str = "",
        exit_code: int | None = None,
    ) -> PlannedRun:
        """The planned run as ended now, in one of the states that are an end.

        Raises:
            IllegalStep: it has ended before.
            ValueError: the state is no end.

        """
        if state in UNDER_WAY:
            raise ValueError(f"{state} is no end of a planned run")
        values = {
            "reason": reason,
            "detail": detail,
            "run_id": run_id,
            "exit_code": exit_code,
            "ended_at": self._clock.now(),
        }
        return self._step(planned, to=state, of=UNDER_WAY, values=values)

    def _step(
        self, planned: PlannedRun, *, to: PlanState, of: Iterable[PlanState], values: Mapping[str, object]
    ) -> PlannedRun:
        with self._writing() as connection:
            return step(connection, planned, to=to, of=of, values=values, clock=self._clock)

    def planned_runs(
        self,
        *,
        shop: str | None = None,
        entry: str | None = None,
        state: PlanState | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[PlannedRun]:
        """Planned runs, newest moment first; since <= planned_at <= until."""
        with self._reading() as connection:
            return search(
                connection,
                shop=shop,
                entry=entry,
                state=state,
                since=since,
                until=until,
                limit=limit,
                clock=self._clock,
            )

    def newest_planned(self) -> dict[tuple[str, str], datetime]:
        """The newest moment of each (entry, shop), whatever its state. It reads all of them: keep what it gives."""
        with self._reading() as connection:
            return newest(connection, clock=self._clock)

    def due_planned(self, at: datetime) -> list[PlannedRun]:
        """What is `planned` and due by this moment, longest due first."""
        with self._reading() as connection:
            return due(connection, at, clock=self._clock)

    def last_and_next(
        self, shops: Iterable[str] | None = None
    ) -> dict[str, tuple[PlannedRun | None, PlannedRun | None]]:
        """By shop (None: all that anything was planned for): the newest that was started or has ended; the next one."""
        with self._reading() as connection:
            names = shops_of(connection) if shops is None else list(shops)
            coming = upcoming(connection, clock=self._clock)
            return {name: (last(connection, name, clock=self._clock), coming.get(name)) for name in names}
