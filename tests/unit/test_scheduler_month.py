"""Thirty days of a scheduler that is killed, switched off and troubled: whatever was planned has one end on record."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from loguru import logger

from rpa.ledger.plans import PlannedRun, PlanState
from rpa.scheduler.planner import CUT_OFF, Why
from rpa.timetable import planned
from tests.support.simulated import Simulation, drawn

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHEDULE: list[dict[str, Any]] = [
    {
        "name": "notices",
        "flow": "audit-notices",
        "hours": "6,8-10,14,18,22",
        "minute": 5,
        "on_quiet_days": True,
        "time_limit": "50m",
    },
    {"name": "ship", "flow": "ship", "every": "2h", "between": "08:00-23:00", "jitter": "40s", "time_limit": "125m"},
    {"name": "night", "flow": "ship", "at": ["02:30", "12:01"], "if_busy": "skip", "time_limit": "50m"},
    {
        "name": "export",
        "flow": "export-orders",
        "every": "6h",
        "catch_up": False,
        "shops": ["s0", "s1"],
        "time_limit": "50m",
    },
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logger.disable("rpa")
    yield
    logger.enable("rpa")


def lived_through(simulation: Simulation, *, days: int, seed: int) -> datetime:
    """Live through so many days with kills, downtimes and pauses by lot; gives the moment of the first start."""
    lot = random.Random(seed)
    begun_at = simulation.now
    simulation.start()
    end = begun_at + days * DAY
    while simulation.now < end - 2 * HOUR:
        simulation.live(min(simulation.now + timedelta(hours=lot.uniform(3, 30)), end))
        if lot.random() < 0.4:
            simulation.pauses.pause("s1", by="li", reason="", at=simulation.now)
        else:
            simulation.pauses.resume("s1")
        if lot.random() < 0.5:
            simulation.desk.close()
        simulation.kill()
        simulation.sleep(timedelta(seconds=lot.choice([2, 50, 600, 3 * 3600, lot.uniform(0, 40 * 3600)])))
        simulation.start()
    simulation.pauses.resume("s1")
    simulation.live(max(end, simulation.now) + 6 * HOUR)
    return begun_at


def moments(simulation: Simulation, *, since: datetime) -> dict[tuple[str, str], list[float]]:
    """What rpa.toml means by itself, until now."""
    config, until = simulation.config, simulation.now
    return {
        (entry.name, shop.name): [
            moment.timestamp()
            for moment in planned(entry, calendar=config.calendar, zone=config.zone, after=since, until=until)
        ]
        for entry in config.schedule
        for shop in config.chosen(entry.shops)
    }


def records(simulation: Simulation) -> dict[tuple[str, str], list[PlannedRun]]:
    """The ledger's, until now, oldest first; without the additional runs after one that was cut off."""
    found: dict[tuple[str, str], list[PlannedRun]] = defaultdict(list)
    wanted = moments(simulation, since=datetime(2026, 1, 1, tzinfo=UTC))
    for run in reversed(simulation.ledger.planned_runs(until=simulation.now)):
        if run.planned_at.timestamp() in wanted[run.entry, run.shop]:
            found[run.entry, run.shop].append(run)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "begin", "days"),
    [
        ("America/New_York", datetime(2026, 2, 20, 14, 0, 0, tzinfo=UTC), 30),
        ("America/New_York", datetime(2026, 10, 29, 9, 30, 0, tzinfo=UTC), 6),
        ("Asia/Shanghai", datetime(2026, 9, 28, 1, 0, 0, tzinfo=UTC), 6),
    ],
)
def test_a_month_of_kills_downtimes_and_failures_leaves_each_planned_run_one_end(
    tmp_path: Path, zone: str, begin: datetime, days: int
) -> None:
    with time_machine.travel(begin, tick=False) as moving:
        simulation = Simulation(
            folder=tmp_path,
            zone=zone,
            schedule=SCHEDULE,
            shops=3,
            moving=moving,
            fate=drawn(7, never_well="s2"),
            calendar={"quiet_days": ["2026-03-03", "2026-10-01", "2026-10-31"], "promotion_days": ["2026-11-11"]},
        )
        begun_at = lived_through(simulation, days=days, seed=11)

        found = records(simulation)
        assert {which: [run.planned_at.timestamp() for run in runs] for which, runs in found.items()} == {
            which: at for which, at in moments(simulation, since=begun_at).items() if at
        }, "every moment has its record, at its very time, and no other has one"
        open_ones = [run for runs in found.values() for run in runs if not run.ended]
        lately = simulation.now - 3 * HOUR
        assert [run for run in open_ones if run.due_at.astimezone(UTC) < lately] == []

        started_once(simulation)
        stands_for_what_never_started(simulation)
        follows_an_interruption(simulation)
        if days >= 30:
            saw_everything(simulation)
        simulation.kill()


def saw_everything(simulation: Simulation) -> None:
    """The month was hard enough to say something."""
    runs = [run for runs in records(simulation).values() for run in runs]
    assert {PlanState.SKIPPED, PlanState.FINISHED, PlanState.NEVER_STARTED, PlanState.INTERRUPTED} <= {
        run.state for run in runs
    }
    assert any(run.stands_for > 1 and run.started_at for run in runs)
    assert len(runs) < len(simulation.ledger.planned_runs(until=simulation.now)), "some were begun again"
    elsewhere = {Why.CAUGHT_UP, Why.CLOCK_SET, Why.WITHDRAWN, Why.NEEDS_PERSON, Why.DISK_FULL, Why.BAD_CONFIG}
    assert {"", *Why} - elsewhere <= {run.reason for run in runs}


def started_once(simulation: Simulation) -> None:
    """No planned run was begun twice; one that found its shop taken had done nothing."""
    begun = Counter(start.run.id for start in simulation.starts if start.how != "busy")
    assert max(begun.values()) == 1
    late = [start for start in simulation.starts if start.at < start.run.due_at.astimezone(UTC)]
    assert late == [], "nothing starts before its time"


def stands_for_what_never_started(simulation: Simulation) -> None:
    """A run that makes up for others does so for some that never started before it, of its flow and shop, alone."""
    runs_of: dict[tuple[str, str], list[PlannedRun]] = defaultdict(list)
    for run in reversed(simulation.ledger.planned_runs(until=simulation.now)):
        runs_of[run.flow, run.shop].append(run)
    for runs in runs_of.values():
        never = 0
        for run in runs:
            assert run.stands_for <= never + 1
            if run.reason == Why.DOWNTIME:
                never += 1
            elif run.stands_for > 1:
                never = 0


def follows_an_interruption(simulation: Simulation) -> None:
    """What runs beside the plan does so once, in place of a run of its flow and shop that was cut off."""
    regular = {run.id for runs in records(simulation).values() for run in runs}
    runs = simulation.ledger.planned_runs(until=simulation.now)
    additional = [run for run in runs if run.id not in regular]
    for run in additional:
        same = [each for each in runs if (each.flow, each.shop) == (run.flow, run.shop)]
        before = next(each for each in same if each.started_at and each.planned_at < run.planned_at)
        assert before.reason in CUT_OFF
        assert before.id in regular
