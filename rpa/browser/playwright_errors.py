"""Playwright's errors, made ours in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.errors import PageChanged, TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Page

T = TypeVar("T")

_MOST_MOVES = 3


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


def looked(page: Page, look: Callable[[], T], *, doing: str) -> T:
    """What a look gives that changes nothing; taken again when the page goes to another document meanwhile."""
    with translated(doing):
        for _ in range(_MOST_MOVES):
            try:
                return look()
            except PlaywrightTimeout:
                raise
            except Error:
                if page.is_closed():
                    raise
        return look()
