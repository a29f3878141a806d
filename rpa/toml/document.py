"""TOML documents read into pydantic models, all mistakes reported at once, each with its line."""

from __future__ import annotations

import codecs
import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.lines import Place, key_lines
from rpa.toml.shape import keys_at, said

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)

Check = Callable[[Mapping[str, Any]], "Iterable[Mistake]"]
"""Looks at the raw table, whose values may have any type, for what a model cannot say."""

_BASIC_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_BAD_ESCAPE = re.compile(r'\\(?![btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
_CONTROL = re.compile(r"[\x08\t\n\x0c\r]")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_TYPED_MARKS = re.compile("[\u2018\u2019\u201c\u201d\uff02\uff07\uff0c\uff1d\uff3b\uff3d\uff5b\uff5d\u3010\u3011]")
_TYPED_ADVICE = "; this line has full-width or curly marks, write them plainly: \" ' = , [ ] { }"
_PATH_ADVICE = "a backslash starts an escape here; write the path in 'single quotes', or with /"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the key path where it is, and what is wrong and what to do."""

    place: Place
    text: str


def read(
    path: Path,
    model: type[M],
    *,
    checks: Iterable[Check] = (),
    prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> M:
    """The file as this model, `prepare`d first. Raises ConfigError with every mistake as `file:line  key: text`."""
    text, found = _text(path)
    data, more = _table(text)
    found += more
    if data is not None:
        value, mistakes = _modelled(prepare(data), model)
        mistakes += _eaten_backslashes(data)
        mistakes += [mistake for check in checks for mistake in check(data)]
        found += _placed(mistakes, text)
        if value is not None and not found:
            return value
    raise ConfigError(_listed(path, found))


def refuse(path: Path, mistakes: Iterable[Mistake]) -> None:
    """Raise ConfigError when there are such mistakes in this file, which was read before."""
    found = [*mistakes]
    if found:
        raise ConfigError(_listed(path, _placed(found, _text(path)[0])))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` or, if nothing is near, the known words if they are few, else nothing."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else ""  # noqa: PLR2004


def meant_instead(word: str, known: Iterable[str]) -> Text:
    """The same in both languages."""
    names = sorted(known)
    said = did_you_mean(word, names)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return Text(en=said, zh=f"；是否指“{near[0]}”？" if near else f"；可用的有：{'、'.join(names)}" if said else "")


def _text(path: Path) -> tuple[str, list[tuple[int, str]]]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace"), [(1, "saved as UTF-16 (Unicode); in the editor choose UTF-8")]
    found: list[tuple[int, str]] = []
    if raw.startswith(codecs.BOM_UTF8):
        found.append((1, "starts with a byte order mark (BOM); in the editor choose UTF-8 without BOM"))
        raw = raw[len(codecs.BOM_UTF8) :]
    found += [(number, advice) for number, line in enumerate(raw.split(b"\n"), 1) if (advice := _not_utf8(line))]
    return raw.decode("gb18030" if found and _not_utf8(raw) else "utf-8", "replace").replace("\r\n", "\n"), found


def _not_utf8(line: bytes) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return ""
    try:
        meant = line.decode("gb18030").strip()
    except UnicodeDecodeError:
        return "these bytes are not UTF-8; save the file as UTF-8"
    return f"saved as GBK, not UTF-8 ({meant}); in the editor choose Save as, encoding UTF-8"


def _table(text: str) -> tuple[dict[str, Any] | None, list[tuple[int, str]]]:
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        found = _bad_escapes(text)
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        if line not in dict(found):
            advice = _TYPED_ADVICE if _TYPED_MARKS.search(text.split("\n")[line - 1]) else ""
            found.append((line, _AT_LINE.sub("", str(error)).strip()[:200] + advice))
        return None, found


def _modelled(data: Mapping[str, Any], model: type[M]) -> tuple[M | None, list[Mistake]]:
    """Validated as JSON, where strict still takes a list for a tuple and a text for a path, but not "true" for true."""
    try:
        return model.model_validate_json(json.dumps(data, default=str), strict=True), []
    except ValidationError as error:
        details = error.errors()
        places = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
        followed = [one for one in details if one["type"] != "too_short" or one["loc"] not in places]
        return None, [_mistake(detail, model) for detail in followed]


def _bad_escapes(text: str) -> list[tuple[int, str]]:
    return [
        (number, f"{string[0]}: {_PATH_ADVICE}")
        for number, line in enumerate(text.split("\n"), 1)
        for string in _BASIC_STRING.finditer(line.partition("#")[0] if line.lstrip().startswith("#") else line)
        if _BAD_ESCAPE.search(string[0].replace("\\\\", ""))
    ]


def _eaten_backslashes(data: object, place: Place = ()) -> list[Mistake]:
    r"""`"C:\new"` is valid TOML and means a line break: what was meant as a path has lost its backslash."""
    if isinstance(data, str):
        drive = re.match(r"[A-Za-z]:", data) and _CONTROL.search(data)
        return [Mistake(place, f"{data!r}: {_PATH_ADVICE}")] if drive else []
    if isinstance(data, Mapping):
        return [one for key, value in data.items() for one in _eaten_backslashes(value, (*place, key))]
    if isinstance(data, list):
        return [one for key, value in enumerate(data) for one in _eaten_backslashes(value, (*place, key))]
    return []


def _mistake(detail: ErrorDetails, model: type[BaseModel]) -> Mistake:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return Mistake(place, "unknown key" + did_you_mean(str(place[-1]), keys_at(model, place[:-1])))
    return Mistake(place, said(detail))


def _placed(mistakes: Sequence[Mistake], text: str) -> list[tuple[int, str]]:
    lines = key_lines(text) if mistakes else {}
    found = []
    for mistake in mistakes:
        place = mistake.place
        while place and place not in lines:
            place = place[:-1]
        name = ".".join(str(part) for part in mistake.place)
        found.append((lines.get(place, 1), f"{name}: {mistake.text}" if name else mistake.text))
    return found


def _listed(path: Path, found: Iterable[tuple[int, str]]) -> str:
    rows = sorted(dict.fromkeys(found))
    head = f"{path} has a mistake:" if len(rows) == 1 else f"{path} has {len(rows)} mistakes:"
    return "\n".join([head, *(f"  {path.name}:{line}  {text}" for line, text in rows)])
