"""Pairs of a profile's fields, of a list and of the answer that tells it, written as one line each. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from rpa.elements.short_forms import TYPES

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+) = (?P<table>\{.*\})(?P<comment>\s*#.*)?")
_BOTH: Final = "optional"


def with_short_pairs(
    text: str, *, answers: Mapping[str, str], data_of: Callable[[str], Mapping[str, Any]], same: Callable[[str], object]
) -> str:
    """The text with the pairs of these lists side by side; what would mean something else then stays as it is.

    `answers`: by list, the answer that tells it; a list that names one itself is written so already. `same`: of a text
    what it means; `data_of`: its raw tables.
    """
    for name, answer in answers.items():
        data = data_of(text)
        if name in data.get("lists", {}) and "answer" not in data["lists"][name]:
            short = _paired(text, name=name, answer=answer)
            if short != text and same(short) == same(text):
                text = short
    return text


def _paired(text: str, *, name: str, answer: str) -> str:
    ends = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(ends)
    shown, told = _fields(lines, f"[lists.{name}.fields]"), _fields(lines, f"[answers.{answer}.fields]")
    pairs = [each for each in shown if each in told]
    head = next((number for number, line in enumerate(lines) if _heads(line, f"[lists.{name}]")), None)
    if not pairs or head is None:
        return text
    gone = []
    for each in pairs:
        (place, page, comment), (other, data, note) = shown[each], told[each]
        lines[place] = f"{each} = {_short(page, data)}{comment}"
        lines[other] = note.strip()
        gone += [] if note else [other]
    lines[head] += f'{ends}answer = "{answer}"'
    return ends.join(line for number, line in enumerate(lines) if number not in gone)


def _heads(line: str, head: str) -> bool:
    return line.partition("#")[0].strip() == head


def _fields(lines: list[str], head: str) -> dict[str, tuple[int, InlineTable, str]]:
    """The fields below this heading that are one line each: where it is, what it says, and the comment behind it."""
    start = next((number for number, line in enumerate(lines, 1) if _heads(line, head)), len(lines))
    found = {}
    for number, line in enumerate(lines[start:], start):
        if line.startswith("["):
            break
        match = _LINE.fullmatch(line)
        table = _table(match["table"]) if match is not None else None
        if match is not None and table is not None:
            found[match["name"]] = (number, table, match["comment"] or "")
    return found


def _table(text: str) -> InlineTable | None:
    try:
        found = tomlkit.value(text)
    except TOMLKitError:
        return None
    return found if isinstance(found, InlineTable) else None


def _short(page: InlineTable, data: InlineTable) -> str:
    """The line for both, with the type that stands for what they say of the value."""
    shown, told = _items(page), _items(data)
    if told.get(_BOTH) == shown.get(_BOTH):
        told.pop(_BOTH, None)
    elif _BOTH in shown:
        told.setdefault(_BOTH, "false")
    plain = page.unwrap(), data.unwrap()
    for name, sides in TYPES.items():
        if all(side and side.items() <= each.items() for side, each in zip(sides, plain, strict=True)):
            shown = {key: value for key, value in shown.items() if key not in sides[0]} | {"type": f'"{name}"'}
            told = {key: value for key, value in told.items() if key not in sides[1]}
    said = told["path"] if told.keys() == {"path"} else _written(told)
    return _written({**shown, "told": said})


def _items(table: InlineTable) -> dict[str, str]:
    """Its values as they are written, by key."""
    return {key.key: item.as_string().strip() for key, item in table.value.body if key is not None}


def _written(items: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in items.items()) + " }"
