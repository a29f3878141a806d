"""Private files, written whole or not at all; and files that others have open."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from rpa.clock import Clock

if TYPE_CHECKING:
    from openpyxl import Workbook

T = TypeVar("T")

_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
"""Opening a pipe waits for whoever writes to it, unless it is opened so."""
_NO_FILE = {errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.ENODEV, errno.EISDIR}
"""What systems say to opening a link that is not to be followed, a socket, a device that is not there, a folder."""
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


class NotRegular(OSError):
    """A link, a folder, a pipe, a socket or a device where a file should be."""


class TooLarge(OSError):
    """A file that is not taken into memory."""


def read_regular(path: Path, *, most_bytes: int, links: bool = False) -> bytes:
    """The content of a file; nothing else is opened for reading, nor waited for.

    `links`: whether the path may be a link to the file. Raises NotRegular; TooLarge, however much of it is empty;
    OSError.
    """
    with open_regular(path, links=links) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(size + 1) if size <= most_bytes else b""
    if max(size, len(data)) > most_bytes:
        raise TooLarge(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def open_regular(path: Path, *, links: bool = False) -> BinaryIO:
    """A file, open for reading. Raises as `read_regular`."""
    if not links and path.is_symlink():  # Windows cannot refuse it while it opens
        raise _not_regular(path)
    try:
        number = os.open(path, _READING if links else _READING | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _not_regular(path) from error
        raise
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise _not_regular(path)
    return os.fdopen(number, "rb")


def _not_regular(path: Path) -> NotRegular:
    return NotRegular(errno.EINVAL, "no regular file", str(path))


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
