"""Number formats of Excel: the text as which a cell is shown, where that is certain.

Source: ECMA-376 part 1, 18.8.30 (numFmts) and 18.8.31. Certain are whole numbers written with the placeholders 0 and #,
texts written with @, and fixed texts beside them; whatever else a format can do (decimals, groups of thousands,
percent, fractions, exponents, conditions, fills, digits of another script) gives no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from flows.orders.cells import FIRST_SCIENTIFIC, Shown

GENERAL: Final = "General"
BUILT_IN: Final[Mapping[int, str]] = {0: GENERAL, 1: "0", 49: "@"}
"""Formats that a file names by number only; those missing here show decimals, dates and the like, or are not known."""

_PLAIN = frozenset({"", "general", "@"})
"""Formats that show a text as it is, and a number as no format does."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<blank>.)|\[(?:(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|'
    r"color\d+)|\$-[0-9a-f]+)\]|(?P<general>general)|(?P<place>[0#])|(?P<text>@)|(?P<literal>[-+$():^&'~{}<>= ])",
    re.IGNORECASE | re.DOTALL,
)
_FIXED = re.compile(r'"[^"]*"|\\.', re.DOTALL)
_SECTIONS = re.compile(r'((?:[^;"\\]|\\.|"[^"]*")*)(?:;|\Z)', re.DOTALL)
_ALL_SECTIONS: Final = 4
"""Positive numbers, negative ones, zero, text."""

Part = tuple[str, str]
"""A kind (`place`, `text`, `general`, `literal`) and the characters it stands for."""


def is_plain(code: str) -> bool:
    """Whether cells of this format show what cells without a format do."""
    return code.strip().casefold() in _PLAIN


def shown(value: object, *, code: str) -> object:
    """A cell's value, with the text as which this format shows it, unless it is shown as any other."""
    if is_plain(code) or isinstance(value, bool) or not isinstance(value, (int, float, str)) or value == "":
        return value
    if isinstance(value, str):
        text = _text(value, code=code)
        return value if text == value else Shown(value, text)
    return Shown(value, _whole_number(value, code=code))


def _text(value: str, *, code: str) -> str | None:
    sections = _sections(code)
    section = sections[-1] if len(sections) == _ALL_SECTIONS or _shows_text(sections[-1]) else "@"
    parts = _parts(section)
    if parts is None or any(kind in {"place", "general"} for kind, _ in parts):
        return None
    return "".join(value if kind == "text" else characters for kind, characters in parts)


def _whole_number(value: float, *, code: str) -> str | None:
    if not (value >= 0 and float(value).is_integer()):  # also true of NaN
        return None
    sections = _sections(code)
    if _shows_text(sections[-1]) and len(sections) < _ALL_SECTIONS:
        sections = sections[:-1] or (GENERAL,)
    parts = _parts(sections[2] if value == 0 and len(sections) > 2 else sections[0])  # noqa: PLR2004 - the zero's
    if parts is None or any(kind == "text" for kind, _ in parts):
        return None
    if any(kind == "general" for kind, _ in parts):
        return _with_general(value, parts=parts)
    return _in_places(str(int(value)), parts=parts)


def _shows_text(section: str) -> bool:
    """Whether the section is that of texts: it has an @ that is none of its fixed texts."""
    return "@" in _FIXED.sub("", section)


def _with_general(value: float, *, parts: tuple[Part, ...]) -> str | None:
    if value >= FIRST_SCIENTIFIC or any(kind == "place" for kind, _ in parts):
        return None
    return "".join(str(int(value)) if kind == "general" else characters for kind, characters in parts)


def _in_places(digits: str, *, parts: tuple[Part, ...]) -> str:
    """The digits in their places, from the last to the first; the first place takes all that are left.

    A format without places shows its fixed texts only.
    """
    places = sum(kind == "place" for kind, _ in parts)
    left, written = digits.lstrip("0"), ""
    for kind, characters in reversed(parts):
        if kind != "place":
            written = characters + written
            continue
        places -= 1
        taken = left if places == 0 else left[-1:]
        left = left[: len(left) - len(taken)]
        written = (taken or ("0" if characters == "0" else "")) + written
    return written


@lru_cache(maxsize=1000)
def _sections(code: str) -> tuple[str, ...]:
    found, start = [], 0
    while match := _SECTIONS.match(code, start):
        found.append(match[1])
        start = match.end()
        if not match[0].endswith(";"):
            break
    return tuple(found) or (code,)


@lru_cache(maxsize=1000)
def _parts(section: str) -> tuple[Part, ...] | None:
    """The section's parts in their order; None: it has one whose text is not certain."""
    parts: list[Part] = []
    position = 0
    while position < len(section):
        match = _TOKEN.match(section, position)
        if match is None:
            return None
        position = match.end()
        kind = match.lastgroup or "colour"
        if kind == "colour":
            continue
        characters = " " if kind == "blank" else match[kind]
        parts.append((kind if kind in {"place", "text", "general"} else "literal", characters))
    return tuple(parts)
