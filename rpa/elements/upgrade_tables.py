"""Tables of steps that a profile of the user's own lacks, and the one that came with the program has: its lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING, Any, Final

from rpa.elements.roles import uses_in
from rpa.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.elements.profile import Profile

_STEPS: Final = "steps"
_COMMENT = re.compile(r"\s*(#.*)?")
_LEFT = Text(
    en="{path} lacks the table [{name}], and it is not written, because the file has no {missing}. Add that, then "
    "paste these lines:\n{lines}",
    zh="{path} 缺少 [{name}]，但文件中没有 {missing}，因此未写入。请先补上，再粘贴以下内容：\n{lines}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTable:
    """One of them, as the file that came with the program has it."""

    name: str
    lines: str
    """With the comments above and in it."""

    def left(self, path: Path, *, missing: Collection[str]) -> Text:
        """Why it is not written, with what is to be pasted."""
        return _LEFT.with_words(path=path, name=self.name, missing=", ".join(missing), lines=self.lines)


def lacking(data: Mapping[str, Any], *, bundled: str | None, tables: Collection[str]) -> list[StepTable]:
    """Those of these tables that only the bundled text has, in its order; none where there is no such text."""
    there = tomllib.loads(bundled) if bundled is not None else {}
    names = [name for name in there if name in tables and name not in data and _STEPS in there[name]]
    return [StepTable(name=name, lines=_lines_of(name, bundled or "")) for name in names]


def missing_for(text: str, table: StepTable, *, profile_of: Callable[[str], Profile]) -> list[str]:
    """What the table names and the profile in this text does not have."""
    before, after = profile_of(text), profile_of(with_table(text, table))
    lacked = {*uses_in(before).missing(before)}
    return [each for each in uses_in(after).missing(after) if each not in lacked]


def with_table(text: str, table: StepTable) -> str:
    """The text with the table at its end."""
    ends = "\r\n" if "\r\n" in text else "\n"
    return text.rstrip("\r\n") + ends + (ends + table.lines + "\n").replace("\r\n", "\n").replace("\n", ends)


def _lines_of(name: str, text: str) -> str:
    """All lines from the table's first heading to its last value, and the comments right above."""
    lines = text.splitlines()
    mine = [number for number, line in enumerate(lines) if _heads(line, name)]
    others = [number for number, line in enumerate(lines) if line.startswith("[") and number > mine[-1]]
    above = list(_comments(lines[: mine[0]]))
    inside = lines[mine[0] : min(others, default=len(lines))]
    inside = [*dropwhile(_COMMENT.fullmatch, reversed(inside))][::-1]
    return "\n".join([*above, *inside]).strip("\n")


def _heads(line: str, name: str) -> bool:
    return re.match(rf"\[{{1,2}}{re.escape(name)}[.\]]", line) is not None


def _comments(lines: list[str]) -> Iterator[str]:
    """What stands at the end of these lines and is no value."""
    count = next((n for n, line in enumerate(reversed(lines)) if not _COMMENT.fullmatch(line)), len(lines))
    yield from lines[len(lines) - count :]
