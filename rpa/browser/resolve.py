"""Resolution of an element's name to exactly one visible place on the page, or a refusal. Nothing is guessed.

Locators are tried in order within the scope; no visible hit: the next one; two visible hits: refused. A hit is only a
candidate: its name is compared with what the profile expects and forbids, on every use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rpa.browser.playwright_errors import looked, translated
from rpa.elements.profile import Risk
from rpa.elements.uiwords import lasting_word
from rpa.errors import PageChanged
from rpa.language import Text

if TYPE_CHECKING:
    from playwright.sync_api import Locator as PlaywrightLocator
    from playwright.sync_api import Page

    from rpa.elements.profile import Element, Locator

_LASTING = Text(
    en="{name} was found as “{text}”: “{word}” stands on what cannot be undone, and the profile calls it harmless and "
    "does not expect these very words; nothing was clicked.",
    zh="{name} 定位到“{text}”：含有“{word}”，属于不可撤销的操作，而页面描述把它当作无害元素，"
    "且没有写明它应显示这些字；未点击。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The one place an element was found at."""

    element: Element
    locator: PlaywrightLocator
    name: str
    """As a person reads it, white space folded."""
    also: tuple[str, ...]
    """What else is told of it, and of the button that it stands in."""
    disabled: bool
    origin: str
    """Of the document that has it, as that names it itself."""
    clicks: str
    """The document, and how many clicks it has had: another text after a click means that this arrived."""


class NotItself(PageChanged):
    """An element is there more than once, or reads differently than expected."""


@cache
def script(*names: str) -> str:
    """The page functions of these files, joined; the last one is an expression."""
    folder = files("rpa.browser") / "js"
    *shared, last = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in names]
    code = last[last.index("\n") + 1 :] if last.startswith("//") else last
    while code.startswith("//"):
        code = code[code.index("\n") + 1 :]
    code = code.rstrip().rstrip(";")
    return f"(...args) => {{ {''.join(shared)} return ({code})(...args); }}" if shared else code


def locate(root: Page | PlaywrightLocator, locator: Locator) -> PlaywrightLocator:
    """Playwright's locator for one way of finding an element, inside `root`."""
    match locator.kind:
        case "test_id":
            return root.get_by_test_id(locator.value)
        case "role":
            if locator.name is None:
                return root.get_by_role(locator.value)  # type: ignore[arg-type]
            return root.get_by_role(locator.value, name=locator.name, exact=True)  # type: ignore[arg-type]
        case "label":
            return root.get_by_label(locator.value, exact=True)
        case "placeholder":
            return root.get_by_placeholder(locator.value, exact=True)
        case "text":
            return root.get_by_text(locator.value, exact=True)
        case _:
            return root.locator(locator.value)


def find(root: Page | PlaywrightLocator, element: Element) -> Found | None:
    """The element where it is visible now; None if it is not. Raises NotItself when it is ambiguous or misnamed."""
    seen = _first_seen(root, element, element.locators)
    while seen is not None and seen.rank:
        drawn_meanwhile = _first_seen(root, element, element.locators[: seen.rank])
        if drawn_meanwhile is None:
            break
        seen = drawn_meanwhile
    if seen is None:
        return None
    if len(seen.hits) > 1:
        how = f"{seen.by.kind} {seen.by.value!r}"
        message = f"{element.name} is on the page {len(seen.hits)} times ({how}); nothing was chosen."
        raise NotItself(f"{message} Run `rpa selectors check`.")
    [hit] = seen.hits
    problem = name_problem(element, hit["name"])
    if problem:
        raise NotItself(f"{problem}; nothing was clicked.")
    place = locate(root, seen.by).visible.describe(element.name)
    return Found(
        element=element,
        locator=place,
        name=hit["name"],
        also=tuple(hit["also"]),
        disabled=hit["disabled"],
        origin=hit["origin"],
        clicks=hit["clicks"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one of an element's locators finds."""

    rank: int
    by: Locator
    hits: list[dict[str, Any]]


def _first_seen(root: Page | PlaywrightLocator, element: Element, locators: Sequence[Locator]) -> _Seen | None:
    """The first of these that finds anything visible. They are asked one by one, while the page goes on drawing."""
    for rank, locator in enumerate(locators):
        hits = visible_hits(locate(root, locator), name=element.name)
        if hits:
            return _Seen(rank=rank, by=locator, hits=hits)
    return None


def visible_hits(candidate: PlaywrightLocator, *, name: str) -> list[dict[str, Any]]:
    """What is visible now where this locator looks: `name` (as a person reads it) and the rest of `Found`, of each.

    The argument `name` is the element's, for messages.
    """
    text = looked(candidate.page, lambda: candidate.evaluate_all(script("describe")), doing=f"looking for {name}")
    hits: list[dict[str, Any]] = json.loads(text)
    return hits


def resolve(root: Page | PlaywrightLocator, element: Element, *, timeout_ms: float) -> Found:
    """The element, waited for. Raises PageChanged when it does not come, is ambiguous or misnamed."""
    found = find(root, element)
    if found is not None:
        return found
    anywhere = locate(root, element.locators[0])
    for locator in element.locators[1:]:
        anywhere = anywhere.or_(locate(root, locator))
    with translated(f"{element.name} is not on the page ({len(element.locators)} locators tried)"):
        anywhere.visible.first.wait_for(timeout=timeout_ms)
    found = find(root, element)
    if found is None:
        raise PageChanged(f"{element.name} came and went. Run `rpa selectors check`.")
    return found


def name_problem(element: Element, name: str) -> str:
    """What is wrong with this element reading so; empty if nothing is."""
    forbidden = next((word for word in element.forbid if word in name), None)
    if forbidden is not None:
        return f"{element.name} was found as “{name}”, which contains the forbidden word “{forbidden}”"
    if element.expect and name not in element.expect:
        return f"{element.name} was found as “{name}”, expected {' or '.join(element.expect)}"
    return ""


def refuse_lasting(found: Found) -> None:
    """Raise NotItself when this element, called harmless, reads like what cannot be undone, and need not read so.

    These words are the program's own: whatever the profile forbids or leaves out, no such button is clicked by mistake.
    """
    element = found.element
    if element.risk is Risk.DESTRUCTIVE:
        return
    word = lasting_word([found.name, *found.also], expected=element.expect)
    if word is not None:
        raise NotItself(_LASTING.with_words(name=element.name, text=found.name or " ".join(found.also), word=word))
