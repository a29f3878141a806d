"""Untrusted folders, into which others may write, too: opened once, following no link.

A path is looked up anew at each use, and whoever may write to a folder can put a link to another in the place of what
it holds between two of them. An open folder stays the one that was looked at. Where the system cannot work by open
folders (Windows), each name is looked at right before it is used.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rpa.files import TooLarge
from rpa.language import Text

FileState = tuple[int, int]
"""Size, and modification time in ns."""

_BY_NUMBER: Final = (
    hasattr(os, "O_NOFOLLOW")
    and hasattr(os, "O_DIRECTORY")
    and {os.open, os.stat, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd
    and os.listdir in os.supports_fd
)
_READING: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAKING: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_JUNCTION: Final = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
_NO_FOLDER = Text(
    en="{path} is a link or no folder; put a folder there. Nothing was moved or written through it.",
    zh="{path} 是链接或不是文件夹，请换成普通文件夹；程序没有经由它移动或写入任何文件。",
)
_OTHERS = Text(
    en="{path} belongs to user {owner}, who is neither this one nor the owner of the folder around it; remove it, or "
    "have its owner changed.",
    zh="{path} 属于用户 {owner}，既不是本用户，也不是上级文件夹的所有者；请删除，或更改其所有者。",
)
_LINK_OF_OTHERS = Text(
    en="{path} is a link that belongs to user {owner}; it is not followed. Put a folder there, or make the link "
    "yourself.",
    zh="{path} 是用户 {owner} 创建的链接，程序不会使用；请换成普通文件夹，或由本用户创建链接。",
)


class FolderRefused(OSError):
    """A folder that may lead elsewhere, or that another made; `why` says so to people."""

    def __init__(self, why: Text) -> None:
        super().__init__(errno.EPERM, why.en)
        self.why = why


class NoPlainFile(OSError):
    """A link, a pipe, a device or a folder in the place of a file."""

    def __init__(self, name: str) -> None:
        super().__init__(errno.EINVAL, "It is a link or no regular file", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrustedFolder:
    """A folder that is open; names are those of things directly in it."""

    path: Path
    number: int | None
    """The system's, while it is open; None: it is worked in by its path."""

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[UntrustedFolder]:
        """The folder at this path until the block ends. Raises FolderRefused for a link, OSError when it cannot be."""
        with _opened(path, name=str(path), around=None) as folder:
            yield folder

    @contextmanager
    def folder(self, name: str) -> Iterator[UntrustedFolder]:
        """The folder of this name in it, made if need be, for the eyes of those who may look into this one.

        Raises FolderRefused for a link, and for one that belongs neither to this user, nor to root, nor to the owner
        of this folder.
        """
        made = False
        with suppress(FileExistsError):
            os.mkdir(self._at(name), 0o700, dir_fd=self.number)
            made = True
        with _opened(self.path / name, name=name, around=self) as folder:
            self._refuse_others(folder)
            if made and folder.number is not None:
                self._show(folder.number)
            yield folder

    def names(self) -> list[str]:
        """What is in it."""
        if self.number is None:
            return [each.name for each in self.path.iterdir()]
        return os.listdir(self.number)  # noqa: PTH208 - a Path knows no open folder

    def state(self, name: str) -> FileState | None:
        """How the file of this name looks at this moment; None: there is none, or it is a link or no regular file."""
        try:
            found = os.stat(self._at(name), dir_fd=self.number, follow_symlinks=False)
        except OSError:
            return None
        return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    def has(self, name: str) -> bool:
        """Whether anything has this name, a link that leads nowhere too."""
        try:
            os.stat(self._at(name), dir_fd=self.number, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def leads_away(self, name: str) -> bool:
        """Whether this is a link, a pipe or a device: neither a file nor a folder."""
        try:
            mode = os.stat(self._at(name), dir_fd=self.number, follow_symlinks=False).st_mode
        except OSError:
            return False
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))

    def read(self, name: str, *, most_bytes: int = sys.maxsize) -> tuple[bytes, FileState]:
        """The file, and how it looked when it was opened.

        Raises NoPlainFile; TooLarge, however much of it is empty; OSError when it cannot be read.
        """
        if self.number is None and self.state(name) is None:
            raise NoPlainFile(name)
        try:
            number = os.open(self._at(name), _READING, dir_fd=self.number)
        except OSError as error:
            raise (NoPlainFile(name) if error.errno == errno.ELOOP else error) from error
        with os.fdopen(number, "rb") as file:
            seen = os.fstat(file.fileno())
            if not stat.S_ISREG(seen.st_mode):
                raise NoPlainFile(name)
            data = file.read(seen.st_size + 1) if seen.st_size <= most_bytes else b""
        if max(seen.st_size, len(data)) > most_bytes:
            raise TooLarge(errno.EFBIG, os.strerror(errno.EFBIG), name)
        return data, (seen.st_size, seen.st_mtime_ns)

    def write(self, name: str, data: bytes, *, instead: bool = True, written_ns: int | None = None) -> None:
        """Write this file whole or not at all; who may look into the folder may read it.

        `instead`: in place of what has this name; else FileExistsError is raised for it. `written_ns`: the modification
        time that it is to show.
        """
        if not instead and self.has(name):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        part = f".{name}.part"
        with suppress(FileNotFoundError):  # of a process that was killed
            self.remove(part)
        number = os.open(self._at(part), _MAKING, 0o600, dir_fd=self.number)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                self._show(number)
                file.flush()
                os.fsync(number)
            if written_ns is not None:
                os.utime(self._at(part), ns=(written_ns, written_ns), dir_fd=self.number)
            self._replace(part, name)
        except BaseException:
            with suppress(OSError):
                self.remove(part)
            raise

    def move(self, name: str, *, to: UntrustedFolder, name_there: str) -> None:
        """Move what has this name, itself and never what it may lead to, to where nothing has that name."""
        if self.number is None or to.number is None:
            (self.path / name).rename(to.path / name_there)
        else:
            os.rename(name, name_there, src_dir_fd=self.number, dst_dir_fd=to.number)

    def remove(self, name: str) -> None:
        """Remove this file, or this link."""
        os.unlink(self._at(name), dir_fd=self.number)

    def _replace(self, name: str, by: str) -> None:
        if self.number is None:
            (self.path / name).replace(self.path / by)
        else:
            os.rename(name, by, src_dir_fd=self.number, dst_dir_fd=self.number)

    def _at(self, name: str) -> str:
        """What the system takes for this name. A name that leads anywhere else is a mistake of the caller."""
        if name in {"", ".", ".."} or "/" in name or os.sep in name:
            raise ValueError(f"{name!r} is no name of a file in a folder")
        return str(self.path / name) if self.number is None else name

    def _show(self, number: int) -> None:
        """Have a new file or folder of ours in this one be read by those who may read this one, written by us alone."""
        if self.number is None:
            return
        around, made = os.fstat(self.number).st_mode, os.fstat(number).st_mode
        mode = 0o700 | around & (0o055 | stat.S_ISGID) if stat.S_ISDIR(made) else 0o600 | around & 0o044
        with suppress(OSError):  # a disk that knows no modes
            os.fchmod(number, mode)

    def _refuse_others(self, folder: UntrustedFolder) -> None:
        if self.number is None or folder.number is None:
            return
        owner, around = os.fstat(folder.number).st_uid, os.fstat(self.number).st_uid
        if owner not in {os.geteuid(), 0, around} and owner != self._owner_of_new():
            raise FolderRefused(_OTHERS.with_words(path=folder.path, owner=owner))

    def _owner_of_new(self) -> int:
        """To whom a file belongs that this user makes here: a server of files may give them all to one."""
        name = f".{os.getpid()}.part"
        try:
            number = os.open(self._at(name), _MAKING, 0o600, dir_fd=self.number)
        except OSError:
            return -1
        try:
            return os.fstat(number).st_uid
        finally:
            os.close(number)
            self.remove(name)


