"""Polling: time for the page to draw what is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.browser.resolve import Found, NotItself, resolve, script
from rpa.elements.profile import Risk
from rpa.errors import PageChanged, TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.origins import SiteBorder
    from rpa.clock import Clock
    from rpa.elements.profile import Element

_MOMENT_MS = 40
_GLANCE_MS = 500.0
_LOOKS_AT_ANOTHER = 100
"""What is ambiguous or misnamed so many moments long is not being drawn, it is so."""


def breathe(page: Page, *, css: Sequence[str] = ()) -> bool:
    """Let the browser work until the page changes, a moment at most; whether something of `css` is visible then."""
    try:
        return bool(page.evaluate(script("breathe"), {"css": list(css), "ms": _MOMENT_MS}))
    except Error as error:
        if page.is_closed():
            raise TryAgain("The browser's window is gone.") from error
        return False


def moments(border: SiteBorder, *, clock: Clock, patience_s: float) -> Iterator[None]:
    """Now, and then one moment after another in which the page may change, until patience is at its end.

    Raises WrongSite when it leaves the site meanwhile.
    """
    until, page = clock.monotonic() + patience_s, border.page
    yield
    while clock.monotonic() < until:
        breathe(page)
        border.check()
        yield


def awaited(
    root: Page | Locator,
    element: Element,
    *,
    moments: Iterable[None],
    patience_ms: float,
    unless: Callable[[], None] = lambda: None,
) -> Found:
    """The element, waited for; there twice or misnamed for a moment, it is looked for again, unless it is destructive.

    Raises PageChanged when it does not come, or stays ambiguous or misnamed, and whatever `unless` raises meanwhile.
    """
    if element.risk is Risk.DESTRUCTIVE:
        return resolve(root, element, timeout_ms=patience_ms)
    problem: PageChanged | None = None
    others = 0
    for _ in moments:
        try:
            return resolve(root, element, timeout_ms=min(_GLANCE_MS, patience_ms))
        except PageChanged as error:
            problem = error
            others += isinstance(error, NotItself)
        unless()
        if others >= _LOOKS_AT_ANOTHER:
            break
    raise problem or PageChanged(f"{element.name} was not looked for.")
