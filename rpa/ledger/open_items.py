"""Open items as values: the subjects that the newest runs did not end as done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a run left one subject."""

    subject: str
    outcome: str
    reason: str = ""
    message: str = ""
    deadline: datetime | None = None
    """By when it must be done; None: not known, or there is none."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else the report's row says; JSON values."""
    looked: bool = True
    """False: the run did not come to look at it; what is known of it from earlier stays instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem(Finding):
    """A subject that is not done, as the newest run which looked at it left it."""

    shop: str
    report: str
    """The family of reports: a newer one of the same family takes its place."""
    flow: str
    run_id: str
    seen_at: datetime
