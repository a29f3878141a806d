"""Being asked to end: what a run looks at between two steps."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loguru import logger

_ENDS = {"SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"}
"""By name: Windows knows no SIGHUP, and nobody else SIGBREAK. Both come when the terminal's window is closed."""


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether to stop after the order in hand: Ctrl-C or SIGTERM came, or the window was closed. Twice: at once."""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        logger.warning("Stopping after the order in hand. Press Ctrl-C again to end at once.")

    before = {number: signal.signal(number, note) for number in _heeded()}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> list[signal.Signals]:
    """Without those that this process was started to ignore, as by nohup."""
    named = [each for each in signal.Signals if each.name in _ENDS]
    return [each for each in named if signal.getsignal(each) is not signal.SIG_IGN]
