"""The one place where Playwright's errors become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.errors import PageChanged, TryAgain


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise PageChanged for what did not come in time, TryAgain for what the network or the browser refused."""
    try:
        yield
    except PlaywrightTimeout as error:
        message = f"{doing}: the page did not follow in time. Run `rpa selectors check`, or look with --headed."
        raise PageChanged(message) from error
    except Error as error:
        first_line = error.message.partition("\n")[0]
        raise TryAgain(f"{doing}: {first_line}. Check the network and run again.") from error


@contextmanager
def loading(doing: str) -> Iterator[None]:
    """The same for loading a page, where being late is the network's fault, not the page's."""
    try:
        yield
    except Error as error:
        first_line = error.message.partition("\n")[0]
        raise TryAgain(f"{doing}: {first_line}. Check the network and run again.") from error
