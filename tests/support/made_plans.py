"""Planned runs, made in a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rpa.ledger.plans import PlannedRun, PlanState


def a_planned_run(at: datetime, **told: Any) -> PlannedRun:
    """A run of `demo` that is planned for this moment, unless a test says otherwise."""
    ordinary: dict[str, Any] = {
        "id": 1,
        "entry": "ship",
        "flow": "ship",
        "shop": "demo",
        "state": PlanState.PLANNED,
        "reason": "",
        "detail": "",
        "run_id": "",
        "started_at": None,
        "ended_at": None,
        "exit_code": None,
        "stands_for": 1,
    }
    return PlannedRun(planned_at=at, due_at=at, **(ordinary | told))
