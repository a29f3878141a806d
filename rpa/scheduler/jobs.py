"""What the scheduler asks of its workers: one flow in one shop each, several at a time, and word of how each ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import timedelta

    from rpa.ledger.plans import PlannedRun

How = Literal["finished", "killed", "died", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one worker is to do."""

    planned: PlannedRun
    options: Mapping[str, Any] = field(default_factory=dict)
    """The flow's options by field name, as rpa.toml has them."""
    live: bool | None = None
    """None: as the shop's `live` says."""
    time_limit: timedelta
    """After this the run is asked to stop; `stop_within_s` later it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a worker ended. Its page is closed and its shop is free when this is told."""

    planned: PlannedRun
    how: How
    """finished: the run came to its end, good or bad. killed: it was still there at the end of its time. died: its
    process ended by itself, in the middle, or was killed as it did not come to open its window. busy: another process
    has the shop; nothing was started."""
    exit_code: int | None = None
    """As of `rpa run`; None where the run did not come to its end."""
    run_id: str = ""
    """The run in the ledger; empty when none was begun."""
    detail: str = ""
    """What stopped it, in words, for the plan's record; for one that died the last lines that it wrote."""


class Workers(Protocol):
    """Runs in the making. A shop has one at most."""

    def start(self, task: Task) -> None:
        """Begin; never waits for the run. What goes wrong with it comes as `Ended`."""

    def running(self) -> Collection[PlannedRun]:
        """What was started and has not been told as ended."""

    def ended(self) -> list[Ended]:
        """What has ended since this was asked last; never waits."""

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a run has ended or a signal came."""

    def ask_to_stop(self, shop: str | None = None) -> None:
        """Ask the run of this shop, or every run, to stop after the order in hand."""

    def close(self) -> None:
        """Kill what is left."""
