"""What goes on beside the runs: jobs that come back, signs of life, one scheduler only."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from loguru import logger
from sqlalchemy import NullPool, create_engine

from rpa.clock import Clock
from rpa.config import Config
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.monitoring.health import ONCE, OVER, SCHEDULER, scheduler_of
from rpa.pauses import Pauses
from rpa.plugins import load_config
from rpa.scheduler.dispatcher import Dispatcher
from rpa.scheduler.failures import Failures
from rpa.scheduler.instance_lock import InstanceLock
from rpa.scheduler.loop import LIVES_S, Loop, Pulse
from rpa.scheduler.periodic import PeriodicTasks, SteadyTime
from rpa.scheduler.planner import Why
from rpa.scheduler.settings import LiveConfig
from rpa.scheduler.worker_tasks import Ended, Workers, WorkerTask

OTHER = """
import sys
from pathlib import Path
from rpa.plugins import load_config
from rpa.scheduler.instance_lock import InstanceLock
with InstanceLock(load_config(Path(sys.argv[1]))):
    print("here", flush=True)
    sys.stdin.read()
"""
BEGIN = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PassingClock(Clock):
    """A monotonic clock that a test moves; the wall clock is time-machine's."""

    passed: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.passed)


class Day:
    """Time that passes for both clocks, and jumps of the wall clock alone."""

    def __init__(self, moving: time_machine.Traveller) -> None:
        self.moving = moving
        self.clock = PassingClock()

    def pass_s(self, seconds: float) -> None:
        self.clock.passed.append(seconds)
        self.moving.shift(seconds)

    def set_clock(self, by: timedelta) -> None:
        self.moving.shift(by)


@pytest.fixture
def day() -> Iterator[Day]:
    with time_machine.travel(BEGIN, tick=False) as moving:
        yield Day(moving)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "rpa.toml").write_text(
        '[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\nbase_url = "http://127.0.0.1:9"\n', encoding="utf-8"
    )
    return load_config(tmp_path / "rpa.toml")


@pytest.fixture
def ledger(config: Config) -> Iterator[Ledger]:
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as opened:
        yield opened


def live(rounds: PeriodicTasks, day: Day, *, seconds: int) -> None:
    for _ in range(seconds):
        rounds.run_pending()
        day.pass_s(1)


def test_jobs_run_at_once_and_then_at_their_interval(day: Day, ledger: Ledger) -> None:
    rounds, ran = (
        PeriodicTasks(clock=day.clock, trouble=Failures(ledger, clock=day.clock, language=Language.EN)),
        list[str](),
    )
    rounds.add("often", every_s=1, do=lambda: ran.append("often"))
    rounds.add("seldom", every_s=30, do=lambda: ran.append("seldom"))
    live(rounds, day, seconds=60)
    assert (ran.count("often"), ran.count("seldom")) == (60, 2)


@pytest.mark.parametrize("error", [KeyError("drawn"), SystemExit("drawn")])
def test_a_job_that_fails_stays_and_delays_no_other(day: Day, ledger: Ledger, error: BaseException) -> None:
    rounds, ran = (
        PeriodicTasks(clock=day.clock, trouble=Failures(ledger, clock=day.clock, language=Language.EN)),
        list[int](),
    )
    broken = [True]

    def fail() -> None:
        ran.append(0)
        if broken:
            raise error

    rounds.add("broken", every_s=10, do=fail)
    rounds.add("well", every_s=10, do=lambda: ran.append(1))
    logger.disable("rpa")
    live(rounds, day, seconds=30)
    logger.enable("rpa")
    assert sorted(ran) == [0, 0, 0, 1, 1, 1]
    [incident] = ledger.open_incidents("")
    assert (incident.cause, "drawn" in incident.message) == ("scheduler:broken", True)
    broken.clear()
    live(rounds, day, seconds=10)
    assert ledger.open_incidents("") == []


def test_of_what_the_database_refuses_people_read_what_it_was_and_no_address(day: Day, ledger: Ledger) -> None:
    logger.disable("rpa")
    with (
        Failures(ledger, clock=day.clock, language=Language.EN).kept("plan"),
        create_engine("sqlite://", poolclass=NullPool).connect() as database,
    ):
        database.exec_driver_sql("SELECT missing")
    logger.enable("rpa")
    [incident] = ledger.open_incidents("")
    assert "no such column: missing" in incident.message
    assert "http" not in incident.message


def test_an_incident_that_an_earlier_process_left_is_closed_by_the_first_success(day: Day, ledger: Ledger) -> None:
    ledger.incident("", cause="scheduler:tell", message="OSError")
    with Failures(ledger, clock=day.clock, language=Language.EN).kept("tell"):
        pass
    assert ledger.open_incidents() == []


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=3)])
def test_jobs_go_on_whatever_the_clock_is_set_to(day: Day, ledger: Ledger, by: timedelta) -> None:
    rounds, ran = (
        PeriodicTasks(clock=day.clock, trouble=Failures(ledger, clock=day.clock, language=Language.EN)),
        list[int](),
    )
    rounds.add("often", every_s=1, do=lambda: ran.append(1))
    live(rounds, day, seconds=5)
    day.set_clock(by)
    live(rounds, day, seconds=5)
    assert len(ran) == 10


def test_a_clock_that_drifts_is_no_clock_that_was_set(day: Day) -> None:
    steady = SteadyTime.of_utc(day.clock)
    for _ in range(100):
        day.pass_s(60)
        day.set_clock(timedelta(seconds=2))
        assert not steady.jumped()
    day.set_clock(timedelta(seconds=-30))
    assert (steady.jumped(), steady.jumped()) == (True, False)


