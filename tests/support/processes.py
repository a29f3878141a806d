"""What tests ask of processes that others have started."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import psutil

ENDS_IN_S = 120.0
"""Whatever is to end has ended by then, however busy the machine is."""


def is_there(process: psutil.Process) -> bool:
    """Whether it has not ended: one that has, and whose end nobody has taken note of yet, is not there any more."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def staying(processes: Iterable[psutil.Process], *, within_s: float = ENDS_IN_S) -> list[psutil.Process]:
    """Those that do not end, though they are given time; at once when none is left."""
    left, until = list(processes), time.monotonic() + within_s
    while (left := [each for each in left if is_there(each)]) and time.monotonic() < until:
        psutil.wait_procs(left, timeout=0.1)
    return left


def open_in(folder: Path) -> list[str]:
    """The files in this folder that this very process has open."""
    return [name for name, *_ in psutil.Process().open_files() if Path(name).is_relative_to(folder)]


def pss_mb(process: psutil.Process) -> float:
    """The memory that it holds, its share of what it has in common with others; none, when it has ended."""
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.Error:
        return 0.0
