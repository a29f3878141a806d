"""Incidents as values: one per cause while it lasts, so that one expired session is one alert and not six hundred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much of a hurry an incident is; each level includes the next in what people ask to be told."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    """Nothing goes on in this shop until a person has looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that needs a person, from the first time it was seen until it was closed."""

    id: int
    shop: str
    """Empty: it concerns the whole program."""
    cause: str
    message: str
    """The newest one."""
    opened_at: datetime
    last_seen_at: datetime
    times_seen: int
    """1: it is new, tell somebody."""
    closed_at: datetime | None
    severity: Severity = Severity.WARNING
    """The newest one."""
    told_at: datetime | None = None
    """When somebody was last told of it; None: nobody was."""
    times_told: int = 0
    closing_told_at: datetime | None = None
    """When somebody was told that it is over."""
