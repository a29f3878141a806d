"""Write-ahead log that a killed process left: SQLite's -wal file, which belongs to this very database or does not.

SQLite takes up whatever lies there when it opens the file, another moment's too: the pages of both are mixed, and the
newest of them says how many writes there were. So it is asked before, without SQLite.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from rpa.ledger.identity import Mark

if TYPE_CHECKING:
    from collections.abc import Collection

_HEADER, _FRAME_HEADER = 32, 24
_PAGE_SIZE, _SALTS, _COMMIT = slice(8, 12), slice(16, 24), slice(4, 8)
_FRAMES_SALTS: Final = slice(8, 16)
_LOOKS: Final = 5
"""While another process writes, the database is read of one moment and the -wal of the next; not so often in a row."""
_ASIDE: Final = ".set-aside"


def falls_short(file: Path, marks: Collection[Mark]) -> Mark | None:
    """How far this database comes with its -wal, if that is less than one of these marks of it; None: it may do.

    Each transaction of the ledger is one more of its writes, and one commit in the -wal: there cannot be more.
    """
    reach: Mark | None = None
    for _ in range(_LOOKS):
        reach = _reach(file)
        if reach is None or not any(each.identity == reach.identity and each.writes > reach.writes for each in marks):
            return None
    return reach


def _reach(file: Path) -> Mark | None:
    """How far it can come at the most; None: there is no -wal to ask about, or the database says nothing without it."""
    wal = _wal(file)
    try:
        if wal.stat().st_size <= _HEADER or (alone := _alone(file)) is None:
            return None
        return Mark(identity=alone.identity, writes=alone.writes + _commits(wal))
    except FileNotFoundError:  # the last process that had it open closed it
        return None


def set_strange_aside(file: Path) -> None:
    """Put away a -wal that does not follow on this database: without it, the database is whole."""
    wal, alone = _wal(file), _alone(file)
    if alone is None or not wal.exists():
        return
    with TemporaryDirectory(dir=file.parent, prefix=".ledger.") as folder:
        copy = Path(folder) / file.name
        shutil.copy(file, copy)
        shutil.copy(wal, _wal(copy))
        together = _mark_in(f"{copy.absolute().as_uri()}?mode=rw")
    if together is None or together.identity != alone.identity or together.writes - alone.writes > _commits(wal):
        wal.replace(wal.with_name(wal.name + _ASIDE))
        file.with_name(f"{file.name}-shm").unlink(missing_ok=True)


def _wal(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _alone(file: Path) -> Mark | None:
    """The mark in the database without its -wal; None: it has none, or is being written to."""
    return _mark_in(f"{file.absolute().as_uri()}?immutable=1")


def _mark_in(uri: str) -> Mark | None:
    try:
        with closing(sqlite3.connect(uri, uri=True)) as database:
            row = database.execute("SELECT identity, writes FROM origin").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else Mark(identity=row[0], writes=row[1])


def _commits(wal: Path) -> int:
    """How many transactions the file holds, without those of its life before."""
    with wal.open("rb") as file:
        header = file.read(_HEADER)
        step = _FRAME_HEADER + int.from_bytes(header[_PAGE_SIZE], "big")
        commits, place = 0, _HEADER
        while len(frame := file.read(_FRAME_HEADER)) == _FRAME_HEADER and frame[_FRAMES_SALTS] == header[_SALTS]:
            commits += any(frame[_COMMIT])
            place += step
            file.seek(place)
    return commits
