"""Inbox deadline: by a shop's hour something new must have come; else somebody is told, until it comes."""

from __future__ import annotations

import hashlib
from datetime import datetime, time
from typing import TYPE_CHECKING

from flows.inbox.folder import InboxFolder, folders_of
from flows.inbox.grown_files import CAUSE as GROWN
from flows.orders.settings import OrderSettings
from flows.sheets.files import MOST_BYTES
from rpa.files import TooLarge
from rpa.language import Text
from rpa.timetable import is_quiet
from rpa.untrusted_folder import read_plain

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config, Shop
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger

CAUSE = "inbox_empty"
"""The cause of the incident."""

_EMPTY = Text(
    en="Nothing new has come into the inbox {folder} by {by}. Ask for the sheet, or put it there by hand.",
    zh="到 {by} 为止，收件夹 {folder} 没有收到新表格；请联系发送方，或手动放入表格。",
)


def watch_inboxes(config: Config, ledger: Ledger) -> None:
    """Open an incident for each shop whose hour has passed on a day that is not quiet; close it once a sheet comes."""
    told = {incident.shop: incident for incident in ledger.open_incidents() if incident.cause == CAUSE}
    folders = folders_of(config)
    for folder in folders:
        for shop in folder.shops:
            if shop.settings(OrderSettings).inbox_by is not None:
                _watch(shop, folder, told.pop(shop.name, None), config=config, ledger=ledger)
    for name in told.keys() - config.broken.keys():
        ledger.close_incident(name, cause=CAUSE)  # its shop has no such hour any more
    grown = {incident.shop for incident in ledger.open_incidents() if incident.cause == GROWN}
    for name in grown.difference(config.broken, *(folder.names for folder in folders)):
        ledger.close_incident(name, cause=GROWN)  # no run looks into an inbox of its


def _watch(shop: Shop, folder: InboxFolder, told: Incident | None, *, config: Config, ledger: Ledger) -> None:
    now = config.clock.now()
    by = shop.settings(OrderSettings).inbox_by or time.max
    day = now if told is None else told.opened_at
    if told is None and (now.time() < by or is_quiet(now.date(), config.calendar)):
        return
    came = _has_come(folder, since=day.replace(hour=0, minute=0, second=0, microsecond=0), ledger=ledger)
    if came and told is not None:
        ledger.close_incident(shop.name, cause=CAUSE)
    elif not came and told is None:
        message = _EMPTY.of(config.language, folder=folder.key, by=f"{by:%H:%M}")
        ledger.incident(shop.name, cause=CAUSE, message=message)


def _has_come(folder: InboxFolder, *, since: datetime, ledger: Ledger) -> bool:
    """Whether new content was taken in since then, or lies there to be taken in."""
    newest = ledger.newest_arrival(folder.key)
    if newest is not None and newest >= since:
        return True
    try:
        hashes = [_sha256(path) for path in folder.sheets()[0]]
    except OSError:
        return False
    return any(each and ledger.known_arrival(folder.key, sha256=each) is None for each in hashes)


def _sha256(path: Path) -> str:
    """Empty for what is too large to be read."""
    try:
        return hashlib.sha256(read_plain(path, most_bytes=MOST_BYTES)[0]).hexdigest()
    except TooLarge:
        return ""
