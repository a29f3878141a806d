"""Finding whole files in an inbox: an upload may stall for longer than anybody watches, and go on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.inbox.folder import InboxFolder
from flows.sheets.files import MOST_BYTES, TOO_LARGE, ends_whole
from flows.sheets.stability import GROWING, LeftAlone, State, growing, is_younger, readable, state
from rpa.files import TooLarge
from rpa.language import Text
from rpa.untrusted_folder import FolderRefused, NoPlainFile, read_plain

if TYPE_CHECKING:
    from rpa.config import Config

QUIET_S: Final = 60.0
"""So long nobody may have written to a file that is taken in."""
_TIMES_UNENDED: Final = 10
"""So many times as long when it ends in the middle of a line: there, a number that was cut may pass for a whole one."""
_WATCHED_S: Final = 2.0

_NOT_THERE = Text(
    en="The inbox cannot be looked into ({why}); see that the folder is there.",
    zh="无法打开收件夹（{why}）；请检查该文件夹。",
)
_IN_USE = Text(
    en="The file cannot be read now; close the program that has it open. The next run takes it.",
    zh="文件暂时无法读取；请关闭正在使用它的程序，下次运行再收取。",
)
_NO_FILE = Text(
    en="It is a link, a pipe or a device; put the file itself there.",
    zh="这是链接、管道或设备，不是普通文件；请放入文件本身。",
)
_YOUNG = Text(
    en="It has only just been written; a run takes it once nobody has written to it for a minute.",
    zh="文件刚刚写入；一分钟内没有再写入后，下次运行收取。",
)
_UNENDED = Text(
    en="Its last line does not end, so there may be more to come; a run takes it once nobody has written to it for "
    "ten minutes.",
    zh="最后一行没有换行，可能还未写完；十分钟内没有再写入后，下次运行收取。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file of the inbox, read as a whole."""

    path: Path
    seen: State
    """How it looked while it was read."""
    data: bytes
    sha256: str
    """What makes its content the same as another's."""

    @property
    def name(self) -> str:
        """As it can be kept."""
        return readable(self.path).name


def found_in(folder: InboxFolder, *, config: Config, quiet_s: float) -> Iterator[Found | LeftAlone]:
    """The files of an inbox, oldest first; those that are not whole, or cannot be read yet, are left alone."""
    try:
        paths, links = folder.sheets()
    except OSError as error:
        yield LeftAlone(path=folder.path, why=why_not(error))
        return
    yield from whole_of(paths, config=config, quiet_s=quiet_s)
    yield from (LeftAlone(path=readable(path), why=_NO_FILE) for path in links)


def why_not(error: OSError) -> Text:
    """Why an inbox cannot be looked into."""
    if isinstance(error, FolderRefused):
        return error.why
    return _NOT_THERE.with_words(why=error.strerror or error)


def whole_of(paths: Sequence[Path], *, config: Config, quiet_s: float) -> Iterator[Found | LeftAlone]:
    """These files in their order, each read when it is asked for: together they may be more than fits into memory.

    `quiet_s`: so long nobody may have written to it; 0: what stands still while it is looked at will do.
    """
    now_s = config.clock.now().timestamp()
    young = [path for path in paths if is_younger(state(path), quiet_s, now_s=now_s)]
    moving = growing([path for path in paths if path not in young], clock=config.clock, stable_s=_WATCHED_S)
    for path in paths:
        read = _YOUNG if path in young else GROWING if path in moving else _read(path)
        if isinstance(read, Found) and not ends_whole(read.data):
            read = _UNENDED if is_younger(read.seen, quiet_s * _TIMES_UNENDED, now_s=now_s) else read
        yield read if isinstance(read, Found) else LeftAlone(path=readable(path), why=read)


def _read(path: Path) -> Found | Text:
    """The file, or why it cannot be read."""
    try:
        data, seen = read_plain(path, most_bytes=MOST_BYTES)
    except NoPlainFile:
        return _NO_FILE
    except TooLarge:
        return TOO_LARGE
    except OSError:
        return _IN_USE
    if state(path) != seen:
        return GROWING
    return Found(path=path, seen=seen, data=data, sha256=hashlib.sha256(data).hexdigest())
