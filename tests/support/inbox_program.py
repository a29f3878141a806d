"""A program that takes in what lies in an inbox; it may be told at which call of the operating system it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.support.inbox_desk import ArrivalDesk

DEAD = 9


def die_at(event: str, *, of: str, done: bool) -> None:
    """End this process, with nothing cleaned up, at a call that names such a file: before it, or once it is `done`."""

    def watch(name: str, arguments: tuple[object, ...]) -> None:
        if name != event or not any(of in str(argument) for argument in arguments):
            return
        if done:
            moved, to, here, there = _of(arguments)
            os.link(moved, to, src_dir_fd=here, dst_dir_fd=there)
            os.unlink(moved, dir_fd=here)
        os._exit(DEAD)

    sys.addaudithook(watch)


def _of(arguments: tuple[object, ...]) -> tuple[str, str, int | None, int | None]:
    """What is renamed to what, and the open folders that this is said of, if any."""
    moved, to, here, there = arguments
    assert isinstance(here, int)
    assert isinstance(there, int)
    return str(moved), str(to), here if here >= 0 else None, there if there >= 0 else None


if __name__ == "__main__":
    folder, event, of, done = sys.argv[1:]
    if event:
        die_at(event, of=of, done=done == "done")
    desk = ArrivalDesk(Path(folder), shops=("one", "two"), settings=(Path(folder) / "settings").read_text())
    sys.stdin.readline()
    desk.read("one")