def test_a_main_thread_that_hangs_has_no_pulse(day: Day) -> None:
    pulse = Pulse(day.clock.monotonic)
    day.pass_s(LIVES_S - 1)
    assert pulse.alive()
    day.pass_s(2)
    assert not pulse.alive()
    pulse.felt()
    assert pulse.alive()


class Idle:
    """Workers without work."""

    def start(self, task: WorkerTask) -> None:
        raise AssertionError(task)

    def running(self) -> list[PlannedRun]:
        return []

    def ended(self) -> list[Ended]:
        return []

    def wait(self, seconds: float) -> None:
        """Nothing to wait for."""

    def ask_to_stop(self, shop: str | None = None) -> None:
        """Nobody to ask."""

    def close(self) -> None:
        """Nothing to close."""


def idle_loop(
    config: Config, ledger: Ledger, *, stopping: Callable[[], bool], pulse: Pulse, workers: Workers | None = None
) -> Loop:
    workers = workers or Idle()
    desk = Dispatcher(
        config, ledger=ledger, workers=workers, clock=config.clock, pauses=Pauses(config.folder, config.var)
    )
    return Loop(
        settings=LiveConfig(config.path),
        ledger=ledger,
        dispatcher=desk,
        workers=workers,
        presence=InstanceLock(config),
        stopping=stopping,
        pulse=pulse,
    )


class Sleeping(Idle):
    """The machine sleeps for seven hours whenever nothing is to be done."""

    def __init__(self, moving: time_machine.Traveller) -> None:
        self._moving = moving

    def wait(self, seconds: float) -> None:
        self._moving.shift(timedelta(hours=7, seconds=seconds))


def test_where_the_steady_clock_runs_in_a_sleep_nothing_starts_late_unless_made_up(
    config: Config, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_ten = '[[schedule]]\nname = "at ten"\nflow = "ship"\nat = ["10:00"]\ncatch_up = false\n'
    config.path.write_text(config.path.read_text(encoding="utf-8") + at_ten, encoding="utf-8")
    monkeypatch.setattr(time, "monotonic", time.time)  # as on Windows
    planned, asked = load_config(config.path), iter([False, False, True])
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        pulse, workers = Pulse(day.clock.monotonic), Sleeping(day.moving)
        loop = idle_loop(planned, ledger, stopping=lambda: next(asked), pulse=pulse, workers=workers)
        loop.dispatcher.wake()
        loop.go_on()
        [run] = ledger.planned_runs(until=planned.clock.now())
    assert (f"{run.planned_at:%d %H:%M}", run.state, run.reason) == ("10 10:00", PlanState.NEVER_STARTED, Why.DOWNTIME)


def test_a_call_of_schedule_once_says_that_it_was_one_and_is_over(config: Config, ledger: Ledger) -> None:
    loop = idle_loop(config, ledger, stopping=lambda: False, pulse=Pulse(config.clock.monotonic))
    loop.once()
    signs = ledger.heartbeats()
    assert (signs[ONCE].detail, signs[ONCE].pid) == (OVER, signs[SCHEDULER].pid)
    assert scheduler_of(config, ledger, now=config.clock.now()).between_calls


@pytest.mark.parametrize("writable", [True, False])
def test_a_scheduler_that_cannot_write_down_that_it_lives_has_no_pulse(
    config: Config, ledger: Ledger, *, writable: bool
) -> None:
    if not writable:
        with closing(sqlite3.connect(config.var / "ledger.sqlite3")) as spoilt:
            spoilt.execute("DROP TABLE heartbeats")
    passed, asked = [0.0], iter([False, True])
    pulse = Pulse(lambda: passed[0])
    loop = idle_loop(config, ledger, stopping=lambda: next(asked), pulse=pulse)
    passed[0] = 2 * LIVES_S
    logger.disable("rpa")
    loop.go_on()
    logger.enable("rpa")
    assert pulse.alive() is writable


def test_an_unwritable_file_is_told_once_and_the_sign_of_life_is_given_all_the_same(
    config: Config, ledger: Ledger
) -> None:
    said: list[str] = []
    presence, file = InstanceLock(config), config.var / "heartbeat.json"
    file.mkdir()
    sink = logger.add(said.append, level="WARNING")
    for shop in ("a", "b"):
        presence.beat(ledger, next_due_at=None, running=[shop])
    assert (len(said), ledger.heartbeats()[SCHEDULER].detail) == (1, "b")
    file.rmdir()
    presence.beat(ledger, next_due_at=None, running=["c"])
    logger.remove(sink)
    assert (len(said), json.loads(file.read_bytes())["running"]) == (1, ["c"])


def test_a_project_has_one_scheduler_which_others_can_name_and_see(config: Config, ledger: Ledger) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(config.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == "here\n"
        with pytest.raises(ConfigError, match=f"pid {first.pid}"), InstanceLock(config):
            pass
        first.kill()
    with InstanceLock(config) as presence:
        presence.beat(ledger, next_due_at=BEGIN, running=["demo"])
    sign = json.loads((config.var / "heartbeat.json").read_text(encoding="utf-8"))
    assert (sign["next_due_at"], sign["running"]) == ("2026-03-10T09:00:00+08:00", ["demo"])
    beat = ledger.heartbeats()["scheduler"]
    assert (beat.next_due_at, beat.detail) == (BEGIN, "demo")
