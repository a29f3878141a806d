"""Stop requests: what a run looks at between two steps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from rpa.clock import Clock
from rpa.language import Text
from rpa.log import speak

_ENDS = {"SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"}
"""By name: Windows knows no SIGHUP, and nobody else SIGBREAK. Both come when the terminal's window is closed."""
_HANGUP = "SIGHUP"
_ONE_WISH_S = 1.0
"""A signal that comes again so soon was passed on by a program in between, as by `timeout`; no person is so quick."""
_OUTPUTS = (1, 2)
_STOPPING = Text(
    en="Stopping after the action in hand. Press Ctrl-C again to end at once.",
    zh="处理完手头的操作后停止。再按一次 Ctrl-C 立即结束。",
)


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether to stop after the action in hand: Ctrl-C or SIGTERM came, or the window was closed. Twice: at once.

    A window is closed once, however often that is told: the terminal and the shell both do.
    """
    asked: list[float] = []
    clock = Clock()
    terminals = [output for output in _OUTPUTS if os.isatty(output)]

    def note(number: int, _frame: object) -> None:
        name, now = signal.Signals(number).name, clock.monotonic()
        if name == _HANGUP:
            _let_go(terminals)
        if not asked:
            asked.append(now)
            speak("WARNING", _STOPPING)
        elif name != _HANGUP and now - asked[0] >= _ONE_WISH_S:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, note) for number in _heeded()}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go(terminals: Collection[int]) -> None:
    """Print to nowhere: with the window gone, each line would be an error, in the middle of an action."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in terminals:
        os.dup2(nowhere, output)
    os.close(nowhere)


def _heeded() -> list[signal.Signals]:
    """Without those that this process was started to ignore, as by nohup."""
    named = [each for each in signal.Signals if each.name in _ENDS]
    return [each for each in named if signal.getsignal(each) is not signal.SIG_IGN]
