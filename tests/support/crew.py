"""A pool of workers in a process of its own, for tests that kill parts of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import psutil

from rpa.scheduler.crash_recovery import end_leftovers
from tests.support.mock_shop import ShopFolder
from tests.support.processes import ENDS_IN_S, staying

_TELLS_IN_S = 300.0


class Crew:
    """The program `tests.support.pool_program`, and every process that came of it."""

    def __init__(self, folder: ShopFolder, *, stop_within_s: int, recycle_after_runs: int) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.pool_program",
                str(folder.path / "rpa.toml"),
                str(stop_within_s),
                str(recycle_after_runs),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=folder.environment(),
            start_new_session=True,
        )
        self.seen: set[psutil.Process] = {psutil.Process(self._process.pid)}
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self.told() == {"ready": True}

    def start(self, flow: str = "ship", shop: str = "demo", *, limit_s: float = 300, how: str = "") -> int:
        """Start a run, "frozen" if told; gives its process's id, which is there then if it has not ended yet."""
        self._say(f"{flow} {shop} {limit_s} {how}")
        begun = self.told()
        assert begun["begun"] == shop
        return int(begun["pid"])

    def ask_to_stop(self) -> None:
        """Ask all runs to stop."""
        self._say("stop")

    def told(self) -> dict[str, Any]:
        """The next thing that it tells, waited for: how a run has ended."""
        told: dict[str, Any] = json.loads(self._lines.get(timeout=_TELLS_IN_S))
        return told

    def part(self, name: str) -> psutil.Process:
        """A process: parent, host, driver (the host's), browser, worker. All that is there now is remembered."""
        parent = psutil.Process(self._process.pid)
        everyone = [parent, *parent.children(recursive=True)]
        self.seen.update(everyone)
        modules = {
            "host": "rpa.scheduler.browser_main",
            "worker": "rpa.scheduler.worker",
            "parent": "tests.support.pool_program",
        }
        if name in modules:
            found = {each.pid: each for each in everyone if modules[name] in _words(each)}
            # what one of them is about to start bears its command line for a moment
            return _only(each for each in found.values() if _parent(each) not in found)
        driver = _only(each for each in self.part("host").children() if "run-driver" in _words(each))
        return driver if name == "driver" else _only(iter(driver.children()))

    def kill(self, *names: str) -> None:
        """End these at once, as `kill -9` does."""
        for process in [self.part(name) for name in names]:
            process.kill()

    def freeze(self, *names: str) -> None:
        """Let these do nothing more, and never end by themselves."""
        for process in [self.part(name) for name in names]:
            process.send_signal(signal.SIGSTOP)

    def is_gone(self) -> None:
        """Wait until the program has ended."""
        self._process.wait(ENDS_IN_S)

    def end(self) -> None:
        """Let the program end."""
        with suppress(OSError):
            _pipe(self._process.stdin).close()
        self.is_gone()

    def orphans(self) -> list[psutil.Process]:
        """Those of its processes that do not end; they are ended then."""
        left = staying(self.seen)
        for each in left:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._reader.join(ENDS_IN_S)
        with self._process:
            return left

    def _read(self) -> None:
        for line in _pipe(self._process.stdout):
            self._lines.put(line)

    def _say(self, line: str) -> None:
        pipe = _pipe(self._process.stdin)
        pipe.write(line + "\n")
        pipe.flush()


@contextmanager
def crew(folder: ShopFolder, *, stop_within_s: int = 30, recycle_after_runs: int = 200) -> Iterator[Crew]:
    """A crew, ended with the block; it is a failure when a process of it stays."""
    made = Crew(folder, stop_within_s=stop_within_s, recycle_after_runs=recycle_after_runs)
    try:
        yield made
        made.end()
    finally:
        made.seen.update(_of(folder.var))
        left = made.orphans()
        end_leftovers(folder.var / "scheduler.json")
    assert left == [], "these processes stayed"


def _of(var: Path) -> list[psutil.Process]:
    """The processes that bear the mark of the scheduler's record, if it is still there."""
    try:
        mark = Path(json.loads((var / "scheduler.json").read_text(encoding="utf-8"))["folder"]).name
    except OSError:
        return []
    return [each for each in psutil.process_iter(["cmdline"]) if mark in " ".join(each.info["cmdline"] or [])]


def _words(process: psutil.Process) -> list[str]:
    """Its command line; none of a process that ended while it was looked for."""
    try:
        words: list[str] = process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
    return words


def _parent(process: psutil.Process) -> int:
    """Its parent's id; 0 for a process that ended while it was looked for."""
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return 0


def _only(found: Iterator[psutil.Process]) -> psutil.Process:
    [process] = found
    return process


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, os.getpid()
    return pipe
