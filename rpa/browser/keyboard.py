"""Typing as a person does, into one field and nothing else: what takes the focus away meanwhile gets no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rpa.browser.playwright_errors import translated
from rpa.browser.resolve import refuse_lasting, script
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.resolve import Found

_TRIES = 3
_END = "() => window.rpaKeys?.() ?? 0"


def type_and_enter(page: Page, found: Found, text: str, *, patience_ms: float) -> None:
    """Type into this field, over what is in it, and press Enter; again when a key did not reach it.

    Raises PageChanged when the page takes the focus away each time.
    """
    refuse_lasting(found)
    name, field = found.element.name, found.locator
    with translated(f"typing into {name}"):
        for _ in range(_TRIES):
            field.click(timeout=patience_ms)
            if _reached(page, field, text, patience_ms=patience_ms):
                return
    raise PageChanged(
        f"The page took the focus from {name} while it was typed into, {_TRIES} times; look with --headed."
    )


def _reached(page: Page, field: Locator, text: str, *, patience_ms: float) -> bool:
    field.evaluate(script("keys_for"), timeout=patience_ms)
    try:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    finally:
        strays = page.evaluate(_END)
    return not strays
