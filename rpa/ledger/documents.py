"""Documents: what the site issues and later withdraws, from its first sight until it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class DocumentState(StrEnum):
    """How far a document has come. The value is what the ledger stores."""

    FOUND = "found"
    """Known, not on disk."""
    SAVED = "saved"
    """Whole on disk, its hash known."""
    READ = "read"
    """Understood."""
    UNCLEAR = "unclear"
    """A subject in it is not understood."""
    UNREADABLE = "unreadable"
    """On disk, but nothing in it can be read."""
    LOST = "lost"
    """Withdrawn by the site before it was saved."""
    RESOLVED = "resolved"
    """A person dealt with it."""


_ENDS: Final = frozenset({DocumentState.READ, DocumentState.RESOLVED})

CONCLUSIONS: Final[Mapping[DocumentState, frozenset[DocumentState]]] = {
    DocumentState.FOUND: frozenset(
        {DocumentState.READ, DocumentState.UNCLEAR, DocumentState.UNREADABLE, DocumentState.LOST}
    ),
    DocumentState.SAVED: frozenset({DocumentState.READ, DocumentState.UNCLEAR, DocumentState.UNREADABLE}),
    DocumentState.READ: frozenset({DocumentState.READ}),
    DocumentState.UNCLEAR: _ENDS | {DocumentState.UNCLEAR},
    DocumentState.UNREADABLE: _ENDS | {DocumentState.UNREADABLE, DocumentState.UNCLEAR, DocumentState.LOST},
    DocumentState.LOST: _ENDS | {DocumentState.LOST},
    DocumentState.RESOLVED: frozenset({DocumentState.RESOLVED}),
}
"""What may be concluded of a document in each state. A conclusion may be repeated, as after a kill.

From `found` also what its parts made of it: a notice is never on disk itself where only its attachments are. What
cannot be read may be read, or be withdrawn, later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a shop, as the ledger has it."""

    id: int
    shop: str
    kind: str
    name: str
    """The site's own id of it."""
    state: DocumentState
    path: str
    """Where it was saved; empty: nowhere."""
    sha256: str
    size_bytes: int | None
    facts: Mapping[str, object]
    issued_at: datetime | None
    """By the site's clock, as is `expires_at`; the other two moments are of ours."""
    expires_at: datetime | None
    found_at: datetime
    saved_at: datetime | None
