"""Periodic tasks by the library `schedule`, and what it takes to rely on that.

The library goes by the naive local time: set back by an hour, it does nothing for an hour. And a job that raises is
neither put off nor are the ones behind it run.
"""

from __future__ import annotations

import math
import select
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import schedule

from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from types import TracebackType

    from rpa.clock import Clock
    from rpa.scheduler.failures import Failures


TOLERATED_S = 5.0
"""A wall clock that is off by more since the last look was set, or the machine slept."""
LONGEST_LOOK_S = 120.0
"""Who looks every second, and did not for longer than this, slept: on Windows the steady clock goes on meanwhile."""

_CLOCK_SET = Text(
    en="The clock of this machine was set, or it slept; all that is due again and again begins anew.",
    zh="本机时钟被调整，或电脑休眠过；定时任务已重新开始计时。",
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as naive as what it is subtracted from


class SteadyTime:
    """Notices when a wall clock does not go with the time that passes, or nobody looked for long."""

    def __init__(self, wall_s: Callable[[], float], *, clock: Clock, longest_look_s: float = math.inf) -> None:
        self._wall_s = wall_s
        self._clock = clock
        self._longest_look_s = longest_look_s
        self._looked_s = clock.monotonic()
        self._ahead_s = self._difference()

    @classmethod
    def of_utc(cls, clock: Clock) -> SteadyTime:
        """For the real time, looked at every second: this machine's clock was set, or it slept."""
        return cls(lambda: clock.now().astimezone(UTC).timestamp(), clock=clock, longest_look_s=LONGEST_LOOK_S)

    @classmethod
    def of_local(cls, clock: Clock) -> SteadyTime:
        """For what `schedule` goes by, which jumps with the machine's summer time too."""
        return cls(_local_s, clock=clock)

    def jumped(self) -> bool:
        """Whether it was set, or nobody looked for too long, since this was asked last. A slow drift is no jump."""
        now, ahead_s = self._clock.monotonic(), self._difference()
        jumped = abs(ahead_s - self._ahead_s) > TOLERATED_S or now - self._looked_s > self._longest_look_s
        self._looked_s, self._ahead_s = now, ahead_s
        return jumped

    def _difference(self) -> float:
        return self._wall_s() - self._clock.monotonic()


class PeriodicTasks:
    """The jobs of one thread. Each is run at once, and then so many seconds after its last run began."""

    def __init__(self, *, clock: Clock, trouble: Failures) -> None:
        self._library = schedule.Scheduler()
        self._jobs: dict[str, tuple[int, Callable[[], None]]] = {}
        self._trouble = trouble
        self._time = SteadyTime.of_local(clock)

    def add(self, name: str, *, every_s: int, do: Callable[[], None]) -> None:
        """One more job. What it raises becomes an incident of this name; the job stays."""

        def kept() -> None:
            with self._trouble.kept(name):
                do()

        self._jobs[name] = (every_s, kept)
        self._register(every_s, kept)

    def run_pending(self) -> None:
        """Run what is due."""
        if self._time.jumped():
            speak("INFO", _CLOCK_SET)
            self._library.clear()
            for every_s, do in self._jobs.values():
                self._register(every_s, do)
        self._library.run_pending()

    def _register(self, every_s: int, do: Callable[[], None]) -> None:
        self._library.every(every_s).seconds.do(do).next_run = _local()


def _local() -> datetime:
    return datetime.now()  # noqa: DTZ005 - `schedule` has no other time


def _local_s() -> float:
    return (_local() - _EPOCH).total_seconds()


_ROOM = 4096


class Wakeup:
    """Wakes the thread that waits at it: rung by other threads, and by any signal this process has a handler for."""

    def __enter__(self) -> Self:
        self._mine, self._theirs = socket.socketpair()
        self._mine.settimeout(0)
        self._theirs.settimeout(0)
        self._before: int | None = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.set_wakeup_fd(self._before)
        self._mine.close()
        self._theirs.close()

    def ring(self) -> None:
        """Wake who waits, or let who will wait next not wait. May be called from any thread."""
        with suppress(OSError):  # full: it rings already; closed: nobody waits any more
            self._theirs.send(b"\0")

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it rings."""
        if select.select([self._mine], [], [], max(0.0, seconds))[0]:
            self._mine.recv(_ROOM)
