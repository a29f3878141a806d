"""Control channel of a worker: what the scheduler says after the request, heard in another thread."""

from __future__ import annotations

import os
import threading

from rpa.errors import Stopped, TryAgain
from rpa.scheduler.processes import Parent

_CUT_OFF = 4


class ControlChannel:
    """What the scheduler says after the request, heard in another thread."""

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
