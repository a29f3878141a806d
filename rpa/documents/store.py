"""One shop's folder of documents. A file has its name only when it is whole, and no file is ever written over."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from rpa.documents.names import numbered, safe_name
from rpa.files import private_folder

_INCOMING = ".incoming-"
_OWNER = re.compile(rf"{re.escape(_INCOMING)}(\d+)-")
_CLOCK_SLACK_S = 60.0
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EMLINK}
"""What a file system without hard links, or another file system, says to a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that is whole on disk, under its name."""

    path: Path
    sha256: str
    size_bytes: int


class DocumentStore:
    """A folder that only its owner can read. Folders left in it by killed processes are swept when it is opened."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)
        for left in self.root.glob(f"{_INCOMING}*"):
            if _is_left(left):
                shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A private folder for what is not whole yet, removed at the end with everything in it."""
        folder = Path(tempfile.mkdtemp(prefix=f"{_INCOMING}{os.getpid()}-", dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, path: Path, *, folder: str, name: str) -> Kept:
        """Move a whole file to `folder`/`name` (both made safe) and onto the disk; it is at no moment there in part.

        Where a file of this content has the name already, that one is given; beside another content the name is
        `x-2.xlsx`, and so on.
        """
        place = self._folder(folder)
        sha256, size = _synced(path)
        names = map(place.joinpath, numbered(safe_name(name, fallback="document")))
        final = next(each for each in names if self._moved(path, each) or _is_same(each, sha256=sha256, size=size))
        if path.resolve() != final.resolve():
            path.unlink()
        _sync_folder(place)
        return Kept(path=final, sha256=sha256, size_bytes=size)

    def is_whole(self, path: Path, *, sha256: str) -> bool:
        """Whether this file is there with exactly this content."""
        return path.is_file() and _hash(path) == sha256

    def _folder(self, folder: str) -> Path:
        place = self.root
        for part in folder.split("/"):
            inner = place / safe_name(part, fallback="documents")
            if not inner.is_dir():
                private_folder(inner)
                _sync_folder(place)
            place = inner
        return place

    def _moved(self, path: Path, final: Path) -> bool:
        """Give a file its name, unless something has it; whether it has it now."""
        try:
            os.link(path, final)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return self._renamed(path, final)
        return True

    def _renamed(self, path: Path, final: Path) -> bool:
        """The same where no links can be made: a rename, which would write over, while nobody else renames."""
        with FileLock(self.root / ".keeping.lock"), self.incoming() as folder:
            if os.path.lexists(final):
                return False
            part = folder / "part"
            shutil.copyfile(path, part)
            _synced(part)
            part.rename(final)
        return True


def _is_left(folder: Path) -> bool:
    """Whether the process that made this folder is gone; its number may be another's by now."""
    owner = _OWNER.match(folder.name)
    if owner is None:
        return False
    import psutil

    try:
        began_at: float = psutil.Process(int(owner.group(1))).create_time()
        return began_at > folder.stat().st_mtime + _CLOCK_SLACK_S
    except (psutil.NoSuchProcess, FileNotFoundError):
        return True


def _synced(path: Path) -> tuple[str, int]:
    """Make a file private and put it onto the disk; its sha256 and size."""
    path.chmod(0o600)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return _hash(path), path.stat().st_size


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_same(path: Path, *, sha256: str, size: int) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
        return False
    return _hash(path) == sha256


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder; NTFS keeps its own journal of names
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
