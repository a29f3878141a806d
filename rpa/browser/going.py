"""Going to an address; a network that does not answer at once is given two more tries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rpa.browser.playwright_errors import loading
from rpa.errors import TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.clock import Clock

_AGAIN = Text(en="{why} Trying again in {seconds} s.", zh="后台页面无响应，{seconds:.0f} 秒后重试：{why}")

_NETWORK_WAITS_S = (1.0, 3.0)
Until = Literal["commit", "domcontentloaded"]


def go_to(page: Page, address: str, *, doing: str, clock: Clock, until: Until = "domcontentloaded") -> None:
    """Load an address in this page. Raises TryAgain (`doing`: …) when the site does not answer three times."""
    for wait_s in (*_NETWORK_WAITS_S, None):
        try:
            with loading(doing):
                page.goto(address, wait_until=until)
        except TryAgain as error:
            if wait_s is None:
                raise
            speak("WARNING", _AGAIN, why=str(error), seconds=wait_s)
            clock.wait(wait_s)
        else:
            return
