"""Requests of the page: doing what makes it send one, and waiting for that request's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urldefrag, urlsplit

from rpa.browser.polling import breathe
from rpa.browser.responses import Answer, AnswerLost, SaidNo, TooManyCalls, asked_of, open_answer
from rpa.elements.request_tests import SUBJECT, parameters_in, pass_all
from rpa.elements.values import follow
from rpa.errors import LoginNeeded, RateLimited, Stopped, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page, Request, Response

    from rpa.browser.origins import SiteBorder
    from rpa.clock import Clock
    from rpa.elements.profile import AnswerSpec, Profile

T = TypeVar("T")

_WAITING = Text(en="{why} Waiting {seconds} s.", zh="后台提示操作太频繁，等待 {seconds:.0f} 秒：{why}")

_RATE_LIMIT_WAITS_S = (5.0, 15.0, 30.0)
_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
_BEGINS_WITHIN_S, _BEGINS_WITHIN_MOMENTS = 1.0, 25
"""After a click that nobody waits for any more, its request has begun by then, or there is none. Moments are counted as
well: a browser that stood still for a second has not begun anything in it."""
_GIVEN_UP = "net::ERR_ABORTED"
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)


@dataclass(kw_only=True)
class _Sent:
    """The requests of one kind since an action began, and how they ended. No slots: Playwright marks its handlers."""

    spec: AnswerSpec
    sending: Mapping[str, str]
    border: SiteBorder
    requests: list[Request] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    """Those that have begun to come."""
    ended: list[Response | None] = field(default_factory=list)
    """Whole answers in their order; None: failed."""
    leaving: str = ""
    """The address of another document that the page has asked for, which is not there yet."""

    def note_request(self, request: Request) -> None:
        """Keep it if it is one of ours."""
        leads = request.is_navigation_request()
        if leads:
            self.leaving = self.leaving if request.frame.parent_frame else urldefrag(request.url).url
        if leads is not self._is_document:
            return
        led = leads and request.redirected_from in self.requests
        if led or _is_meant(request, self.spec, sending=self.sending):
            if self.border.owns(request.url):
                self.requests.append(request)
            elif request.redirected_from in self.requests:
                self.border.note_elsewhere(request.url)

    @property
    def _is_document(self) -> bool:
        return self.spec.kind == "document"

    def note_document(self, frame: Frame) -> None:
        """Another document is there: what the one before it asked, and whether that was answered, counts no more.

        Unless it is itself the answer.
        """
        if self._is_document:
            return
        if frame.parent_frame is None and self.leaving == urldefrag(frame.url).url:
            self.leaving = ""
            self.requests.clear()
            self.answers.clear()
            self.ended.clear()

    def note_response(self, response: Response) -> None:
        """An answer begins. It may never be whole, as when the page does not read what went wrong."""
        if self._is_document and response.status in _REDIRECTS:
            return
        if response.request in self.requests:
            unread = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == _TOO_MANY
            (self.ended if unread else self.answers).append(response)

    def note_whole(self, request: Request) -> None:
        """It has ended with an answer."""
        self.ended += [response for response in self.answers if response.request == request]

    def note_failure(self, request: Request) -> None:
        """It has ended without one; one that the page gave up because it leaves was none of ours."""
        if request not in self.requests:
            return
        if self.leaving and request.failure == _GIVEN_UP:
            self.requests.remove(request)
        else:
            self.ended.append(None)


class PageRequests:
    """The requests of one page, answered."""

    def __init__(
        self,
        border: SiteBorder,
        *,
        profile: Profile,
        clock: Clock,
        patience_s: float,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`patience_s`: how long an answer may take; `stopping`: whether the run was asked to stop."""
        self._border = border
        self._profile = profile
        self._clock = clock
        self._patience_s = patience_s
        self._stopping = stopping
        self._gives_way = False
        self.ahead: timedelta | None = None
        """How far the site's clock is ahead of ours; None: it has not told."""
        border.wherever.on("response", self._note_document)

    def site_now(self) -> datetime:
        """The site's clock, by the `Date` of its newest answer; its deadlines are judged by it."""
        return self._clock.now() + (self.ahead or timedelta())

    def _note_document(self, response: Response) -> None:
        """A document tells the time as an answer does."""
        if response.request.is_navigation_request() and self._border.owns(response.url):
            self._keep_time(response)

    def _keep_time(self, response: Response) -> None:
        date = response.headers.get("date")
        if date is not None:
            self.ahead = parsedate_to_datetime(date) - self._clock.now()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """What is asked for in this block can wait for another run.

        Raises RateLimited as soon as the site asks for fewer calls, Stopped as soon as the run is asked to stop.
        """
        self._gives_way = True
        try:
            yield
        finally:
            self._gives_way = False

    def refuse_stopping(self) -> None:
        """Raise Stopped when what is asked for can wait, and the run was asked to stop."""
        if self._gives_way and self._stopping():
            raise Stopped

    def answered(
        self,
        name: str,
        action: Callable[[], None],
        *,
        about: str | None = None,
        sending: Mapping[str, str] | None = None,
        unless: str | None = None,
    ) -> Answer | None:
        """Do the action once, return the answer to the request it made; None when none can be read: failed, 5xx, late.

        Only requests sent since count, of the newest document when the action leads to another, and with `about` only
        one that names this key (the profile's `request_order`). `sending`: by name what else is sent, for the profile's
        tests of the request.
        With `unless`, an element: also None as soon as that is visible. Raises LoginNeeded when the page goes to the
        login page instead, and what `open_answer` raises.
        """
        with self._sent(name, action, about=about, sending=sending) as sent:
            return self._answer(sent, unless=unless)

    def asking(self, name: str, action: Callable[[], None], *, about: str | None = None) -> Answer:
        """The same for reading: the action is repeated when the site asks for fewer calls, after a wait.

        Raises RateLimited when waiting does not help, TryAgain when no answer comes, SaidNo when the site says no.
        """
        with self.asked(name, action, about=about) as answer:
            return answer()

    @contextmanager
    def asked(
        self, name: str, action: Callable[[], None], *, about: str | None = None
    ) -> Iterator[Callable[[], Answer]]:
        """Like `asking`, in two steps: the action is done now, the answer waited for when the value is called.

        An answer that nobody calls for is waited for as well, so that it is not taken for that to another action.
        """
        with ExitStack() as stack:
            first = stack.enter_context(self._sent(name, action, about=about))
            nobody_called = stack.enter_context(ExitStack())
            nobody_called.callback(self._let_end, first)

            def answer() -> Answer:
                nobody_called.pop_all()
                sent = [first]
                return self.patiently(
                    lambda: _given(self._answer(sent[-1]), name=name),
                    again=lambda: sent.append(stack.enter_context(self._sent(name, action, about=about))),
                )

            yield answer

    def patiently(self, look: Callable[[], T], *, again: Callable[[], object]) -> T:
        """What the look gives; while it raises TooManyCalls, wait, do `again`, and look once more.

        Raises RateLimited when waiting does not help; at once where what is asked for can wait for another run.
        """
        for wait_s in () if self._gives_way else _RATE_LIMIT_WAITS_S:
            try:
                return look()
            except TooManyCalls as error:
                speak("WARNING", _WAITING, why=str(error), seconds=wait_s)
            self._clock.wait(wait_s)
            again()
        try:
            return look()
        except TooManyCalls as error:
            raise RateLimited(str(error)) from error

    @contextmanager
    def _sent(
        self, name: str, action: Callable[[], None], *, about: str | None, sending: Mapping[str, str] | None = None
    ) -> Iterator[_Sent]:
        """Do the action, and listen for what becomes of the requests that it makes."""
        sent = _Sent(
            spec=self._profile.answers[name],
            sending={**(sending or {}), **({} if about is None else {SUBJECT: about})},
            border=self._border,
        )
        handlers: dict[str, Callable[[Any], None]] = {
            "request": sent.note_request,
            "response": sent.note_response,
            "requestfinished": sent.note_whole,
            "requestfailed": sent.note_failure,
            "framenavigated": sent.note_document,
        }
        with _listening(self._border.page, handlers):
            action()
            yield sent

    def _answer(self, sent: _Sent, *, unless: str | None = None) -> Answer | None:
        self._wait(sent.ended, unless=unless)
        self._border.check_led()
        response = sent.ended[0] if sent.ended else None
        if response is None or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        self._keep_time(response)
        if response.status == _TOO_MANY:
            raise TooManyCalls(f"HTTP {response.status}")
        try:
            return open_answer(response, sent.spec, profile=self._profile)
        except AnswerLost:
            self._refuse_login_page()
            return None

    def _wait(self, done: list[Response | None], *, unless: str | None) -> None:
        """Let the browser work until there is an answer, or `unless` is visible, or patience is at its end."""
        css = []
        if unless is not None:
            css = [locator.value for locator in self._profile.element(unless).locators if locator.kind == "css"]
        deadline = self._clock.monotonic() + self._patience_s
        while not done and self._clock.monotonic() < deadline:
            self._refuse_login_page()
            self.refuse_stopping()
            if breathe(self._border.wherever, css=css) and not done:
                return

    def _let_end(self, sent: _Sent) -> None:
        """Wait for the end of what was asked, if anything was; nobody called for its answer."""
        began, moments = self._clock.monotonic(), 0
        with suppress(TryAgain):
            while not sent.ended:
                passed = self._clock.monotonic() - began
                if passed > self._patience_s or (
                    not sent.requests and passed > _BEGINS_WITHIN_S and moments >= _BEGINS_WITHIN_MOMENTS
                ):
                    return
                breathe(self._border.wherever)
                moments += 1

    def _refuse_login_page(self) -> None:
        if urlsplit(self._border.page.url).path.startswith(self._profile.session.login_path):
            raise LoginNeeded("The site went to its login page. Run `rpa login` for this shop.")


