"""Upgrade of a profile to what is written today: what follows from code goes, steps of the bundled one come."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import tomlkit
from tomlkit.items import Comment, InlineTable, Item, Key, SingleKey, Table, Trivia

from rpa.elements.profile import Risk
from rpa.elements.roles import used, uses_in
from rpa.elements.upgrade_pairs import with_short_pairs
from rpa.elements.upgrade_tables import lacking, missing_for, with_table
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import read

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.elements.profile import Element, Profile

_OLD: Final = 1
_NOW: Final = 2
_RISK, _WITHIN, _RAISED = "risk", "within", "irreversible"
_AFTER: Final = (_RISK, "expect", "page")
"""Where the new key comes: in the place of the first of these that is there, or behind it."""
_FIRST_LINES: Final = 10

_NEEDED = Text(
    en="{path} is written as profiles were before (schema = 1); what a click on an element can do is said by the "
    "program's code now. Run `rpa selectors upgrade`: it changes these {count} lines, and leaves the rest as it is:"
    "\n{lines}",
    zh="{path} 是旧格式（schema = 1）；每个元素的点击能否撤销，现在由程序代码决定。"
    "请运行 rpa selectors upgrade：只改动以下 {count} 行，其余内容不变：\n{lines}",
)
_BY_HAND = Text(
    en="{path} is written so that the program cannot upgrade it. Take “risk” out of its elements, and write "
    "schema = 2 by hand.",
    zh="{path} 的写法无法由程序升级。请手动删去各元素的 risk，并写上 schema = 2。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What becomes of one file."""

    path: Path
    before: str
    after: str
    left: tuple[Text, ...] = ()
    """What its owner is to add by hand, each with its lines."""

    @property
    def lines(self) -> list[str]:
        """Each line that goes (-) or comes (+), with two lines around it."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]

    @property
    def refusal(self) -> Text:
        """Why the profile is not used as it is."""
        changed = [line for line in self.lines if line.startswith(("-", "+"))]
        first = [*changed[:_FIRST_LINES], *(["…"] if len(changed) > _FIRST_LINES else [])]
        lines = "\n".join(f"  {line}" for line in first)
        return _NEEDED.with_words(path=self.path, count=len(changed), lines=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What becomes of one element."""

    gone: frozenset[str]
    raised: bool


def is_old(path: Path) -> bool:
    """Whether this is a profile of the schema before."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("schema") == _OLD
    except (OSError, ValueError):
        return False


def upgraded(
    path: Path,
    *,
    model: type[Profile],
    prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    bundled: str | None = None,
    tables: Collection[str] = (),
) -> Upgrade:
    """The file as it is written today. Raises ConfigError listing its mistakes, and for one to be upgraded by hand.

    A risk that its owner had raised above the code's stays raised (`irreversible`), and a lower one is left out.
    `bundled`: the text of the profile of its name that came with the program, whose `tables` of steps are written into
    a file that has none, where it has all that they name. What its lists and their answers both tell is written as one
    line, too.
    """
    text, old = path.read_bytes().decode("utf-8", "replace"), is_old(path)
    if not old and (bundled is None or not _is_read(text)):
        return Upgrade(path=path, before=text, after=text)
    read(path, model, prepare=lambda data: prepare(_bare(data)))

    def profile_of(text: str, *, gone: Collection[str] = (_RISK,)) -> Profile:
        return model.model_validate(prepare(_bare(_data(text), gone=gone)))

    answers = {name: one["answer"] for name, one in _lists(bundled).items() if "answer" in one}
    after, left = text, []
    if answers:
        after = with_short_pairs(text, answers=answers, data_of=_data, same=lambda text: profile_of(text).facts)
    for table in lacking(_data(text), bundled=bundled, tables=tables):
        missing = missing_for(after, table, profile_of=profile_of)
        if missing:
            left.append(table.left(path, missing=missing))
        else:
            after = with_table(after, table)
    if old:
        after = _without_risks(after, profile_of(after, gone=(_RISK, _WITHIN)), path=path)
    return Upgrade(path=path, before=text, after=after, left=tuple(left))


def _lists(bundled: str | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _data(bundled or "").get("lists", {})
    return found


def _data(text: str) -> dict[str, Any]:
    """The raw tables; none where it is no TOML."""
    return _parsed(text) or {}


def _is_read(text: str) -> bool:
    """Whether this is TOML of the schema of today."""
    return _data(text).get("schema") == _NOW


def _without_risks(text: str, profile: Profile, *, path: Path) -> str:
    """The text of a profile of the schema before, as that of today. Raises ConfigError for one to be done by hand."""
    data = _data(text)
    edits = _edits(used(profile, uses_in(profile)), data)
    after = _edited(text, edits)
    if _parsed(after) != _expected(data, edits):
        raise ConfigError(_BY_HAND.with_words(path=path))
    return after


def _parsed(text: str) -> dict[str, Any] | None:
    """The raw tables; None: it is no TOML."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return None


