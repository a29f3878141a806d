"""Watches how much room the disk has: a disk that fills up stops everything at a moment that nobody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rpa.diskspace import FULL_GB, LOW_GB, free_gb
from rpa.language import Text
from rpa.ledger.incidents import Severity

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

CAUSE: Final = "disk_low"
"""The cause of the incident."""

_LOW = Text(
    en="Only {free:.1f} GB are left on the disk of {folder}: make room. With less than {full} GB nothing is shipped.",
    zh="{folder} 所在磁盘仅剩 {free:.1f} GB，请清理。不足 {full} GB 时不再发货。",
)
_FULL = Text(
    en="Only {free:.2f} GB are left on the disk of {folder}: nothing is shipped until there is room again.",
    zh="{folder} 所在磁盘仅剩 {free:.2f} GB，已停止发货，请立即清理磁盘。",
)


def watch_room(config: Config, ledger: Ledger) -> None:
    """Open an incident while there is little room, a critical one while there is too little to go on; else close it."""
    free = free_gb(config.var)
    if free >= LOW_GB:
        ledger.close_incident("", cause=CAUSE)
        return
    words, severity = (_LOW, Severity.WARNING) if free >= FULL_GB else (_FULL, Severity.CRITICAL)
    message = words.of(config.language).format(free=free, full=FULL_GB, folder=config.var)
    ledger.incident("", cause=CAUSE, message=message, severity=severity)
