"""Rows as the tables give them, made fit for our values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from datetime import tzinfo

    from sqlalchemy import RowMapping

T = TypeVar("T", str, int)

CHUNK: Final = 1000
"""So many values go into one IN list; databases bound the number of parameters."""


def fields(row: RowMapping, *, zone: tzinfo) -> dict[str, Any]:
    """The row's columns by name, times in this zone."""
    return {name: value.astimezone(zone) if isinstance(value, datetime) else value for name, value in row.items()}


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists that fit into one IN list, each value once."""
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
