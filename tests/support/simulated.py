"""Days of a scheduler in seconds: a wall clock that is moved, workers that only say how long they took, and kills."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from rpa.accounts import accounts_of
from rpa.clock import Clock
from rpa.config import Config
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.pauses import Pauses
from rpa.plugins import load_config
from rpa.scheduler.dispatcher import Dispatcher
from rpa.scheduler.worker_tasks import Ended, How, WorkerTask
from rpa.timetable import planned

if TYPE_CHECKING:
    import time_machine

SECOND = timedelta(seconds=1)
STOPS_WITHIN = timedelta(seconds=90)


class WallClock(Clock):
    """Goes with the wall clock that time-machine moves, for waits too."""

    def monotonic(self) -> float:
        return self.now().timestamp()


class Killed(BaseException):
    """The scheduler is gone in the middle of a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one run."""

    how: How = "finished"
    takes: timedelta = timedelta(minutes=4)
    exit_code: int | None = 0
    needs_login: bool = False
    raises: type[BaseException] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """That a worker was started."""

    run: PlannedRun
    at: datetime
    how: How


class SimulatedWorkers:
    """Runs that take their time and end by their fate. They watch what the desk must never do."""

    def __init__(self, fate: Callable[[WorkerTask], Fate], *, ledger: Ledger, clock: Clock, log: list[Start]) -> None:
        self._fate = fate
        self._ledger = ledger
        self._clock = clock
        self.log = log
        self._going: dict[int, tuple[datetime, WorkerTask, Fate]] = {}

    def start(self, task: WorkerTask) -> None:
        fate, now = self._fate(task), self._clock.now().astimezone(UTC)
        if fate.raises is not None:
            raise fate.raises("drawn by lot")
        assert task.planned.shop not in {run.shop for run in self.running()}, "two runs of a shop"
        takes = min(fate.takes, task.time_limit + STOPS_WITHIN)
        self._going[task.planned.id] = (now + takes, task, fate)
        self.log.append(Start(run=task.planned, at=now, how=fate.how))

    def running(self) -> Collection[PlannedRun]:
        return [task.planned for _, task, _ in self._going.values()]

    @property
    def next_end(self) -> datetime | None:
        return min((end for end, _, _ in self._going.values()), default=None)

    def ended(self) -> list[Ended]:
        now = self._clock.now().astimezone(UTC)
        over = [number for number, (end, _, _) in self._going.items() if end <= now]
        return [self._end(*self._going.pop(number)[1:]) for number in over]

    def _end(self, task: WorkerTask, fate: Fate) -> Ended:
        if fate.needs_login:
            self._ledger.incidents.report(
                task.planned.shop, cause="login_needed", message="Log in.", severity=Severity.CRITICAL
            )
        elif fate.how == "finished":
            self._ledger.incidents.close(task.planned.shop, cause="login_needed")
        exit_code = 3 if fate.needs_login else fate.exit_code
        run_id = "begun" if fate.how == "finished" and exit_code != 2 else ""
        detail = "Another run goes on (pid 1)" if fate.how == "busy" else ""
        return Ended(planned=task.planned, how=fate.how, exit_code=exit_code, run_id=run_id, detail=detail)

    def wait(self, seconds: float) -> None:
        raise AssertionError("the simulation moves the clock itself")

    def ask_to_stop(self, shop: str | None = None) -> None:
        for number, (end, task, fate) in self._going.items():
            if shop in {None, task.planned.shop}:
                now = self._clock.now().astimezone(UTC)
                self._going[number] = (min(end, now + 20 * SECOND), task, fate)

    def close(self) -> None:
        self._going.clear()


@dataclass(slots=True, kw_only=True)
class Simulation:
    """A project whose scheduler lives through the time that `moving` passes for it."""

    folder: Path
    zone: str
    schedule: list[dict[str, Any]]
    shops: int
    moving: time_machine.Traveller
    seed: int = 1
    calendar: Mapping[str, list[str]] = field(default_factory=dict)
    fate: Callable[[WorkerTask], Fate] = lambda _task: Fate()
    workers: int = 2
    each_shop: Mapping[str, str] = field(default_factory=dict)
    """What stands in the table of each shop beside its own."""
    held: Callable[[], bool] = lambda: False
    config: Config = field(init=False)
    ledger: Ledger = field(init=False)
    desk: Dispatcher = field(init=False)
    pool: SimulatedWorkers = field(init=False)
    starts: list[Start] = field(default_factory=list)
    told: Counter[int] = field(default_factory=Counter)
    """How often the end of a record was told, by its id."""
    alive_at: datetime | None = None
    """When the last scheduler was still there; None: there was none."""

    def __post_init__(self) -> None:
        self.write()

    def write(self) -> None:
        """rpa.toml as it is to be from the next start on."""
        shop = {"platform": "pinduoduo", "base_url": "http://127.0.0.1:9"} | dict(self.each_shop)
        document = {
            "timezone": self.zone,
            "shops": {f"s{number}": {**shop, "mall_id": str(number)} for number in range(self.shops)},
            "schedule": self.schedule,
            "calendar": self.calendar,
            "scheduler": {"workers": self.workers},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "rpa.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
        self.config = load_config(self.folder / "rpa.toml")

    @property
    def now(self) -> datetime:
        return self.config.clock.now().astimezone(UTC)

    @property
    def pauses(self) -> Pauses:
        return Pauses(self.config.folder, self.config.var)

    def start(self) -> None:
        """A new process: nothing is left of the last one but its files."""
        clock = WallClock(self.config.zone)
        self.config = load_config(self.folder / "rpa.toml")
        self.ledger = Ledger.open(self.config.var / "ledger.sqlite3", clock=clock)
        self.pool = SimulatedWorkers(self._fate_of, ledger=self.ledger, clock=clock, log=self.starts)
        self.desk = Dispatcher(
            self.config,
            ledger=self.ledger,
            workers=self.pool,
            clock=clock,
            pauses=self.pauses,
            told=self._hear,
            held=self.held,
        )
        self.desk.wake()
        self._one_run_makes_up()

    def _one_run_makes_up(self) -> None:
        """Of what a flow and shop missed in the downtime, one run is due now, unless nobody wants it made up."""
        due_soon = self.ledger.plans.due(self.now + timedelta(minutes=1))
        due = Counter((run.flow, run.shop) for run in due_soon if run.planned_at < self.now)
        assert set(due.values()) <= {1}
        if self.alive_at is not None:
            since = max(self.alive_at, self.now - timedelta(hours=24))
            assert self._missed(since=since, until=self.now - timedelta(minutes=1)) <= due.keys()

    def _missed(self, *, since: datetime, until: datetime) -> set[tuple[str, str]]:
        config = self.config
        return {
            (entry.flow, shop.name)
            for entry in config.schedule
            if entry.catch_up
            for shop in config.chosen(entry.shops)
            if any(planned(entry, calendar=config.calendar, zone=config.zone, after=since, until=until))
        }

    def kill(self) -> None:
        """The process is gone, and its workers with it; nobody says goodbye."""
        self.ledger.close()
        self.alive_at = self.now

    def _fate_of(self, task: WorkerTask) -> Fate:
        return self.fate(task)

    def _hear(self, run: PlannedRun) -> None:
        self.told[run.id] += 1

    def live(self, until: datetime) -> None:
        """Turns at every moment at which something can change, and then at `until`. A kill by lot restarts it."""
        until = _full_second(until)
        while self.now < until:
            try:
                self.turn()
            except Killed:
                self.kill()
                self.start()
            self.moving.move_to(min(self._next_event(), until))

    def turn(self) -> None:
        self.desk.turn()
        self._nothing_waits_without_need()

    def _nothing_waits_without_need(self) -> None:
        """A planned run that is due is started within this turn, if a worker and its shop's account are free."""
        if len(self.pool.running()) >= self.workers or self.held():
            return
        busy = {run.shop for run in self.pool.running()} | self._taken()
        accounts = accounts_of(self.config)
        used = {accounts[shop] for shop in busy}
        assert [run for run in self.ledger.plans.due(self.now) if accounts[run.shop] not in used] == []

    def _taken(self) -> set[str]:
        """Shops that another process had, lately."""
        lately = self.now - 32 * SECOND
        return {start.run.shop for start in self.starts[-20:] if start.how == "busy" and start.at >= lately}

    def _next_event(self) -> datetime:
        """The next full second at which something is due or ends; a shop that was taken is asked again meanwhile."""
        due = [run.due_at for run in self.ledger.plans.search(state=PlanState.PLANNED)]
        known = [each.astimezone(UTC) for each in (*due, self.desk.next_at) if each is not None]
        coming = [each for each in known if each > self.now] or [self.now + timedelta(hours=6)]
        if self.pool.next_end is not None:
            coming.append(max(self.pool.next_end, self.now + SECOND))
        if self._taken():
            coming.append(self.now + 10 * SECOND)
        return _full_second(min(coming))

    def sleep(self, span: timedelta) -> None:
        """Nothing happens for so long."""
        self.moving.move_to(_full_second(self.now + span))


