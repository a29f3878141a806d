"""Browser sessions: the browser started, one context a shop, both closed. Nothing is hidden, nothing is imitated."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Browser, Error, Page, Playwright, ViewportSize

from rpa.browser.driver import driver, find_browser
from rpa.browser.login_state import cookies_of, for_context
from rpa.browser.playwright_errors import translated
from rpa.environment import for_children
from rpa.errors import ConfigError, TryAgain
from rpa.files import kept_in
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, StorageState


QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--metrics-recording-only",
)
"""Background services of the browser itself call its maker's hosts; a shop's run needs none of them."""

_OF_PLAYWRIGHT: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
_ADDRESS_BAR: Final = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Suggestions below the address bar are pages of their own; each new window loads them, and nobody types there."""

WITHOUT: Final = f"--disable-features={','.join((*_OF_PLAYWRIGHT, *_ADDRESS_BAR))}"
"""A browser heeds its last list of features alone, so that ours repeats Playwright's (version 1.65)."""

_BROWSER_GONE = Text(en="The browser was gone before it was closed: {why}", zh="浏览器在关闭前已退出：{why}")
_WINDOW_GONE = Text(en="The window was gone before it was closed: {why}", zh="浏览器窗口在关闭前已退出：{why}")

_NO_SANDBOX = Text(
    en="Running as root, for whom Chromium's sandbox does not work: a page that breaks out of the browser has this "
    "machine. Use a user of its own.",
    zh="正在以 root 运行，Chromium 沙盒无法启用：恶意页面一旦突破浏览器即可控制本机。请改用专门的普通用户运行。",
)
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
    with driver(playwright) as running:
        warn_of_no_sandbox()
        yield from _until_end(_launch(running, headed=headed, slow_mo_ms=slow_mo_ms, sockets=sockets))


@contextmanager
def taken_over(browser: Browser) -> Iterator[Browser]:
    """A browser that `launch_ahead` has started, ended with the block."""
    warn_of_no_sandbox()
    yield from _until_end(browser)


def _until_end(browser: Browser) -> Iterator[Browser]:
    try:
        yield browser
    finally:
        _close(browser)


def launch_ahead(playwright: Playwright) -> Browser | None:
    """A browser without a window, before it is known whether one is needed. None: none starts; `launched` says why.

    A browser takes about as long to start as the program's own parts to be imported, and both can go on at once.
    """
    try:
        return _launch(playwright, headed=False, slow_mo_ms=0, sockets=None)
    except ConfigError:
        return None


def _launch(playwright: Playwright, *, headed: bool, slow_mo_ms: float, sockets: Path | None) -> Browser:
    executable = find_browser()
    if headed and not has_screen():
        raise ConfigError("--headed needs a screen, and DISPLAY is not set. Run without --headed, or under xvfb-run.")
    args = [*QUIET, WITHOUT, *sandbox()]
    try:
        return playwright.chromium.launch(
            executable_path=executable,
            headless=not headed,
            slow_mo=slow_mo_ms,
            args=args,
            env=_environment(sockets),
            # Ctrl-C reaches the driver too; it would close the browser under the action in hand.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
    except Error as error:
        first_line = error.message.partition("\n")[0]
        tried = executable or "Playwright's own browser"
        message = f"No browser could be started ({tried}: {first_line})."
        raise ConfigError(f"{message} Install Chrome, Edge or Chromium, or set RPA_BROWSER.") from error


def _environment(sockets: Path | None) -> dict[str, str | float | bool]:
    """What the browser is started with: what it needs, no secret of ours.

    On Linux it names files in the locale's encoding: with one that is no UTF-8, or is not there, every Chinese name of
    a download would be lost.
    """
    folders = {} if sockets is None else kept_in(sockets)
    encoding = {"LC_ALL": "C.UTF-8"} if sys.platform.startswith("linux") else {}
    return {**for_children(**folders, **encoding)}


def has_screen() -> bool:
    """Whether a browser window can be shown to a person here."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def sandbox() -> list[str]:
    """What the browser needs to start as this user."""
    return ["--no-sandbox"] if is_unboxed() else []


def is_unboxed() -> bool:
    """Whether the browser has no sandbox: Chromium's does not work for root."""
    return sys.platform.startswith("linux") and os.geteuid() == 0


def warn_of_no_sandbox() -> None:
    """Say so, where the browser has none: when one is started, and by a run in another process's browser."""
    if is_unboxed():
        speak("WARNING", _NO_SANDBOX)


def _context(browser: Browser, begins: StorageState | None, *, timezone: str, still: bool) -> BrowserContext:
    """A window of its own that begins so; without what pages had stored, where the browser does not take that."""
    try:
        return browser.new_context(
            storage_state=begins,
            viewport=WINDOW,
            locale="zh-CN",
            timezone_id=timezone,
            accept_downloads=True,
            service_workers="block",
            reduced_motion="reduce" if still else None,
        )
    except Error:
        if begins is None or not begins.get("origins"):
            raise
        return _context(browser, cookies_of(begins), timezone=timezone, still=still)


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
    guest: BrowserGuest | None = None,
) -> Iterator[Page]:
    """A page in a context of its own, with this saved login state; `still` switches the site's animations off.

    `guest`: where the browser is another process's, which is told of the page before the page goes anywhere.
    """
    begins = for_context(state)
    try:
        context = _context(browser, begins, timezone=timezone, still=still)
        context.grant_permissions([])  # and denies all others, which would be asked for
    except Error as error:
        raise TryAgain(f"The browser did not open a window: {error.message.partition(chr(10))[0]}.") from error
    try:
        with translated("opening a page"):
            if still:
                rule = json.dumps(_STILL)
                context.add_init_script(
                    f"addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
                    f"document.createElement('style'), {{ textContent: {rule} }})))"
                )
            page = context.new_page()
        if guest is not None:
            guest.announce(page)
        yield page
    finally:
        try:
            context.close()
        except Error as error:
            speak("WARNING", _WINDOW_GONE, why=error.message.partition("\n")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserGuest:
    """A run whose page is in the browser of another process, which holds the shop's `PageLock` for it."""

    endpoint: str
    announce: Callable[[Page], None]
    """Tells the browser's owner of the page, and returns when the owner knows it. Raises Stopped if it never will."""
