"""Browser host, as the scheduler sees it: a process that is asked, and given up when it does not answer."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

import psutil

from rpa.environment import for_children
from rpa.errors import RpaError, ShopBusy, Stopped, TryAgain
from rpa.files import kept_in
from rpa.language import Text
from rpa.log import speak
from rpa.scheduler.processes import Child, Message, family

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.scheduler.crash_recovery import Workshop


_PAGE_GONE = Text(
    en="The page of {shop} went with the shared browser: {error}", zh="{shop} 的页面随浏览器一同退出：{error}"
)

_STARTS_IN_S = 60.0
_ANSWERS_IN_S = 30.0
_HEEDS_S = 0.5


class BrowserProcess:
    """One `rpa.scheduler.browser_main` process, from its start to its end."""

    def __init__(self, config: Config, *, workshop: Workshop, stopping: Callable[[], bool] = lambda: False) -> None:
        """Start it; what it and the browser write for themselves goes to the workshop.

        Raises TryAgain with what was in the way when no browser is there in time, and Stopped when it is not wanted
        any more before it is there.
        """
        self.runs = 0
        """Shops taken so far."""
        self._said: SimpleQueue[Message | None] = SimpleQueue()
        self._asked = 0
        self._child = Child(
            "rpa.scheduler.browser_main",
            mark=workshop.folder.name,
            folder=config.folder,
            env=_environment(workshop),
            hear=self._said.put,
        )
        self._child.tell(_request(config, sockets=workshop.sockets))
        self.endpoint = self._started(workshop.sockets, stopping=stopping)
        """For `rpa.browser.shared.connected`."""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it is there, and the browser with it."""
        return self._child.alive

    def take(self, shop: str) -> None:
        """Lock the shop. Raises ShopBusy when another process has it, TryAgain when the browser is gone."""
        answer = self._ask({"do": "take", "shop": shop})
        if "busy" in answer:
            raise ShopBusy(answer["busy"])
        self.runs += 1

    def find(self, shop: str, *, token: str) -> None:
        """Remember the page with this mark as the shop's. Raises TryAgain when there is none, or no browser."""
        answer = self._ask({"do": "find", "shop": shop, "token": token})
        if "gone" in answer:
            raise TryAgain(answer["gone"])

    def free(self, shop: str) -> None:
        """Close the shop's page if it is still there, then unlock the shop. Ends the browser when that fails."""
        try:
            self._ask({"do": "free", "shop": shop})
        except TryAgain as error:
            speak("WARNING", _PAGE_GONE, shop=shop, error=error)

    def memory_mb(self) -> float:
        """What its processes hold: shared memory is counted once where the system tells (PSS), else not at all (USS).

        Processes that end meanwhile count nothing.
        """
        total = 0
        for process in [*family(self._child.pid), *([psutil.Process(self._child.pid)] if self.alive else [])]:
            try:
                memory = process.memory_full_info()
            except psutil.Error:
                continue
            total += getattr(memory, "pss", memory.uss)
        return total / 1e6

    def close(self) -> None:
        """End it, and the browser."""
        self._child.tell({"do": "close"})
        self._child.ended_within(_ANSWERS_IN_S)
        self._child.kill()

    def _started(self, sockets: Path, *, stopping: Callable[[], bool]) -> str:
        first = self._first_words(stopping) or {}
        endpoint = str(first.get("endpoint", ""))
        if not endpoint:
            self._child.kill()
            raise TryAgain(str(first.get("failed") or f"The shared browser did not start: {self._child.last_words}"))
        if os.name == "posix" and not Path(endpoint).is_relative_to(sockets):
            self._child.kill()
            raise RpaError(f"The shared browser is bound to {endpoint}, which others may reach; it was ended.")
        return endpoint

    def _first_words(self, stopping: Callable[[], bool]) -> Message | None:
        """What it says first; a browser that hangs at its start keeps nobody from ending."""
        for _ in range(round(_STARTS_IN_S / _HEEDS_S)):
            if stopping():
                self._child.kill()
                raise Stopped("Asked to stop before the browser was there.")
            with suppress(Empty):
                return self._said.get(timeout=_HEEDS_S)
        return None

    def _ask(self, message: Message) -> Message:
        if not self.alive:
            raise TryAgain(f"The shared browser is gone: {self._child.last_words or 'its process has ended'}")
        self._asked += 1
        self._child.tell({"n": self._asked, **message})
        answer = self._answer(_ANSWERS_IN_S)
        if answer is None or answer.get("n") != self._asked:
            why = (answer or {}).get("failed") or self._child.last_words or "it does not answer"
            self._child.kill()
            raise TryAgain(f"The shared browser is gone: {why}")
        return answer

    def _answer(self, seconds: float) -> Message | None:
        try:
            return self._said.get(timeout=seconds)
        except Empty:
            return None


def _request(config: Config, *, sockets: Path) -> Message:
    return {
        "locks": str(config.var / "locks"),
        "zone": config.zone.key,
        "owner": os.getpid(),
        "stop_within_s": config.scheduler.stop_within_s,
        "sockets": str(sockets),
    }


def _environment(workshop: Workshop) -> dict[str, str]:
    """Sockets, profiles and downloads in a folder of ours, not where anyone can make one first; no secret of ours."""
    own = {"PWTEST_SOCKETS_DIR": str(workshop.sockets), "PWTEST_SERVER_REGISTRY": str(workshop.folder / "registry")}
    return for_children(**kept_in(workshop.folder), **own)


FIRST_S: Final = 300.0
"""Most runs end within this time, and with it the wait."""
RESTS_S: Final = 1800.0


class RecyclingWait:
    """Starts are held back for five minutes at most; then they go on in the old browser.

    A run that takes hours so delays no other shop for hours. Half an hour later it is tried again, for twice as long
    each time: where some run is always going on, the browser is replaced in the end all the same.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.anew()

    def anew(self) -> None:
        """The browser was replaced."""
        self._lasts_s = FIRST_S
        self._rests_until = -math.inf
        self.ends_at = math.inf
        """The monotonic second at which it is over; infinite while nothing is held back."""

    def holds(self) -> bool:
        """Whether a start may be held back now; it is over so long after the first one that was."""
        now = self._monotonic()
        if now < self._rests_until:
            return False
        self.ends_at = min(self.ends_at, now + self._lasts_s)
        return True

    def is_over(self) -> bool:
        """Whether what is held back must begin now; told once."""
        now = self._monotonic()
        if now < self.ends_at:
            return False
        self._lasts_s *= 2
        self._rests_until = now + RESTS_S
        self.ends_at = math.inf
        return True
