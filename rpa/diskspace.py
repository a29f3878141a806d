"""How much room the disk has left, and when it is too little."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from rpa.errors import ConfigError
from rpa.language import Text

LOW_GB: Final = 2.0
"""With less, somebody is told to make room."""
FULL_GB: Final = 0.2
"""With less, nothing is begun that must be written down first."""

_FULL = Text(
    en="Only {free:.2f} GB are left on the disk of {folder}, too little to keep what is done; nothing was started. "
    "Make room ({full} GB at least); a --dry-run is possible meanwhile.",
    zh="{folder} 所在磁盘仅剩 {free:.2f} GB，不足以保存处理记录，什么都没有启动。请清理磁盘（至少 {full} GB）；"
    "期间可用 --dry-run 预演。",
)


def free_gb(folder: Path) -> float:
    """Gigabytes (10^9) left on the disk of this folder, which need not be there yet."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free / 1e9


def is_full(folder: Path) -> bool:
    """Whether there is too little room to keep, before a click, what is about to be done."""
    return free_gb(folder) < FULL_GB


def check_room(folder: Path) -> None:
    """Raise ConfigError when the disk of this folder is too full to keep what is done."""
    if is_full(folder):
        raise ConfigError(_FULL.with_words(free=free_gb(folder), folder=folder, full=FULL_GB))
