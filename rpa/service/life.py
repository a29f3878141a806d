"""The scheduler's sign of life, which the ledger keeps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat


def sign_of_life(config: Config) -> Heartbeat | None:
    """The scheduler's newest; None: there never was one. Raises ConfigError when the ledger cannot be opened."""
    from rpa.monitoring.health import SCHEDULER

    return _signs(config).get(SCHEDULER)


def last_call(config: Config) -> Heartbeat | None:
    """The sign of the newest `rpa schedule --once`; None: the newest scheduler was no such call. Raises ConfigError."""
    from rpa.monitoring.health import newest_call

    return newest_call(_signs(config))


def _signs(config: Config) -> dict[str, Heartbeat]:
    from rpa.ledger.ledger import Ledger

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return {}
    with Ledger.open(file, clock=config.clock) as ledger:
        return ledger.heartbeats()


def is_fresh(sign: Heartbeat | None, *, now: datetime) -> bool:
    """Whether the scheduler works, by this sign; a clock that was set back is no death."""
    from rpa.monitoring.health import SILENT_AFTER

    return sign is not None and abs(now - sign.beat_at) <= SILENT_AFTER
