"""What one table alone cannot know: names that are there twice, and names that nothing has. Looks at raw tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rpa import discovery
from rpa.config.loaded import members, no_such_shop
from rpa.config.options import option_mistakes
from rpa.config.shop import shop_name_problem
from rpa.tomlfile import Mistake, did_you_mean


def shop_mistakes(data: Mapping[str, Any], *, files: Mapping[str, str]) -> Iterator[Mistake]:
    """Of the shops in rpa.toml. `files`: the shops that have a file of their own, by their name, each with its path."""
    shops = data.get("shops", {} if files else None)
    if not isinstance(shops, Mapping):
        return
    if not shops and not files:
        yield Mistake(("shops",), "names no shop; add a table like [shops.demo]")
    seen: dict[str, str] = {}
    alone = {name.lower(): path for name, path in files.items()}
    for name, table in shops.items():
        place = ("shops", name)
        problem = shop_name_problem(name)
        if problem:
            yield Mistake(place, problem)
        if seen.setdefault(name.lower(), name) != name:
            yield Mistake(place, f'differs from "{seen[name.lower()]}" in capitals only; their files would be the same')
        if name.lower() in alone:
            yield Mistake(place, f"this shop is in {alone[name.lower()]}, too; keep one of the two")
        if isinstance(table, Mapping) and "name" in table:
            yield Mistake((*place, "name"), f'the shop\'s name is its heading, [shops.{name}]; use "mall_name"')


def reference_mistakes(data: Mapping[str, Any], *, groups: Mapping[str, Sequence[str]]) -> Iterator[Mistake]:
    """Of schedule and channels. `groups`: every shop's groups, from all files."""
    known = members(groups)
    for key in ("schedule", "notify"):
        seen: set[object] = set()
        for number, table in _tables(data, key):
            yield from _unknown_shops((key, number), table, known=known)
            name = table.get("name") or table.get("flow")
            if name in seen:
                yield Mistake((key, number, "name"), f'there is another one called "{name}"; give it a name of its own')
            seen.add(name if isinstance(name, str) else None)
    for number, table in _tables(data, "schedule"):
        yield from _flow_mistakes(("schedule", number), table)


def groups_of(table: object) -> list[str]:
    """The groups in a shop's raw table; what is not a list of texts is a mistake that the model tells."""
    written = table.get("groups") if isinstance(table, Mapping) else None
    return [group for group in written if isinstance(group, str)] if isinstance(written, list) else []


def _tables(data: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = data.get(key)
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, Mapping):
            yield number, table


def _unknown_shops(
    place: tuple[str, int], table: Mapping[str, Any], *, known: Mapping[str, object]
) -> Iterator[Mistake]:
    names = table.get("shops")
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and name not in known:
            yield Mistake((*place, "shops", number), f"rpa.toml {no_such_shop(name, known)}")


def _flow_mistakes(place: tuple[str, int], table: Mapping[str, Any]) -> Iterator[Mistake]:
    name, options = table.get("flow"), table.get("options")
    flows = discovery.flows()
    if isinstance(name, str) and name not in flows:
        yield Mistake((*place, "flow"), f'there is no flow "{name}"{did_you_mean(name, flows)}')
    elif isinstance(name, str) and isinstance(options, Mapping):
        for mistake in option_mistakes(flows[name], options):
            yield Mistake((*place, "options", *mistake.place), mistake.text)
