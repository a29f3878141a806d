"""Going to an address; a network that does not answer at once is given two more tries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rpa.browser.playwright_errors import loading
from rpa.errors import TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.browser.origins import Border
    from rpa.clock import Clock

_AGAIN = Text(en="{why} Trying again in {seconds} s.", zh="后台页面无响应，{seconds:.0f} 秒后重试：{why}")

_NETWORK_WAITS_S = (1.0, 3.0)
Until = Literal["commit", "domcontentloaded"]


def go_to(border: Border, address: str, *, doing: str, clock: Clock, until: Until = "domcontentloaded") -> None:
    """Load an address in the page. Raises TryAgain (`doing`: …) when the site does not answer three times.

    WrongSite when it leads elsewhere.
    """
    for wait_s in (*_NETWORK_WAITS_S, None):
        border.check_led()
        try:
            with loading(doing):
                border.wherever.goto(address, wait_until=until)
        except TryAgain as error:
            border.check_led()
            if wait_s is None:
                raise
            speak("WARNING", _AGAIN, why=str(error), seconds=wait_s)
            clock.wait(wait_s)
        else:
            return
