"""What tests ask of processes that others have started."""

from __future__ import annotations

import psutil


def is_there(process: psutil.Process) -> bool:
    """Whether it has not ended: one that has, and whose end nobody has taken note of yet, is not there any more."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
