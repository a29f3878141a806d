"""Watches how much room the disk has: a disk that fills up stops everything at a moment that nobody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rpa.diskspace import FULL_GB, LOW_GB, free_gb
from rpa.language import Text
from rpa.ledger.incidents import Severity

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

LOW: Final = "disk_low"
FULL: Final = "disk_full"
"""The causes of the incidents. A disk that is full is told by itself, also to who was told that it was nearly so."""

_LOW = Text(
    en="Only {free:.1f} GB are left on the disk of {folder}: make room. With less than {full} GB nothing is shipped.",
    zh="{folder} 所在磁盘仅剩 {free:.1f} GB，请清理。不足 {full} GB 时不再发货。",
)
_FULL = Text(
    en="Only {free:.2f} GB are left on the disk of {folder}: nothing is shipped until there is room again.",
    zh="{folder} 所在磁盘仅剩 {free:.2f} GB，已停止发货，请立即清理磁盘。",
)


def watch_room(config: Config, ledger: Ledger) -> None:
    """Have an incident open while there is little room, and a critical one while there is too little to go on."""
    free = free_gb(config.var)
    for cause, words, least_gb, severity in (
        (LOW, _LOW, LOW_GB, Severity.WARNING), (FULL, _FULL, FULL_GB, Severity.CRITICAL),
    ):  # fmt: skip
        if free >= least_gb:
            ledger.close_incident("", cause=cause)
        else:
            message = words.of(config.language).format(free=free, full=FULL_GB, folder=config.var)
            ledger.incident("", cause=cause, message=message, severity=severity)
