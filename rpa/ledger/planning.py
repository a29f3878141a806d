"""What the ledger knows of the schedule: which runs were planned, and what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rpa.ledger import plans
from rpa.ledger.plans import UNDER_WAY, Plan, PlannedRun, PlanState
from rpa.ledger.transactions import Transactions


class Planning(Transactions):
    """Planned runs, from the moment that they are planned to their end."""

    def plan(self, wanted: Sequence[Plan]) -> list[PlannedRun]:
        """Record the planned runs that are not there yet; gives these alone, in the order wanted: all, or none."""
        with self._writing() as connection:
            return plans.add(connection, wanted, clock=self._clock)

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
            return plans.step(connection, planned, to=to, of=of, values=values, clock=self._clock)

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
            return plans.search(
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
            return plans.newest(connection, clock=self._clock)

    def due_planned(self, at: datetime) -> list[PlannedRun]:
        """What is `planned` and due by this moment, longest due first."""
        with self._reading() as connection:
            return plans.due(connection, at, clock=self._clock)

    def last_and_next(
        self, shops: Iterable[str] | None = None
    ) -> dict[str, tuple[PlannedRun | None, PlannedRun | None]]:
        """By shop (None: all that anything was planned for): the newest that was started or has ended; the next one."""
        with self._reading() as connection:
            names = plans.shops_of(connection) if shops is None else list(shops)
            coming = plans.upcoming(connection, clock=self._clock)
            return {name: (plans.last(connection, name, clock=self._clock), coming.get(name)) for name in names}
