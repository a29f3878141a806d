"""`python -m rpa.scheduler.worker`: one flow, once, in one shop, in the browser of another process.

The order comes as the first line of standard input, which stays open as a leash: "go" when the page is known to the
browser's owner, "stop", or its end when the scheduler is gone. What comes of it goes to standard output.
"""

from __future__ import annotations

import os
import threading

from rpa.browser.driver import Driver
from rpa.discovery import flows
from rpa.environment import hold_key
from rpa.errors import Stopped, TryAgain
from rpa.scheduler.processes import Parent
from rpa.stopping import asked_to_stop

_CUT_OFF = 4


class Leash:
    """What the scheduler says after the order, heard in another thread."""

    def __init__(self, parent: Parent, *, stop_within_s: float) -> None:
        """Without a scheduler, this process ends so many seconds later, whatever it does."""
        self._parent = parent
        self._stop_within_s = stop_within_s
        self._heard = threading.Event()
        self._stop = False
        self._gone = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def stopping(self) -> bool:
        """Whether the run was asked to stop, or nobody is there any more to ask."""
        return self._stop

    def wait_for_go(self, *, token: str) -> None:
        """Say that a page is marked with this, and wait until its window is known.

        Raises Stopped when it is not to go on, and TryAgain when the browser is gone.
        """
        self._parent.tell({"window": token})
        self._heard.wait()
        if self._gone:
            raise TryAgain(self._gone)
        if self._stop:
            raise Stopped("Asked to stop before anything was opened.")

    def _listen(self) -> None:
        while (message := self._parent.said.get()) is not None:
            self._stop = self._stop or "stop" in message
            self._gone = message.get("gone", "")
            self._heard.set()
        self._stop = True
        self._heard.set()
        # This thread ends with the process, if the run comes to its end before.
        threading.Event().wait(self._stop_within_s)
        os._exit(_CUT_OFF)


def main() -> None:
    """Do the one order that comes, and say what came of it."""
    parent = Parent()
    order = parent.said.get()
    if order is None:
        return
    hold_key(order.pop("key", ""))
    leash = Leash(parent, stop_within_s=order["stop_within_s"])
    driver = Driver.started_while(_import_all)
    try:
        from rpa.scheduler.worker_run import done

        with asked_to_stop() as signalled:
            parent.tell(done(
                order, leash, playwright=driver.playwright, stopping=lambda: leash.stopping() or signalled()
            ))  # fmt: skip
    finally:
        driver.stop()


def _import_all() -> None:
    """What a run needs, while the driver starts."""
    import rpa.scheduler.errand  # noqa: F401
    from rpa.runner.preload import import_ahead

    flows()
    import_ahead()


if __name__ == "__main__":
    main()
