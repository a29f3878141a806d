"""Plans as values: one run for each moment of the schedule and shop, whatever came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


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
