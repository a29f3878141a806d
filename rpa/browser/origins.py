"""Origins: the border of a shop's site; no document of another origin comes into its page.

The browser itself refuses such documents, before anything is asked for: whoever leads the page away (a redirect, a
script, a form, a frame), and whatever is typed or clicked at that moment, no other site is there to receive it. Once
the page was to be led away, nothing is done in it any more. On top of that, the page is given out only while it is on
the site, and what is found on it tells in which origin it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from rpa.address import origin_of
from rpa.browser.playwright_errors import translated
from rpa.errors import RpaError, TryAgain, WrongSite
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import FileChooser, Frame, Page, Request, Route

_ELSEWHERE = Text(
    en="The site led the page to {there}, which is not the shop's site ({here}); nothing was typed, clicked or read "
    "there. If it belongs to the site, add it to `origins` in the profile; else find out who leads there first.",
    zh="后台把页面引向 {there}，而店铺的网站是 {here}；程序没有在那里输入、点击或读取任何内容。"
    "如果该地址确属本平台，请加入页面描述的 origins；否则请先查明原因。",
)
_FRAME = Text(
    en="A frame of another site ({there}) was not let into the page.", zh="页面中其他网站的框架未被载入：{there}"
)
_TAB = Text(
    en="The page opened a window that nobody asked for ({there}); it was closed.",
    zh="页面打开了程序没有要求的窗口，已关闭：{there}",
)
_CHOOSER = Text(
    en="The page asked for a file that nobody wanted to give; it was not answered.", zh="页面要求选择文件，未予理会。"
)
_NO_ANSWER = "The site did not answer: the browser shows a page of its own. Check the network and run again."
_BROWSERS_OWN = "chrome-error:"
_BLANK = "about:blank"
_DOCUMENT = "Document"
_ALL = "**/*"


class SiteBorder:
    """The border around one page."""

    def __init__(self, page: Page, *, origins: Sequence[str]) -> None:
        """`origins`: that of the shop's own address, then others that belong to its site."""
        self._page = page
        self.origins = list(origins)
        self._elsewhere = ""
        """Where the page was led; nothing is done with it any more."""
        self._frames: set[str] = set()
        self._sent: set[str] = set()
        """What the page has sent to the site beside documents, by its number: a redirect keeps it."""
        self._open = False
        """A person is at work, who may go wherever a log-in leads."""
        with translated("opening a page"):
            self._session = page.context.new_cdp_session(page)
            self._main = self._session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
            self._session.on("Fetch.requestPaused", self._judge)
            self._heed({"resourceType": _DOCUMENT})
        page.on("framenavigated", self._note_document)
        page.on("filechooser", self._leave_unanswered)

    @property
    def wherever(self) -> Page:
        """The page wherever it stands: to be led to the site, or listened to."""
        return self._page

    @property
    def page(self) -> Page:
        """The page, to be looked at or touched. Raises WrongSite when it is not on the site, or was to leave it."""
        self.check()
        self._close_others()
        return self._page

    def check(self) -> None:
        """Raise WrongSite when the page is not on the site, or was to leave it."""
        self.check_led()
        self.check_shown(self._page.url)

    def check_led(self) -> None:
        """Raise WrongSite when the page was led elsewhere, wherever it is now."""
        if self._elsewhere:
            raise WrongSite(_ELSEWHERE.with_words(there=_origin(self._elsewhere), here=self.origins[0]))

    def check_shown(self, url: str) -> None:
        """Raise WrongSite when a window at this address shows another site; the browser's own pages are none."""
        if url.strip(":") and not url.startswith((_BLANK, _BROWSERS_OWN)):
            self.check_origin(url)

    def check_origin(self, url: str) -> None:
        """Raise WrongSite unless what this names (an address, an origin as a document tells it) is of the site."""
        if self.owns(url):
            return
        if self._page.url.startswith(_BROWSERS_OWN):
            raise TryAgain(_NO_ANSWER)
        self.note_elsewhere(url)
        self.check_led()

    def owns(self, url: str) -> bool:
        """Whether this address belongs to the site."""
        return origin_of(url) in self.origins

    def note_elsewhere(self, url: str) -> None:
        """Something of the page went there: the next look at the page raises WrongSite."""
        self._elsewhere = self._elsewhere or url

    @property
    def origin(self) -> str:
        """The origin of the document that the page shows."""
        return origin_of(self.page.url)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Raise WrongSite when the page is led elsewhere meanwhile, whatever else came of it."""
        try:
            yield
        except RpaError:
            self.check_led()
            raise
        self.check_led()

    @contextmanager
    def opened(self) -> Iterator[Page]:
        """A person drives the page, through whatever pages a log-in takes; the program only watches."""
        self._open = True
        try:
            yield self._page
        finally:
            self._open = False

    @contextmanager
    def unredirected(self) -> Iterator[None]:
        """Meanwhile nothing is sent on to another site, and no other window sends anything: a password is in it."""
        self._sent.clear()
        context = self._page.context
        with translated("minding what the page sends"):
            context.route(_ALL, self._refuse_others)
            self._heed({})
        try:
            yield
        finally:
            with suppress(Error):  # the page is gone; the next look at it says so
                self._heed({"resourceType": _DOCUMENT})
                context.unroute(_ALL, self._refuse_others)
        self.check_led()

    def _heed(self, requests: dict[str, str]) -> None:
        self._session.send("Fetch.enable", {"patterns": [requests]})

    def _refuse_others(self, route: Route) -> None:
        """Let the page ask for what it wants, and no other window, whose redirects nobody is asked about."""
        with suppress(Error):
            if _is_of(self._page, route.request):
                route.continue_()
            else:
                route.abort("blockedbyclient")

    def _judge(self, event: dict[str, Any]) -> None:
        """Let a document come or refuse it, before it is asked for; each redirect is asked about anew."""
        url, request = event["request"]["url"], {"requestId": event["requestId"]}
        with suppress(Error):  # the page is gone, and the document with it
            if self._may_come(event, url=url):
                self._session.send("Fetch.continueRequest", request)
                return
            if event["resourceType"] != _DOCUMENT or event["frameId"] == self._main:
                self.note_elsewhere(url)
            else:
                self._tell_frame(url)
            self._session.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _may_come(self, event: dict[str, Any], *, url: str) -> bool:
        if event["resourceType"] != _DOCUMENT:
            own, sent = self.owns(url), event.get("networkId", event["requestId"])
            if own:
                self._sent.add(sent)
            return own or sent not in self._sent
        return self._open or self.owns(url) or (event["frameId"] != self._main and not origin_of(url))

    def _note_document(self, frame: Frame) -> None:
        """A document is there; one of another site was not asked about."""
        if origin_of(frame.url) and not self._open and not self.owns(frame.url):
            self.note_elsewhere(frame.url)

    def _tell_frame(self, url: str) -> None:
        origin = _origin(url)
        if origin not in self._frames:
            self._frames.add(origin)
            speak("WARNING", _FRAME, there=origin)

    def _close_others(self) -> None:
        """Close the windows that the page has opened by itself."""
        for tab in self._page.context.pages:
            if tab != self._page and not self._open:
                speak("WARNING", _TAB, there=tab.url)
                with suppress(Error):
                    tab.close()

    def _leave_unanswered(self, _chooser: FileChooser) -> None:
        speak("WARNING", _CHOOSER)


def _is_of(page: Page, request: Request) -> bool:
    """Whether this page asks for it; a window that is only being opened has no page yet."""
    try:
        return request.frame.page == page
    except Error:
        return False


def _origin(url: str) -> str:
    """The origin, for people; what has none is named by its beginning."""
    return origin_of(url) or url[:60]
