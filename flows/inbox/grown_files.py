"""Growth of a file after it was put away: what was taken in was not all of it, so it is read again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from flows.inbox.rows import new_row
from flows.inbox.whole_files import QUIET_S, Found, whole_of
from flows.sheets.contents import rows_in
from flows.sheets.stability import LeftAlone, state
from rpa.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.inbox.folder import InboxFolder
    from flows.sheets.tables import ReadingRules
    from rpa.config import Config
    from rpa.ledger.inbox_rows import Arrival, ArrivalRow
    from rpa.ledger.ledger import Ledger

CAUSE: Final = "inbox_grown"
"""The cause of the incident; it is over when a later run finds each file as it was taken in."""
_WATCHED: Final = timedelta(days=1)
"""So long after it came, a file is looked at."""
SEEN: Final = "seen"
"""The fact of an arrival: how its file looked when it was read, as `State`."""
SHOWN: Final = "shown"
"""The fact of an arrival: how the copy looked that people find in done/, as `State`; empty: it is to be copied anew."""
_COPIED: Final = "copied"
"""The fact of an arrival: the copies of it that were put away, each as name, place, size, time, and when it came."""
_FEW: Final = 5
_GREW = Text(
    en="{folder}: {name} was written to after it had been taken in, and has been read again; rows that are new or read "
    "differently: {new}.",
    zh="{folder}：{name} 收取后又被写入，已重新读取；新增或有变化的行：{new}。",
)
_GONE = Text(
    en="Rows of these orders were taken in otherwise: {orders}. Check what was shipped for them.",
    zh="以下订单的行之前按旧内容收取：{orders}；请核对其发货情况。",
)


def as_seen(found: Found) -> Mapping[str, object]:
    """The facts of a new arrival."""
    return {SEEN: list(found.seen) if found.seen else None}


def with_copy(arrival: Arrival, copy: Found, *, path: str, at: datetime) -> Mapping[str, object]:
    """The facts of an arrival after a copy of it was put away here at this moment."""
    size, changed_at = copy.seen or (0, 0)
    new = [copy.name, path, size, changed_at, at.isoformat()]
    return {**arrival.facts, _COPIED: [*_copies(arrival, since=at - _WATCHED), new]}


def read_again(folder: InboxFolder, *, config: Config, reading: ReadingRules, ledger: Ledger) -> list[LeftAlone]:
    """Take in what was written to files after they had been put away; gives those that are being written to yet.

    Hold the folder's lock.
    """
    since = config.clock.now() - _WATCHED
    recent = {
        path: each for each in ledger.archived_arrivals(folder.key, since=since) for path in _places(each, folder)
    }
    changed = [path for path, arrival in recent.items() if _looks_otherwise(path, arrival, folder=folder)]
    told: list[str] = []
    left: list[LeftAlone] = []
    for each in whole_of(changed, config=config, quiet_s=QUIET_S):
        if isinstance(each, LeftAlone):
            left.append(each)
        else:
            told.append(_told(each, recent[each.path], folder, config=config, reading=reading, ledger=ledger))
    copies = _changed_copies(folder, since=since, ledger=ledger)
    names = {path: name for path, name in copies.items() if path not in recent}
    grown, waiting = _grown_copies(folder, names, config=config, reading=reading, ledger=ledger)
    left += waiting
    messages = [message for message in (*told, *grown) if message]
    for shop in folder.shops:
        if messages:
            ledger.incident(shop.name, cause=CAUSE, message="\n".join(messages))
        elif not left:
            ledger.close_incident(shop.name, cause=CAUSE)
    return left


def _changed_copies(folder: InboxFolder, *, since: datetime, ledger: Ledger) -> dict[Path, str]:
    """The copies that came since then and look otherwise now, each with the name under which it came."""
    copies = [copy for each in ledger.copied_arrivals(folder.key) for copy in _copies(each, since=since)]
    seen = {folder.outside(str(path)): (str(name), (size, at)) for name, path, size, at, _ in copies}
    return {path: name for path, (name, before) in seen.items() if state(path) not in {None, before}}


def _grown_copies(
    folder: InboxFolder, names: Mapping[Path, str], *, config: Config, reading: ReadingRules, ledger: Ledger
) -> tuple[list[str], list[LeftAlone]]:
    """Take in as a file of its own each copy that says more by now; what is to be said, and those that wait."""
    messages: list[str] = []
    left: list[LeftAlone] = []
    for each in whole_of(list(names), config=config, quiet_s=QUIET_S):
        if isinstance(each, LeftAlone):
            left.append(each)
            continue
        if ledger.known_arrival(folder.key, sha256=each.sha256) is not None:  # it only was saved once more
            continue
        rows = [new_row(row) for row in rows_in(each.data, path=each.path, reading=reading)]
        name = names[each.path]
        arrival = ledger.arrive(
            folder.key, name=name, sha256=each.sha256, path=folder.inside(each.path), rows=rows, facts=as_seen(each)
        )
        ledger.put_away(arrival)
        messages.append(_GREW.of(config.language, folder=folder.key, name=name, new=len(rows)))
    return messages, left


def _copies(arrival: Arrival, *, since: datetime) -> list[list[object]]:
    """Those that came since then."""
    kept = arrival.facts.get(_COPIED, ())
    found = [list(each) for each in kept] if isinstance(kept, list) else []
    return [each for each in found if datetime.fromisoformat(str(each[-1])) >= since]


def _places(arrival: Arrival, folder: InboxFolder) -> set[Path]:
    """Where somebody may go on writing to the file: where it was put away, and where people find it."""
    path = folder.outside(arrival.path)
    return {path, folder.shown(path)} if arrival.facts.get(SHOWN) else {path}


def _looks_otherwise(path: Path, arrival: Arrival, *, folder: InboxFolder) -> bool:
    kept = arrival.facts.get(_fact_of(path, arrival, folder=folder))
    return state(path) not in {None, (kept[0], kept[1]) if isinstance(kept, list) else None}


def _fact_of(path: Path, arrival: Arrival, *, folder: InboxFolder) -> str:
    return SEEN if path == folder.outside(arrival.path) else SHOWN


def _told(
    found: Found, arrival: Arrival, folder: InboxFolder, *, config: Config, reading: ReadingRules, ledger: Ledger
) -> str:
    """Have the ledger know what the file says now; gives what is to be said about it, which may be nothing."""
    changed = _fact_of(found.path, arrival, folder=folder)
    facts = {**arrival.facts, SHOWN: [], changed: list(found.seen) if found.seen else None}
    if ledger.known_arrival(arrival.folder, sha256=found.sha256) is not None:  # as it was, or it came in another way
        ledger.keep_facts(arrival, facts=facts)
        return ""
    rows = [new_row(row) for row in rows_in(found.data, path=found.path, reading=reading)]
    before = ledger.rows_of_arrival(arrival)
    ledger.arrive_anew(arrival, sha256=found.sha256, rows=rows, facts=facts)
    stay = {row.id for row in before}.intersection(row.id for row in ledger.rows_of_arrival(arrival))
    if len(stay) == len(before) == len(rows):  # saved once more, as it was
        return ""
    message = _GREW.of(config.language, folder=arrival.folder, name=arrival.name, new=len(rows) - len(stay))
    return " ".join(filter(None, (message, _gone([row for row in before if row.id not in stay], config=config))))


def _gone(rows: Sequence[ArrivalRow], *, config: Config) -> str:
    """What to say about rows that the file does not have any more."""
    subjects = [row.subject for row in rows if row.subject]
    more = [f"+{len(subjects) - _FEW}"] if len(subjects) > _FEW else []
    return _GONE.of(config.language, orders=", ".join([*subjects[:_FEW], *more])) if subjects else ""
