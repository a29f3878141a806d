"""Time for the page, to draw what is waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.elements.resolve import script
from rpa.errors import TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.clock import Clock

_MOMENT_MS = 40


def breathe(page: Page, *, css: Sequence[str] = ()) -> bool:
    """Let the browser work until the page changes, a moment at most; whether something of `css` is visible then."""
    try:
        return bool(page.evaluate(script("breathe"), {"css": list(css), "ms": _MOMENT_MS}))
    except Error as error:
        if page.is_closed():
            raise TryAgain("The browser's window is gone.") from error
        return False


def moments(page: Page, *, clock: Clock, patience_s: float) -> Iterator[None]:
    """Now, and then one moment after another in which the page may change, until patience is at its end."""
    until = clock.monotonic() + patience_s
    yield
    while clock.monotonic() < until:
        breathe(page)
        yield
