"""Uses: what a class asks of a profile, by name, so that what is missing is told before a browser starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from rpa.elements.fields import AnswerField, FieldSpec
    from rpa.elements.profile import Profile

Fields = Mapping[str, tuple[str, ...]]
"""Blocks by name, each with the fields of it that are read."""
_FLAG: Final = frozenset({"set", "clear"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """All that a class cannot do without in a profile, and what it does with each element (`rpa.elements.roles`)."""

    elements: tuple[str, ...] = ()
    """What is looked at, or clicked to see something else."""
    writes: tuple[str, ...] = ()
    """What is filled in, or opens what is."""
    commits: tuple[str, ...] = ()
    """With which something is done that cannot be undone."""
    looks: tuple[str, ...] = ()
    """What is looked at where it is there."""
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By list or dialog (`list:NAME`, `dialog:NAME`), the elements that are looked for nowhere else."""
    one_of: tuple[tuple[str, ...], ...] = ()
    """Of the elements in each of these, one must be there."""
    pages: tuple[str, ...] = ()
    lists: Fields = field(default_factory=dict)
    dialogs: Fields = field(default_factory=dict)
    answers: Fields = field(default_factory=dict)
    named: tuple[str, ...] = ()
    """Dialogs that must name what they are open for (`key`)."""
    closed: tuple[str, ...] = ()
    """Dialogs that must say what closes them (`close`)."""
    counted: tuple[str, ...] = ()
    """Answers that must say how many rows there are (`total`)."""
    tables: tuple[str, ...] = ()
    """Tables that capabilities add to a profile (`Capability.profile_tables`)."""
    told_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By field, the lists and answers (`list NAME`, `answer NAME`) of which one must have it."""
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By list or answer, its fields that may be `set` or `clear`: any other such field there nothing would look at."""

    def __or__(self, other: Uses) -> Uses:
        """What either uses."""
        return Uses(
            elements=_each_once(self.elements, other.elements),
            writes=_each_once(self.writes, other.writes),
            commits=_each_once(self.commits, other.commits),
            looks=_each_once(self.looks, other.looks),
            within=_merged(self.within, other.within),
            one_of=(*self.one_of, *(each for each in other.one_of if each not in self.one_of)),
            pages=_each_once(self.pages, other.pages),
            lists=_merged(self.lists, other.lists),
            dialogs=_merged(self.dialogs, other.dialogs),
            answers=_merged(self.answers, other.answers),
            named=_each_once(self.named, other.named),
            closed=_each_once(self.closed, other.closed),
            counted=_each_once(self.counted, other.counted),
            tables=_each_once(self.tables, other.tables),
            told_by=_merged(self.told_by, other.told_by),
            flags=_merged(self.flags, other.flags),
        )

    def missing(self, profile: Profile) -> Iterator[str]:
        """What this profile does not have, as people find it in its file: `element things.next`, `list things`."""
        yield from (f"table [{name}]" for name in self.tables if getattr(profile, name, None) is None)
        yield from (f"page {name}" for name in self.pages if name not in profile.pages)
        needed = dict.fromkeys((*self.elements, *self.writes, *self.commits))
        yield from (f"element {name}" for name in needed if name not in profile.elements)
        yield from (f"element {' or '.join(each)}" for each in self.one_of if not profile.elements.keys() & set(each))
        yield from _missing_blocks("list", self.lists, {name: spec.fields for name, spec in profile.lists.items()})
        yield from _missing_blocks("dialog", self.dialogs, {name: one.fields for name, one in profile.dialogs.items()})
        yield from _missing_blocks("answer", self.answers, {name: one.fields for name, one in profile.answers.items()})
        dialogs, answers = profile.dialogs, profile.answers
        yield from (f"key of dialog {name}" for name in self.named if name in dialogs and not dialogs[name].key)
        yield from (f"close of dialog {name}" for name in self.closed if name in dialogs and not dialogs[name].close)
        yield from (f"total of answer {name}" for name in self.counted if name in answers and not answers[name].total)
        blocks = _read_in(profile)
        for name, places in self.told_by.items():
            if not any(name in blocks.get(place, ()) for place in places):
                yield f"field {name} of {' or '.join(places)}"
        for place, known in self.flags.items():
            flags = (name for name, spec in blocks.get(place, {}).items() if _is_flag(spec) and name not in known)
            yield from (f"what reads field {name} of {place}{did_you_mean(name, known)}" for name in flags)


def _missing_blocks(kind: str, used: Fields, there: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for block, names in used.items():
        if block not in there:
            yield f"{kind} {block}"
        else:
            yield from (f"field {name} of {kind} {block}" for name in names if name not in there[block])


def _read_in(profile: Profile) -> Mapping[str, Mapping[str, FieldSpec | AnswerField]]:
    """The fields of each list and answer, by `list NAME` and `answer NAME`."""
    return {
        **{f"list {name}": spec.fields for name, spec in profile.lists.items()},
        **{f"answer {name}": spec.fields for name, spec in profile.answers.items()},
    }


def _is_flag(spec: FieldSpec | AnswerField) -> bool:
    """Whether it reads as `set` or `clear`."""
    return bool(getattr(spec, "words", None)) or not _FLAG.isdisjoint((spec.map or {}).values())


def _each_once(first: tuple[str, ...], then: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then)))


def _merged(one: Fields, other: Fields) -> Fields:
    return {name: _each_once(one.get(name, ()), other.get(name, ())) for name in {**one, **other}}