def read_plain(path: Path, *, most_bytes: int) -> tuple[bytes, FileState]:
    """`UntrustedFolder.read` of one file; neither it nor the folder that holds it may be a link."""
    with UntrustedFolder.opened(path.parent) as folder:
        return folder.read(path.name, most_bytes=most_bytes)


def refuse_links_of_others(path: Path) -> None:
    """Raise FolderRefused when a link on the way to this absolute path belongs neither to this user nor to root."""
    if os.name != "posix":
        return
    for part in (*reversed(path.parents), path):
        if not part.is_symlink():  # nor is what is not there, as who uses it will see
            continue
        owner = part.lstat().st_uid
        if owner not in {os.geteuid(), 0}:
            raise FolderRefused(_LINK_OF_OTHERS.with_words(path=part, owner=owner))


@contextmanager
def _opened(path: Path, *, name: str, around: UntrustedFolder | None) -> Iterator[UntrustedFolder]:
    if not _BY_NUMBER:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION:
            raise FolderRefused(_NO_FOLDER.with_words(path=path))
        yield UntrustedFolder(path=path, number=None)
        return
    try:
        number = os.open(name, _FOLDER, dir_fd=None if around is None else around.number)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise FolderRefused(_NO_FOLDER.with_words(path=path)) from error
        raise
    try:
        yield UntrustedFolder(path=path, number=number)
    finally:
        os.close(number)
