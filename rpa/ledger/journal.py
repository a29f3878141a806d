"""The journal: a second place for holds, actions and sealed items, var/journal-ledger.jsonl, a line each change.

What forbids something is written before the ledger's commit, what frees something after it: a kill in between leaves
one hold or one open action too many, never one too few. Lines are only added; each has a sum of its own. Without the
ledger, the last line on a subject is what counts.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rpa.errors import ConfigError
from rpa.files import write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

LARGE_BYTES: Final = 32 << 20
"""From this size on it begins anew with what is still open."""
_NOTED: Final = "rpa.noted"
_OF_AN_ACTION: Final = ("shop", "kind", "subject", "part", "run_id", "created_at")
_NOT_WRITTEN = Text(
    en="{file} cannot be written ({problem}); nothing was recorded. Free some disk space, or give this user the right.",
    zh="无法写入 {file}（{problem}），未做任何记录。请清理磁盘空间或检查权限。",
)

Entry = Mapping[str, Any]


@dataclass(slots=True)
class Noted:
    """What a transaction has to write beside the ledger."""

    binding: list[Entry] = field(default_factory=list)
    freeing: list[Entry] = field(default_factory=list)
    lasting: bool = False
    """It must be on the disk before the transaction ends."""


def begin_noting(connection: Connection) -> Noted:
    """What is noted on this connection from now on."""
    noted = connection.info[_NOTED] = Noted()
    return noted


def note(connection: Connection, entries: Iterable[Entry], *, binds: bool, lasting: bool = False) -> None:
    """Have these written with this transaction. `lasting`: waited for until the disk has them."""
    noted: Noted = connection.info.setdefault(_NOTED, Noted())
    new = list(entries)
    (noted.binding if binds else noted.freeing).extend(new)
    noted.lasting = noted.lasting or (lasting and bool(new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the journal says."""

    entries: tuple[Entry, ...]
    unreadable: int
    """So many lines are cut off or damaged."""


class Journal:
    """The journal beside this ledger."""

    def __init__(self, ledger: Path) -> None:
        self.file = ledger.with_name(f"journal-{ledger.stem}.jsonl")

    @property
    def is_there(self) -> bool:
        """Whether it has begun."""
        return self.file.exists()

    @property
    def is_due(self) -> bool:
        """Whether it is not there, or has grown so large that it is to begin anew."""
        try:
            size = self.file.stat().st_size
            return size > LARGE_BYTES and size > 2 * self._began_with()
        except FileNotFoundError:
            return True

    def _began_with(self) -> int:
        """So many bytes it began with: what stands may be much by itself."""
        with self.file.open("rb") as file:
            first = _entry(file.readline()) or {}
        return int(first.get("bytes", 0))

    def add(self, entries: Sequence[Entry], *, lasting: bool) -> None:
        """Add a line each. Raises ConfigError."""
        if not entries:
            return
        lines = "".join(map(_line, entries)).encode()
        try:
            number = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
            try:
                _append(number, lines)
                if lasting:
                    os.fsync(number)
            finally:
                os.close(number)
        except OSError as error:
            raise ConfigError(_NOT_WRITTEN.with_words(file=self.file, problem=error.strerror or error)) from error

    def begin_anew(self, entries: Iterable[Entry]) -> None:
        """Have these lines alone, or what was there. Raises ConfigError."""
        lines = "".join(map(_line, entries)).encode()
        try:
            write_atomically(self.file, _line({"do": "begin", "bytes": len(lines)}).encode() + lines)
        except OSError as error:
            raise ConfigError(_NOT_WRITTEN.with_words(file=self.file, problem=error.strerror or error)) from error

    def read(self) -> Kept:
        """All that can be read, in the order in which it was written."""
        try:
            lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Kept(entries=(), unreadable=0)
        found = [_entry(line) for line in lines if line.strip()]
        return Kept(entries=tuple(each for each in found if each), unreadable=sum(not each for each in found))


def _append(number: int, lines: bytes) -> None:
    """Write on; what a power cut or a full disk left of a line must not swallow the next one."""
    size = os.lseek(number, 0, os.SEEK_END)
    if size and not _ends_a_line(number, size=size):
        lines = b"\n" + lines
    while lines:
        lines = lines[os.write(number, lines) :]


def _ends_a_line(number: int, *, size: int) -> bool:
    os.lseek(number, size - 1, os.SEEK_SET)
    return os.read(number, 1) == b"\n"


def _line(entry: Entry) -> str:
    text = json.dumps(dict(entry), sort_keys=True)
    return json.dumps({"sum": _sum(text)})[:-1] + f", {text[1:]}\n"


def _entry(line: bytes) -> Entry | None:
    """What the line says; None: it is not whole."""
    try:
        said = json.loads(line)
        checksum = said.pop("sum")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return said if checksum == _sum(json.dumps(said, sort_keys=True)) else None


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def last_words(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """What counts in the end: the holds that stand, those that were lifted (with their lifting), the actions."""
    held: dict[tuple[str, ...], Entry] = {}
    lifted: dict[tuple[str, ...], Entry] = {}
    actions: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        if entry.get("do") == "hold":
            key = _hold_key(entry)
            held[key] = entry
            lifted.pop(key, None)
        elif entry.get("do") == "lift":
            for key in _ended_by(entry, held):
                del held[key]
                lifted[key] = {**entry, "cause": key[-1]}
        elif entry.get("do") == "action":
            actions[tuple(str(entry[name]) for name in _OF_AN_ACTION)] = entry
    return list(held.values()), list(lifted.values()), list(actions.values())


def last_items(entries: Iterable[Entry]) -> list[Entry]:
    """The last word on each sealed item, those that are free again first: a subject takes one item a position."""
    items: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if entry.get("do") == "item":
            key = str(entry["owner"]), str(entry["digest"])
            # what was freed is written after the commit: another process may have written first whose it is since
            if key not in items or items[key]["at"] <= entry["at"]:
                items[key] = entry
    return sorted(items.values(), key=lambda entry: entry["state"] != "free")


def _hold_key(entry: Entry) -> tuple[str, ...]:
    return str(entry["shop"]), str(entry["subject"]), str(entry["cause"])


def _ended_by(lift: Entry, held: Mapping[tuple[str, ...], Entry]) -> Iterator[tuple[str, ...]]:
    """The holds that this lifting ended: not those that another process put on after it, and wrote first."""
    causes = [lift["cause"]] if lift["cause"] else {cause for shop, subject, cause in held}
    for key in ((str(lift["shop"]), str(lift["subject"]), str(cause)) for cause in causes):
        if key in held and held[key]["at"] <= lift["at"]:
            yield key
