"""Heartbeats as values: when a part of the program last said that it works, and when it will say so again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The newest sign of life of one part of the program."""

    name: str
    beat_at: datetime
    next_due_at: datetime | None
    """When it has something to do next; None: nothing is planned."""
    host: str
    pid: int
    detail: str
