"""Areas of a shop's page: the page itself, a row, a dialog. Named elements are found, clicked and filled in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rpa.browser.actions import arrives, click, type_and_enter
from rpa.browser.playwright_errors import looked, translated
from rpa.browser.polling import awaited
from rpa.browser.resolve import find, locate
from rpa.elements.profile import Risk
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.guard import Guard
    from rpa.browser.origins import SiteBorder
    from rpa.browser.resolve import Found
    from rpa.browser.shop_page import ShopPage
    from rpa.clock import Clock
    from rpa.elements.profile import Element, Profile

_HOLDS = """(fields) => fields.map((field) => field.matches("[type=checkbox], [type=radio]") ? String(field.checked)
  : field.selectedOptions ? [...field.selectedOptions].map((option) => option.text.trim()).join(" ")
  : field.value ?? field.innerText.trim())"""
_OPTIONS = "(field) => [...(field.options ?? [])].map((option) => option.text.trim())"
_ORIGINS = "(nodes) => nodes.map(() => location.origin)"
_INSIDE = "(nodes, containers) => containers.find((css) => nodes.some((node) => node.closest(css))) ?? null"
_COVERED_MS = 4_000
"""A click that takes longer is tried again below what may cover it, unless it arrived."""


def _lasting_dialogs(profile: Profile) -> set[str]:
    """The dialogs that have an element with which something is done for good."""
    within = [each.within for each in profile.elements.values() if each.within and each.risk is Risk.DESTRUCTIVE]
    kinds = [place.partition(":") for place in within]
    return {name for kind, _, name in kinds if kind == "dialog" and name in profile.dialogs}


class Area:
    """Part of a shop's page. Actions wait for their result; what is not as described is refused."""

    def __init__(self, shop_page: ShopPage, *, guard: Guard, part: Locator | None = None, about: str = "") -> None:
        """`guard` decides what may be touched; `part`: the row or dialog, None for the whole page.

        `about`: the subject that whatever is clicked in it is for.
        """
        self.shop_page = shop_page
        self.guard = guard
        self._part = part
        self._about = about

    @property
    def page(self) -> Page:
        """Playwright's page. Raises WrongSite when it is not on the shop's site."""
        return self.shop_page.page

    @property
    def border(self) -> SiteBorder:
        """The border of the shop's site."""
        return self.shop_page.border

    @property
    def profile(self) -> Profile:
        """What the page is described by."""
        return self.shop_page.profile

    @property
    def clock(self) -> Clock:
        """The program's clock."""
        return self.shop_page.clock

    def moments(self, *, most_s: float = float("inf")) -> Iterator[None]:
        """Now, and then one moment after another in which the page may change, until patience is at its end."""
        return self.shop_page.moments(most_s=most_s)

    def click(self, name: str) -> None:
        """Click a named element; for a destructive one the guard must allow it. Where it leads is not waited for.

        What covers it is closed where that is a popup of the allow-list, and it is clicked once more; a destructive one
        is tried without a click first, and clicked once. Raises PageChanged when it could not be clicked, and
        UnknownOverlay when something unknown lies over the page.
        """
        with self.border.watched():
            found = self._ready(name)
            lasting = found.element.risk is Risk.DESTRUCTIVE
            if not arrives(self.page, found, within_ms=_COVERED_MS, trial=lasting):
                self.uncover()
                found = self._ready(name)
            elif not lasting:
                return
            try:
                click(found, patience_ms=self.shop_page.patience_ms)
            except PageChanged:  # what came over the page meanwhile says more than that it was not clicked
                self.uncover()
                raise

    def _ready(self, name: str) -> Found:
        """A named element that may be clicked now."""
        found = self._touched(name)
        if found.element.risk is Risk.DESTRUCTIVE:
            self._refuse_another()
        return found

    def _refuse_another(self) -> None:
        """Raise InDoubt when this part of the page is another subject's, just before what cannot be undone."""

    def uncover(self) -> None:
        """Close popups of the allow-list that lie over the page; raise UnknownOverlay when another one stays."""
        self.guard.uncover(self.shop_page, expected=self._dialogs())

    def fill(self, name: str, text: str) -> None:
        """Put text into a named field."""
        with self.border.watched(), translated(f"filling {name}"):
            self._touched(name).locator.fill(text, timeout=self.shop_page.patience_ms)

    def type_and_enter(self, name: str, text: str) -> None:
        """Type like a person and press Enter: for fields that ignore a value set by program."""
        field = self._touched(name)
        with self.border.watched():
            type_and_enter(self.page, field, text, patience_ms=self.shop_page.patience_ms)

    def select(self, name: str, text: str) -> bool:
        """Choose the option that reads so in a named list of the browser's own (`select`); whether it has that."""
        with self.border.watched(), translated(f"choosing {text} in {name}"):
            field = self._touched(name).locator
            if not any(text in field.evaluate(_OPTIONS) for _ in self.moments()):
                return False
            field.select_option(label=text, timeout=self.shop_page.patience_ms)
        return True

    def pick(self, name: str, value: str) -> None:
        """Choose the radio button of this name that stands for the value (`{value}` in its locators)."""
        with self.border.watched(), translated(f"choosing {value} of {name}"):
            found = self._found(self.profile.element(name).with_value(value))
            self._allow(found)
            found.locator.check(timeout=self.shop_page.patience_ms)

    def tick(self, name: str) -> None:
        """Tick every box of this name."""
        element = self.profile.element(name)
        for locator in element.locators:
            boxes = locate(self._root(), locator).visible
            with self.border.watched(), translated(f"ticking {name}"):
                origins = boxes.evaluate_all(_ORIGINS)
                for number, origin in enumerate(origins):
                    self.border.check_origin(origin)
                    self.guard.allow(element, profile=self.profile, origin=self.border.origin, about=self._about)
                    boxes.nth(number).check(timeout=self.shop_page.patience_ms)
                if origins:
                    return
        raise PageChanged(f"{name} is not on the page; nothing was ticked. Run `rpa selectors check`.")

    def holds(self, name: str, *, value: str | None = None) -> tuple[str, ...]:
        """What every visible field of this name (and of this `{value}`) holds now.

        Of a list the text that is chosen, of a box or a radio button whether it is chosen: `true` or `false`; of what
        is no field of the browser's, what it reads.
        """
        root, page = self._root(), self.page
        for locator in self._element(name, value).locators:
            fields = locate(root, locator).visible
            found: list[str] = looked(page, lambda: fields.evaluate_all(_HOLDS), doing=f"reading {name}")  # noqa: B023
            if found:
                return tuple(found)
        return ()

    def present(self, name: str) -> bool:
        """Whether a named element is visible now."""
        return find(self._root(), self.profile.element(name)) is not None

    def text(self, name: str) -> str:
        """What a named element reads."""
        return self.found(name).name

    def texts(self, name: str) -> tuple[str, ...]:
        """What every visible element of this name reads now, as the first of its locators finds them."""
        root, page = self._root(), self.page
        for locator in self.profile.element(name).locators:
            shown = locate(root, locator).visible
            found = looked(page, shown.all_inner_texts, doing=f"reading {name}")
            if found:
                return tuple(text.strip() for text in found)
        return ()

    def disabled(self, name: str, *, value: str | None = None) -> bool:
        """Whether a named element (of this `{value}`) cannot be used now."""
        return self._found(self._element(name, value)).disabled

    def found(self, name: str) -> Found:
        """A named element, waited for."""
        return self._found(self.profile.element(name))

    def _found(self, element: Element) -> Found:
        if element.within and self._part is None:
            raise PageChanged(f"{element.name} is only to be used within {element.within}.")
        return self._resolve(element)

    def _element(self, name: str, value: str | None) -> Element:
        element = self.profile.element(name)
        return element if value is None else element.with_value(value)

    def _touched(self, name: str) -> Found:
        """A named element that is to be clicked or written into, which the guard must allow."""
        found = self.found(name)
        self._refuse_in_dialog(found)
        self._allow(found)
        return found

    def _refuse_in_dialog(self, found: Found) -> None:
        """Raise PageChanged when an element of the page was found in a dialog in which something else is for good.

        With a dialog open, the button that opens it may be gone, and the one that sends it read the same.
        """
        if found.element.within or self._part is not None:
            return
        containers = {self.profile.dialogs[name].container: name for name in _lasting_dialogs(self.profile)}
        inside: str | None = looked(
            self.page,
            lambda: found.locator.evaluate_all(_INSIDE, list(containers)),
            doing=f"looking where {found.element.name} stands",
        )
        if inside is not None:
            message = f"{found.element.name} stands in the dialog {containers[inside]}, where it is not looked for"
            raise PageChanged(f"{message}; nothing was clicked. Run `rpa selectors check`.")

    def _allow(self, found: Found) -> None:
        self.guard.allow(found.element, profile=self.profile, origin=found.origin, about=self._about)

    def _root(self) -> Page | Locator:
        page = self.page
        return page if self._part is None else self._part

    def _resolve(self, element: Element, *, unless: Callable[[], None] = lambda: None) -> Found:
        patience_ms = self.shop_page.patience_ms
        try:
            found = awaited(self._root(), element, moments=self.moments(), patience_ms=patience_ms, unless=unless)
        except PageChanged:
            self.shop_page.refuse_login_page()
            self.guard.clear(self.shop_page, expected=self._dialogs())
            raise
        self.border.check_origin(found.origin)
        return found

    def _dialogs(self) -> list[str]:
        """What is known to lie over the page while something in it is done."""
        return [dialog.container for dialog in self.profile.dialogs.values()]
