"""Values of what a page or an answer says, by the profile's description. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from rpa.elements.fields import AnswerField, FieldSpec
from rpa.elements.uiwords import ui_words


class Unreadable(Enum):
    """The value that stands for: this could not be read with certainty."""

    UNREADABLE = "unreadable"

    def __repr__(self) -> str:
        """As people read it in messages."""
        return "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE
QUOTED: Final = "quoted"
"""A field of words reads so when they stand in texts of people alone (`FieldSpec.quotes`)."""
_SPACE = re.compile(r"\s+")
_AMOUNT = re.compile(
    rf"""(?P<minus>[-−])?\s*
        (?:[^\d,()−–—-]*[^\W\d_]\.|[^\d.,()−–—-]*)\s*                # "£", "USD", "Rs."
        (?P<minus_behind>[-−])?
        (?P<whole>\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(?P<rest>\d{{2}}))?
        (?!{ui_words().multiplied})(?![.,])[^\d()−–—-]*  # "kr."
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""An amount with what stands around its digits; with other separators, or other signs of its sign, it is none."""


def page_values(raw: Mapping[str, Any], fields: Mapping[str, FieldSpec], *, zone: ZoneInfo) -> dict[str, Any]:
    """The values of one row or dialog, from the texts that the page functions read (None: no element, no match)."""
    return {name: _value(raw[name], spec, zone=zone) for name, spec in fields.items()}


def answer_values(row: Mapping[str, Any], fields: Mapping[str, AnswerField], *, zone: ZoneInfo) -> dict[str, Any]:
    """The values of one row of an answer. A path with `*` gives a tuple."""
    return {name: _answer_value(row, spec, zone=zone) for name, spec in fields.items()}


def follow(data: Any, path: str) -> Any:
    """The value at a dotted path; None where a step is missing; `*` gathers over a list, a number is a place in it."""
    head, _, rest = path.partition(".")
    if head == "*":
        return [follow(entry, rest) if rest else entry for entry in data] if isinstance(data, list) else None
    if isinstance(data, list):
        data = dict(zip(map(str, range(len(data))), data, strict=True))
    value = data.get(head) if isinstance(data, dict) else None
    return follow(value, rest) if rest else value


def is_code(value: Any, codes: Iterable[int | str]) -> bool:
    """Whether this value of an answer is one of these codes, each as a number or as a text; of a list, every value."""
    if isinstance(value, list):
        return bool(value) and all(is_code(each, codes) for each in value)
    return value is not None and _code_text(value) in {_code_text(code) for code in codes}


def _code_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer_value(row: Mapping[str, Any], spec: AnswerField, *, zone: ZoneInfo) -> Any:
    if spec.join:
        joined = " ".join(str(part) for path in spec.join if (part := follow(row, path)))
        return _value(joined, spec, zone=zone)
    paths = spec.any or (spec.path or "",)
    there = [raw for path in paths if (raw := follow(row, path)) is not None]
    first, *others = [_value(raw, spec, zone=zone) for raw in there or [None]]
    return first if all(other == first for other in others) else UNREADABLE


def _value(raw: Any, spec: FieldSpec | AnswerField, *, zone: ZoneInfo) -> Any:
    if not isinstance(raw, list):
        return _one(raw, spec, zone=zone)
    values = tuple(_one(" ".join(map(str, each)) if isinstance(each, list) else each, spec, zone=zone) for each in raw)
    if not spec.prefer:
        return values
    known = all(value in spec.prefer for value in values)
    return next((each for each in spec.prefer if each in values), UNREADABLE) if known else UNREADABLE


def _one(raw: Any, spec: FieldSpec | AnswerField, *, zone: ZoneInfo) -> Any:
    if raw is None or (raw == "" and (spec.optional or spec.unit)) or (spec.unit in ("unix_s", "unix_ms") and raw == 0):
        return UNREADABLE if not spec.optional else None if spec.unit else ""
    if spec.map is not None:
        return spec.map.get(str(raw), UNREADABLE)
    if spec.unit is None:
        return _SPACE.sub(" ", str(raw)).strip()
    try:
        return _with_unit(str(raw), spec.unit, zone=zone)
    except (ValueError, InvalidOperation, OverflowError):
        return UNREADABLE


def _with_unit(text: str, unit: str, *, zone: ZoneInfo) -> int | datetime:
    match unit:
        case "yuan":
            return _whole(Decimal(text.replace(",", "")) * 100)
        case "money":
            return _money(text)
        case "fen":
            return int(text)
        case "unix_s":
            return datetime.fromtimestamp(int(text), zone)
        case "unix_ms":
            return datetime.fromtimestamp(int(text) / 1000, zone)
        case _:
            return datetime.fromisoformat(text).replace(tzinfo=zone)


def _money(text: str) -> int:
    """An amount with two decimals or none. Raises ValueError for what may mean another: "1.234", "(5.00)", "5.00-"."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or (found["minus"] and found["minus_behind"]):
        raise ValueError(text)
    amount = int(found["whole"].replace(",", "")) * 100 + int(found["rest"] or 0)
    return -amount if found["minus"] or found["minus_behind"] else amount


def _whole(number: Decimal) -> int:
    if number != int(number):
        raise ValueError(number)
    return int(number)
