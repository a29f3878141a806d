"""From what a page or an answer reads to a sign of an order."""

from __future__ import annotations

from typing import Any

from flows.model import Mark

_MARKS = {"clear": Mark.CLEAR, "set": Mark.SET}


def mark_of(value: Any) -> Mark:
    """The sign that this value stands for; anything but a plain yes or no is unreadable."""
    return _MARKS.get(value, Mark.UNREADABLE) if isinstance(value, str) else Mark.UNREADABLE
