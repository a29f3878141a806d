"""Planned runs in the ledger: one row for each moment of the schedule and shop, whatever came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from rpa.ledger.actions import IllegalStep
from rpa.ledger.plans import UNDER_WAY, Plan, PlannedRun, PlanState
from rpa.ledger.schema import planned_runs
from rpa.ledger.schema.columns import stored
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


class PlanStore(Store):
    """Planned runs, from the moment that they are planned to their end."""

    def add(self, wanted: Sequence[Plan]) -> list[PlannedRun]:
        """Record the planned runs that are not there yet; gives these alone, in the order wanted: all, or none."""
        first: dict[tuple[str, str, str], Plan] = {}
        for each in wanted:
            first.setdefault(_key(each.entry, each.shop, each.planned_at), each)
        with self._database.writing() as connection:
            there = _there(connection, wanted) if wanted else set()
            now = self._clock.now()
            rows = [_values(each, now=now) for key, each in first.items() if key not in there]
            if not rows:
                return []
            new = insert(planned_runs).returning(planned_runs, sort_by_parameter_order=True)
            return [_planned(self._fields(row)) for row in connection.execute(new, rows).mappings()]

    def start(self, planned: PlannedRun) -> PlannedRun:
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

    def end(
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
        """The planned run in its next state, with these values. Raises IllegalStep: it is in none of `of`."""
        stepped = (
            update(planned_runs)
            .where(planned_runs.c.id == planned.id, planned_runs.c.state.in_([each.value for each in of]))
            .values(state=to.value, **values)
            .returning(planned_runs)
        )
        with self._database.writing() as connection:
            row = connection.execute(stepped).mappings().one_or_none()
            if row is None:
                now = select(planned_runs.c.state).where(planned_runs.c.id == planned.id)
                state = connection.execute(now).scalar() or "not in this ledger"
                which = f"The run of {planned.entry} in {planned.shop}, planned for {planned.planned_at:%Y-%m-%d %H:%M}"
                raise IllegalStep(f"{which}, is {state} and cannot become {to}")
            return _planned(self._fields(row))

    def search(
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
        query = select(planned_runs).order_by(planned_runs.c.planned_at.desc(), planned_runs.c.id.desc())
        for name, value in (("shop", shop), ("entry", entry), ("state", state and state.value)):
            if value is not None:
                query = query.where(planned_runs.c[name] == value)
        if since is not None:
            query = query.where(planned_runs.c.planned_at >= since)
        if until is not None:
            query = query.where(planned_runs.c.planned_at <= until)
        return [_planned(row) for row in self._read(query.limit(limit))]

    def newest(self) -> dict[tuple[str, str], datetime]:
        """The newest moment of each (entry, shop), whatever its state. It reads all of them: keep what it gives."""
        with self._database.reading() as connection:
            return self.newest_with(connection)

    def newest_with(self, connection: Connection) -> dict[tuple[str, str], datetime]:
        """As `newest`, in the transaction of this connection."""
        moment = func.max(planned_runs.c.planned_at, type_=planned_runs.c.planned_at.type)
        of = (planned_runs.c.entry, planned_runs.c.shop)
        found = connection.execute(select(*of, moment).group_by(*of))
        return {(entry, shop): at.astimezone(self._clock.zone) for entry, shop, at in found}

    def due(self, at: datetime) -> list[PlannedRun]:
        """What is `planned` and due by this moment, longest due first."""
        query = select(planned_runs).where(planned_runs.c.state == PlanState.PLANNED.value, planned_runs.c.due_at <= at)
        in_order = query.order_by(planned_runs.c.due_at, planned_runs.c.planned_at, planned_runs.c.id)
        return [_planned(row) for row in self._read(in_order)]

    def last_and_next(
        self, shops: Iterable[str] | None = None
    ) -> dict[str, tuple[PlannedRun | None, PlannedRun | None]]:
        """By shop (None: all that anything was planned for): the newest that was started or has ended; the next one."""
        every = select(planned_runs.c.shop).distinct().order_by(planned_runs.c.shop)
        with self._database.reading() as connection:
            names = list(connection.execute(every).scalars()) if shops is None else list(shops)
            coming = self._upcoming(connection)
            last = self._last(connection, names)
            return {name: (last.get(name), coming.get(name)) for name in names}

    def _last(self, connection: Connection, shops: Iterable[str]) -> dict[str, PlannedRun]:
        """By shop, the newest planned run that was started, or ended in whatever way."""
        of = planned_runs.c
        begun = select(planned_runs).where(of.shop == bindparam("of_shop"), of.state != PlanState.PLANNED.value)
        newest = begun.order_by(of.planned_at.desc(), of.id.desc()).limit(1)
        return {each.shop: each for shop in shops for each in self._found(connection, newest, of_shop=shop)}

    def _upcoming(self, connection: Connection) -> dict[str, PlannedRun]:
        """By shop, the planned run that is due next."""
        query = select(planned_runs).where(planned_runs.c.state == PlanState.PLANNED.value)
        latest_first = query.order_by(planned_runs.c.due_at.desc(), planned_runs.c.id.desc())
        return {each.shop: each for each in self._found(connection, latest_first)}

    def _found(self, connection: Connection, query: Select[Any], **values: object) -> list[PlannedRun]:
        return [_planned(row) for row in self._rows(connection, query, **values)]


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


def _planned(row: Mapping[str, Any]) -> PlannedRun:
    return PlannedRun(**{**row, "state": PlanState(row["state"])})
