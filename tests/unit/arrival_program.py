"""A program that takes in what lies in an inbox; it may be told at which call of the operating system it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.unit.arrival_desk import ArrivalDesk

DEAD = 9


def die_at(event: str, *, of: str, done: bool) -> None:
    """End this process, with nothing cleaned up, at a call that names such a file: before it, or once it is `done`."""

    def watch(name: str, arguments: tuple[object, ...]) -> None:
        if name != event or not any(of in str(argument) for argument in arguments):
            return
        if done:
            moved, to = (Path(str(argument)) for argument in arguments[:2])
            to.hardlink_to(moved)
            moved.unlink()
        os._exit(DEAD)

    sys.addaudithook(watch)


if __name__ == "__main__":
    folder, event, of, done = sys.argv[1:]
    if event:
        die_at(event, of=of, done=done == "done")
    desk = ArrivalDesk(Path(folder), shops=("one", "two"), settings=(Path(folder) / "settings").read_text())
    sys.stdin.readline()
    desk.read("one")
