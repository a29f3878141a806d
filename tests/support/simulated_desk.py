"""A scheduler's desk in simulated time, for the tests that put it into one situation at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine
from loguru import logger

from tests.support.simulated import Simulation

if TYPE_CHECKING:
    from rpa.ledger.plans import PlannedRun

BEGIN = datetime(2026, 3, 10, 1, 0, 1, tzinfo=UTC)
"""09:00:01 in Shanghai."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHIP: dict[str, Any] = {"flow": "ship", "every": "10m"}
NOTICES: dict[str, Any] = {"name": "notices", "flow": "audit-notices", "every": "10m"}
Make = Callable[..., Simulation]


def simulations(folder: Path) -> Iterator[Make]:
    """Gives what makes a started simulation, from 09:00:01 on; it ends with the generator."""
    logger.disable("rpa")
    made: list[Simulation] = []
    with time_machine.travel(BEGIN, tick=False) as moving:

        def simulation(*schedule: dict[str, Any], shops: int = 1, **more: Any) -> Simulation:
            made.append(
                Simulation(
                    folder=folder, zone="Asia/Shanghai", schedule=list(schedule), shops=shops, moving=moving, **more
                )
            )
            made[0].start()
            return made[0]

        yield simulation
        for each in made:
            each.kill()
    logger.enable("rpa")


def come_of(simulation: Simulation, shop: str = "s0", entry: str | None = None) -> list[PlannedRun]:
    """What has come of the plan until now, oldest first."""
    runs = simulation.ledger.plans.search(shop=shop, entry=entry, until=simulation.now)
    return list(reversed(runs))


def restart(simulation: Simulation, *schedule: dict[str, Any]) -> None:
    """Start anew, with another schedule if one is given."""
    simulation.kill()
    if schedule:
        simulation.schedule = list(schedule)
        simulation.write()
    simulation.start()


def reasons(runs: list[PlannedRun]) -> list[str]:
    return [run.reason for run in runs]
