"""Clicking once: a click that took long may have arrived all the same, and is not done again then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.browser.playwright_errors import looked, translated
from rpa.elements.resolve import refuse_lasting

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.elements.resolve import Found

_CLICKS = "() => `${performance.timeOrigin} ${performance.eventCounts.get('click')}`"


def click(found: Found, *, patience_ms: float) -> None:
    """Click it. Where it leads is not waited for. Raises PageChanged when it could not be clicked in time."""
    refuse_lasting(found)
    with translated(f"clicking {found.element.name}"):
        found.locator.click(timeout=patience_ms, no_wait_after=True)


def arrives(page: Page, found: Found, *, within_ms: float) -> bool:
    """Click it; whether the click arrived. False: nothing was clicked, as when something covers it or it has a twin."""
    refuse_lasting(found)
    try:
        found.locator.click(timeout=within_ms, no_wait_after=True)
    except Error:
        clicks: str = looked(page, lambda: page.evaluate(_CLICKS), doing=f"clicking {found.element.name}")
        return clicks != found.clicks
    return True
