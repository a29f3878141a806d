"""What a killed scheduler leaves behind: processes, and the folder in which its browser kept its things."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from loguru import logger

from rpa.files import write_atomically
from rpa.scheduler.children import end, family

_PREFIX = "rpa-"
_PROGRAMS = {"rpa.scheduler.host", "rpa.scheduler.worker"}


@contextmanager
def workshop(record: Path) -> Iterator[Path]:
    """A folder for the processes of a scheduler, which only this user can enter; its name is their mark.

    `record` (var/scheduler.json) names it, so that the next scheduler ends what a killed one left. At most one
    scheduler of a project may be in this block.
    """
    end_leftovers(record)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    write_atomically(record, json.dumps({"pid": os.getpid(), "folder": str(folder)}).encode())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        record.unlink(missing_ok=True)


def end_leftovers(record: Path) -> None:
    """End the processes of the scheduler that wrote this record, and remove its folder; nothing when there is none."""
    try:
        folder = Path(json.loads(record.read_text(encoding="utf-8"))["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    if not folder.name.startswith(_PREFIX):
        return
    left = [process for process in psutil.process_iter(["cmdline"]) if _is_of(process, folder)]
    if left:
        logger.warning("The scheduler was killed before; {} processes of it are ended.", len(left))
    # The browser first: once its pages are gone, a worker can do no more.
    left.sort(key=lambda process: _is_ours(process.info["cmdline"]))
    end([each for process in left for each in (*family(process.pid), process)])
    shutil.rmtree(folder, ignore_errors=True)
    record.unlink(missing_ok=True)


def _is_of(process: psutil.Process, folder: Path) -> bool:
    """Whether its command line bears the folder's name, which was random."""
    words: list[str] = process.info["cmdline"] or []
    if _is_ours(words):
        return words[-1] == folder.name
    return f"--user-data-dir={folder}{os.sep}" in " ".join(words)


def _is_ours(words: list[str]) -> bool:
    return not _PROGRAMS.isdisjoint(words or [])
