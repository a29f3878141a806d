"""The desk, in one situation at a time; thirty days of it are in test_scheduler_month."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from rpa.ledger.plans import PlanState
from rpa.monitoring.tasks import lost_runs
from rpa.scheduler.planner import Why
from rpa.scheduler.worker_tasks import WorkerTask
from tests.support.simulated import SECOND, Fate
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


def test_a_first_start_plans_ahead_and_has_missed_nothing(make: Make) -> None:
    simulation = make(SHIP)
    assert come_of(simulation) == []
    assert len(simulation.ledger.planned_runs(state=PlanState.PLANNED)) == 1


def _needs_login_at_first() -> Callable[[WorkerTask], Fate]:
    fates = iter([Fate(takes=MINUTE, needs_login=True)])
    return lambda _task: next(fates, Fate(takes=MINUTE))


def test_an_expired_login_lets_the_shop_rest_for_an_hour_and_disturbs_no_other(make: Make) -> None:
    def fate(task: WorkerTask) -> Fate:
        return Fate(takes=MINUTE, needs_login=task.planned.shop == "s0")

    simulation = make(SHIP, NOTICES, shops=2, fate=fate)
    simulation.live(BEGIN + 3 * HOUR)
    tried = [start for start in simulation.starts if start.run.shop == "s0"]
    assert len(tried) <= 4, "not at every moment"
    assert {run.reason for run in come_of(simulation)} == {"", Why.NEEDS_PERSON}
    assert set(reasons(come_of(simulation, "s1"))) == {""}
    assert len(simulation.ledger.open_incidents("s0")) == 1


def test_a_login_wakes_a_resting_shop_at_once(make: Make) -> None:
    simulation = make(SHIP, fate=_needs_login_at_first())
    simulation.live(BEGIN + 25 * MINUTE)
    assert reasons(come_of(simulation)) == ["", Why.NEEDS_PERSON]
    state = simulation.config.var / "secrets" / "s0.state"
    state.parent.mkdir(exist_ok=True)
    state.touch()
    os.utime(state, times=(simulation.now.timestamp(),) * 2)
    simulation.live(BEGIN + 35 * MINUTE)
    assert reasons(come_of(simulation)) == ["", Why.NEEDS_PERSON, ""]


def test_a_shop_does_not_rest_until_a_moment_that_a_wrong_clock_noted(make: Make) -> None:
    simulation = make(SHIP)
    simulation.moving.shift(timedelta(days=365))
    simulation.ledger.incident("s0", cause="login_needed", message="Log in.")
    simulation.moving.shift(timedelta(days=-365))
    simulation.live(BEGIN + 15 * MINUTE)
    assert [run.state for run in come_of(simulation)] == [PlanState.FINISHED]


def test_a_pause_skips_what_writes_and_lets_reading_go_on(make: Make) -> None:
    simulation = make(SHIP, NOTICES)
    simulation.pauses.pause(None, by="li", reason="holiday", at=simulation.now)
    simulation.live(BEGIN + 15 * MINUTE)
    [ship], [notices] = come_of(simulation, entry="ship"), come_of(simulation, entry="notices")
    assert (ship.state, ship.reason) == (PlanState.SKIPPED, Why.PAUSED)
    assert "li" in ship.detail
    assert notices.state is PlanState.FINISHED


def test_a_pause_that_is_set_while_a_run_starts_is_no_incident(make: Make) -> None:
    def fate(_task: WorkerTask) -> Fate:
        simulation.pauses.pause("s0", by="li", reason="holiday", at=simulation.now)
        return Fate(exit_code=2, takes=timedelta(seconds=3))

    simulation = make(SHIP, fate=fate)
    simulation.live(BEGIN + 15 * MINUTE)
    [run] = come_of(simulation)
    assert (run.state, run.reason) == (PlanState.SKIPPED, Why.PAUSED)
    assert simulation.ledger.open_incidents() == []


def test_a_start_that_fails_ends_its_run_and_no_other(make: Make) -> None:
    def fate(task: WorkerTask) -> Fate:
        broken = task.planned.shop == "s0" and simulation.now < BEGIN + 15 * MINUTE
        return Fate(raises=OSError) if broken else Fate(takes=MINUTE)

    simulation = make(SHIP, shops=2, fate=fate)
    simulation.live(BEGIN + 15 * MINUTE)
    [failed] = come_of(simulation)
    assert (failed.state, failed.reason) == (PlanState.NEVER_STARTED, Why.NOT_STARTABLE)
    assert come_of(simulation, "s1")[0].state is PlanState.FINISHED
    [incident] = simulation.ledger.open_incidents("s0")
    assert incident.cause == "scheduler:start:ship"
    simulation.live(BEGIN + 25 * MINUTE)
    assert simulation.ledger.open_incidents("s0") == []


@pytest.mark.parametrize(
    ("fate", "cause"),
    [
        (Fate(how="died", exit_code=None), "crashed:ship"),
        (Fate(how="killed", exit_code=None), "time_limit:ship"),
        (Fate(exit_code=2), "bad_config:ship"),
    ],
)
def test_an_end_of_which_the_run_itself_left_no_word_is_an_incident(make: Make, fate: Fate, cause: str) -> None:
    simulation = make(SHIP, fate=lambda _task: fate)
    simulation.live(BEGIN + 15 * MINUTE)
    [incident] = simulation.ledger.open_incidents()
    assert (incident.shop, incident.cause) == ("s0", cause)


def test_a_run_of_an_entry_that_left_rpa_toml_is_withdrawn_when_its_moment_comes(make: Make) -> None:
    simulation = make(SHIP, NOTICES)
    restart(simulation, NOTICES)
    simulation.live(BEGIN + 35 * MINUTE)
    assert reasons(come_of(simulation, entry="ship")) == [Why.WITHDRAWN]


def test_another_schedule_is_taken_over_without_ending_what_goes_on(make: Make) -> None:
    simulation = make(SHIP, shops=2, fate=lambda _task: Fate(takes=15 * MINUTE))
    simulation.live(BEGIN + 12 * MINUTE)
    simulation.schedule, simulation.shops = [{**SHIP, "every": "30m"}, {"flow": "audit-notices", "at": ["09:20"]}], 1
    simulation.write()
    simulation.desk.take_over(simulation.config)
    simulation.live(BEGIN + 50 * MINUTE)
    begun = [(start.run.flow, start.run.shop, f"{start.run.planned_at:%H:%M}") for start in simulation.starts]
    assert begun == [
        ("ship", "s0", "09:10"),
        ("ship", "s1", "09:10"),
        ("audit-notices", "s0", "09:20"),
        ("ship", "s0", "09:30"),
    ]
    assert come_of(simulation, "s1")[0].state is PlanState.FINISHED


def test_an_entry_that_is_back_before_its_moment_runs(make: Make) -> None:
    simulation = make(SHIP)
    restart(simulation, NOTICES)
    restart(simulation, SHIP)
    simulation.live(BEGIN + 15 * MINUTE)
    assert [run.state for run in come_of(simulation, entry="ship")] == [PlanState.FINISHED]


def test_an_entry_that_was_out_of_rpa_toml_for_a_time_has_missed_nothing_in_it(make: Make) -> None:
    simulation = make(SHIP, NOTICES)
    restart(simulation, NOTICES)
    simulation.live(BEGIN + 2 * HOUR)
    restart(simulation, SHIP, NOTICES)
    simulation.live(BEGIN + 2 * HOUR + 18 * MINUTE)
    withdrawn, back = come_of(simulation, entry="ship")
    assert (withdrawn.reason, back.state) == (Why.WITHDRAWN, PlanState.FINISHED)


def test_a_run_cut_off_by_the_schedulers_end_is_begun_again_at_the_next_start(make: Make) -> None:
    daily = {"flow": "ship", "at": ["09:10"]}
    simulation = make(daily, fate=lambda _task: Fate(takes=30 * MINUTE))
    simulation.live(BEGIN + 20 * MINUTE)
    simulation.kill()
    simulation.sleep(5 * MINUTE)
    simulation.start()
    simulation.live(BEGIN + 2 * HOUR)
    cut_off, again = come_of(simulation)
    assert (cut_off.state, cut_off.reason) == (PlanState.INTERRUPTED, Why.SCHEDULER_GONE)
    assert (again.state, again.reason) == (PlanState.FINISHED, "")


def test_a_program_that_every_run_takes_down_is_begun_again_once_only(make: Make) -> None:
    daily = {"flow": "ship", "at": ["09:10"]}
    simulation = make(daily, fate=lambda _task: Fate(takes=30 * MINUTE))
    simulation.live(BEGIN + 11 * MINUTE)
    for _ in range(5):
        simulation.kill()
        simulation.start()
        simulation.live(simulation.now + MINUTE)
    assert len(simulation.starts) == 2


def test_after_a_sleep_of_the_machine_one_run_makes_up(make: Make) -> None:
    simulation = make(SHIP)
    simulation.live(BEGIN + 15 * MINUTE)
    simulation.sleep(3 * HOUR)
    simulation.live(simulation.now + 3 * MINUTE)
    assert len(simulation.starts) == 2
    assert [run.stands_for for run in come_of(simulation)][-1] == 18


def test_a_clock_that_was_years_ahead_stops_nothing_once_it_is_right(make: Make) -> None:
    simulation = make({"flow": "ship", "every": "2h"})
    simulation.live(BEGIN + HOUR)
    simulation.sleep(timedelta(days=3650))
    simulation.desk.wake()
    simulation.live(simulation.now + HOUR)
    simulation.moving.move_to(BEGIN + HOUR + MINUTE)
    simulation.desk.wake()
    before = len(simulation.starts)
    simulation.live(BEGIN + 6 * HOUR)
    restart(simulation)
    simulation.live(BEGIN + 12 * HOUR)
    assert len(simulation.starts) - before == 5, "at 12:00, 14:00, 16:00, 18:00 and 20:00"


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [8 * HOUR, 30 * HOUR])
def test_what_a_clock_hours_ahead_gave_up_or_did_too_soon_is_run_at_its_time(make: Make, ahead: timedelta) -> None:
    simulation = make({**SHIP, "every": "30m"}, shops=2, fate=lambda _task: Fate(takes=10 * SECOND))
    simulation.live(BEGIN + 15 * MINUTE)
    simulation.moving.shift(ahead)
    restart(simulation)
    simulation.live(simulation.now + MINUTE)
    simulation.moving.shift(-ahead)
    simulation.desk.wake()
    restart(simulation)
    before, since = len(simulation.starts), simulation.now
    wrong = simulation.ledger.planned_runs(since=since, state=PlanState.NEVER_STARTED)
    assert list(lost_runs(simulation.ledger, shops={"s0", "s1"}, now=since)) == []
    simulation.live(BEGIN + 10 * HOUR - 15 * MINUTE)
    assert Counter(f"{start.at.astimezone(simulation.config.zone):%H:%M}" for start in simulation.starts[before:]) == {
        f"{hour:02}:{minute}": 2 for hour in range(9, 19) for minute in ("00", "30") if (hour, minute) != (9, "00")
    }
    assert {run.id for run in wrong} <= {run.id for run in simulation.ledger.planned_runs()}, "all stays on record"


def test_what_ran_while_a_clock_was_seconds_ahead_is_not_run_twice(make: Make) -> None:
    simulation = make(SHIP, fate=lambda _task: Fate(takes=5 * SECOND))
    simulation.live(BEGIN + 10 * MINUTE + 20 * SECOND)
    simulation.moving.shift(-30 * SECOND)
    simulation.desk.wake()
    simulation.live(BEGIN + 15 * MINUTE)
    assert len(simulation.starts) == 1


def test_on_a_full_disk_flows_that_write_are_skipped_and_others_go_on(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation = make(SHIP, NOTICES)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1e8))
        simulation.live(BEGIN + 11 * MINUTE)
    simulation.live(BEGIN + 21 * MINUTE)
    assert reasons(come_of(simulation, entry="ship")) == [Why.DISK_FULL, ""]
    assert reasons(come_of(simulation, entry="notices")) == ["", ""]
