"""Starter parts: what a capability adds to the questions of `rpa init` and to the rpa.toml that it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rpa.language import Text

_NOTHING = Text(en="", zh="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the starter."""

    key: str
    text: Text
    default: str = ""
    problem: Callable[[str], Text | None] = lambda _answer: None
    """What is wrong with an answer; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterKey:
    """One key of the shop's table, as an answer has it."""

    key: str
    value: str | tuple[str, ...]
    comment: Text
    """Its lines; each but the first begins with a #."""
    folder: str = ""
    """A folder beside rpa.toml that is made for it; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterPart:
    """What one capability adds. Its lines are commented out, so that nothing holds before a person removes the #."""

    asked: tuple[tuple[Question, Callable[[str], StarterKey]], ...] = ()
    """Questions, each with the key that its answer gives the shop."""
    shop_lines: Text = _NOTHING
    """At the end of the shop's table."""
    schedule_lines: Text = _NOTHING
    """Among the runs that nobody watches."""
