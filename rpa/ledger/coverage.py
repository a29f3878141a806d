"""Coverage: from when to when everything of a kind that was issued is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Everything of this kind that was issued in [since, until] is known, as far as this account is shown it."""

    shop: str
    account: str
    """The login name: another account of the shop may be shown other documents."""
    kind: str
    since: datetime
    until: datetime
    doubt: str
    """Why it is not certain after all; empty: nothing speaks against it."""
    updated_at: datetime

    @property
    def empty(self) -> bool:
        """Nothing was ever read to its end; a doubt alone is known."""
        return self.since == self.until
