"""Doing what makes the page send a request, and waiting for that request's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loguru import logger
from playwright.sync_api import Error

from rpa.browser.answers import Answer, TooManyCalls, open_answer
from rpa.elements.resolve import script
from rpa.errors import LoginNeeded, RateLimited, TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Response

    from rpa.clock import Clock
    from rpa.elements.profile import Profile

_RATE_LIMIT_WAITS_S = (5.0, 15.0, 30.0)
_PUMP_MS = 6


class Asking:
    """The requests of one page, answered."""

    def __init__(self, page: Page, *, profile: Profile, clock: Clock, patience_s: float) -> None:
        """`patience_s`: how long an answer may take."""
        self._page = page
        self._profile = profile
        self._clock = clock
        self._patience_s = patience_s

    def answered(self, name: str, action: Callable[[], None], *, unless: str | None = None) -> Answer | None:
        """Do the action once, return the answer to the request it made; None when none came: failed, 5xx, or too late.

        With `unless`, an element: also None as soon as that is visible. Raises LoginNeeded when the page goes to the login
        page instead, and what `open_answer` raises.
        """
        path = self._profile.answers[name].url
        done: list[Response | None] = []

        def finished(response: Response) -> None:
            if urlsplit(response.url).path == path:
                done.append(response)

        def failed(request: Request) -> None:
            if urlsplit(request.url).path == path:
                done.append(None)

        self._page.on("response", finished)
        self._page.on("requestfailed", failed)
        try:
            action()
            self._wait(done, unless=unless)
        finally:
            self._page.remove_listener("response", finished)
            self._page.remove_listener("requestfailed", failed)
        response = done[0] if done else None
        if response is None or response.status >= 500:
            return None
        return open_answer(response, self._profile.answers[name], profile=self._profile)

    def asking(self, name: str, action: Callable[[], None]) -> Answer:
        """The same for reading: the action is repeated when the site asks for fewer calls, after a wait.

        Raises RateLimited when waiting does not help, TryAgain when no answer comes or the site says no.
        """
        for wait_s in (*_RATE_LIMIT_WAITS_S, None):
            try:
                answer = self.answered(name, action)
            except TooManyCalls as error:
                if wait_s is None:
                    raise RateLimited(str(error)) from error
                logger.warning("{} Waiting {} s.", error, wait_s)
                self._clock.wait(wait_s)
                continue
            if answer is None:
                raise TryAgain(f"The site did not answer {name}. Check the network and run again.")
            if not answer.ok:
                raise TryAgain(f"{name}: the site says {answer.message or answer.code}.")
            return answer
        raise RateLimited

    def _wait(self, done: list[Response | None], *, unless: str | None) -> None:
        """Let the browser work until there is an answer, or `unless` is visible, or patience is at its end."""
        css = []
        if unless is not None:
            css = [locator.value for locator in self._profile.element(unless).locators if locator.kind == "css"]
        deadline = self._clock.monotonic() + self._patience_s
        while not done and self._clock.monotonic() < deadline:
            if urlsplit(self._page.url).path.startswith(self._profile.session.login_path):
                raise LoginNeeded("The site went to its login page. Run `rpa login` for this shop.")
            if self._breathe(css) and not done:
                return

    def _breathe(self, css: list[str]) -> bool:
        try:
            return bool(self._page.evaluate(script("breathe"), {"css": css, "ms": _PUMP_MS}))
        except Error as error:
            if self._page.is_closed():
                raise TryAgain("The browser's window is gone.") from error
            return False
