"""Holds as values: why a subject must not be acted on until somebody lifts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One active reason not to act on a subject."""

    subject: str
    cause: str
    """What put it on; a hold by a notice stays when a person lifts their own, and the other way round."""
    reason: str
    held_by: str
    held_at: datetime
    until: datetime | None = None
    """Over by itself at this moment of our clock; None: it lasts until it is lifted."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What stands behind it; JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A hold that is to be there."""

    subject: str
    cause: str
    reason: str
    until: datetime | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
