"""What is known of the ledger outside it. It is told after each commit, so that it may lag behind, never be ahead.

It stands in two small files, one in var and one beside the reports, and in each run's run.json. They are not waited
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

from rpa.ledger.lineage import Mark

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
        self._reports = ledger.parent / "reports"
        self._places = (ledger.with_name(f"witness-{ledger.stem}.json"), self._reports / f".witness-{ledger.stem}.json")

    def seen(self) -> Seen:
        """What they say. The runs' own files are asked only where nobody else can say anything."""
        there = [place for place in self._places if place.exists()]
        marks = {place: mark for place in there if (mark := _read(place)) is not None}
        if not marks:
            marks = dict(self._of_runs())
        return Seen(marks=marks, exists=bool(there or marks))

    def keep(self, mark: Mark) -> None:
        """Say that the ledger has come so far. What cannot be written lags behind."""
        for place in self._places:
            if place.parent.is_dir():
                with suppress(OSError):
                    _write(place, mark)

    def _of_runs(self) -> Iterator[tuple[Path, Mark]]:
        """The newest runs' marks; those of older versions say nothing."""
        try:
            runs = sorted(self._reports.iterdir(), reverse=True)[:_NEWEST_RUNS]
        except OSError:
            return
        for file in (run / _RUN_FILE for run in runs):
            with suppress(OSError, ValueError, KeyError, TypeError):
                said = json.loads(file.read_text(encoding="utf-8"))["ledger"]
                yield file, Mark(identity=str(said["identity"]), writes=int(said["writes"]))


def _read(place: Path) -> Mark | None:
    """What is written there; None: it is cut off, or is nothing of ours."""
    try:
        said = json.loads(place.read_bytes())
        mark = Mark(identity=str(said["identity"]), writes=int(said["writes"]))
    except (OSError, ValueError, KeyError, TypeError):
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
    finally:
        os.close(number)


def _sum(mark: Mark) -> str:
    return f"{zlib.crc32(f'{mark.identity} {mark.writes}'.encode()):08x}"
