"""Runs that cannot start at their moment: they wait, keep their place, and a person is told when it takes long."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest

from rpa.ledger.plans import PlanState
from rpa.scheduler.planner import Why
from rpa.scheduler.worker_tasks import WorkerTask
from tests.support.simulated import Fate
from tests.support.simulated_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    NOTICES,
    SHIP,
    Make,
    come_of,
    reasons,
    restart,
)


def test_while_a_shop_is_busy_one_entry_waits_and_another_skips(make: Make) -> None:
    skips = {**NOTICES, "if_busy": "skip", "at": ["09:15"]}
    del skips["every"]
    waits = {"name": "export", "flow": "export-orders", "at": ["09:16"]}
    simulation = make(SHIP, skips, waits, fate=lambda _task: Fate(takes=8 * MINUTE))
    simulation.live(BEGIN + 19 * MINUTE)
    assert [run.reason for run in come_of(simulation, entry="notices")] == [Why.BUSY]
    [export] = come_of(simulation, entry="export")
    assert export.started_at is not None
    assert export.started_at.astimezone(UTC) == BEGIN.replace(second=0) + 18 * MINUTE


def test_what_waits_until_its_next_moment_is_overtaken_and_keeps_its_place(make: Make) -> None:
    """One worker, and more to do than it can: every shop has its turn."""
    simulation = make(SHIP, shops=4, workers=1, fate=lambda _task: Fate(takes=7 * MINUTE))
    simulation.live(BEGIN + 3 * HOUR)
    starts = [start.run.shop for start in simulation.starts]
    assert len(starts) == 25
    assert min(starts.count(f"s{number}") for number in range(4)) >= 5
    assert Why.OVERTAKEN in reasons(come_of(simulation))


def test_a_shop_that_another_process_has_is_asked_again_until_it_is_free(make: Make) -> None:
    def fate(_task: WorkerTask) -> Fate:
        return Fate(how="busy", takes=timedelta(0)) if len(simulation.starts) < 3 else Fate(takes=MINUTE)

    simulation = make(SHIP, fate=fate)
    simulation.live(BEGIN + 15 * MINUTE)
    [run] = come_of(simulation)
    assert run.state is PlanState.FINISHED
    assert [start.how for start in simulation.starts] == ["busy", "busy", "busy", "finished"]
    assert simulation.starts[-1].at < BEGIN + 12 * MINUTE


@pytest.mark.slow
@pytest.mark.parametrize("entry", [{"at": ["09:10"]}, {"every": "10m", "if_busy": "skip"}], ids=["waits", "skips"])
def test_of_a_shop_that_another_process_keeps_for_an_hour_a_person_is_told_once(
    make: Make, entry: dict[str, Any]
) -> None:
    def fate(_task: WorkerTask) -> Fate:
        taken = simulation.now < BEGIN + 80 * MINUTE
        return Fate(how="busy", takes=timedelta(0)) if taken else Fate(takes=MINUTE)

    simulation = make({"flow": "ship", **entry}, fate=fate)
    simulation.live(BEGIN + HOUR)
    assert simulation.ledger.open_incidents() == []
    simulation.live(BEGIN + 80 * MINUTE)
    [told] = simulation.ledger.open_incidents()
    assert (told.shop, told.cause, told.times_seen) == ("s0", "waits:ship", 1)
    assert "since 03-10 09:10: Another run goes on (pid 1)" in told.message
    simulation.live(BEGIN + 95 * MINUTE)
    assert simulation.ledger.open_incidents() == []


def test_a_person_is_told_of_more_runs_than_workers_can_do_not_of_a_shrinking_queue(
    make: Make,
) -> None:
    nightly = {**NOTICES, "at": ["09:10"]}
    del nightly["every"]
    simulation = make(nightly, shops=12, workers=1, fate=lambda _task: Fate(takes=10 * MINUTE))
    simulation.live(BEGIN + 90 * MINUTE)
    assert simulation.ledger.open_incidents() == []
    restart(simulation, {**SHIP, "every": "30m"})
    simulation.live(BEGIN + 6 * HOUR)
    waiting = simulation.ledger.open_incidents()
    assert {each.cause for each in waiting} == {"waits:ship"}
    assert "`workers`" in waiting[0].message


def test_while_it_is_held_what_is_due_waits(make: Make) -> None:
    mistake = [True]
    simulation = make(SHIP, held=lambda: bool(mistake))
    simulation.live(BEGIN + 25 * MINUTE)
    assert simulation.starts == []
    mistake.clear()
    simulation.live(BEGIN + 27 * MINUTE)
    assert [f"{start.run.planned_at:%H:%M}" for start in simulation.starts] == ["09:20"]


def test_a_run_of_new_times_is_started_beside_one_of_the_old_times_that_is_withdrawn(make: Make) -> None:
    mistake = [True]
    simulation = make(SHIP, shops=3, held=lambda: bool(mistake), fate=lambda _task: Fate(takes=MINUTE))
    simulation.live(BEGIN + 12 * MINUTE)
    simulation.schedule = [{**SHIP, "every": "15m"}]
    simulation.write()
    simulation.desk.take_over(simulation.config)
    simulation.live(BEGIN + 16 * MINUTE)
    mistake.clear()
    simulation.live(BEGIN + 19 * MINUTE)
    assert simulation.ledger.open_incidents() == []
    for shop in ("s0", "s1", "s2"):
        withdrawn, begun = come_of(simulation, shop)
        assert (withdrawn.reason, begun.state) == (Why.WITHDRAWN, PlanState.FINISHED)
