"""Observations as values: since when a subject has shown a mark, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A mark that a subject has shown at every look since the first."""

    subject: str
    mark: str
    first_at: datetime
    """The moment of the first look that showed it, by the clock that the caller gave."""
    last_at: datetime
    times: int
    first_facts: Mapping[str, object]
    last_facts: Mapping[str, object]
