"""Files that the browser downloads: taken when they are whole, refused when a page or nothing comes instead.

What nobody asked for is refused at any time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.browser.actions import go_to
from rpa.browser.playwright_errors import translated
from rpa.documents.names import numbered, safe_name
from rpa.errors import LoginNeeded, Refused, Stopped, TryAgain
from rpa.files import is_full
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Download, Page, Request, Response

    from rpa.browser.origins import SiteBorder
    from rpa.clock import Clock

MOST_BYTES = 200 << 20
_MOST_DIGITS = 20
"""Of a length: of thousands of digits Python makes no number."""
_READ_MS = 1_000
_MOMENT_MS = 40
_BLANK = {"", ":", "about:blank"}
"""Addresses of a tab that shows nothing; `:` is that of one whose first document does not come."""
_MADE_HERE = "data:"
"""A file that the page itself has made."""
_MOST_TOLD = 3
_UNASKED = Text(
    en="The site sent a file that nobody asked for ({name}); it was refused.",
    zh="后台发来未请求的文件（{name}），已拒绝。",
)


@dataclass(kw_only=True)
class _Heard:
    """What the browser did since an action began. No slots: Playwright marks its handlers."""

    page: Page
    late: set[str]
    """Addresses asked for by an earlier action, which may be answered only now."""
    refuse: Callable[[Download], None]
    """What to do with a file that comes beside the one that was asked for."""
    asked: set[str] = field(default_factory=set)
    """Addresses asked for, for a page or a file."""
    downloads: list[Download] = field(default_factory=list)
    came: set[str] = field(default_factory=set)
    """Addresses of all files that came."""
    ended: list[str | None] = field(default_factory=list)
    """Of the download: what it failed with, or None."""
    lengths: dict[str, int] = field(default_factory=dict)
    """By address, the length that an answer has announced; 0: none."""
    moved: bool = False
    """The page itself has gone to another document."""

    def note_download(self, download: Download) -> None:
        """Wait for its end beside everything else: Playwright runs each handler on its own."""
        self.came.add(download.url)
        if download.url in self.late - self.asked:
            download.cancel()
            return
        if self.downloads:
            self.refuse(download)
            return
        self.downloads.append(download)
        try:
            self.ended.append(download.failure())
        except Error as error:
            self.ended.append(error.message.partition("\n")[0])

    def note_request(self, request: Request) -> None:
        """Keep where a page or a file is asked for."""
        if request.is_navigation_request():
            self.asked.add(request.url)

    def note_response(self, response: Response) -> None:
        """Keep the length it announces."""
        length = response.headers.get("content-length", "")
        self.lengths[response.url] = int(length) if length.isdecimal() and len(length) < _MOST_DIGITS else 0

    def note_move(self, _page: Page) -> None:
        """The page shows another document."""
        self.moved = True

    def shown(self) -> Page | None:
        """The page or tab that shows something in place of a file."""
        if self.moved:
            return self.page
        return next((tab for tab in others(self.page) if tab.url not in _BLANK), None)


class Downloads:
    """Downloads of one page."""

    def __init__(
        self,
        border: SiteBorder,
        *,
        clock: Clock,
        login_path: str,
        patience_s: float,
        longest_s: float,
        stopping: Callable[[], bool],
    ) -> None:
        """`patience_s`, `longest_s`: how long until it begins, and until it ends; `stopping`: whether to give up."""
        self._border = border
        self._page = border.wherever
        self._clock = clock
        self._login_path = login_path
        self._patience_s = patience_s
        self._longest_s = longest_s
        self._stopping = stopping
        self._late: set[str] = set()
        self._heard: _Heard | None = None
        self._told = 0
        self._page.context.on("download", self._came)

    def _came(self, download: Download) -> None:
        """Refuse what comes in any window while nobody waits for it."""
        if self._heard is None or download.page != self._page:
            self._refuse(download)

    def _refuse(self, download: Download) -> None:
        self._told += 1
        if self._told <= _MOST_TOLD:
            speak("WARNING", _UNASKED, name=safe_name(download.suggested_filename, fallback="download"))
        with suppress(Error):  # it is gone with its window
            download.cancel()

    def taken(self, action: Callable[[], None], *, into: Path, most_bytes: int) -> Path:
        """Do the action, and give the file that it makes the browser download; see `View.downloaded`."""
        heard = _Heard(page=self._page, late=self._late, refuse=self._refuse)
        address, self._heard = self._page.url, heard
        try:
            with _listening(heard):
                action()
                download = self._begun(heard, address=address)
                if not download.url.startswith(_MADE_HERE):
                    self._border.check_origin(download.url)
                length = heard.lengths.get(download.url, 0)
                self._end(heard, download, into=into, length=length, most_bytes=most_bytes)
        finally:
            self._heard = None
            self._late |= heard.asked - heard.came - {self._page.url}
        return _kept(download, into=into, most_bytes=most_bytes)

    def _begun(self, heard: _Heard, *, address: str) -> Download:
        deadline = self._clock.monotonic() + self._patience_s
        while not heard.downloads:
            self._border.check_led()
            shown = heard.shown()
            if shown is not None or self._clock.monotonic() > deadline:
                raise self._nothing(shown, address=address)
            self._breathe()
        return heard.downloads[0]

    def _nothing(self, shown: Page | None, *, address: str) -> Refused | LoginNeeded:
        """What to say when a page, or nothing, came instead of a file; the page is as it was then."""
        if shown is not None:
            self._border.check_shown(shown.url)
        if shown is not None and urlsplit(shown.url).path.startswith(self._login_path):
            return LoginNeeded("The site shows its login page in place of a file. Run `rpa login` for this shop.")
        came = f"shows a page in place of a file (“{_words(shown)}”)" if shown is not None else "gave no file"
        if shown in (None, self._page):
            go_to(self._border, address, doing="going back to where the file was asked for", clock=self._clock)
        return Refused(f"The site {came}; the next run tries again.", reason="download_failed")

    def _end(self, heard: _Heard, download: Download, *, into: Path, length: int, most_bytes: int) -> None:
        """Wait for the end of the download, as long as there is room for it; a length need not be told, nor be true."""
        deadline = self._clock.monotonic() + self._longest_s
        part = _part_of(download)
        while not heard.ended:
            size = max(length, _written(part))
            if size > most_bytes:
                raise _too_large(size, most_bytes=most_bytes)
            if is_full(into) or (part is not None and is_full(part.parent)):
                raise Refused("The disk has no room for the file; make room and run again.", reason="download_failed")
            if self._clock.monotonic() > deadline:
                message = f"The download did not end in {self._longest_s:.0f} s; the next run tries again."
                raise Refused(message, reason="download_failed")
            self._breathe()
        if heard.ended[0] is not None:
            message = f"The download was cut off ({heard.ended[0]}); the next run tries again."
            raise Refused(message, reason="download_failed")

    def _breathe(self) -> None:
        if self._stopping():
            raise Stopped("Asked to stop during a download; the next run makes it again.")
        if self._page.is_closed():
            raise TryAgain("The browser's window is gone.")
        try:
            self._page.wait_for_event("close", timeout=_MOMENT_MS)
        except PlaywrightTimeout:
            return
        except Error as error:
            raise TryAgain("The browser's window is gone.") from error
        raise TryAgain("The browser's window is gone.")


def _part_of(download: Download) -> Path | None:
    """Where the browser writes it: Playwright itself tells that only once the file is whole. None: it is not known."""
    try:
        return Path(download._impl_obj._artifact._initializer["absolutePath"])  # noqa: SLF001
    except (AttributeError, KeyError, TypeError):
        return None


def _written(part: Path | None) -> int:
    """How much of it has come; Chromium gives the file its name at the end."""
    for path in () if part is None else (part.with_name(f"{part.name}.crdownload"), part):
        with suppress(OSError):
            return path.stat().st_size
    return 0


def others(page: Page) -> list[Page]:
    """The other tabs of this page's window."""
    return [tab for tab in page.context.pages if tab != page]


