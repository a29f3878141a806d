"""One browser for several processes: the one that started it sees every window, the others drive one each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loguru import logger
from playwright.sync_api import CDPSession, Error

from rpa.browser.driver import driver
from rpa.browser.session import launched
from rpa.errors import TryAgain

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright


_MARKED = "about:blank#"
_CONNECT_MS = 30_000


class NoSuchWindow(TryAgain):
    """The browser is there, and the window that was asked for is not."""


class SharedBrowser:
    """A browser that other processes connect to, as its owner sees it: by what the browser itself says.

    A window is Chromium's browser context. Playwright's own list of contexts is not used: it knows of those made by
    other processes only after some other call, and says nothing of whose they are.
    """

    def __init__(self, browser: Browser) -> None:
        """Let others connect, through a socket or pipe of this user."""
        self.endpoint: str = browser.bind("rpa")["endpoint"]
        """Where `connected` finds it."""
        self._browser = browser
        self._session: CDPSession = browser.new_browser_cdp_session()

    def window_of(self, token: str) -> str:
        """The window in which a page was `marked` with this.

        Raises NoSuchWindow when there is none, TryAgain when the browser is gone.
        """
        for target in self._ask("Target.getTargets")["targetInfos"]:
            if target["url"] == _MARKED + token:
                return str(target["browserContextId"])
        raise NoSuchWindow("A worker announced a window that the browser does not have.")

    def windows(self) -> list[str]:
        """All windows."""
        return list(self._ask("Target.getBrowserContexts")["browserContextIds"])

    def close(self, window: str) -> None:
        """End a window with everything in it: when this returns, its pages send nothing more. One gone is no error."""
        if window in self.windows():
            self._ask("Target.disposeBrowserContext", browserContextId=window)

    def heed(self) -> None:
        """Let Playwright take note of what has happened in the meantime. Raises TryAgain when the browser is gone."""
        self._ask("Browser.getVersion")

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._session.send(method, params)
        except Error as error:
            message = f"The shared browser does not answer: {error.message.partition(chr(10))[0]}."
            raise TryAgain(message) from error
        return answer


@contextmanager
def shared(*, playwright: Playwright | None = None, sockets: Path | None = None) -> Iterator[SharedBrowser]:
    """A browser for others to connect to, ended with the block; see `launched`.

    Raises ConfigError when there is none to start.
    """
    with launched(playwright=playwright, sockets=sockets) as browser:
        yield SharedBrowser(browser)


@contextmanager
def connected(endpoint: str, *, playwright: Playwright | None = None) -> Iterator[Browser]:
    """The browser of another process, left as it is at the end. Raises TryAgain when it is gone.

    Never look at its `contexts`: they are those of all who are connected.
    """
    with driver(playwright) as running:
        try:
            browser = running.chromium.connect(endpoint, timeout=_CONNECT_MS)
        except Error as error:
            raise TryAgain(f"The shared browser is gone: {error.message.partition(chr(10))[0]}.") from error
        try:
            yield browser
        finally:
            _leave(browser)


def mark(page: Page, *, token: str) -> None:
    """Let the browser's owner find the window of this page, which shows nothing yet."""
    try:
        page.goto(_MARKED + token)
    except Error as error:
        raise TryAgain(f"The browser's window is gone: {error.message.partition(chr(10))[0]}.") from error


def _leave(browser: Browser) -> None:
    try:
        browser.close()
    except Error as error:
        logger.debug("The connection to the browser was gone before it was closed: {}", error.message)
