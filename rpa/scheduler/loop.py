"""The scheduler's main loop: a turn of the dispatcher every second and a heartbeat, until it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from rpa.language import Text
from rpa.log import speak
from rpa.scheduler.failures import Failures
from rpa.scheduler.periodic import PeriodicTasks, SteadyTime

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger
    from rpa.scheduler.dispatcher import Dispatcher
    from rpa.scheduler.instance_lock import InstanceLock
    from rpa.scheduler.settings import LiveConfig
    from rpa.scheduler.worker_tasks import Workers

_TURN_S = 1
_BEAT_S = 30
_IN_THE_MIDDLE = Text(
    en="Ended after {seconds:.0f} s, in the middle of a run: {shops}.",
    zh="等待 {seconds:.0f} 秒后仍有运行未停，已强行结束：{shops}。",
)
LIVES_S = 120.0
"""A main thread whose last sign of life is longer ago does not do its work, or cannot write down what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One `rpa schedule`, with everything that it needs open."""

    settings: LiveConfig
    ledger: Ledger
    dispatcher: Dispatcher
    workers: Workers
    presence: InstanceLock
    stopping: Callable[[], bool]
    """Whether it was asked to stop."""
    pulse: Pulse

    def go_on(self) -> None:
        """Start what is due, when it is due, until asked to stop; then let the actions in hand be finished."""
        self._until(lambda: False, due_by=None)

    def once(self) -> None:
        """Start what is due by now, wait for its end, and start nothing else."""
        due_by = self.settings.current.clock.now().astimezone(UTC)
        self.presence.call(self.ledger)
        self._until(lambda: not self.dispatcher.busy and not self.dispatcher.waiting(due_by=due_by), due_by=due_by)
        self.presence.call_over(self.ledger)

    def _until(self, over: Callable[[], bool], *, due_by: datetime | None) -> None:
        clock = self.settings.current.clock
        trouble = Failures(self.ledger, clock=clock, language=self.settings.current.language)
        time = SteadyTime.of_utc(clock)
        rounds = PeriodicTasks(clock=clock, trouble=trouble)
        if due_by is None:
            rounds.add("config", every_s=_TURN_S, do=self.settings.keep_up)
        rounds.add("turn", every_s=_TURN_S, do=partial(self.dispatcher.turn, due_by=due_by))
        rounds.add("heartbeat", every_s=_BEAT_S, do=self._beat)
        try:
            while not self.stopping():
                if time.jumped():
                    with trouble.kept("clock"):
                        self.dispatcher.wake()
                rounds.run_pending()
                if over():
                    break
                self._wait(trouble)
            self._let_finish(trouble)
        finally:
            self.dispatcher.close()

    def _wait(self, trouble: Failures) -> None:
        waited = False
        with trouble.kept("wait"):
            self.workers.wait(_TURN_S)
            waited = True
        if not waited:
            self.settings.current.clock.wait(_TURN_S)

    def _beat(self) -> None:
        running = sorted(run.shop for run in self.workers.running())
        self.presence.beat(self.ledger, next_due_at=self.dispatcher.next_at, running=running)
        # Not before: on a full disk no incident can be kept, and that the pings stop is all that anybody hears.
        self.pulse.felt()

    def _let_finish(self, trouble: Failures) -> None:
        clock, within_s = self.settings.current.clock, self.settings.current.scheduler.stop_within_s
        self.dispatcher.stop()
        until = clock.monotonic() + within_s
        while self.dispatcher.busy and clock.monotonic() < until:
            self._wait(trouble)
            self.dispatcher.collect()
        if self.dispatcher.busy:
            shops = ", ".join(sorted(run.shop for run in self.workers.running()))
            speak("WARNING", _IN_THE_MIDDLE, seconds=within_s, shops=shops)


class Pulse:
    """Whether a thread still makes its turns, for the thread that tells others so."""

    def __init__(self, monotonic: Callable[[], float], *, lives_s: float = LIVES_S) -> None:
        self._monotonic = monotonic
        self._lives_s = lives_s
        self._felt_at = monotonic()

    def felt(self) -> None:
        """A sign of life was given."""
        self._felt_at = self._monotonic()

    def alive(self) -> bool:
        """Whether the last one is not too long ago."""
        return self._monotonic() - self._felt_at < self._lives_s
