"""The browser's driver, started ahead: it takes about as long as importing the program, and both can go on at once."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Final

import playwright
from playwright.sync_api import sync_playwright

from rpa.environment import is_needed
from rpa.errors import ConfigError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


_TELLS: Final = "get_driver_env"
"""Playwright's function that gives its driver the whole environment of this process; none other can be chosen."""


class Driver:
    """Playwright's driver process, running. To be used and stopped in the thread that made it."""

    browser: Browser | None = None
    """One that was started ahead."""

    def __init__(self) -> None:
        _hold_back()
        self._manager = sync_playwright()
        self.playwright: Playwright = self._manager.start()

    @classmethod
    def started_while(
        cls, meanwhile: Callable[[], None], *, then: Callable[[Playwright], Browser | None] | None = None
    ) -> Driver:
        """The driver, and what `then` starts with it, while another thread does something that needs no browser."""
        other = threading.Thread(target=meanwhile)
        other.start()
        try:
            driver = cls()
            if then is not None:
                driver.browser = then(driver.playwright)
            return driver
        finally:
            other.join()

    def stop(self) -> None:
        """End the driver process, and the browser if it has one."""
        if self.browser is not None and self.browser.is_connected():
            self.browser.close()
        self.playwright.stop()


@contextmanager
def driver(running: Playwright | None = None) -> Iterator[Playwright]:
    """A driver that ends with the block; one that is running already stays."""
    if running is not None:
        yield running
        return
    started = Driver()
    try:
        yield started.playwright
    finally:
        started.stop()


def _hold_back() -> None:
    """Have the driver, and with it the browser, not be told what is none of its business."""
    for name, module in list(sys.modules.items()):
        if name.startswith("playwright.") and (tells := vars(module).get(_TELLS)) is not None:
            setattr(module, _TELLS, _less(tells))


def _less(tells: Callable[[], dict[str, str]]) -> Callable[[], dict[str, str]]:
    if hasattr(tells, "__wrapped__"):
        return tells

    @functools.wraps(tells)
    def needed() -> dict[str, str]:
        return {**_keeps(), **{name: value for name, value in tells().items() if is_needed(name)}}

    return needed


def _keeps() -> dict[str, str]:
    """Where the driver keeps what it has compiled: beside what Python has compiled of Playwright, if it keeps that.

    Compiling takes a fifth of the time in which the driver starts. Whoever can write there can write the driver itself.
    """
    if sys.dont_write_bytecode:
        return {}
    return {"NODE_COMPILE_CACHE": str(Path(cache_from_source(playwright.__file__)).parent / "driver")}


_ON_PATH = (
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "chromium",
    "chromium-browser",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """The executable to launch; None: leave it to Playwright's own browser, if that is installed.

    Raises ConfigError when RPA_BROWSER names something that is not there.
    """
    named = os.environ.get("RPA_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            message = (
                f"RPA_BROWSER names {named}, which is not an executable. Unset it, or name a Chrome, Edge or Chromium."
            )
            raise ConfigError(message)
        return Path(found)
    return next((path for path in _candidates() if path.is_file()), None)


def _candidates() -> list[Path]:
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        return [Path(root) / place for root in roots if root for place in _WINDOWS]
    if sys.platform == "darwin":
        return [Path(place) for place in _MACOS]
    return [Path(found) for found in map(shutil.which, _ON_PATH) if found]
