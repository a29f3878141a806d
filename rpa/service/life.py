"""The scheduler's sign of life, which the ledger keeps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat


def sign_of_life(config: Config) -> Heartbeat | None:
    """The scheduler's newest; None: there never was one. Raises ConfigError when the ledger cannot be opened."""
    from rpa.ledger.ledger import Ledger
    from rpa.overview.health import SCHEDULER

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return None
    with Ledger.open(file, clock=config.clock) as ledger:
        return ledger.heartbeats().get(SCHEDULER)


def is_fresh(sign: Heartbeat | None, *, now: datetime) -> bool:
    """Whether the scheduler works, by this sign; a clock that was set back is no death."""
    from rpa.overview.health import SILENT_AFTER

    return sign is not None and abs(now - sign.beat_at) <= SILENT_AFTER
