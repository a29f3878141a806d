"""Kind words: what people read of actions of one kind. Flows tell them; what nobody tells is said in general words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Final

from rpa.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """What people read of actions of one kind, in the gaps of the engine's sentences.

    Where only one of the languages has such a gap, the other's word is not read.
    """

    noun: Text
    """What such an action is done to."""
    nouns: Text
    """The same after a number: "3 subjects", "3 项"."""
    does: Text
    """What the program does."""
    done: Text
    """What the site shows afterwards."""
    not_done: Text
    undone: Text
    """What the site shows where it was done and is no more."""
    to_do: Text
    due: Text
    """The same as `to_do` where there is little room, as above a column of numbers."""
    deadline: Text
    """By when it must be done."""

    def gaps(self) -> dict[str, Text]:
        """The words by the names of gaps: {done}, and {Done} where a sentence begins."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return named | {name.capitalize(): word.capitalized() for name, word in named.items()}


GENERAL: Final = KindWords(
    noun=Text(en="subject", zh="对象"),
    nouns=Text(en="subjects", zh="项"),
    does=Text(en="acts", zh="处理"),
    done=Text(en="done", zh="已处理"),
    not_done=Text(en="not done", zh="未处理"),
    undone=Text(en="not done any more", zh="已不是处理后的状态"),
    to_do=Text(en="to do", zh="待处理"),
    due=Text(en="due", zh="待办"),
    deadline=Text(en="deadline", zh="期限"),
)
"""What is said where no flow has told better words."""


def shared(words: Collection[KindWords]) -> KindWords:
    """The words of actions of several kinds: those that all of them have in common, else the general ones."""
    agreed: dict[str, Text] = {}
    for each in fields(KindWords):
        told = {getattr(one, each.name) for one in words}
        agreed[each.name] = told.pop() if len(told) == 1 else getattr(GENERAL, each.name)
    return KindWords(**agreed)
