"""Claims: what was said of a subject, by documents and by persons, and the holds that follow from all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody or something said of a subject."""

    subject: str
    says: str
    """A word that the judge knows."""
    at: datetime
    """When it was said, by the clock of whoever said it; later words are judged after earlier ones."""
    source: str = ""
    """What said it: a document's name, or a person's own words."""
    by: str = ""
    """The person; empty: none."""
    document_id: int | None = None
    heard_at: datetime | None = field(default=None, compare=False)
    """When the ledger was told, by our clock; None: it is not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWanted:
    """The hold that follows from what was said of a subject."""

    cause: str
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


Judge: TypeAlias = Callable[[str, Sequence[Claim]], HoldWanted | None]
"""The hold of a subject from all that was said of it, oldest first; None: it is free. Pure: the database is locked."""
