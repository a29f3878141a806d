"""Runs as values: one flow once in one shop, with the fence that says whether it may still write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands; `running` with no living process is a crash not yet marked."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One flow once in one shop."""

    id: str
    """Readable, and in time order: 20260310-091500-demo-FLOW-001a, the fence (hexadecimal) at the end."""
    shop: str
    flow: str
    fence: int
    """Grows with each run of the shop; only the newest may act."""
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    host: str
    pid: int
    options: dict[str, object]
    counts: dict[str, object]
