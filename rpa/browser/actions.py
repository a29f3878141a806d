"""Actions on a page as a person does them: go to an address, click once, type into one field, choose a file."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Error

from rpa.browser.playwright_errors import loading, looked, translated
from rpa.browser.polling import breathe
from rpa.browser.resolve import locate, refuse_lasting, script
from rpa.errors import PageChanged, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Response

    from rpa.browser.origins import SiteBorder
    from rpa.browser.resolve import Found
    from rpa.clock import Clock
    from rpa.elements.profile import Element


_CLICKS = """() => [
  performance.timeOrigin,
  ...["pointerdown", "mousedown", "click"].map((kind) => performance.eventCounts.get(kind))]
  .join(" ")"""


def click(found: Found, *, patience_ms: float) -> None:
    """Click it. Where it leads is not waited for. Raises PageChanged when it could not be clicked in time."""
    refuse_lasting(found)
    with translated(f"clicking {found.element.name}"):
        found.locator.click(timeout=patience_ms, no_wait_after=True)


def arrives(page: Page, found: Found, *, within_ms: float, trial: bool = False) -> bool:
    """Click it; whether the click arrived. False: nothing was clicked, as when something covers it or it has a twin.

    A click that took long may have arrived all the same, in part or whole: the document counts its clicks. `trial`:
    nothing is clicked, it is only looked whether a click would arrive; a page that is busy may count one late.
    """
    refuse_lasting(found)
    try:
        found.locator.click(timeout=within_ms, no_wait_after=True, trial=trial)
    except Error:
        if trial:
            return False
        clicks: str = looked(page, lambda: page.evaluate(_CLICKS), doing=f"clicking {found.element.name}")
        return clicks != found.clicks
    return True


_KIND = """(node) => [
  node.tagName === 'INPUT' && node.type === 'file', self.origin === 'null' ? 'null' : location.origin,
]"""


def file_field(root: Page, element: Element, *, patience_ms: float) -> tuple[Locator, str]:
    """The one file field that the element names, visible or not, waited for; and the origin of its document.

    Raises PageChanged when there is none, or several, or when it is something else.
    """
    anywhere = locate(root, element.locators[0])
    for locator in element.locators[1:]:
        anywhere = anywhere.or_(locate(root, locator))
    with translated(f"{element.name} is not on the page ({len(element.locators)} locators tried)"):
        anywhere.first.wait_for(state="attached", timeout=patience_ms)
        fields = anywhere.all()
        kinds = [field.evaluate(_KIND) for field in fields]
    if len(kinds) != 1:
        raise PageChanged(f"{element.name} is on the page {len(kinds)} times; no file was chosen.")
    [(takes_files, origin)] = kinds
    if not takes_files:
        raise PageChanged(f"{element.name} takes no file; none was chosen. Run `rpa selectors check`.")
    return fields[0], origin


_TRIES = 3
_END = "() => window.rpaKeys?.() ?? 0"


def type_and_enter(page: Page, found: Found, text: str, *, patience_ms: float) -> None:
    """Type into this field, over what is in it, and press Enter; again when a key did not reach it.

    Raises PageChanged when the page takes the focus away each time.
    """
    refuse_lasting(found)
    name, field = found.element.name, found.locator
    with translated(f"typing into {name}"):
        for _ in range(_TRIES):
            field.click(timeout=patience_ms)
            if _reached(page, field, text, patience_ms=patience_ms):
                return
    raise PageChanged(
        f"The page took the focus from {name} while it was typed into, {_TRIES} times; look with --headed."
    )


def _reached(page: Page, field: Locator, text: str, *, patience_ms: float) -> bool:
    field.evaluate(script("keys_for"), timeout=patience_ms)
    try:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    finally:
        strays = page.evaluate(_END)
    return not strays


_AGAIN = Text(en="{why} Trying again in {seconds} s.", zh="后台页面无响应，{seconds:.0f} 秒后重试：{why}")

_NETWORK_WAITS_S = (1.0, 3.0)
_INTERRUPTED, _MOST_INTERRUPTIONS = "interrupted by another navigation", 20
Until = Literal["commit", "domcontentloaded"]


def go_to(
    border: SiteBorder,
    address: str,
    *,
    doing: str,
    clock: Clock,
    until: Until = "domcontentloaded",
    unless: Callable[[], None] = lambda: None,
) -> None:
    """Load an address in the page. Raises TryAgain (`doing`: …) when the site does not answer three times.

    WrongSite when it leads elsewhere, and whatever `unless` raises before it is tried again.
    """
    for wait_s in (*_NETWORK_WAITS_S, None):
        border.check_led()
        try:
            with loading(doing):
                answer = _load(border.wherever, address, until=until)
            if answer is not None and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TryAgain(f"{doing}: HTTP {answer.status}. Check the network and run again.")  # noqa: TRY301
        except TryAgain as error:
            border.check_led()
            unless()
            if wait_s is None:
                raise
            speak("WARNING", _AGAIN, why=str(error), seconds=wait_s)
            clock.wait(wait_s)
        else:
            return


def _load(page: Page, address: str, *, until: Until) -> Response | None:
    """Go there; again when the page was on its way to another document still, such as the browser's own of an error."""
    for _ in range(_MOST_INTERRUPTIONS):
        try:
            return page.goto(address, wait_until=until)
        except Error as error:
            if _INTERRUPTED not in error.message:
                raise
            breathe(page)
    return page.goto(address, wait_until=until)