@contextmanager
def _listening(heard: _Heard) -> Iterator[None]:
    """Note what the browser does; at the end, give up what still downloads and close what was opened."""
    page = heard.page
    handlers: list[tuple[Page | BrowserContext, str, Callable[[Any], None]]] = [
        (page, "download", heard.note_download),
        (page, "domcontentloaded", heard.note_move),
        (page.context, "request", heard.note_request),
        (page.context, "response", heard.note_response),
    ]
    for source, event, handler in handlers:
        source.on(event, handler)  # type: ignore[call-overload]
    try:
        yield
    finally:
        for source, event, handler in handlers:
            source.remove_listener(event, handler)
        with suppress(Error):  # a window that is gone has nothing to tidy
            _tidy(heard)


def _tidy(heard: _Heard) -> None:
    for download in heard.downloads[len(heard.ended) :]:
        download.cancel()
    tabs = others(heard.page)
    for tab in tabs:
        tab.close()
    if tabs:
        heard.page.bring_to_front()


def _kept(download: Download, *, into: Path, most_bytes: int) -> Path:
    """The file, whole, under a free name; saved through Playwright, as the browser may be another process's."""
    with tempfile.TemporaryDirectory(dir=into, prefix=".") as private:
        part = Path(private) / "part"
        with translated("taking a file that was downloaded"):
            download.save_as(part)
        part.chmod(0o600)
        _check_size(part.stat().st_size, most_bytes=most_bytes)
        names = numbered(safe_name(download.suggested_filename, fallback="download"))
        return part.rename(next(path for name in names if not (path := into / name).exists()))


def _check_size(size: int, *, most_bytes: int) -> None:
    if size == 0:
        raise Refused("The site gave an empty file; the next run tries again.", reason="download_failed")
    if size > most_bytes:
        raise _too_large(size, most_bytes=most_bytes)


def _too_large(size: int, *, most_bytes: int) -> Refused:
    message = f"The file has {size >> 20} MiB, more than the {most_bytes >> 20} that are taken; download it by hand."
    return Refused(message, reason="too_large")


def _words(page: Page) -> str:
    """How the page's text begins."""
    try:
        return " ".join(page.locator("body").inner_text(timeout=_READ_MS).split())[:60]
    except Error:
        return ""
