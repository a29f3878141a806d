"""Logins as values: the saved login state of each shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The saved login state of a shop."""

    shop: str
    kept_at: datetime
    ends_at: datetime | None
    """When the site will ask for a login again at the latest; None: the state does not tell."""
    detail: str
