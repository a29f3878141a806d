"""Worker pool in one shared browser: started, asked to stop, killed when they hang, told of when they end."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Self

from rpa.errors import RpaError, ShopBusy, Stopped
from rpa.language import Text
from rpa.scheduler.browser_host import BrowserProcess, RecyclingWait
from rpa.scheduler.crash_recovery import Workshop, workshop
from rpa.scheduler.periodic import Wakeup
from rpa.scheduler.worker_process import WorkerRun
from rpa.scheduler.worker_tasks import Ended

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import TracebackType

    from rpa.config import Config
    from rpa.ledger.plans import PlannedRun
    from rpa.scheduler.processes import Message
    from rpa.scheduler.worker_tasks import WorkerTask

_NOT_STARTED = Text(en="It could not be started", zh="进程无法启动")
_HELD_BACK = Text(en="It waited for a browser; then it was asked to stop.", zh="等待浏览器时被要求停止。")


class Pool:
    """`Workers` that are processes. To be used in one thread; at most one pool of a project at a time.

    A shop stays locked from the start of its run until its worker is gone and its page closed.
    """

    def __init__(self, config: Config, *, stopping: Callable[[], bool] = lambda: False) -> None:
        """`stopping`: whether the scheduler was asked to stop, which may be while a browser is being started."""
        self._config = config
        self._stopping = stopping
        self._clock = config.clock
        self._bell = Wakeup()
        self._host: BrowserProcess | None = None
        self._held: deque[WorkerTask] = deque()
        """Started while the browser is due to be replaced, which it is when no run is left in it (`RecyclingWait`)."""
        self._patience = RecyclingWait(self._clock.monotonic)
        self._working: dict[str, WorkerRun] = {}
        self._said: SimpleQueue[tuple[WorkerRun, Message | None]] = SimpleQueue()
        self._ended: list[Ended] = []
        self._stack = ExitStack()
        self._workshop: Workshop

    def __enter__(self) -> Self:
        """End what a killed scheduler left; no browser is started yet."""
        with ExitStack() as stack:
            stack.enter_context(self._bell)
            self._workshop = stack.enter_context(workshop(self._config.var / "scheduler.json"))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        finally:
            self._stack.close()

    def take_over(self, config: Config) -> None:
        """Go by this configuration from the next run on."""
        self._config = config

    def start(self, task: WorkerTask) -> None:
        """Begin this run, or hold it until the browser has been replaced, which may be due, for minutes at most."""
        if self._held or (self._working and self._worn() and self._patience.holds()):
            self._held.append(task)
        else:
            self._begin(task)

    def running(self) -> Collection[PlannedRun]:
        """What was started and has not been told as ended."""
        begun = [each.task.planned for each in self._working.values()]
        return [*begun, *(task.planned for task in self._held), *(each.planned for each in self._ended)]

    def ended(self) -> list[Ended]:
        """What has ended since this was asked last; never waits."""
        self._attend()
        ended, self._ended = self._ended, []
        return ended

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a run has ended or a signal came. A bound of a run ends it, too."""
        until = self._clock.monotonic() + seconds
        self._attend()
        if not self._ended:
            bounds = [each.next_bound for each in self._working.values()]
            self._bell.wait(min([until, self._patience.ends_at, *bounds]) - self._clock.monotonic())
            self._attend()

    def ask_to_stop(self, shop: str | None = None) -> None:
        """Ask the run of this shop, or every run, to stop after the action in hand; it is killed if it does not."""
        for working in self._working.values():
            if shop in (None, working.shop):
                working.ask_to_stop()
        self._never_begin(shop)

    def close(self) -> None:
        """Kill what is left, and end the browser."""
        self._never_begin(None)
        for working in list(self._working.values()):
            working.kill()
            self._end(working)
        self._give_up_browser()

    def _never_begin(self, shop: str | None) -> None:
        """Give back what is held of this shop, or of every shop."""
        held, self._held = self._held, deque()
        for task in held:
            if shop in {None, task.planned.shop}:
                self._give_back(task)
            else:
                self._held.append(task)

    def _give_back(self, task: WorkerTask) -> None:
        detail = _HELD_BACK.of(self._config.language)
        self._ended.append(Ended(planned=task.planned, how="busy", detail=detail))

    def _begin(self, task: WorkerTask) -> None:
        planned = task.planned
        try:
            host = self._browser()
            host.take(planned.shop)
            self._working[planned.shop] = self._put_to_work(task, host)
        except ShopBusy as busy:
            self._ended.append(Ended(planned=planned, how="busy", detail=busy.in_words(self._config.language)))
        except Stopped:
            self._give_back(task)
        except (RpaError, OSError) as error:
            words = _NOT_STARTED.followed_by(str(error))
            self._ended.append(Ended(planned=planned, how="died", detail=words.of(self._config.language)))

    def _browser(self) -> BrowserProcess:
        """The browser for the next run: a new one if there is none, or it is gone."""
        if self._host is not None and not self._host.alive and not self._working:
            self._give_up_browser()
        if self._host is None or not self._host.alive:
            self._host = BrowserProcess(self._config, workshop=self._workshop, stopping=self._stopping)
        return self._host

    def _put_to_work(self, task: WorkerTask, host: BrowserProcess) -> WorkerRun:
        def hear(working: WorkerRun, message: Message | None) -> None:
            self._said.put((working, message))
            self._bell.ring()

        with ExitStack() as undone:
            undone.callback(host.free, task.planned.shop)
            working = WorkerRun(task, config=self._config, host=host, folder=self._workshop.folder, hear=hear)
            undone.pop_all()
        return working

    def _attend(self) -> None:
        """Take note of what workers said, and keep their times."""
        self._hear()
        for working in self._working.values():
            working.keep_time()
        self._hear()
        if self._patience.is_over():
            self._begin_held()

    def _hear(self) -> None:
        while True:
            try:
                working, message = self._said.get_nowait()
            except Empty:
                return
            if message is not None:
                working.hear(message)
            elif self._working.get(working.shop) is working:
                self._end(working)

    def _end(self, working: WorkerRun) -> None:
        """First its processes go, then its page, then its lock; then it has ended."""
        self._ended.append(working.ended())
        working.host.free(working.shop)
        del self._working[working.shop]
        # What is held must begin, though the browser may hold less memory now that its last page is closed.
        if not self._working and (self._held or self._worn()):
            self._renew()

    def _renew(self) -> None:
        """End the browser, now that no run is in it, and begin what was held."""
        self._give_up_browser()
        self._begin_held()

    def _begin_held(self) -> None:
        held, self._held = self._held, deque()
        for task in held:
            self._begin(task)

    def _give_up_browser(self) -> None:
        if self._host is not None:
            self._host.close()
            self._host = None
            self._patience.anew()
            self._workshop.sweep()

    def _worn(self) -> bool:
        """Whether the browser is to be replaced."""
        limits = self._config.scheduler
        if self._host is None:
            return False
        return self._host.runs >= limits.recycle_after_runs or self._host.memory_mb() > limits.recycle_above_mb
