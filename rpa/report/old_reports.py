"""Retention of reports, pictures, and what lies beside them: removed when they were kept long enough."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.language import Text
from rpa.log import speak
from rpa.outcome import Outcome
from rpa.report.finishing import REPORT_CSV, read_run
from rpa.report.open_reports import RUN_FILE, is_open
from rpa.report.tables import latest, read_rows

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_STAYS = Text(en="{folder} stays for now: {why}", zh="{folder} 暂不清理：{why}")

_GONE: Final = ".gone-"


def old_folders(parent: Path, *, before: datetime) -> Iterator[Path]:
    """Folders in which nothing was made or removed since then. What an earlier removal left is removed first."""
    try:
        with os.scandir(parent) as found:
            entries = [entry for entry in found if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(_GONE):
            shutil.rmtree(entry.path, ignore_errors=True)
        elif not entry.name.startswith(".") and entry.stat(follow_symlinks=False).st_mtime < before.timestamp():
            yield Path(entry.path)


def discard(folder: Path) -> bool:
    """Remove this folder with all that is in it; False: somebody has a file of it open, and it stays as it is."""
    gone = folder.with_name(f"{_GONE}{folder.name}")
    try:
        folder.rename(gone)
    except OSError as error:
        speak("INFO", _STAYS, folder=folder, why=error.strerror)
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def discard_file(path: Path) -> bool:
    """Whether this file is gone now; False: somebody has it open, and it stays."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        speak("INFO", _STAYS, folder=path, why=error.strerror)
        return False
    return True


def discard_files(folder: Path, *, before: datetime) -> None:
    """Remove the files in this folder that were written before this moment."""
    for path in _old_files(folder, before=before):
        discard_file(path)


def discard_pictures(folder: Path, *, before: datetime) -> None:
    """The same for pictures, but the newest of each reason (DAY-TIME-MILLISECONDS-REASON.jpg) stays."""
    newest = {_reason(path): path for path in sorted(folder.glob("*.jpg"))}
    for path in _old_files(folder, before=before):
        if path != newest.get(_reason(path)):
            discard_file(path)


def _old_files(folder: Path, *, before: datetime) -> list[Path]:
    files = [path for path in folder.glob("*") if path.is_file()]
    return [path for path in files if path.stat().st_mtime < before.timestamp()]


def _reason(picture: Path) -> str:
    return "-".join(picture.stem.split("-")[3:])


def discard_reports(reports: Path, *, before: datetime, outstanding: Mapping[str, AbstractSet[str]]) -> int:
    """Remove reports of runs that began before this moment; gives how many.

    `outstanding`: by shop, the subjects that are not done; other shops' reports stay. One that says of such a subject
    that it needs a person stays, too, and so does one that is not whole.
    """
    return sum(
        discard(folder)
        for folder in old_folders(reports, before=before)
        if (folder / RUN_FILE).exists() and _is_over(folder, before=before, outstanding=outstanding)
    )


def _is_over(folder: Path, *, before: datetime, outstanding: Mapping[str, AbstractSet[str]]) -> bool:
    try:
        run = read_run(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if run.shop not in outstanding or run.started_at >= before or is_open(folder, shop=run.shop):
        return False
    return outstanding[run.shop].isdisjoint(_needing_a_person(folder))


def _needing_a_person(folder: Path) -> Iterator[str]:
    """Every cell of the rows that need a person: the subject is one of them, in whichever column the flow has it."""
    csv = latest(folder, name=REPORT_CSV)
    for row in read_rows(csv) if csv is not None else ():
        if row.get("outcome") == Outcome.NEEDS_PERSON:
            yield from row.values()
