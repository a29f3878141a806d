"""Inspection of a page against its profile, for people: found, missing, different. Clicks nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.browser.lists import open_dialog
from rpa.browser.playwright_errors import translated
from rpa.browser.resolve import locate, name_problem, visible_hits
from rpa.elements.values import UNREADABLE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from rpa.browser.view import View
    from rpa.elements.profile import DialogSpec, Element, ListSpec, PageSpec


class Presence(StrEnum):
    """How an element stands on a page."""

    FOUND = "found"
    MISSING = "missing"
    """It belongs to the page's signature and is not there."""
    ABSENT = "absent"
    """Not there now, which may be right: it shows at times, or the list has no rows."""
    SEVERAL = "several"
    MISNAMED = "misnamed"
    """It reads differently than expected."""
    NOT_LOOKED_FOR = "not_looked_for"
    """It shows only after a click (in a dialog), or with a value that the caller chooses."""


_SELDOM_THERE_S = 1.0
"""A list without a sign of being empty may be absent for good: it is given this long to show a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSeen:
    """One element on one page."""

    name: str
    presence: Presence
    signature: bool
    """Whether the page is not the page without it."""
    text: str = ""
    """What it reads, or what is wrong with that."""
    count: int = 0
    """How often it was found; for an element of a list, in how many of its rows."""
    locator: int = 0
    """Which of its locators found it, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSeen:
    """One list on one page."""

    name: str
    rows: int
    settled: bool
    """False: it showed neither rows nor the sign of an empty list, or it stayed busy."""
    says_empty: bool
    """Whether the profile knows a sign of this list being empty; without one, no rows may be right."""
    unreadable: Mapping[str, int]
    """Field → in how many rows it could not be read."""
    example: Mapping[str, str]
    """What the last row reads, for pages that open one: sites mark what is opened as read, and the last is the oldest.

    Fields that are empty or unreadable are left out.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSeen:
    """A dialog that is open, or a form that is part of the page."""

    name: str
    unreadable: tuple[str, ...]
    """Its fields that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlaySeen:
    """Something that lies over a page."""

    text: str
    popup: str | None
    """Its name on the profile's allow-list, from which a run would close it; None: a run would stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """What a page showed."""

    name: str
    url: str
    identity: Mapping[str, str | None]
    """`mall_id` and `mall_name`; None: not found."""
    overlays: tuple[OverlaySeen, ...]
    elements: tuple[ElementSeen, ...]
    lists: tuple[ListSeen, ...]
    forms: tuple[FormSeen, ...] = ()
    no_right: str = ""
    """What the site says in place of a page that this account may not see."""

    @property
    def is_itself(self) -> bool:
        """Whether the whole signature was found, with nothing unknown over it, so that a run would accept the page."""
        whole = all(one.presence is Presence.FOUND for one in self.elements if one.signature)
        return whole and all(overlay.popup is not None for overlay in self.overlays)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Fields that cannot be read anywhere: in no row of their list, or not in their form."""
        lists = (
            f"{each.name}.{field}" for each in self.lists for field, n in each.unreadable.items() if n == each.rows
        )
        return (*lists, *(f"{each.name}.{field}" for each in self.forms for field in each.unreadable))


def inspected(view: View, name: str, *, patience_s: float) -> PageSeen:
    """What this page of the profile, already open, shows of what the profile describes. Nothing is clicked or closed.

    `patience_s`: how long the signature and the rows of a list may take to show.

    Raises KickedOut or ChallengeShown when that lies over the page.
    """
    page, profile = view.profile.pages[name], view.profile
    _wait_for_signature(view, page, patience_s=patience_s)
    no_right = view.text(page.no_right) if page.no_right and view.present(page.no_right) else ""
    here = [spec for spec in profile.lists.values() if name in spec.pages and not no_right]
    lists = tuple(_list_seen(view, spec, patience_s=patience_s) for spec in here)
    forms = {spec.name: root for spec in profile.dialogs.values() if (root := open_dialog(view.page, spec)) is not None}
    elements = [one for one in profile.elements.values() if name in one.pages]
    elements.sort(key=lambda one: one.name not in page.signature)
    seen = view.guard.look(view.shop_page)
    view.guard.refuse_words(seen["overlays"])
    return PageSeen(
        name=name,
        url=seen["url"],
        identity=seen["identity"],
        overlays=tuple(OverlaySeen(text=one["text"], popup=one["popup"]) for one in seen["overlays"]),
        elements=tuple(_element_seen(view, one, page=page, forms=forms) for one in elements),
        lists=lists,
        forms=tuple(_form_seen(view, profile.dialogs[name]) for name in forms),
        no_right=no_right,
    )


