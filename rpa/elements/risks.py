"""Risks that a profile states, held against the code: it may raise the risk of an element, never lower it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from rpa.discovery import named_values
from rpa.elements.profile import Risk
from rpa.elements.uiwords import closing_problem
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import Mistake

if TYPE_CHECKING:
    from rpa.elements.profile import Element, Profile

_CALLED_HARMLESS = Text(
    en="The program does with {name} what cannot be undone, but the profile {profile} gives it the risk “{risk}”; only "
    "“destructive” is true. Nothing was clicked.",
    zh="程序用 {name} 执行不可撤销的操作，但页面描述 {profile} 把它的 risk 写成了“{risk}”；"
    "只能写 destructive。未做任何点击。",
)
COMMON: Final = "*"
"""In place of a name: the platform of every profile that no platform is called like."""
_HARMLESS = ("read", "write")
_NAMES = ("name", "text", "label")
"""Keys of a locator that say what is on the button."""
_CONFIRM = ("confirm", "go_on")
"""Keys of a step that name what does it for good."""
_LEFT_BY = Text(
    en="The profile {profile} would leave the dialog {dialog} by {name}, with which the program does what cannot be "
    "undone. Nothing was clicked.",
    zh="页面描述 {profile} 用 {name} 关闭弹窗 {dialog}，而 {name} 执行的是不可撤销的操作。未做任何点击。",
)


@runtime_checkable
class _Committing(Protocol):
    """A platform, as far as it matters here: what its code does for good."""

    @property
    def name(self) -> str: ...

    @property
    def commits(self) -> frozenset[str]: ...

    @property
    def signs(self) -> frozenset[str]: ...


def _platform(name: str) -> _Committing | None:
    known = named_values("rpa.platforms", _Committing, what="platform")
    return known.get(name) or known.get(COMMON)


def _commits(platform: str) -> frozenset[str]:
    """The elements with which this platform's code does what cannot be undone."""
    found = _platform(platform)
    return found.commits if found is not None else frozenset()


def _confirmed(tables: Mapping[str, Any]) -> Iterator[str]:
    """The elements that send what a table's `steps` describe: whatever the profile calls them, they do it for good."""
    for table in tables.values():
        steps = table.get("steps") if isinstance(table, Mapping) else getattr(table, "steps", None)
        for step in steps if isinstance(steps, list | tuple) else ():
            for key in _CONFIRM:
                name = step.get(key) if isinstance(step, Mapping) else getattr(step, key, None)
                if isinstance(name, str):
                    yield name


def committed(profile: Profile) -> frozenset[str]:
    """The elements with which this profile's platform does what cannot be undone: by its code, and by its steps."""
    tables = {name: getattr(profile, name) for name in type(profile).model_fields}
    return (_commits(profile.name) | frozenset(_confirmed(tables))) & profile.elements.keys()


def refuse_lowered(profile: Profile) -> None:
    """Raise ConfigError when this profile calls anything harmless with which its platform's code commits.

    Or when it would leave a dialog by such an element.
    """
    commits = committed(profile)
    for name in sorted(commits):
        refuse_harmless(profile.element(name), profile=profile)
    for dialog in profile.dialogs.values():
        if dialog.close is not None and dialog.close in commits:
            raise ConfigError(_LEFT_BY.with_words(dialog=dialog.name, name=dialog.close, profile=profile.name))


def refuse_harmless(element: Element, *, profile: Profile) -> None:
    """Raise ConfigError unless this element, with which the program does what cannot be undone, is called so."""
    if element.risk is not Risk.DESTRUCTIVE:
        words = {"name": element.name, "profile": profile.name, "risk": element.risk.value}
        raise ConfigError(_CALLED_HARMLESS.with_words(**words))


def risk_mistakes(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Elements that the platform's code uses for what cannot be undone and that are called harmless."""
    found = data.get("elements")
    elements: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    for name in sorted((_commits(str(data.get("name"))) | frozenset(_confirmed(data))) & elements.keys()):
        if isinstance(elements[name], Mapping) and elements[name].get("risk") in _HARMLESS:
            text = 'the program does with it what cannot be undone; only risk = "destructive" is true'
            yield Mistake(("elements", name, "risk"), text)
    yield from _popups(data)
    yield from _absent(data)


def always_told(platform: str) -> frozenset[str]:
    """Facts that this platform always tells of what it lists: what is not read of them is unreadable, never absent."""
    found = _platform(platform)
    return found.signs if found is not None else frozenset()


def _absent(data: Mapping[str, Any]) -> Iterator[Mistake]:
    signs, names = always_told(str(data.get("name"))), data.get("absent")
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if name in signs:
            text = f'this platform always tells "{name}": what is not read of it is unreadable, never absent'
            yield Mistake(("absent", number), text)


def _popups(data: Mapping[str, Any]) -> Iterator[Mistake]:
    popups = data.get("popups")
    for name, popup in popups.items() if isinstance(popups, Mapping) else ():
        close = popup.get("close") if isinstance(popup, Mapping) else None
        told = close.items() if isinstance(close, Mapping) else ()
        for text in (one for key, one in told if key in _NAMES):
            problem = closing_problem(text) if isinstance(text, str) else None
            if problem is not None:
                yield Mistake(("popups", name, "close"), f"“{text}” does not close a popup: {problem.en}")
