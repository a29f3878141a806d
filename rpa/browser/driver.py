"""The browser's driver, started ahead: it takes about as long as importing the program, and both can go on at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Playwright


class Driver:
    """Playwright's driver process, running; no browser yet. To be used and stopped in the thread that made it."""

    def __init__(self) -> None:
        self._manager = sync_playwright()
        self.playwright: Playwright = self._manager.start()

    @classmethod
    def started_while(cls, meanwhile: Callable[[], None]) -> Driver:
        """The driver, started while something that needs no browser is done in another thread."""
        other = threading.Thread(target=meanwhile)
        other.start()
        try:
            return cls()
        finally:
            other.join()

    def stop(self) -> None:
        """End the driver process."""
        self.playwright.stop()
