"""Choosing a file in a page's file field, which pages hide behind a button of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rpa.browser.playwright_errors import translated
from rpa.browser.resolve import locate
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.view import View
    from rpa.elements.profile import Element


_KIND = """(node) => [
  node.tagName === 'INPUT' && node.type === 'file', self.origin === 'null' ? 'null' : location.origin,
]"""


def choose_file(view: View, name: str, path: Path, *, patience_ms: float) -> None:
    """Have the page take this file, as if a person had chosen it."""
    element = view.profile.element(name)
    field, origin = _file_field(view.page, element, patience_ms=patience_ms)
    view.border.check_origin(origin)
    view.guard.allow(element, profile=view.profile, origin=origin)
    with view.border.watched(), translated(f"choosing {path.name} in {name}"):
        field.set_input_files(path)


def _file_field(root: Page, element: Element, *, patience_ms: float) -> tuple[Locator, str]:
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
