"""Stability of files: which have arrived whole, are still, and are no office program's lock file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rpa.clock import Clock
from rpa.language import Text

LOCK_PREFIXES = ("~$", ".~lock", ".~")
GROWING = Text(en="The file is still being written; the next run reads it.", zh="文件仍在写入，下次运行再读取。")
LOCK_FILE = Text(en="A lock file of an office program, not a sheet.", zh="办公软件的锁文件，不是表格。")
NO_ROWS = Text(en="The sheet has headers but no rows.", zh="表格只有表头，没有数据行。")

_AHEAD_S: Final = 300.0
"""The clock of another computer may be ahead by that."""

State = tuple[int, int] | None
"""Size and modification time in ns; None: the file cannot be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A file that was not read, or had nothing to read, through no fault of its own."""

    path: Path
    why: Text


def state(path: Path) -> State:
    """How the file looks at this moment."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def readable(path: Path) -> Path:
    """The path as it can be printed and kept: on Linux a name may be bytes that are no UTF-8, as from an archive."""
    return Path(*(_readable(part) for part in path.parts))


def _readable(name: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return os.fsencode(name).decode(encoding)
        except UnicodeDecodeError:
            continue
    return os.fsencode(name).decode("utf-8", "replace")


def each_once(paths: Iterable[Path]) -> list[Path]:
    """The paths in their order, each file once, however it is named."""
    return list({path.resolve(): path for path in reversed(list(paths))}.values())[::-1]


def is_younger(seen: State, than_s: float, *, now_s: float) -> bool:
    """Whether a file was written to since then. Of a time that lies far ahead this cannot be told, and it is not."""
    return than_s > 0 and seen is not None and -_AHEAD_S <= now_s - seen[1] / 1e9 < than_s


def growing(paths: Sequence[Path], *, clock: Clock, stable_s: float) -> set[Path]:
    """The files that change within `stable_s`. Files untouched for so long are not waited for."""
    now_s = clock.now().timestamp()
    before = {path: state(path) for path in paths}
    young = {path: seen for path, seen in before.items() if seen and not now_s - seen[1] / 1e9 >= stable_s}
    if not young:
        return set()
    clock.wait(stable_s)
    return {path for path, seen in young.items() if state(path) != seen}
