"""Letting the browser work for a moment: its events reach us only while something is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.elements.resolve import script
from rpa.errors import TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Page

_MOMENT_MS = 40


def breathe(page: Page, *, css: Sequence[str] = ()) -> bool:
    """Let the browser work for a moment; whether one of these is visible. Raises TryAgain when the window is gone."""
    try:
        return bool(page.evaluate(script("breathe"), {"css": list(css), "ms": _MOMENT_MS}))
    except Error as error:
        if page.is_closed():
            raise TryAgain("The browser's window is gone.") from error
        return False
