"""How much room the disk has left, and when it is too little."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

LOW_GB: Final = 2.0
"""With less, somebody is told to make room."""
FULL_GB: Final = 0.2
"""With less, nothing is begun that must be written down first."""


def free_gb(folder: Path) -> float:
    """Gigabytes (10^9) left on the disk of this folder, which need not be there yet."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free / 1e9


def is_full(folder: Path) -> bool:
    """Whether there is too little room to keep, before a click, what is about to be done."""
    return free_gb(folder) < FULL_GB
