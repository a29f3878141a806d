"""The scheduler's sign of life, which the ledger keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat

QUIET = timedelta(minutes=3)
"""A scheduler that has given no sign of life for so long does not work: it gives two a minute."""


def sign_of_life(config: Config) -> Heartbeat | None:
    """The scheduler's newest; None: there never was one. Raises ConfigError when the ledger cannot be opened."""
    from rpa.ledger.ledger import Ledger

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return None
    with Ledger.open(file, clock=config.clock) as ledger:
        return ledger.heartbeats().get("scheduler")


def is_fresh(sign: Heartbeat | None, *, now: datetime) -> bool:
    """Whether the scheduler works, by this sign."""
    return sign is not None and now - sign.beat_at < QUIET
