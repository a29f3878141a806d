"""What a profile of the user's own may not say, because it would take a risk that the program never takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rpa.elements.roles import platform_called
from rpa.elements.uiwords import closing_problem
from rpa.toml.document import Mistake

_NAMES = ("name", "text", "label")
"""Keys of a locator that say what is on the button."""


def risk_mistakes(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Popups closed by other words than those that close, and signs called absent that are always told."""
    yield from _popups(data)
    yield from _absent(data)


def always_told(platform: str) -> frozenset[str]:
    """Facts that this platform always tells of what it lists: what is not read of them is unreadable, never absent."""
    found = platform_called(platform)
    return found.signs if found is not None else frozenset()


def _absent(data: Mapping[str, Any]) -> Iterator[Mistake]:
    signs, names = always_told(str(data.get("name"))), data.get("absent")
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if name in signs:
            text = f'this platform always tells "{name}": what is not read of it is unreadable, never absent'
            yield Mistake(("absent", number), text)


def _popups(data: Mapping[str, Any]) -> Iterator[Mistake]:
    popups = data.get("popups")
    for name, popup in popups.items() if isinstance(popups, Mapping) else ():
        close = popup.get("close") if isinstance(popup, Mapping) else None
        told = close.items() if isinstance(close, Mapping) else ()
        for text in (one for key, one in told if key in _NAMES):
            problem = closing_problem(text) if isinstance(text, str) else None
            if problem is not None:
                yield Mistake(("popups", name, "close"), f"“{text}” does not close a popup: {problem.en}")
