"""Facts of a profile: what decides in it, by place, and what one says otherwise than another. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel

from rpa.language import Text

Facts = Mapping[str, Any]
"""By place, as `words.closed` or `elements."list.next".within`: texts, numbers, and lists of these."""

_DESCRIPTIVE = frozenset({"source", "verified", "schema_version"})
"""Fields of tables that say where a fact comes from, or how it is written: they decide nothing."""
_ORDER = "order"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_OLD_RISK = re.compile(r"elements\..*\.risk")
_ABSENT: Final = object()

_TURNED = Text(en="{place}: {before} → {after}", zh="{place}：{before} → {after}")
_REMOVED = Text(en="{place}: {before} → removed", zh="{place}：{before} → 已删除")
_ADDED = Text(en="{place}: {after} → added", zh="{place}：{after} → 新增")
_REORDERED = Text(en="{place}: another order", zh="{place}：顺序改变")


def facts_of(profile: BaseModel) -> Facts:
    """What decides in this profile. What has its default value is left out, as if it were not written."""
    return dict(_walked(profile, ()))


def digest_of(facts: Facts) -> str:
    """One value that differs as soon as any fact does."""
    return hashlib.sha256(_json(facts).encode()).hexdigest()


def without_roles(facts: Facts) -> Facts:
    """These facts without what earlier releases counted among them: the schema, and the risks that code says now."""
    return {place: told for place, told in facts.items() if place != "schema" and not _OLD_RISK.fullmatch(place)}


def _walked(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = _inner(value)
    if inner:
        for key, one in inner.items():
            yield from _walked(one, (*place, key))
    else:
        yield (
            ".".join(key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False) for key in place),
            _plain(value),
        )


def _inner(value: Any) -> dict[str, Any]:
    """The named parts of a table, or of a list of tables: those go by their names, if each has one, else by number."""
    if isinstance(value, tuple) and value and all(isinstance(one, BaseModel) for one in value):
        names = [getattr(one, "name", None) for one in value]
        if all(isinstance(name, str) for name in names) and len({*names, _ORDER}) > len(names):
            return {_ORDER: names, **{str(name): one for name, one in zip(names, value, strict=True)}}
        return {str(number): one for number, one in enumerate(value, start=1)}
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if not isinstance(value, BaseModel):
        return {}
    known = type(value).model_fields.items()
    told = {field.alias or name: getattr(value, name) for name, field in known if _tells(value, name)}
    return told | (value.model_extra or {})


def _tells(model: BaseModel, name: str) -> bool:
    default = type(model).model_fields[name].get_default(call_default_factory=True, validated_data={})
    return name not in _DESCRIPTIVE and bool(getattr(model, name) != default)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel | Mapping) or is_dataclass(value):
        return {key: _plain(one) for key, one in _inner(value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that a profile says otherwise."""

    place: str
    said: Text


def changes(before: Facts, after: Facts) -> list[Change]:
    """Each thing that is said otherwise, in the order of the places; of lists each entry."""
    places = dict.fromkeys([*after, *before])
    return [
        Change(place=place, said=said)
        for place in places
        for said in _differences(_printable(place), before.get(place, _ABSENT), after.get(place, _ABSENT))
    ]


def _differences(place: str, before: Any, after: Any) -> Iterator[Text]:
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
        yield from (_REMOVED.with_words(place=place, before=_shown(one)) for one in gone)
        yield from (_ADDED.with_words(place=place, after=_shown(one)) for one in come)
        if not gone and not come:
            yield _REORDERED.with_words(place=place)
    elif before is _ABSENT:
        yield _ADDED.with_words(place=place, after=_shown(after))
    elif after is _ABSENT:
        yield _REMOVED.with_words(place=place, before=_shown(before))
    else:
        yield _TURNED.with_words(place=place, before=_shown(before), after=_shown(after))


def _shown(value: Any) -> str:
    plain = isinstance(value, str) and value
    text = str(value) if plain else ", ".join(map(_shown, value)) if isinstance(value, list) and value else _json(value)
    return _printable(text)


def _printable(text: str) -> str:
    """With what a terminal obeys, or a reader does not see, written out: a person decides by what stands here."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
