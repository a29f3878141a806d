"""References within a profile: each name must exist. Works on the raw tables, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rpa.elements.short_forms import TYPES
from rpa.elements.site import ANSWERED, is_answered
from rpa.toml.document import Mistake, did_you_mean

Table = Mapping[str, Any]

_NAMED = ("pages", "elements", "lists", "dialogs", "answers")
_TOLD_OF_PAGE = (
    ("identity", "mall_id"),
    ("identity", "mall_name"),
    ("identity", "login_name"),
    ("session", "language_by"),
)
"""Paths that may lead into an answer."""
_KINDS = {"list": "lists", "dialog": "dialogs"}


def reference_mistakes(data: Table) -> Iterator[Mistake]:
    """Every name that points nowhere, with its key path."""
    yield from _own_names(data)
    yield from _of_pages(data)
    yield from _of_elements(data)
    yield from _of_blocks(data)
    yield from _of_answers(data)
    yield from _of_session(data)
    yield from _of_identity(data)


def _own_names(data: Table) -> Iterator[Mistake]:
    for group in _NAMED:
        for name, table in _tables(data, group):
            if "name" in table:
                yield Mistake((group, name, "name"), f"unknown key: its name is the heading, {name}")


def _of_pages(data: Table) -> Iterator[Mistake]:
    for name, page in _tables(data, "pages"):
        place = ("pages", name)
        for number, element in enumerate(_texts(page.get("signature"))):
            yield from _missing(data, "elements", element, (*place, "signature", number))
            on = _texts(_get(data, "elements", element, "page"))
            if on and name not in on:
                yield Mistake((*place, "signature", number), f'element "{element}" is not on this page (its "page")')
        for number, element in enumerate(_texts(page.get("setup"))):
            yield from _missing(data, "elements", element, (*place, "setup", number))
        yield from _of_way(data, name, page)
        yield from _missing(data, "lists", page.get("ready"), (*place, "ready"))
        for key in ("no_right", "missing", "refused"):
            yield from _missing(data, "elements", page.get(key), (*place, key))


def _of_way(data: Table, name: str, page: Table) -> Iterator[Mistake]:
    """The clicks that lead to a page without a path of its own."""
    place, via = ("pages", name), _texts(page.get("via"))
    yield from _missing(data, "pages", page.get("from"), (*place, "from"))
    for number, element in enumerate(via):
        yield from _missing(data, "elements", element, (*place, "via", number))
    start = _start(data, page)
    on = _texts(_get(data, "elements", *via[:1], "page"))
    if on and start is not None and start not in on:
        yield Mistake((*place, "via", 0), f'element "{via[0]}" is not on the page {start}, from which it leads here')
    if via and name in (_get(data, "session", "login", "page"), *_starts(data, page)):
        yield Mistake((*place, "via"), "leads back to this page, which needs a path of its own")


def _start(data: Table, page: Table) -> str | None:
    """The page from which this one is reached; None: it has a path."""
    start = page.get("from", _get(data, "session", "after_login")) if _texts(page.get("via")) else None
    return start if isinstance(start, str) else None


def _starts(data: Table, page: Table) -> Iterator[str]:
    """All pages that are opened on the way to it, back to the first, or to one that was met before."""
    met: set[str] = set()
    start = _start(data, page)
    while start is not None and start not in met:
        yield start
        met.add(start)
        start = _start(data, _get(data, "pages", start) or {})


def _of_elements(data: Table) -> Iterator[Mistake]:
    for name, element in _tables(data, "elements"):
        place = ("elements", name)
        for page in _texts(element.get("page")):
            yield from _missing(data, "pages", page, (*place, "page"))
        within = element.get("within")
        if not isinstance(within, str):
            continue
        kind, _, target = within.partition(":")
        if kind in _KINDS:
            yield from _missing(data, _KINDS[kind], target, (*place, "within"))
        else:
            yield Mistake((*place, "within"), f'must be "list:NAME" or "dialog:NAME", not {within!r}')


def _of_blocks(data: Table) -> Iterator[Mistake]:
    for group in ("lists", "dialogs"):
        for name, block in _tables(data, group):
            place = (group, name)
            yield from _missing(data, "answers", block.get("answer"), (*place, "answer"))
            for field, spec in _tables(block, "fields"):
                yield from _missing(data, "maps", spec.get("map"), (*place, "fields", field, "map"))
                yield from _unknown_type(spec, (*place, "fields", field, "type"))
                yield from _missing(data, "words", spec.get("words"), (*place, "fields", field, "words"))
                for quoted in _texts(spec.get("quotes")):
                    yield from _missing(block, "fields", quoted, (*place, "fields", field, "quotes"))
                    there = _get(block, "fields", quoted)
                    if there is not None and not any(_get(there, kind) for kind in ("css", "column", "label")):
                        yield Mistake((*place, "fields", field, "quotes"), f'"{quoted}" has no "css"')
            for page in _texts(block.get("pages")):
                yield from _missing(data, "pages", page, (*place, "pages"))
            if group == "lists":
                yield from _missing(block, "fields", block.get("key"), (*place, "key"))
            yield from _missing(data, "elements", block.get("close"), (*place, "close"))


def _of_answers(data: Table) -> Iterator[Mistake]:
    for name, answer in _tables(data, "answers"):
        yield from _missing(data, "answers", answer.get("like"), ("answers", name, "like"))
        for field, spec in _tables(answer, "fields"):
            yield from _missing(data, "maps", spec.get("map"), ("answers", name, "fields", field, "map"))


def _unknown_type(spec: Table, place: tuple[str | int, ...]) -> Iterator[Mistake]:
    kind = spec.get("type")
    if isinstance(kind, str) and kind not in TYPES:
        yield Mistake(place, f'there is no type "{kind}"{did_you_mean(kind, TYPES)}')


def _of_session(data: Table) -> Iterator[Mistake]:
    yield from _missing(data, "pages", _get(data, "session", "after_login"), ("session", "after_login"))
    steps = _get(data, "session", "login")
    for step, name in steps.items() if isinstance(steps, Mapping) else ():
        yield from _missing(data, "pages" if step == "page" else "elements", name, ("session", "login", step))
    forms = _get(data, "session", "login", "forms")
    for number, form in enumerate(forms if isinstance(forms, list) else ()):
        for step in ("account_tab", "username"):
            yield from _missing(data, "elements", _get(form, step), ("session", "login", "forms", number, step))
    place = ("session", "shops")
    yield from _missing(data, "lists", _get(data, *place, "list"), (*place, "list"))
    yield from _missing(data, "elements", _get(data, *place, "enter"), (*place, "enter"))
    for number, name in enumerate(_texts(_get(data, *place, "switch"))):
        yield from _missing(data, "elements", name, (*place, "switch", number))


def _of_identity(data: Table) -> Iterator[Mistake]:
    for table, key in _TOLD_OF_PAGE:
        for number, path in enumerate(_texts(_get(data, table, key))):
            if not is_answered(path):
                continue
            place = (table, key, number)
            name, _, field = path.removeprefix(ANSWERED).partition(".")
            yield from _missing(data, "answers", name, place)
            answer = _get(data, "answers", name)
            if answer is not None:
                yield from _missing(answer, "fields", field, place)


def _missing(data: Table, group: str, name: object, place: tuple[str | int, ...]) -> Iterator[Mistake]:
    known = data.get(group)
    names = list(known) if isinstance(known, Mapping) else []
    if isinstance(name, str) and name not in names:
        yield Mistake(place, f'there is no "{name}" in [{group}]{did_you_mean(name, names)}')


def _tables(data: Table, group: str) -> Iterator[tuple[str, Table]]:
    found = data.get(group)
    for name, table in found.items() if isinstance(found, Mapping) else ():
        if isinstance(table, Mapping):
            yield name, table


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _get(data: Any, *names: str) -> Any:
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data
