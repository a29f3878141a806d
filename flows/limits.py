"""How many orders a run may still ship, by the limits of the shop's configuration."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flows.gate.rules import KIND

if TYPE_CHECKING:
    from rpa.run import Run


def room_left(run: Run, *, decided: int) -> int | None:
    """How many more shipments the shop's limits allow beside those decided already; None: any number."""
    caps, started_at = run.shop.caps, run.record.started_at
    today = run.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    ever = datetime.fromtimestamp(0, tz=today.tzinfo)
    limits = [
        cap - run.ledger.count_done_since(run.shop.name, kind=KIND, since=since)
        for cap, since in ((caps.max_per_run, started_at), (caps.max_per_day, today), (caps.trial, ever))
        if cap is not None
    ]
    return max(0, min(limits) - decided) if limits else None
