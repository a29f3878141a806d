"""The dispatcher: starts what is due, a run a shop at a time, and records how everything ended that was planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from loguru import logger

from rpa.accounts import accounts_of
from rpa.errors import ConfigError
from rpa.files import is_full
from rpa.ledger.actions import IllegalStep
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.ledger.runs import RunState
from rpa.plugins import flows
from rpa.scheduler.failures import Failures
from rpa.scheduler.planner import Why
from rpa.scheduler.run_plan import RunPlan
from rpa.scheduler.run_queue import NO_WORKER, OTHER_RUN, RunQueue, resting
from rpa.scheduler.worker_tasks import Ended, Workers, WorkerTask, trouble_of

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger
    from rpa.pauses import Pause, Pauses
    from rpa.timetable import Entry

_ASK_AGAIN_S = 30.0
"""A shop that another process had is tried again so much later."""


class Dispatcher:
    """Who decides, at each turn, what is started. Nothing that fails in one shop or entry ends a turn."""

    def __init__(
        self,
        config: Config,
        *,
        ledger: Ledger,
        workers: Workers,
        clock: Clock,
        pauses: Pauses,
        told: Callable[[PlannedRun], None] = lambda _run: None,
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        """`told` hears of each planned run that has ended, but of those that were missed in a downtime.

        `held`: whether nothing may be started now; what is due then waits.
        """
        self._config = config
        self._ledger = ledger
        self._workers = workers
        self._clock = clock
        self._pauses = pauses
        self._told = told
        self._held = held
        self._trouble = Failures(ledger, clock=clock, language=config.language)
        self._book = RunPlan(config, ledger=ledger, trouble=self._trouble)
        self._writing_flows = {name for name, flow in flows().items() if flow.writes}
        self._ended: list[Ended] = []
        """Told by the workers, not yet recorded."""
        self._waiting = RunQueue(config, ledger=ledger)
        self._accounts = accounts_of(config)
        self._taken_until: dict[int, float] = {}
        """By record: until when a shop that another process had is left alone."""
        self._stopping = False

    @property
    def next_at(self) -> datetime | None:
        """The next moment of any entry; None: nothing is planned."""
        return self._book.next_at

    @property
    def busy(self) -> bool:
        """Whether a run is going on, or its end is not recorded yet."""
        return bool(self._workers.running() or self._ended)

    def waiting(self, *, due_by: datetime) -> bool:
        """Whether something that was due by then is still to be started."""
        return bool(self._ledger.plans.due(due_by))

    def wake(self) -> int:
        """Set right what happened while nobody was here, and plan ahead; how many moments never started.

        Needed once before the first turn, and after the clock was set.
        """
        return self._book.open(now=self._now(), running=self._going_on())

    def take_over(self, config: Config) -> None:
        """Go by this configuration from now on. What goes on is left to go on, also where it is wanted no more."""
        book = RunPlan(config, ledger=self._ledger, trouble=self._trouble)
        book.open(now=self._now(), running=self._going_on())
        self._config, self._book = config, book
        self._accounts = accounts_of(config)
        self._waiting.take_over(config)

    def turn(self, *, due_by: datetime | None = None) -> None:
        """Record what has ended, plan ahead, start what is due; `due_by`: nothing that is due only later."""
        self.collect()
        if self._stopping:
            return
        now = self._now()
        with self._trouble.kept("plan"):
            self._book.keep_ahead(now=now)
        with self._trouble.kept("start"):
            if not self._held():
                self._start_due(now, due_by=due_by or now)

    def stop(self) -> None:
        """Start nothing more, and ask every run to stop after the action in hand."""
        self._stopping = True
        self._workers.ask_to_stop()

    def close(self) -> None:
        """End what is still running, and record it."""
        self._stopping = True
        left = list(self._workers.running())
        self._workers.close()
        self.collect()
        for run in left:
            if self._workers_forgot(run):
                self._end(run, PlanState.INTERRUPTED, Why.STOPPED)

    def collect(self) -> None:
        """Record what has ended."""
        with self._trouble.kept("workers"):
            self._ended += self._workers.ended()
        for ended in tuple(self._ended):
            with self._trouble.kept("record", shop=ended.planned.shop):
                self._record(ended)
                self._ended.remove(ended)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)

    def _going_on(self) -> set[int]:
        """Records of the runs whose end is not recorded yet."""
        return {run.id for run in (*self._workers.running(), *(each.planned for each in self._ended))}

    def _workers_forgot(self, run: PlannedRun) -> bool:
        started = self._ledger.plans.search(entry=run.entry, shop=run.shop, state=PlanState.STARTED)
        return any(each.id == run.id for each in started)

    def _start_due(self, now: datetime, *, due_by: datetime) -> None:
        due = [run for run in self._ledger.plans.due(due_by) if not self._left_alone(run)]
        if not due:
            return
        for run in due:
            self._waiting.come(run)
        wanted = {run.id: run for run in sorted(due, key=_moment) if self._book.wanted(run)}
        newest = {(run.entry, run.shop): run.id for run in wanted.values()}
        paused, full = cache(self._pauses.of), cache(partial(is_full, self._config.var))
        rests = resting(
            self._ledger.incidents.still_open(),
            accounts=self._accounts,
            secrets=self._config.var / "secrets",
            now=now,
        )
        for run in sorted(due, key=self._waiting.place):
            with self._trouble.kept(f"start:{run.entry}", shop=run.shop):
                if run.id not in wanted:
                    self._withdraw(run, newest=newest)
                elif newest[run.entry, run.shop] != run.id:
                    self._skip(run, Why.OVERTAKEN)
                elif broken := self._config.broken.get(run.shop):
                    self._skip(run, Why.BAD_CONFIG, detail=broken.summary)
                elif run.flow in self._writing_flows and (pause := paused(run.shop)):
                    self._skip(run, Why.PAUSED, detail=pause.in_words.of(self._config.language))
                elif run.flow in self._writing_flows and full():
                    self._skip(run, Why.DISK_FULL)
                elif self._account(run) in rests:
                    self._skip(run, Why.NEEDS_PERSON, detail=rests[self._account(run)])
                else:
                    self._start_if_free(run, now=now)

    def _account(self, run: PlannedRun) -> str:
        return self._accounts.get(run.shop, run.shop)

    def _left_alone(self, run: PlannedRun) -> bool:
        return self._clock.monotonic() < self._taken_until.get(run.id, 0.0)

    def _start_if_free(self, run: PlannedRun, *, now: datetime) -> None:
        entry, running = self._book.entries[run.entry], self._workers.running()
        busy = any(self._account(each) == self._account(run) for each in running)
        if busy and entry.if_busy == "skip":
            self._skip(run, Why.BUSY)
        elif not busy and len(running) < self._config.scheduler.workers:
            self._start(run, entry)
        else:
            self._waiting.note(run, why=OTHER_RUN if busy else NO_WORKER, now=now)

    def _start(self, run: PlannedRun, entry: Entry) -> None:
        started = self._ledger.plans.start(run)
        task = WorkerTask(planned=started, options=entry.options, live=entry.live, time_limit=entry.time_limit)
        try:
            self._workers.start(task)
        except Exception as error:
            self._end(started, PlanState.NEVER_STARTED, Why.NOT_STARTABLE, detail=f"{type(error).__name__}: {error}")
            raise
        self._waiting.begun(run)

    def _skip(self, run: PlannedRun, why: Why, *, detail: str = "") -> None:
        self._end(run, PlanState.SKIPPED, why, detail=detail)
        if why not in {Why.OVERTAKEN, Why.BUSY}:
            self._waiting.given_up(run)

    def _withdraw(self, run: PlannedRun, *, newest: Mapping[tuple[str, str], int]) -> None:
        """Its place stays with a run of the entry that is wanted, if there is one."""
        self._end(run, PlanState.SKIPPED, Why.WITHDRAWN)
        if (run.entry, run.shop) not in newest:
            self._waiting.given_up(run)

    def _record(self, ended: Ended) -> None:
        run = ended.planned
        end = partial(self._end, run, detail=ended.detail, run_id=ended.run_id, exit_code=ended.exit_code)
        if ended.how == "busy":
            self._was_taken(run, detail=ended.detail)
            return
        self._waiting.has_run(run)
        if pause := self._paused_at_its_start(ended):
            self._end(run, PlanState.SKIPPED, Why.PAUSED, detail=pause.in_words.of(self._config.language))
            return
        if ended.how == "finished" and not self._was_cut_off(ended):
            end(PlanState.FINISHED, "")
        elif ended.how == "finished" or self._stopping:
            end(PlanState.INTERRUPTED, Why.STOPPED)
        else:
            end(PlanState.INTERRUPTED, Why.TIME_LIMIT if ended.how == "killed" else Why.DIED)
        if not self._stopping:
            self._open_incident(ended)

    def _open_incident(self, ended: Ended) -> None:
        """For an end of which the run itself could leave no word; the next good run of the flow closes it."""
        run, trouble = ended.planned, trouble_of(ended)
        if trouble is not None:
            message = trouble.words.of(self._config.language)
            cause = f"{trouble.code}:{run.flow}"
            self._ledger.incidents.report(run.shop, cause=cause, message=message, severity=trouble.severity)

    def _was_taken(self, run: PlannedRun, *, detail: str) -> None:
        """Another process has the shop, a run by hand for example; or it was held back, and then asked to stop."""
        entry = self._book.entries.get(run.entry)
        self._waiting.back(run)
        if not self._stopping:
            self._waiting.note(replace(run, detail=detail), why=OTHER_RUN, now=self._now())
        if entry is not None and entry.if_busy == "skip" and not self._stopping:
            self._end(run, PlanState.SKIPPED, Why.BUSY, detail=detail)
            return
        self._ledger.plans.put_back(run, detail=detail)
        self._taken_until[run.id] = self._clock.monotonic() + _ASK_AGAIN_S

    def _paused_at_its_start(self, ended: Ended) -> Pause | None:
        """The pause that was set after it was started, and before it began: no mistake of anybody's."""
        if ended.how != "finished" or ended.run_id or ended.exit_code != ConfigError.exit_code:
            return None
        return self._pauses.of(ended.planned.shop) if ended.planned.flow in self._writing_flows else None

    def _was_cut_off(self, ended: Ended) -> bool:
        """Whether this run stopped because the scheduler does, with work left."""
        if not self._stopping:
            return False
        newest = self._ledger.runs.search(ended.planned.shop, limit=1)
        return any(run.id == ended.run_id and run.state is RunState.STOPPED for run in newest)

    def _end(
        self,
        run: PlannedRun,
        state: PlanState,
        why: Why | Literal[""],
        *,
        detail: str = "",
        run_id: str = "",
        exit_code: int | None = None,
    ) -> None:
        self._taken_until.pop(run.id, None)
        try:
            ended = self._ledger.plans.end(
                run, state=state, reason=why, detail=detail, run_id=run_id, exit_code=exit_code
            )
        except IllegalStep as error:
            logger.warning("{}", error)  # it has an end already, which stays
        else:
            self._told(ended)


def _moment(run: PlannedRun) -> float:
    return run.planned_at.timestamp()
