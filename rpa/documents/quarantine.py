"""Quarantine of files over which processes came to their end: known by content, not read until a person says so.

One process that ends while it reads may have been ended by anything, and the file is read once more. The second one
that ends over the same content was ended by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rpa.files import private_folder

_ONCE: Final = ".once"
_ENDED: Final = ".ended"
_CLOCK_SLACK_S: Final = 2.0
"""The system tells to the second when a process began."""


class Fatal(Exception):
    """Two processes that were reading this content were ended: the file is set aside."""

    def __init__(self, note: Path) -> None:
        """`note`: the file that says so; without it, the content is read again."""
        super().__init__(str(note))
        self.note = note


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Notes of what is being read, in a folder of their own. Those of processes that are gone say what ended them."""

    folder: Path
    _mine: set[Path] = field(default_factory=set, compare=False)

    @contextmanager
    def reading(self, sha256: str, *, name: str) -> Iterator[None]:
        """This content, of a file that people know by this name, is being read. Raises Fatal when it must not be."""
        note = self.folder / f"{sha256}.{os.getpid()}"
        self._refuse(sha256)
        self._mine.add(note)
        with suppress(OSError):  # a full disk keeps nobody from reading
            private_folder(self.folder)
            note.write_text(f"{name}\n", encoding="utf-8", errors="replace")
        try:
            yield
        finally:
            self._mine.discard(note)
            for over in (note, self.folder / f"{sha256}{_ONCE}"):
                with suppress(OSError):
                    over.unlink()

    def _refuse(self, sha256: str) -> None:
        once, ended = (self.folder / f"{sha256}{suffix}" for suffix in (_ONCE, _ENDED))
        for note in self.folder.glob(f"{sha256}.*"):
            if note not in {once, ended, *self._mine} and _is_left(note):
                with suppress(FileNotFoundError):  # another run has come to know it, too
                    note.replace(ended if once.exists() else once)
        if ended.exists():
            once.unlink(missing_ok=True)
            raise Fatal(ended)


def _is_left(note: Path) -> bool:
    """Whether the process that made this note is gone; its number may be another's by now, or even ours."""
    import psutil

    pid = int(note.suffix.removeprefix(".")) if note.suffix.removeprefix(".").isdecimal() else 0
    if pid == os.getpid():
        return True
    try:
        began_at = float(psutil.Process(pid).create_time())
        return began_at > note.stat().st_mtime + _CLOCK_SLACK_S
    except (psutil.NoSuchProcess, FileNotFoundError):
        return True
    except psutil.AccessDenied:
        return False
