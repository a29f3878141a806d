"""Rows in numbers that a database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T", str, int)

CHUNK: Final = 1000
"""So many values go into one IN list; databases bound the number of parameters."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists that fit into one IN list, each value once."""
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
