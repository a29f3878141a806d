"""`python -m rpa.scheduler.browser_main`: the process in which the shared browser is, and with it the shops' pages.

It is a process of its own so that Ctrl-C in the scheduler's terminal does not reach the browser under the actions in
hand, and so that a scheduler that is killed takes no page away from a worker, nor leaves one behind: who has the page
has the shop's `PageLock`, and gives it back when the page is gone.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from rpa.browser.shared import NoSuchWindow, shared
from rpa.clock import Clock
from rpa.errors import RpaError, ShopBusy
from rpa.ledger.shop_lock import PageLock, WorkLock
from rpa.log import to_errors
from rpa.scheduler.processes import Message, Parent, end, family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import psutil

    from rpa.browser.shared import SharedBrowser

_HEED_S = 1.0
_LOOK_S = 0.2
_CLOSE_S = 10.0


@dataclass(slots=True, kw_only=True)
class ShopWindow:
    """A shop that may have a page here."""

    lock: PageLock
    window: str = ""


class Host:
    """The shops' windows in the shared browser, and the locks that go with them."""

    def __init__(self, browser: SharedBrowser, *, locks: Path, clock: Clock, owner: int) -> None:
        """`owner`: the scheduler's process id, for whoever finds a shop locked."""
        self._browser = browser
        self._locks = locks
        self._clock = clock
        self._owner = owner
        self._lodgers: dict[str, ShopWindow] = {}

    def answer(self, message: Message) -> Message:
        """Do what the scheduler asks: {"do", "shop", "token"?}. Raises TryAgain when the browser is gone.

        One page that is gone, as when its worker was killed right after it told of it, ends nobody else's.
        """
        todo: dict[str, Callable[[], None]] = {
            "take": lambda: self._take(message["shop"]),
            "find": lambda: self._find(message["shop"], token=message["token"]),
            "free": lambda: self._free(message["shop"]),
        }
        try:
            todo[message["do"]]()
        except ShopBusy as busy:
            return {"busy": str(busy)}
        except NoSuchWindow as gone:
            return {"gone": str(gone)}
        return {"done": message["do"]}

    def outlive(self, *, seconds: float) -> None:
        """The scheduler is gone: let the workers end what they have in hand, and close each one's page right then."""
        deadline = self._clock.monotonic() + seconds
        while self._lodgers and self._clock.monotonic() < deadline:
            for shop in list(self._lodgers):
                # That this lock is free says that the worker is gone.
                with suppress(ShopBusy), WorkLock(self._locks, shop=shop, clock=self._clock):
                    self._free(shop)
            self._clock.wait(_LOOK_S)

    def _take(self, shop: str) -> None:
        lock = PageLock(self._locks, shop=shop, clock=self._clock, pid=self._owner)
        lock.__enter__()
        self._lodgers[shop] = ShopWindow(lock=lock)

    def _find(self, shop: str, *, token: str) -> None:
        self._lodgers[shop].window = self._browser.window_of(token)

    def _free(self, shop: str) -> None:
        lodger = self._lodgers[shop]
        if lodger.window:
            self._browser.close(lodger.window)
        del self._lodgers[shop]
        if not self._lodgers:
            self._sweep()
        lodger.lock.__exit__(None, None, None)

    def _sweep(self) -> None:
        """Close what workers left behind that were killed before their window was known; nothing was opened in it."""
        for window in self._browser.windows():
            self._browser.close(window)


def main() -> None:
    """Start the browser, say where it is, do what is asked; when the scheduler is gone, wait for its workers."""
    # What it writes to standard error is told as the reason when it ends; the log is the scheduler's.
    logger.remove()
    to_errors()
    parent = Parent()
    request = parent.said.get()
    if request is None:
        return
    kin: list[psutil.Process] = []
    try:
        with shared(sockets=Path(request["sockets"])) as browser:
            # Listed now: what the driver started is nobody's child any more once the driver is killed.
            kin += family(os.getpid())
            clock = Clock(ZoneInfo(request["zone"]))
            host = Host(browser, locks=Path(request["locks"]), clock=clock, owner=request["owner"])
            parent.tell({"endpoint": browser.endpoint})
            with _left_in_time(kin):
                _serve(host, parent, browser, stop_within_s=request["stop_within_s"])
    except RpaError as error:
        parent.tell({"failed": str(error)})
    finally:
        end(kin)


@contextmanager
def _left_in_time(kin: Sequence[psutil.Process]) -> Iterator[None]:
    """After the block, end what is left of the browser if closing it takes long, and this process with it."""

    def leave() -> None:
        end(kin)
        os._exit(1)

    try:
        yield
    finally:
        timer = threading.Timer(_CLOSE_S, leave)
        timer.daemon = True
        timer.start()


def _serve(host: Host, parent: Parent, browser: SharedBrowser, *, stop_within_s: float) -> None:
    while True:
        try:
            message = parent.said.get(timeout=_HEED_S)
        except Empty:
            browser.heed()
            continue
        if message is None:
            host.outlive(seconds=stop_within_s)
            return
        if message["do"] == "close":
            return
        parent.tell({"n": message["n"], **host.answer(message)})


if __name__ == "__main__":
    main()