def _bare(data: Mapping[str, Any], *, gone: Collection[str] = (_RISK, _WITHIN)) -> dict[str, Any]:
    """The raw tables without what follows from code."""
    return _expected(data, dict.fromkeys(_elements(data), _Edit(gone=frozenset(gone), raised=False)))


def _elements(data: Mapping[str, Any]) -> dict[str, Any]:
    found = data.get("elements")
    return {key: one for key, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


def _edits(profile: Profile, data: Mapping[str, Any]) -> dict[str, _Edit]:
    return {name: _edit(profile.element(name), table) for name, table in _elements(data).items()}


def _edit(element: Element, table: Mapping[str, Any]) -> _Edit:
    follows = {_WITHIN} if element.within is not None and table.get(_WITHIN) == element.within else set()
    was_destructive = table.get(_RISK, Risk.DESTRUCTIVE) == Risk.DESTRUCTIVE
    raised = was_destructive and element.role in (Risk.READ, Risk.WRITE)
    return _Edit(gone=frozenset({_RISK, *follows}), raised=raised)


def _expected(data: Mapping[str, Any], edits: Mapping[str, _Edit]) -> dict[str, Any]:
    """What the upgraded file must read as."""
    out = deepcopy(dict(data))
    out["schema"] = _NOW
    for name, edit in edits.items():
        table = out["elements"][name]
        out["elements"][name] = {key: one for key, one in table.items() if key not in edit.gone}
        if edit.raised:
            out["elements"][name][_RAISED] = True
    return out


def _edited(text: str, edits: Mapping[str, _Edit]) -> str:
    """The text with each edit made in its place; only written out afterwards, so that the parts of it are edited."""
    document = tomlkit.parse(text)
    document["schema"] = _NOW
    for name, table in document["elements"].items() if edits else ():
        if isinstance(table, Table):
            _edit_table(table.value.body, edits[name])
        elif isinstance(table, InlineTable):
            _edit_line(table, edits[name])
    return tomlkit.dumps(document)


def _edit_line(table: InlineTable, edit: _Edit) -> None:
    for key in edit.gone & table.keys():
        del table[key]
    if edit.raised:
        table[_RAISED] = True


def _edit_table(body: list[tuple[Key | None, Item]], edit: _Edit) -> None:
    if edit.raised:
        keys = [key.key if key is not None else "" for key, _ in body]
        place = keys.index(next(key for key in _AFTER if key in keys))
        there = body[place][1].trivia
        raised = tomlkit.boolean("true")
        raised.trivia.indent, raised.trivia.trail = there.indent, there.trail
        body.insert(place + 1, (SingleKey(_RAISED), raised))
    for place, (key, item) in reversed(list(enumerate(body))):
        if key is None or key.key not in edit.gone:
            continue
        trivia = item.trivia
        if trivia.comment:
            alone = Trivia(indent=trivia.indent, comment_ws="", comment=trivia.comment, trail=trivia.trail)
            body[place] = (None, Comment(alone))
        else:
            del body[place]
