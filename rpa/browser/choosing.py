"""Choosing a file in a page's file field, which pages hide behind a button of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rpa.browser.playwright_errors import translated
from rpa.elements.resolve import locate
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.elements.profile import Element


def file_field(root: Page | Locator, element: Element, *, patience_ms: float) -> Locator:
    """The one file field that the element names, visible or not, waited for.

    Raises PageChanged when there is none, or several, or when it is something else.
    """
    anywhere = locate(root, element.locators[0])
    for locator in element.locators[1:]:
        anywhere = anywhere.or_(locate(root, locator))
    with translated(f"{element.name} is not on the page ({len(element.locators)} locators tried)"):
        anywhere.first.wait_for(state="attached", timeout=patience_ms)
        fields = anywhere.all()
        kinds = [field.evaluate("(node) => node.tagName === 'INPUT' && node.type === 'file'") for field in fields]
    if len(kinds) != 1:
        raise PageChanged(f"{element.name} is on the page {len(kinds)} times; no file was chosen.")
    if not kinds[0]:
        raise PageChanged(f"{element.name} takes no file; none was chosen. Run `rpa selectors check`.")
    return fields[0]


def choose_file(field: Locator, path: Path, *, name: str) -> None:
    """Have the page take this file, as if a person had chosen it."""
    with translated(f"choosing {path.name} in {name}"):
        field.set_input_files(path)
