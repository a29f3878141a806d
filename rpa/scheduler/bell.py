"""Waiting that others can end."""

from __future__ import annotations

import select
import signal
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_ROOM = 4096


class Bell:
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
