"""A person at a terminal: `rpa` as a real process whose standard input is one."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.mock_shop import PATIENCE_S
from tests.support.project import Project


def typed(project: Project, *arguments: str, keys: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end; `keys` are typed at its terminal."""
    with terminal() as (person, program):
        os.write(person, keys.encode())
        return project.rpa(*arguments, terminal=program, **environment)


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal: where the person types, and what the program reads."""
    person, program = os.openpty()
    try:
        yield person, program
    finally:
        os.close(person)
        os.close(program)


@contextmanager
def desktop(folder: Path) -> Iterator[Desktop]:
    """A desktop that opens nothing, but knows what it was asked to open."""
    folder.mkdir()
    asked = folder / "asked"
    os.mkfifo(asked)
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" > "{asked}"\n', encoding="utf-8")
    program.chmod(0o700)
    reading = os.open(asked, os.O_RDWR)
    try:
        yield Desktop(folder, reading)
    finally:
        os.close(reading)


class Desktop:
    """Where a person sees what is opened for them."""

    def __init__(self, folder: Path, reading: int) -> None:
        self.environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "DISPLAY": ":99"}
        self._reading = reading

    def opened(self, count: int) -> set[str]:
        """The places that it was asked to open, so many."""
        told = ""
        while told.count("\n") < count:
            ready, _, _ = select.select([self._reading], [], [], PATIENCE_S)
            assert ready, f"nothing more was opened than: {told}"
            told += os.read(self._reading, 4096).decode()
        return set(told.splitlines())
