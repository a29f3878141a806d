"""Documents: what the site issues and later withdraws, from its first sight until it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rpa.ledger.document_states import DocumentState


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
