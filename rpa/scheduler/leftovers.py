"""What a killed scheduler leaves behind: processes, and the folders in which its browser kept its things."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rpa.files import private_folder, write_atomically
from rpa.language import Text
from rpa.log import speak
from rpa.scheduler.children import end, family

_PREFIX = "rpa-"
_PROGRAMS = {"rpa.scheduler.host", "rpa.scheduler.worker"}
_KILLED_BEFORE = Text(
    en="The scheduler was killed before; {count} processes of it are ended.",
    zh="上次调度程序被强行结束，已清理其遗留的 {count} 个进程。",
)
_LONGEST_SOCKET = 50
"""More than Playwright (28) and Chromium (46) put behind a folder's name for their sockets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Folders for the processes of a scheduler, which only this user can enter."""

    folder: Path
    """For what may be large: profiles, downloads. In var/tmp; its name is the mark of the processes."""
    sockets: Path
    """The same one where the system makes sockets there; else, for a long path as a rule, one in its own folder."""

    def sweep(self) -> None:
        """Remove what killed processes left. Only while there are none."""
        for folder in {self.folder, self.sockets}:
            for left in folder.iterdir():
                _remove(left)


@contextmanager
def workshop(record: Path) -> Iterator[Workshop]:
    """A workshop, removed after the block.

    `record` (var/scheduler.json) names it, so that the next scheduler ends what a killed one left. At most one
    scheduler of a project may be in this block.
    """
    end_leftovers(record)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=private_folder(_tmp(record))))
    sockets = folder if _takes_sockets(folder) else Path(tempfile.mkdtemp(prefix=_PREFIX))
    told = {"pid": os.getpid(), "folder": str(folder), "sockets": str(sockets)}
    write_atomically(record, json.dumps(told).encode())
    try:
        yield Workshop(folder=folder, sockets=sockets)
    finally:
        _forget(record, {folder, sockets})


def end_leftovers(record: Path) -> None:
    """End the processes of the scheduler that wrote this record, and remove its folders; empty var/tmp beside it."""
    folders = {folder for folder in (*_recorded(record), *_tmp(record).glob("*")) if folder.name.startswith(_PREFIX)}
    if not folders:
        return
    left = [process for process in psutil.process_iter(["cmdline"]) if _is_of(process, folders)]
    if left:
        speak("WARNING", _KILLED_BEFORE, count=len(left))
    # The browser first: once its pages are gone, a worker can do no more.
    left.sort(key=lambda process: _is_ours(process.info["cmdline"]))
    end([each for process in left for each in (*family(process.pid), process)])
    _forget(record, folders)


def _tmp(record: Path) -> Path:
    return record.absolute().with_name("tmp")


def _recorded(record: Path) -> list[Path]:
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        return [Path(told["folder"]), Path(told.get("sockets", told["folder"]))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _forget(record: Path, folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    record.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _takes_sockets(folder: Path) -> bool:
    """Whether sockets can be made in it: its path may be too long for one, or on a disk that has none."""
    if os.name != "posix":
        return True
    path = folder / ("s" * _LONGEST_SOCKET)
    try:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.bind(str(path))
        path.unlink()
    except OSError:
        return False
    return True


def _is_of(process: psutil.Process, folders: Collection[Path]) -> bool:
    """Whether its command line bears the name of one of these folders, which was random."""
    words: list[str] = process.info["cmdline"] or []
    if _is_ours(words):
        return words[-1] in {folder.name for folder in folders}
    line = " ".join(words)
    return any(f"--user-data-dir={folder}{os.sep}" in line for folder in folders)


def _is_ours(words: list[str]) -> bool:
    return not _PROGRAMS.isdisjoint(words or [])