def _wait_for_signature(view: View, page: PageSpec, *, patience_s: float) -> None:
    """Give each element of the signature time to show; a page that lacks one is not waited for again."""
    for name in page.signature:
        shown = _anywhere(view.page, view.profile.element(name))
        if page.no_right:
            shown = shown.or_(_anywhere(view.page, view.profile.element(page.no_right)))
        if not _comes(shown, patience_s=patience_s):
            return


def _anywhere(root: Page | Locator, element: Element) -> Locator:
    first, *rest = (locate(root, locator) for locator in element.locators)
    for other in rest:
        first = first.or_(other)
    return first


def _comes(locator: Locator, *, patience_s: float) -> bool:
    with translated("waiting for the page"):
        try:
            locator.visible.first.wait_for(timeout=patience_s * 1000)
        except PlaywrightTimeout:
            return False
    return True


def _element_seen(view: View, element: Element, *, page: PageSpec, forms: Mapping[str, Locator]) -> ElementSeen:
    kind, _, container = (element.within or "").partition(":")
    signature = element.name in page.signature
    takes_value = any("{value}" in locator.value for locator in element.locators)
    if takes_value or (kind == "dialog" and container not in forms):
        return ElementSeen(name=element.name, presence=Presence.NOT_LOOKED_FOR, signature=signature)
    root: Page | Locator = forms[container] if kind == "dialog" else view.page
    if kind == "list":
        root = view.page.locator(view.profile.lists[container].rows).visible
    for number, locator in enumerate(element.locators, start=1):
        hits = visible_hits(locate(root, locator), name=element.name)
        if hits:
            return _judged(element, [hit["name"] for hit in hits], locator=number, signature=signature)
    gone = Presence.MISSING if signature else Presence.ABSENT
    return ElementSeen(name=element.name, presence=gone, signature=signature)


def _judged(element: Element, names: list[str], *, locator: int, signature: bool) -> ElementSeen:
    problem = next((problem for name in names if (problem := name_problem(element, name))), "")
    if len(names) > 1 and not (element.within or "").startswith("list:"):
        presence = Presence.SEVERAL
    else:
        presence = Presence.MISNAMED if problem else Presence.FOUND
    return ElementSeen(
        name=element.name,
        presence=presence,
        signature=signature,
        text=problem or names[0],
        count=len(names),
        locator=locator,
    )


def _list_seen(view: View, spec: ListSpec, *, patience_s: float) -> ListSeen:
    shown = view.page.locator(spec.rows)
    if spec.empty is not None:
        shown = shown.or_(view.page.locator(spec.empty))
    there = _comes(shown, patience_s=patience_s if spec.empty is not None else min(patience_s, _SELDOM_THERE_S))
    read = view.rows(spec.name)
    last = read.values[-1] if read.values else {}
    unreadable = Counter(field for row in read.values for field in _unreadable_fields(row))
    return ListSeen(
        name=spec.name,
        rows=len(read.values),
        settled=there and read.quiet,
        says_empty=spec.empty is not None,
        unreadable=dict(unreadable),
        example={field: value for field, value in last.items() if isinstance(value, str) and value},
    )


def _form_seen(view: View, spec: DialogSpec) -> FormSeen:
    return FormSeen(name=spec.name, unreadable=tuple(_unreadable_fields(view.look_into(spec.name))))


def _unreadable_fields(row: Mapping[str, Any]) -> Iterator[str]:
    for field, value in row.items():
        if value is UNREADABLE or (isinstance(value, tuple) and UNREADABLE in value):
            yield field