@contextmanager
def _listening(page: Page, handlers: Mapping[str, Callable[[Any], None]]) -> Iterator[None]:
    for event, handler in handlers.items():
        page.on(event, handler)  # type: ignore[call-overload]
    try:
        yield
    finally:
        for event, handler in handlers.items():
            page.remove_listener(event, handler)


def _given(answer: Answer | None, *, name: str) -> Answer:
    if answer is None:
        raise TryAgain(f"The site did not answer {name}. Check the network and run again.")
    if not answer.ok:
        raise SaidNo(f"{name}: the site says {answer.message or answer.code}.")
    return answer


def _is_meant(request: Request, spec: AnswerSpec, *, sending: Mapping[str, str]) -> bool:
    """Whether this is the request that the description means, about what is sent."""
    if parameters_in(urlsplit(request.url).path, pattern=spec.url) is None:
        return False
    asked = asked_of(request, url=spec.url)
    return _names(asked, spec.request_order, sending.get(SUBJECT)) and pass_all(spec.request, asked, sending=sending)


def _names(asked: Mapping[str, Any], path: str | None, key: str | None) -> bool:
    """Whether the request has this key where the profile says; without a key, any request."""
    if key is None or path is None:
        return True
    found = follow(asked, path)
    return key in found if isinstance(found, list) else found == key
