"""Worksheets between two processes: plain JSON, so that nothing a stranger's file did to the one runs in the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flows.orders.cells import Shown
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.language import Text

_KIND: Final = "$"
_MOMENTS: Final[Mapping[str, type[datetime | date | time]]] = {each.__name__: each for each in (datetime, date, time)}


def packed(sheets: Sequence[Worksheet]) -> bytes:
    """The message that says these."""
    made = [{each.name: _plain(getattr(sheet, each.name)) for each in fields(Worksheet)} for sheet in sheets]
    return json.dumps({"sheets": made}, default=_told).encode()


def refusal(error: NotASheet) -> bytes:
    """The message that says that the file cannot be read."""
    return json.dumps({"flaw": error.flaw, "en": error.text.en, "zh": error.text.zh}).encode()


def unpacked(message: bytes) -> list[Worksheet]:
    """The worksheets that the message says. Raises NotASheet when it says that; ValueError for what is no message."""
    try:
        said = json.loads(message, object_hook=_meant)
        if "flaw" in said:
            raise NotASheet(Text(en=said["en"], zh=said["zh"]), flaw=Flaw(said["flaw"]))
        return [Worksheet(**sheet) for sheet in said["sheets"]]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("This is no message of worksheets.") from error


def _plain(value: object) -> object:
    """A map as its pairs: JSON would make text of its keys."""
    return {_KIND: "map", "of": list(value.items())} if isinstance(value, Mapping) else value


def _told(value: object) -> object:
    if isinstance(value, Shown):
        return {_KIND: "shown", "of": [value.value, value.text]}
    if isinstance(value, frozenset):
        return {_KIND: "set", "of": sorted(value)}
    if isinstance(value, timedelta):
        return {_KIND: "span", "of": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, datetime | date | time):
        kind = next(name for name, each in _MOMENTS.items() if isinstance(value, each))
        return {_KIND: kind, "of": value.isoformat()}
    raise TypeError(f"A cell is of the unknown kind {type(value).__name__}.")


def _meant(told: dict[str, Any]) -> object:
    kind, of = told.get(_KIND), told.get("of")
    match kind:
        case "map":
            return dict(of or ())
        case "shown":
            return Shown(*(of or ()))
        case "set":
            return frozenset(of or ())
        case "span":
            return timedelta(*(of or ()))
        case str():
            return _MOMENTS[kind].fromisoformat(str(of))
        case _:
            return told