def _full_second(moment: datetime) -> datetime:
    """A turn comes every second."""
    floor = moment.replace(microsecond=0)
    return floor if floor == moment else floor + SECOND


def drawn(seed: int, *, never_well: str, kills: float = 0.004) -> Callable[[WorkerTask], Fate]:
    """Fates by lot: most runs end well after minutes, some hang, die, are killed or find their shop taken.

    In the shop `never_well` every run fails. `kills`: the share of starts at which the whole scheduler is killed.
    """
    lot = random.Random(seed)

    def fate(task: WorkerTask) -> Fate:
        takes = timedelta(seconds=lot.uniform(5, 900))
        draw = lot.random()
        if draw < kills:
            return Fate(raises=Killed)
        if draw < kills + 0.01:
            return Fate(how="busy", takes=timedelta(0), exit_code=None)
        if draw < kills + 0.02:
            return Fate(how="killed", takes=timedelta(days=9), exit_code=None)
        if task.planned.shop == never_well:
            return lot.choice(
                [
                    Fate(how="died", takes=takes, exit_code=None),
                    Fate(takes=takes, exit_code=4),
                    Fate(raises=OSError),
                ]
            )
        return Fate(takes=takes, exit_code=lot.choice([0, 0, 0, 1, 3]))

    return fate
