"""The witness of a ledger, outside it: told after each commit, so that it may lag behind, never be ahead.

It stands in a small file in var, in a file's name beside the reports, and in each run's run.json. They are not waited
for on the disk: a power cut may lose the last seconds of them, which is a lag and no doubt.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rpa.ledger.identity import Mark

_RUN_FILE: Final = "run.json"
_SIZE: Final = 160
"""Always the same, below a sector of any disk: the new text takes the place of the old as a whole."""
_NEWEST_RUNS: Final = 20
_BINARY: Final = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the witnesses say."""

    marks: Mapping[Path, Mark]
    """By the file that says so."""
    exists: bool
    """Whether there is a witness at all, though nobody may be able to read it."""


class Witness:
    """The witnesses of this ledger, in its folder, which is var."""

    def __init__(self, ledger: Path) -> None:
        # not named ledger…: whoever removes or restores ledger* is not to take its witness along
        self._file = ledger.with_name(f"witness-{ledger.stem}.json")
        self._journal = ledger.with_name(f"journal-{ledger.stem}.jsonl")
        self._reports = ledger.parent / "reports"
        self._names = self._reports / f".witness-{ledger.stem}"

    def seen(self) -> Seen:
        """What they say. The runs' own files are asked only where nobody else can say anything."""
        marks = dict(_named(self._names))
        if (mark := _read(self._file)) is not None:
            marks[self._file] = mark
        if not marks:
            marks = dict(self._of_runs())
        return Seen(marks=marks, exists=bool(marks) or self._file.exists() or self._journal.exists())

    def keep(self, mark: Mark) -> None:
        """Say that the ledger has come so far. What cannot be written lags behind."""
        with suppress(OSError):
            _write(self._file, mark)
        if self._reports.is_dir():
            with suppress(OSError):
                _rename(self._names, mark)

    def _of_runs(self) -> Iterator[tuple[Path, Mark]]:
        """The newest runs' marks; those of older versions say nothing."""
        try:
            runs = sorted(self._reports.glob("[0-9]*-*"), reverse=True)[:_NEWEST_RUNS]
        except OSError:
            return
        for file in (run / _RUN_FILE for run in runs):
            with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                said = json.loads(file.read_text(encoding="utf-8"))["ledger"]
                yield file, Mark(identity=str(said["identity"]), writes=int(said["writes"]))


def _named(folder: Path) -> Iterator[tuple[Path, Mark]]:
    """The marks that files have as their names: a backup that is unpacked over them takes no newer one away."""
    with suppress(OSError):
        for file in folder.iterdir():
            identity, _, writes = file.name.rpartition("@")
            if identity and writes.isdecimal():
                yield file, Mark(identity=identity, writes=int(writes))


def _rename(folder: Path, mark: Mark) -> None:
    before = {file: each.writes for file, each in _named(folder) if each.identity == mark.identity}
    if mark.writes <= max(before.values(), default=-1):
        return
    new = folder / f"{mark.identity}@{mark.writes}"
    if not before:
        folder.mkdir(mode=0o700, exist_ok=True)
        new.touch(mode=0o600)
        return
    for file in before:
        with suppress(FileNotFoundError):  # another process was quicker
            file.replace(new)


def _read(place: Path) -> Mark | None:
    """What is written there; None: it is cut off, or is nothing of ours."""
    try:
        said = json.loads(place.read_bytes())
        mark = Mark(identity=str(said["identity"]), writes=int(said["writes"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return mark if said.get("sum") == _sum(mark) else None


def _write(place: Path, mark: Mark) -> None:
    before = _read(place)
    if before is not None and before.identity == mark.identity and before.writes >= mark.writes:
        return  # another process was quicker
    text = json.dumps({**asdict(mark), "sum": _sum(mark)}).ljust(_SIZE - 1) + "\n"
    number = os.open(place, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
    try:
        os.write(number, text.encode())
        if os.fstat(number).st_size > _SIZE:  # not ours as it was, and unreadable for ever with its end
            os.ftruncate(number, _SIZE)
    finally:
        os.close(number)


def _sum(mark: Mark) -> str:
    return f"{zlib.crc32(f'{mark.identity} {mark.writes}'.encode()):08x}"
