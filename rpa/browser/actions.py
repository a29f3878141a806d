"""Clicking once: a click that took long may have arrived all the same, and is not done again then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.browser.playwright_errors import looked, translated
from rpa.browser.resolve import refuse_lasting
from rpa.elements.profile import Risk

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.browser.resolve import Found
    from rpa.browser.scope import Scope
    from rpa.browser.view import View

_CLICKS = "() => `${performance.timeOrigin} ${performance.eventCounts.get('click')}`"


_COVERED_MS = 4_000
"""A click that takes longer is tried again below what may cover it, unless it arrived."""


def click_named(view: View, name: str, *, scope: Scope | None, patience_ms: float) -> None:
    """Click a named element; see `View.click`."""
    found = view.touched(name, scope=scope)
    if found.element.risk is not Risk.DESTRUCTIVE:
        if _arrives(view.page, found, within_ms=_COVERED_MS):
            return
        view.guard.uncover(view, expected=[dialog.container for dialog in view.profile.dialogs.values()])
        found = view.found(name, scope=scope)
    click(found, patience_ms=patience_ms)


def click(found: Found, *, patience_ms: float) -> None:
    """Click it. Where it leads is not waited for. Raises PageChanged when it could not be clicked in time."""
    refuse_lasting(found)
    with translated(f"clicking {found.element.name}"):
        found.locator.click(timeout=patience_ms, no_wait_after=True)


def _arrives(page: Page, found: Found, *, within_ms: float) -> bool:
    """Click it; whether the click arrived. False: nothing was clicked, as when something covers it or it has a twin."""
    refuse_lasting(found)
    try:
        found.locator.click(timeout=within_ms, no_wait_after=True)
    except Error:
        clicks: str = looked(page, lambda: page.evaluate(_CLICKS), doing=f"clicking {found.element.name}")
        return clicks != found.clicks
    return True
