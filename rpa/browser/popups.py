"""Popups: one that the profile knows is closed by what can only close it, never in silence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from rpa.browser.playwright_errors import translated
from rpa.browser.resolve import locate, script
from rpa.elements.uiwords import closing_problem
from rpa.errors import UnknownOverlay
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Page

    from rpa.elements.profile import Popup

_CLOSED = Text(
    en="Closed the popup {name} (“{words}”) with “{by}”.", zh="已关闭弹窗 {name}（“{words}”），点击的是“{by}”。"
)
_NOT_CLOSED = Text(
    en="The popup {name} (“{words}”) was not closed: the profile would close it with “{by}”, but {problem}.",
    zh="弹窗 {name}（“{words}”）未关闭：页面描述要点击的“{by}”不是关闭按钮（{problem}）。",
)
_LEADS = Text(en="it leads to another page or sends a form", zh="点击它会跳转页面或提交表单")
_CLOSING_MS = 3_000
_LEADS_ON = """(node) => {
  const link = node.closest('a[href]'), button = node.closest('button, input');
  return Boolean(link && !/^(#|javascript:)/i.test(link.getAttribute('href').trim()))
    || Boolean(button?.form && ['submit', 'image'].includes(button.type));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPopup:
    """A popup that the program closed by itself."""

    popup: str
    """Its name in the profile."""
    text: str
    by: str
    """What was on the button; empty: a sign without words."""


def close_popup(page: Page, popup: Popup, *, name: str, text: str) -> ClosedPopup | None:
    """Close it; None: it has gone by itself meanwhile.

    Raises UnknownOverlay when what would be clicked does not read like what closes a popup; nothing is clicked then.
    """
    container = page.locator(popup.container).visible
    if popup.text:
        container = container.filter(has_text=re.compile("|".join(map(re.escape, popup.text))))
    with translated(f"closing the popup {name}"):
        there = container.element_handles()
        if not there:
            return None
        try:
            button = locate(container.first, popup.close).visible.element_handle(timeout=_CLOSING_MS)
            by = _told_by(button, name=name, text=text)
            button.click(timeout=_CLOSING_MS)
            there[0].wait_for_element_state("hidden", timeout=_CLOSING_MS)
        except Error:  # drawn anew, or gone by itself
            if there[0].is_visible():
                raise
            return None
    speak("INFO", _CLOSED, name=name, words=text[:60], by=by)
    return ClosedPopup(popup=name, text=text, by=by)


def _told_by(button: ElementHandle, *, name: str, text: str) -> str:
    """What is on this button, which closes a popup."""
    [told] = json.loads(button.evaluate(f"(node) => ({script('describe')})([node], true)"))
    by: str = told["name"]
    leads = _LEADS if button.evaluate(_LEADS_ON) else None
    problem = leads or closing_problem(by, others=told["also"], signs=told["signs"])
    if problem is not None:
        raise UnknownOverlay(_NOT_CLOSED.with_words(name=name, words=text[:60], by=by, problem=problem))
    return by
