"""Crash recovery: processes and folders that a killed scheduler left, and what stands open of shops that are gone."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from rpa.files import private_folder, write_atomically
from rpa.language import Text
from rpa.log import speak
from rpa.plugins import flows
from rpa.scheduler.processes import end, family

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger


_PREFIX = "rpa-"
_MARK = ".rpa-workshop"
"""A file in each folder that a scheduler made, with the random id that stands in its record too."""
_PROGRAMS = {"rpa.scheduler.browser_main", "rpa.scheduler.worker"}
_KILLED_BEFORE = Text(
    en="The scheduler was killed before; {count} processes of it are ended.",
    zh="上次调度程序被强行结束，已清理其遗留的 {count} 个进程。",
)
_NOT_OURS = Text(
    en="{folder} is left alone: it does not bear the mark of this scheduler.",
    zh="{folder} 没有本调度程序的标记，未予删除。",
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
            _empty(folder)


@contextmanager
def workshop(record: Path) -> Iterator[Workshop]:
    """A workshop, removed after the block.

    `record` (var/scheduler.json) names it, so that the next scheduler ends what a killed one left. At most one
    scheduler of a project may be in this block.
    """
    end_leftovers(record)
    mark = secrets.token_hex(16)
    folder = _made(private_folder(_tmp(record)), mark=mark)
    sockets = folder if _takes_sockets(folder) else _made(None, mark=mark)
    told = {"pid": os.getpid(), "id": mark, "folder": str(folder), "sockets": str(sockets)}
    write_atomically(record, json.dumps(told).encode())
    try:
        yield Workshop(folder=folder, sockets=sockets)
    finally:
        _forget(record, {folder, sockets})


def end_leftovers(record: Path) -> None:
    """End the processes of the scheduler that wrote this record, and remove its folders and those in var/tmp beside it.

    Only folders that bear the mark are removed, whatever the record names: it may be foreign, or changed by others.
    """
    here = [] if _tmp(record).is_symlink() else [each for each in _tmp(record).glob(f"{_PREFIX}*") if _is_own(each)]
    told = _recorded(record)
    elsewhere = [each for each in told if each not in here and _is_in_temp(each) and _is_own(each)]
    marked = [each for each in here if _mark_of(each)]
    marked += [each for each in elsewhere if told[each] and _mark_of(each) == told[each]]
    for folder in (*here, *told):
        if folder not in marked and os.path.isdir(folder):  # noqa: PTH112 - no name is too long for it
            speak("WARNING", _NOT_OURS, folder=folder)
    _end_processes({*here, *marked})
    _forget(record, marked)


def _end_processes(folders: Collection[Path]) -> None:
    if not folders:
        return
    left = [process for process in psutil.process_iter(["cmdline"]) if _is_of(process, folders)]
    if left:
        speak("WARNING", _KILLED_BEFORE, count=len(left))
    # The browser first: once its pages are gone, a worker can do no more.
    left.sort(key=lambda process: _is_ours(process.info["cmdline"]))
    end([each for process in left for each in (*family(process.pid), process)])


def _made(where: Path | None, *, mark: str) -> Path:
    """A new folder with the mark, in the folder for temporary files unless told otherwise."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where))
    (folder / _MARK).write_text(mark, encoding="ascii")
    return folder


def _tmp(record: Path) -> Path:
    return record.absolute().with_name("tmp")


def _recorded(record: Path) -> Mapping[Path, str]:
    """The folders that the record names, with the mark that they must bear; empty: a release before wrote it."""
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        names = {told["folder"], told.get("sockets", told["folder"])}
        return {Path(name): str(told.get("id") or "") for name in names}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _is_in_temp(folder: Path) -> bool:
    """Whether it is one of those that `_made` makes beside var/."""
    return folder.name.startswith(_PREFIX) and folder.parent == Path(tempfile.gettempdir())


def _is_own(folder: Path) -> bool:
    """Whether it is a folder, not a link to one, and this user's."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (os.name != "posix" or found.st_uid == os.geteuid())


def _mark_of(folder: Path) -> str:
    """What its mark says; empty: it bears none."""
    mark = folder / _MARK
    try:
        return mark.read_text(encoding="ascii") if stat.S_ISREG(mark.lstat().st_mode) else ""
    except (OSError, ValueError):
        return ""


def _forget(record: Path, folders: Iterable[Path]) -> None:
    """Remove the folders, the mark last: what is not removed to its end is known by it the next time."""
    for folder in folders:
        _empty(folder)
        shutil.rmtree(folder, ignore_errors=True)
    record.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    """Remove what is in it, but for its mark."""
    for left in folder.iterdir():
        if left.name != _MARK:
            _remove(left)


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


_OF_ENTRIES: Final = ("scheduler:start:", "scheduler:plan:")
"""How the causes of incidents begin that name an entry of the schedule."""
_LOOKED_AT = 100
"""So many planned runs before an incident are asked whether they were its flow's."""


def close_departed(config: Config, ledger: Ledger) -> int:
    """Close incidents of shops, flows and entries that are gone, and remove lines and alarms of such shops and flows.

    Gives how many incidents were closed. Holds stay: a shop that comes back must find them. A flow that is no longer
    scheduled in a shop keeps its lines there: what is due in it is still to be dealt with.
    """
    known = flows()
    gone = [each for each in ledger.incidents.still_open() if _is_gone(each, config=config, ledger=ledger, known=known)]
    for incident in gone:
        ledger.incidents.close(incident.shop, cause=incident.cause)
    ledger.retention.remove_others(shops=config.known, flows=known)
    return len(gone)


def _is_gone(incident: Incident, *, config: Config, ledger: Ledger, known: Collection[str]) -> bool:
    if incident.shop and incident.shop not in config.known:
        return True
    if incident.cause.startswith(_OF_ENTRIES):
        return incident.cause.split(":", 2)[2] not in {entry.name for entry in config.schedule}
    _, colon, flow = incident.cause.partition(":")
    if not incident.shop or not colon or incident.cause.startswith("scheduler:"):
        return False
    return flow not in known or _was_unscheduled(flow, incident, config=config, ledger=ledger)


def _was_unscheduled(flow: str, incident: Incident, *, config: Config, ledger: Ledger) -> bool:
    """Whether it was the schedule that ran the flow in this shop, and does no more. By hand it may run at any time."""
    if any(
        entry.flow == flow and incident.shop in {shop.name for shop in config.meant(entry.shops)}
        for entry in config.schedule
    ):
        return False
    before = ledger.plans.search(shop=incident.shop, until=incident.last_seen_at, limit=_LOOKED_AT)
    return any(run.flow == flow and run.started_at for run in before)
