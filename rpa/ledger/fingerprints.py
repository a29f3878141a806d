"""Fingerprints as values: how a subject looked when it was first seen, and how it looks now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A subject that no longer looks as it did when first seen, or as a person last accepted it."""

    subject: str
    facts: dict[str, object]
    """As first seen, or as accepted."""
    last_facts: dict[str, object]
    """As seen now."""
    first_seen_at: datetime
    last_seen_at: datetime
