"""Roles of a profile's elements: what the program's code does with each. A profile may raise the risk, never lower it.

They come from what the classes of the platform say (`Uses`), and from what the engine itself does with the elements of
sessions, pages, dialogs and lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Protocol, TypeVar, runtime_checkable

from rpa.discovery import named_values
from rpa.elements.profile import Element, Profile, Risk
from rpa.elements.uses import Uses
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import Mistake

P = TypeVar("P", bound=Profile)

COMMON: Final = "*"
"""In place of a name: the platform of every profile that no platform is called like."""
OF_LISTS: Final = (
    *("next", "total", "page", "page_size", "page_size_option"),
    *("reverse", "filtered", "clear_filter"),
)
"""The elements of a list `things` are called `things.next`, and so on (`rpa.browser.list_reader`)."""
_RISKS: Final = (Risk.READ, Risk.WRITE, Risk.DESTRUCTIVE)
_UNDECLARED = Text(
    en="The program's code does with {name} what cannot be undone, and does not say so (`uses`). Nothing was clicked.",
    zh="程序代码用 {name} 执行不可撤销的操作，却没有声明（uses）。未做任何点击。",
)


@runtime_checkable
class UsingPlatform(Protocol):
    """A platform, as far as it matters here: what its classes do with elements, and what it always tells."""

    name: str
    signs: frozenset[str]

    def uses(self, profile: Profile, /) -> Uses:
        """What its classes use of this profile."""


def platform_called(name: str) -> UsingPlatform | None:
    """The platform that works with profiles of this name."""
    known = named_values("rpa.platforms", UsingPlatform, what="platform")
    return known.get(name) or known.get(COMMON)


def uses_in(profile: Profile) -> Uses:
    """What is used of this profile, by its platform's classes and by the engine itself."""
    platform = platform_called(profile.name)
    return platform.uses(profile) if platform is not None else Uses()


def used(profile: P, uses: Uses) -> P:
    """The profile with each element's role and place, as it follows from what is used so."""
    whole = uses | Uses(looks=tuple(_of_engine(profile)))
    roles: dict[str, Risk] = {}
    for names, role in zip((_looked_at(whole), whole.writes, whole.commits), _RISKS, strict=True):
        roles |= dict.fromkeys(names, role)
    places = _places(whole)
    elements = {
        name: element.used(roles.get(name), within=places[name][0] if len(places.get(name, ())) == 1 else None)
        for name, element in profile.elements.items()
    }
    return profile.model_copy(update={"elements": elements})


def role_mistakes(written: Profile, uses: Uses) -> Iterator[Mistake]:
    """What does not fit to how a profile, as it is written, is used."""
    profile, places = used(written, uses), _places(uses)
    for name, element in profile.elements.items():
        if element.needs_person and not any(element.expect):
            yield Mistake(("elements", name), 'cannot be undone, so "expect" must name the exact text it may have')
        if element.within is not None and element.within not in places.get(name, (element.within,)):
            yield Mistake(("elements", name, "within"), f"the program looks for it in {' or '.join(places[name])}")
    for name, page in profile.pages.items():
        for number, step in enumerate(page.via):
            if step in profile.elements and profile.elements[step].risk is not Risk.READ:
                yield Mistake(("pages", name, "via", number), f"{step} changes something, so it leads to no page")
    for name, dialog in profile.dialogs.items():
        close = profile.elements.get(dialog.close or "")
        if close is not None and close.needs_person:
            yield Mistake(
                ("dialogs", name, "close"), f"{close.name} does what cannot be undone, so it closes no dialog"
            )


def refuse_undeclared(element: Element) -> None:
    """Raise ConfigError unless this element, with which code does what cannot be undone, is known to be used so."""
    if element.risk is not Risk.DESTRUCTIVE:
        raise ConfigError(_UNDECLARED.with_words(name=element.name))


def _looked_at(uses: Uses) -> Iterator[str]:
    yield from (*uses.elements, *uses.looks)
    for names in uses.one_of:
        yield from names


def _places(uses: Uses) -> Mapping[str, tuple[str, ...]]:
    """By element, the lists and dialogs in which it is looked for."""
    found: dict[str, tuple[str, ...]] = {}
    for place, names in uses.within.items():
        for name in names:
            found[name] = (*found.get(name, ()), place)
    return found


def _of_engine(profile: Profile) -> Iterator[str]:
    """The elements that the engine looks at, or clicks, whatever the site is for."""
    login = profile.session.login
    told = (name for key, name in login if key != "page" and isinstance(name, str))
    shops = profile.session.shops
    if shops is not None:
        yield from (shops.enter, *shops.switch)
    for page in profile.pages.values():
        yield from (*page.signature, *page.setup, *page.via, *filter(None, (page.no_right, page.missing, page.refused)))
    for form in login.forms:
        yield from filter(None, (form.account_tab, form.username))
    yield from (*told, *filter(None, (dialog.close for dialog in profile.dialogs.values())))
    for name in profile.lists:
        yield from (f"{name}.{each}" for each in OF_LISTS)
