"""Private files, written whole or not at all; and files that others have open."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

from rpa.clock import Clock
from rpa.errors import ConfigError
from rpa.language import Text

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


LOW_GB: Final = 2.0
"""With less, somebody is told to make room."""
FULL_GB: Final = 0.2
"""With less, nothing is begun that must be written down first."""

_FULL = Text(
    en="Only {free:.2f} GB are left on the disk of {folder}, too little to keep what is done; nothing was started. "
    "Make room ({full} GB at least); a --dry-run is possible meanwhile.",
    zh="{folder} 所在磁盘仅剩 {free:.2f} GB，不足以保存处理记录，什么都没有启动。请清理磁盘（至少 {full} GB）；"
    "期间可用 --dry-run 预演。",
)


def free_gb(folder: Path) -> float:
    """Gigabytes (10^9) left on the disk of this folder, which need not be there yet."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free / 1e9


def is_full(folder: Path) -> bool:
    """Whether there is too little room to keep, before a click, what is about to be done."""
    return free_gb(folder) < FULL_GB


def check_room(folder: Path) -> None:
    """Raise ConfigError when the disk of this folder is too full to keep what is done."""
    if is_full(folder):
        raise ConfigError(_FULL.with_words(free=free_gb(folder), folder=folder, full=FULL_GB))
