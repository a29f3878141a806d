"""Unpacking a zip that somebody else made: no member leads out of the folder, and no size it names is believed."""

from __future__ import annotations

import errno
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rpa.documents.names import numbered, safe_name
from rpa.errors import RpaError

Reason = Literal["password", "bomb", "broken", "too_many", "bad_name"]
_CHUNK = 1 << 16
_FREE_BYTES = 1 << 20
"""So much may come out of any archive, however small it is."""
_ENTRY_BYTES = 4096
"""So much may the directory say of one member."""
_LARGE_DIRECTORY = b"PK\x06\x07"
"""Stands before the end of an archive with more than 65,535 members or 4 GiB."""
_FAR_TOO_LONG = 1 << 32
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""What can be unpacked a little at a time: of others, a small part alone may become a gigabyte."""
_ENCRYPTED = 0x1
_UTF8 = 0x800
_TABLES = {".xlsx", ".xlsm", ".xlsb", ".docx", ".ods"}
"""Zips by their format, archives to nobody."""
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\x00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an archive may come to."""

    files: int = 50
    bytes: int = 256 << 20
    """Unpacked, all together."""
    ratio: int = 200
    """Unpacked to packed."""


class BadArchive(RpaError):
    """An archive that is not unpacked."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message)
        self.reason = reason


def unpack(path: Path, *, into: Path, limits: Limits | None = None) -> list[Path]:
    """The files of a zip, in its order, flat in the folder `into`, their names made safe.

    Raises BadArchive: `password` (a member is encrypted), `bomb` (more comes out than allowed, or an archive is in it),
    `too_many`, `bad_name` (a member leads elsewhere: `..`, a drive, a link), `broken`. What was unpacked by then is
    left in `into`.
    """
    limits = limits or Limits()
    with _opened(path, limits=limits) as archive:
        found = [member for member in archive.infolist() if not member.filename.endswith("/")]
        if len(found) > limits.files:
            raise BadArchive(f"{path.name} has {len(found)} files, more than {limits.files}.", reason="too_many")
        names = [_checked_name(member) for member in found]
        most = min(limits.bytes, max(_FREE_BYTES, limits.ratio * path.stat().st_size))
        left, out = most, []
        for member, name in zip(found, names, strict=True):
            target = _free(into, safe_name(re.split(r"[/\\]", name)[-1], fallback="file"))
            left -= _write(archive, member, target=target, left=left)
            out.append(target)
    for each in out:
        if each.suffix.lower() not in _TABLES and zipfile.is_zipfile(each):
            raise BadArchive(f"{path.name} has the archive {each.name} in it.", reason="bomb")
    return out


def members(path: Path, *, limits: Limits | None = None) -> list[zipfile.ZipInfo]:
    """What a zip says is in it; nothing is unpacked, and nothing of it is to be believed.

    Raises BadArchive: `broken`, or `too_many` where its directory is much longer than `limits.files` members need.
    """
    with _opened(path, limits=limits or Limits()) as archive:
        return archive.infolist()


def _opened(path: Path, *, limits: Limits) -> zipfile.ZipFile:
    if _directory_bytes(path) > limits.files * _ENTRY_BYTES:
        raise BadArchive(f"{path.name} lists far more than {limits.files} files.", reason="too_many")
    with _reading(path.name):
        return zipfile.ZipFile(path)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """What zipfile raises for bytes that make no sense; a disk that fails is another matter."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadArchive(f"{name} cannot be unpacked: {error}.", reason="broken") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise BadArchive(f"{name} cannot be unpacked: it points before its own beginning.", reason="broken") from error


def _directory_bytes(path: Path) -> int:
    """How long the archive's directory says it is: reading one of millions of members takes a gigabyte."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (22 + 0xFFFF)))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadArchive(f"{path.name} is no zip, or the end of it is missing.", reason="broken")
    length: int = struct.unpack_from("<L", tail, at + 12)[0]
    return _FAR_TOO_LONG if tail[max(0, at - 20) :].startswith(_LARGE_DIRECTORY) else length


def _checked_name(member: zipfile.ZipInfo) -> str:
    """The member's name as it was meant. Raises BadArchive for one that is encrypted or leads elsewhere."""
    name = _decoded(member)
    if member.flag_bits & _ENCRYPTED:
        raise BadArchive(f"{name!r} is encrypted; ask for it without a password.", reason="password")
    if member.compress_type not in _METHODS:
        raise BadArchive(f"{name!r} is packed by method {member.compress_type}, which is not read.", reason="broken")
    if _OUTSIDE.search(name) or stat.S_ISLNK(member.external_attr >> 16):
        raise BadArchive(f"{name!r} leads out of the archive.", reason="bad_name")
    return name


def _decoded(member: zipfile.ZipInfo) -> str:
    """A name without the UTF-8 flag is in UTF-8 all the same, or in GBK, as Chinese systems write it."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return member.orig_filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member.orig_filename


def _free(folder: Path, name: str) -> Path:
    return next(path for each in numbered(name) if not (path := folder / each).exists())


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, target: Path, left: int) -> int:
    """Unpack one member; how many bytes really came. Raises BadArchive (`bomb`) when more than `left` come."""
    count = 0
    with target.open("xb") as file:
        target.chmod(0o600)
        for chunk in _chunks(archive, member):
            count += len(chunk)
            if count > left:
                raise BadArchive(f"More comes out of {target.name} than an archive may hold.", reason="bomb")
            file.write(chunk)
    return count


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with _reading(member.filename), archive.open(member) as source:
        while chunk := source.read(_CHUNK):
            yield chunk
