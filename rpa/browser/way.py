"""Way to a page: by its address, or by clicks from another page where its address holds what nobody can know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

from rpa.browser.actions import Until, go_to
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from rpa.browser.area import Area
    from rpa.browser.resolve import Found
    from rpa.browser.shop_page import ShopPage
    from rpa.elements.profile import PageSpec


_CLICKS: Final = 3


class Walker(Protocol):
    """A shop's whole page, as far as ways to other pages go: what a `View` has of its own."""

    base_url: str
    shop_page: ShopPage
    refuse_stopping: Callable[[], None]

    def set_up(self, name: str) -> None:
        """Click what this page's path alone does not open."""

    def arrive(self, name: str) -> None:
        """Check that this is the page described."""

    def clear(self) -> None:
        """Check the shop, and that nothing unknown covers the page."""

    def document(self) -> str | None:
        """Which document the page shows; None while it is loading."""

    def moments(self) -> Iterator[None]:
        """Now, and again until patience is at its end."""

    def shows(self, name: str, key: str) -> bool:
        """Whether the list shows a row of this key."""

    def row(self, name: str, key: str) -> Area:
        """The one row of this list whose key is this."""

    def present(self, name: str) -> bool:
        """Whether a named element is visible now."""

    def found(self, name: str) -> Found:
        """A named element, waited for."""

    def click(self, name: str) -> None:
        """Click a named element."""


class Way:
    """The way to one page, in two parts: what must be open before, and the step that opens it."""

    def __init__(self, view: Walker, name: str, parameters: Mapping[str, str], *, until: Until) -> None:
        """`parameters`: of its path; a row that is clicked on the way is that of its list's key among them."""
        self._view = view
        self._name = name
        self._parameters = parameters
        self._until = until
        self._is_near = False

    @property
    def _spec(self) -> PageSpec:
        return self._view.shop_page.profile.pages[self._name]

    def go(self) -> None:
        """Be on the way to the page; which one came is not looked at."""
        if not self._is_near:
            self.come_near()
        self._is_near = False
        if self._spec.via:
            self._click(self._spec.via[-1], following=None)
            return
        view, quoted = self._view, {key: quote(value, safe="") for key, value in self._parameters.items()}
        address = view.base_url + self._spec.path.format(**quoted)
        go_to(
            view.shop_page.border,
            address,
            doing=f"opening {self._name}",
            clock=view.shop_page.clock,
            until=self._until,
            unless=view.refuse_stopping,
        )

    def come_near(self) -> None:
        """Open the page from which the last step leads on, and check that it is that; a path needs none."""
        via = self._spec.via
        if via:
            start = self._spec.start or self._view.shop_page.profile.session.after_login
            Way(self._view, start, self._parameters, until="domcontentloaded").go()
            self._view.set_up(start)
            self._view.arrive(start)
        for element, following in pairwise(via):
            self._click(element, following=following)
        self._is_near = True

    def _click(self, element: str, *, following: str | None) -> None:
        """Click it, and wait until what comes next is there; where that was there before, until another document is.

        `following`: what is clicked next; None: the page is to come. A page that has just come may take no clicks yet,
        so it is clicked again where nothing comes. Raises PageChanged when the page stays the one before.
        """
        stood_before = self._is_there(following)
        led = any(self._leads(element, following, by_document=stood_before) for _ in range(_CLICKS))
        self._view.shop_page.refuse_login_page()
        if not led and stood_before:
            raise PageChanged(f"{element} led nowhere: the page is the one that was there before. Look with --headed.")

    def _leads(self, element: str, following: str | None, *, by_document: bool) -> bool:
        """Click it once; whether that led on, in the time that an element may take."""
        place, before = self._place(element), self._view.document()
        place.found(element)
        self._view.clear()
        place.click(element)
        return any(
            self._view.document() not in (None, before)
            or (not by_document and (self._is_there(following) or self._is_refused(following)))
            for _ in self._view.moments()
        )

    def _place(self, element: str) -> Area | Walker:
        """Where it stands: in the row of the list whose key is given, or on the page."""
        kind, _, name = (self._view.shop_page.profile.element(element).within or "").partition(":")
        return self._view.row(name, self._key_in(name)) if kind == "list" else self._view

    def _key_in(self, name: str) -> str:
        return self._parameters.get(self._view.shop_page.profile.lists[name].key, "")

    def _is_there(self, following: str | None) -> bool:
        if following is None:
            return all(map(self._view.present, self._spec.signature))
        kind, _, name = (self._view.shop_page.profile.element(following).within or "").partition(":")
        return self._view.shows(name, self._key_in(name)) if kind == "list" else self._view.present(following)

    def _is_refused(self, following: str | None) -> bool:
        """Whether something else stands in the page's place, of which `View.arrive` tells."""
        spec = self._spec
        others = (spec.no_right, spec.missing, spec.refused) if following is None else ()
        return any(self._view.present(each) for each in others if each is not None)
