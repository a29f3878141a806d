"""Template of a profile: the file that new ones are made from, with what is asked first, and what is left to fill in.

It is a profile with marks in comments: `#? key = one | other` is a choice that is asked, with its sentences below it;
what stands between `#<< key = one` and `#>>` is for that answer alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rpa.language import Text
from rpa.toml.document import Mistake

GAP: Final = "???"
"""What stands where something must be filled in."""
FILE: Final = "_template.toml"

_CHOICE = re.compile(r"#\? (?P<key>\w+) = (?P<values>[\w |]+?)(?: \((?P<if_key>\w+) = (?P<if_value>\w+)\))?")
_SENTENCE = re.compile(r"#\?\s+(?P<language>en|zh): (?P<words>.+)")
_BLOCK = re.compile(r"#<< (?P<key>\w+) = (?P<value>\w+)")
_END = "#>>"
_BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose before a profile is made."""

    key: str
    values: tuple[str, ...]
    text: Text
    after: tuple[str, str] | None
    """It is asked only where this key was answered so."""


class Template:
    """A text that profiles are made from."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    @property
    def choices(self) -> list[Choice]:
        """What is asked, in its sequence."""
        found = []
        for number, line in enumerate(self._lines):
            choice = _CHOICE.fullmatch(line)
            if choice is not None:
                below = (_SENTENCE.fullmatch(each) for each in self._lines[number + 1 : number + 3])
                words = {each["language"]: each["words"] for each in below if each is not None}
                values = tuple(each.strip() for each in choice["values"].split("|"))
                after = (choice["if_key"], choice["if_value"]) if choice["if_key"] else None
                found.append(Choice(key=choice["key"], values=values, text=Text(**words), after=after))
        return found

    def profile(self, answers: Mapping[str, str], *, filled: Mapping[str, str]) -> str:
        """The text of a profile for these answers; what is for others is left out. `filled`: gaps by name, as TOML."""
        text = "\n".join(self._kept(answers))
        for name, value in filled.items():
            text = text.replace(f'"{GAP}{name}"', value)
        return _BLANK.sub("\n\n", text).strip() + "\n"

    def _kept(self, answers: Mapping[str, str]) -> Iterator[str]:
        wanted: list[bool] = []
        for line in self._lines:
            block = _BLOCK.fullmatch(line)
            if block is not None:
                wanted.append(answers.get(block["key"]) == block["value"])
            elif line == _END:
                wanted.pop()
            elif all(wanted) and not line.startswith("#?"):
                yield line


def gaps(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[Mistake]:
    """What a profile still has to be filled in with."""
    if isinstance(data, str):
        if GAP in data:
            yield Mistake(place, f"is still to be filled in ({data})")
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if GAP in str(key):
                yield Mistake((*place, key), "is still to be filled in")
            yield from gaps(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from gaps(value, (*place, number))
