"""Private files, written whole or not at all; and files that others have open."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rpa.clock import Clock

if TYPE_CHECKING:
    from openpyxl import Workbook

T = TypeVar("T")

_PART = re.compile(r"\..+\.[a-z0-9_]{8}")
_AGAIN_AFTER_S = 0.02
_TIMES = 50


def private_folder(path: Path) -> Path:
    """This folder, made if need be, readable by its owner only; `rpa doctor` tells of one that is another's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(PermissionError):
        path.chmod(0o700)
    return path


def kept_in(folder: Path) -> dict[str, str]:
    """The environment variables that tell a program to keep its temporary files in this folder."""
    return dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; a reader or a crash finds the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        once_free(lambda: part.replace(path))
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def save_workbook(workbook: Workbook, path: Path) -> None:
    """Save it in this file, and close that also when the disk is full: `Workbook.save` would leave it open."""
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.writer.excel import ExcelWriter

    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).save()


def once_free(act: Callable[[], T]) -> T:
    """What this gives, tried again for a second while it raises PermissionError.

    On Windows nobody can remove or replace a file while another reads it, nor open one that is just being removed.
    """
    for _ in range(_TIMES):
        try:
            return act()
        except PermissionError:
            Clock().wait(_AGAIN_AFTER_S)
    return act()


def sweep_parts(folder: Path, *, before: datetime) -> None:
    """Remove what a process that was killed in `write_atomically` before this moment left in this folder."""
    for path in folder.glob(".*"):
        if _PART.fullmatch(path.name) and path.is_file() and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
