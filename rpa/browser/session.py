"""Starting the browser, one context a shop, and closing both. Nothing is hidden from the site, nothing is imitated."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from loguru import logger
from playwright.sync_api import Browser, Error, Page, Playwright, ViewportSize, sync_playwright

from rpa.browser.find import find_browser
from rpa.browser.playwright_errors import translated
from rpa.browser.switches import QUIET, WITHOUT
from rpa.errors import ConfigError, TryAgain
from rpa.files import kept_in
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import StorageState

    from rpa.browser.shared import Guest

_BROWSER_GONE = Text(en="The browser was gone before it was closed: {why}", zh="浏览器在关闭前已退出：{why}")
_WINDOW_GONE = Text(en="The window was gone before it was closed: {why}", zh="浏览器窗口在关闭前已退出：{why}")

_STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"
WINDOW: ViewportSize = {"width": 1440, "height": 900}


@contextmanager
def launched(
    *,
    headed: bool = False,
    slow_mo_ms: float = 0,
    playwright: Playwright | None = None,
    sockets: Path | None = None,
) -> Iterator[Browser]:
    """A browser, ended with the block.

    `playwright`: a driver that runs already; `sockets`: a folder with a short path, for where the folder of temporary
    files has a long one: the browser makes a socket there, and does not start where it cannot.
    Raises ConfigError when there is no browser to start.
    """
    with nullcontext(playwright) if playwright is not None else sync_playwright() as driver:
        browser = _launch(driver, headed=headed, slow_mo_ms=slow_mo_ms, sockets=sockets)
        try:
            yield browser
        finally:
            _close(browser)


def _launch(playwright: Playwright, *, headed: bool, slow_mo_ms: float, sockets: Path | None) -> Browser:
    executable = find_browser()
    if headed and not has_screen():
        raise ConfigError("--headed needs a screen, and DISPLAY is not set. Run without --headed, or under xvfb-run.")
    args = [*QUIET, WITHOUT, *sandbox()]
    try:
        return playwright.chromium.launch(
            executable_path=executable, headless=not headed, slow_mo=slow_mo_ms, args=args,
            env=_environment(sockets),
            # Ctrl-C reaches the driver too; it would close the browser under the order in hand.
            handle_sigint=False, handle_sigterm=False, handle_sighup=False,
        )  # fmt: skip
    except Error as error:
        first_line = error.message.partition("\n")[0]
        tried = executable or "Playwright's own browser"
        message = f"No browser could be started ({tried}: {first_line})."
        raise ConfigError(f"{message} Install Chrome, Edge or Chromium, or set RPA_BROWSER.") from error


def _environment(sockets: Path | None) -> dict[str, str | float | bool]:
    """What the browser is started with.

    On Linux it names files in the locale's encoding: with one that is no UTF-8, or is not there, every Chinese name of
    a download would be lost.
    """
    folders = {} if sockets is None else kept_in(sockets)
    encoding = {"LC_ALL": "C.UTF-8"} if sys.platform.startswith("linux") else {}
    return {**os.environ, **folders, **encoding}


def has_screen() -> bool:
    """Whether a browser window can be shown to a person here."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def sandbox() -> list[str]:
    """What the browser needs to start as this user; said when it is something."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return []
    logger.debug("Running as root, where Chromium's sandbox does not work: it is switched off (--no-sandbox).")
    return ["--no-sandbox"]


def _close(browser: Browser) -> None:
    try:
        browser.close()
    except Error as error:
        speak("WARNING", _BROWSER_GONE, why=error.message.partition("\n")[0])


@contextmanager
def shop_page(
    browser: Browser,
    *,
    state: bytes | None,
    timezone: str,
    still: bool,
    guest: Guest | None = None,
) -> Iterator[Page]:
    """A page in a context of its own, with this saved login state; `still` switches the site's animations off.

    `guest`: where the browser is another process's, which is told of the page before the page goes anywhere.
    """
    storage: StorageState | None = json.loads(state) if state else None
    try:
        context = browser.new_context(
            storage_state=storage, viewport=WINDOW, locale="zh-CN", timezone_id=timezone,
            accept_downloads=True, reduced_motion="reduce" if still else None,
        )  # fmt: skip
        context.grant_permissions([])  # and denies all others, which would be asked for
    except Error as error:
        raise TryAgain(f"The browser did not open a window: {error.message.partition(chr(10))[0]}.") from error
    if still:
        rule = json.dumps(_STILL)
        context.add_init_script(
            f"addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
            f"document.createElement('style'), {{ textContent: {rule} }})))"
        )
    try:
        with translated("opening a page"):
            page = context.new_page()
        if guest is not None:
            guest.announce(page)
        yield page
    finally:
        try:
            context.close()
        except Error as error:
            speak("WARNING", _WINDOW_GONE, why=error.message.partition("\n")[0])


def login_state(page: Page) -> bytes:
    """Cookies, local storage and IndexedDB of this page's context, as JSON. Raises TryAgain when the window is gone."""
    with translated("reading the login state"):
        return json.dumps(page.context.storage_state(indexed_db=True)).encode()
