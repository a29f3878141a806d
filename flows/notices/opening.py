"""Opening a downloaded file: archives unpacked to worksheets, what would not fit into memory left alone."""

from __future__ import annotations

import codecs
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from flows.notices.reasons import NoticeReason
from flows.sheets.files import IsHeader, whole_file, worksheets_in
from flows.sheets.limits import unpacking
from flows.sheets.quarantine import heeded
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.documents.archives import BadArchive, Limits, members, unpack
from rpa.documents.quarantine import Quarantine
from rpa.errors import RpaError
from rpa.language import Text

MOST_BYTES = 16 << 20
"""Larger files are not opened: at 16 MiB, reading takes half a gigabyte of memory."""
MOST_UNPACKED = 64 << 20
"""A workbook, or all files of an archive, may not unpack to more."""
MOST_FILES = 50
_RATIO = 100
"""What packs better than this was made to do so."""
_ZIP, _PAGE = b"PK", b"<"
_HEAD = 1024
_CONTENT_TYPES, _WORKBOOK = "[Content_Types].xml", "xl/"
_OF_WORKBOOKS = Limits(files=2000)
_FLAWS: Mapping[Flaw, NoticeReason] = MappingProxyType(
    {
        Flaw.EMPTY: NoticeReason.EMPTY_FILE,
        Flaw.PASSWORD: NoticeReason.PASSWORD,
        Flaw.BROKEN: NoticeReason.BROKEN_FILE,
        Flaw.KIND: NoticeReason.WRONG_TYPE,
        Flaw.PAGE: NoticeReason.HTML_PAGE,
        Flaw.LARGE: NoticeReason.TOO_LARGE,
        Flaw.FATAL: NoticeReason.BROKEN_FILE,
        Flaw.CONTENT: NoticeReason.BROKEN_FILE,
    }
)
_ARCHIVES: Mapping[str, NoticeReason] = MappingProxyType(
    {
        "password": NoticeReason.PASSWORD,
        "bomb": NoticeReason.BOMB,
        "broken": NoticeReason.BROKEN_FILE,
        "too_many": NoticeReason.TOO_MANY,
        "bad_name": NoticeReason.BAD_NAME,
    }
)


class Unopened(RpaError):
    """A file that cannot be read."""

    def __init__(self, reason: NoticeReason, *, text: Text | None = None) -> None:
        self.text = text or reason.text
        super().__init__(self.text.en)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One file and its worksheets, or why it has none."""

    name: str
    """For people: of a file in an archive, both names."""
    worksheets: tuple[Worksheet, ...] = ()
    is_page: bool = False
    """Whether it is written as a web page; exports call such tables .xls."""
    failure: Unopened | None = None


def open_tables(path: Path, *, is_header: IsHeader, fatal: Quarantine | None = None) -> Iterator[Opened]:
    """The file itself, or each file of the archive that it is, one after another.

    `fatal`: where it is noted that it is being read, until the next one is asked for.
    """
    try:
        _check_size(path)
        with heeded(whole_file(path), name=path.name, fatal=fatal):
            yield from _each(path, is_header=is_header)
    except OSError as error:
        yield Opened(name=path.name, failure=_unreadable(error))
    except NotASheet as refused:
        yield Opened(name=path.name, failure=Unopened(_FLAWS[refused.flaw], text=refused.text))
    except Unopened as failure:
        yield Opened(name=path.name, failure=failure)


def _each(path: Path, *, is_header: IsHeader) -> Iterator[Opened]:
    if not _is_archive(path):
        yield _opened(path, name=path.name, is_header=is_header)
        return
    with tempfile.TemporaryDirectory(prefix="rpa-") as folder:
        for member in _unpacked(path, into=Path(folder)):
            yield _opened(member, name=f"{path.name} / {member.name}", is_header=is_header)


def _opened(path: Path, *, name: str, is_header: IsHeader) -> Opened:
    try:
        _check_size(path)
        _check_workbook(path)
        worksheets = tuple(worksheets_in(whole_file(path), is_header=is_header))
        return Opened(name=name, worksheets=worksheets, is_page=_starts_with(path, _PAGE))
    except NotASheet as refused:
        return Opened(name=name, failure=Unopened(_FLAWS[refused.flaw], text=refused.text))
    except Unopened as failure:
        return Opened(name=name, failure=failure)


def _check_size(path: Path) -> None:
    if path.stat().st_size > MOST_BYTES:
        raise Unopened(NoticeReason.TOO_LARGE)


def _unreadable(error: OSError) -> Unopened:
    said = error.strerror or str(error)
    text = Text(en=f"The file cannot be opened ({said}).", zh=f"文件无法打开（{said}）。")
    return Unopened(NoticeReason.BROKEN_FILE, text=text)


def _starts_with(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(_HEAD).removeprefix(codecs.BOM_UTF8).lstrip().startswith(start)


def _is_archive(path: Path) -> bool:
    """Whether it is a zip of files, not one that is a workbook."""
    return _starts_with(path, _ZIP) and not any(_is_part(member) for member in _members(path))


def _is_part(member: zipfile.ZipInfo) -> bool:
    return member.filename == _CONTENT_TYPES or member.filename.startswith(_WORKBOOK)


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        return members(path, limits=_OF_WORKBOOKS)
    except BadArchive as refused:
        raise Unopened(_ARCHIVES[refused.reason]) from refused


def _unpacked(path: Path, *, into: Path) -> list[Path]:
    try:
        found = unpack(path, into=into, limits=Limits(files=MOST_FILES, bytes=MOST_UNPACKED))
    except BadArchive as refused:
        raise Unopened(_ARCHIVES[refused.reason]) from refused
    if not found:
        raise Unopened(NoticeReason.EMPTY_FILE)
    return found


def _check_workbook(path: Path) -> None:
    """Raise Unopened for a workbook that would unpack to more than fits."""
    if not _starts_with(path, _ZIP):
        return
    left = MOST_UNPACKED
    with path.open("rb") as file:
        for member in _members(path):
            left -= _real_size(file, member, most=left)


def _real_size(file: BinaryIO, member: zipfile.ZipInfo, *, most: int) -> int:
    """How many bytes come out of a member; the size that it names is not believed. Raises Unopened."""
    size = 0
    for packed, chunk in unpacking(file, member):
        size += len(chunk)
        if size > most:
            raise Unopened(NoticeReason.BOMB if size > _RATIO * packed else NoticeReason.TOO_LARGE)
    return size
