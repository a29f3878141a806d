"""Two sources of one thing: what the page shows, and what the page's own request was answered. They must agree.

Pure: it compares what was read, row by row, and says in words where the two differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rpa.elements.values import UNREADABLE

Row = Mapping[str, Any]
"""The fields of one thing, by the profile's names."""
Same = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One thing in both sources, or in one of them."""

    shown: Row | None
    """None: the page does not show it."""
    told: Row | None
    """None: the page's data do not have it."""
    shown_twice: bool = False

    def doubt(self, fields: Iterable[str], *, same: Same | None = None) -> str | None:
        """In words, what stands against it; None: both sources have it and agree in these fields."""
        if self.shown is None:
            return "the page's data have it, the page does not show it"
        if self.told is None:
            return "the page shows it, the page's data do not"
        if self.shown_twice:
            return "the page shows it twice"
        return "; ".join(differences(self.shown, self.told, fields=fields, same=same)) or None


def paired(shown: Sequence[Row], told: Sequence[Row], *, key: str) -> Iterator[Pair]:
    """A pair for each row that either source has, in the order of the data; then what only the page has."""
    rows = {row[key]: row for row in shown}
    times = Counter(row[key] for row in shown)
    for answer in told:
        yield Pair(shown=rows.pop(answer[key], None), told=answer, shown_twice=times[answer[key]] > 1)
    yield from (Pair(shown=row, told=None) for row in rows.values())


def differences(shown: Row, told: Row, *, fields: Iterable[str], same: Same | None = None) -> list[str]:
    """The fields in which page and data differ, with both values; fields that the page does not have are left out.

    `same`: whether two values say the same; None: see `same_value`.
    """
    agree = same or same_value
    return [
        f"{name}: page {shown[name]!r}, data {told[name]!r}"
        for name in fields
        if name in shown and not agree(shown[name], told[name])
    ]


def same_value(one: Any, other: Any) -> bool:
    """Whether two values say the same: times to the second, which is what pages show.

    Nothing and an empty text are the same; what cannot be read agrees with no value.
    """
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(microsecond=0) == other.replace(microsecond=0)
    if UNREADABLE in (one, other):
        return False
    return one == other or not (one or other)


def same_or_unreadable(one: Any, other: Any) -> bool:
    """The same, where what neither source could read is looked at apart."""
    return (one is UNREADABLE and other is UNREADABLE) or same_value(one, other)
