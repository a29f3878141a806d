"""What one table alone cannot know: names that are there twice, and names that nothing has. Looks at raw tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rpa import discovery
from rpa.config.naming import Naming
from rpa.config.options import option_mistakes
from rpa.config.shop import shop_name_problem
from rpa.toml.document import Mistake, did_you_mean


def shop_mistakes(data: Mapping[str, Any], *, optional: bool) -> Iterator[Mistake]:
    """Of the shops in rpa.toml. `optional`: there are others, which have a file of their own."""
    shops = data.get("shops", {} if optional else None)
    if not isinstance(shops, Mapping):
        return
    if not shops and not optional:
        yield Mistake(("shops",), "names no shop; add a table like [shops.demo]")
    seen: dict[str, str] = {}
    for name, table in shops.items():
        place = ("shops", name)
        problem = shop_name_problem(name)
        if problem:
            yield Mistake(place, problem)
        if seen.setdefault(name.lower(), name) != name:
            yield Mistake(place, f'differs from "{seen[name.lower()]}" in capitals only; their files would be the same')
        if isinstance(table, Mapping) and "name" in table:
            yield Mistake((*place, "name"), f'the shop\'s name is its heading, [shops.{name}]; use "mall_name"')


def reference_mistakes(data: Mapping[str, Any], *, groups: Mapping[str, Sequence[str] | None]) -> Iterator[Mistake]:
    """Of schedule and channels. `groups`: every shop's groups, from all files; None: those cannot be told."""
    naming = Naming.of_groups(groups)
    for key in ("schedule", "notify"):
        seen: set[object] = set()
        for number, table in _tables(data, key):
            yield from _unknown_shops((key, number), table, naming=naming)
            name = table.get("name") or table.get("flow")
            if name in seen:
                yield Mistake((key, number, "name"), f'there is another one called "{name}"; give it a name of its own')
            seen.add(name if isinstance(name, str) else None)
    for number, table in _tables(data, "schedule"):
        yield from _flow_mistakes(("schedule", number), table)


def _tables(data: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = data.get(key)
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, Mapping):
            yield number, table


def _unknown_shops(place: tuple[str, int], table: Mapping[str, Any], *, naming: Naming) -> Iterator[Mistake]:
    names = table.get("shops")
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and (problem := naming.problem(name)):
            yield Mistake((*place, "shops", number), f"rpa.toml {problem.en}")


def _flow_mistakes(place: tuple[str, int], table: Mapping[str, Any]) -> Iterator[Mistake]:
    name, options = table.get("flow"), table.get("options")
    flows = discovery.flows()
    if isinstance(name, str) and name not in flows:
        yield Mistake((*place, "flow"), f'there is no flow "{name}"{did_you_mean(name, flows)}')
    elif isinstance(name, str) and isinstance(options, Mapping):
        for mistake in option_mistakes(flows[name], options):
            yield Mistake((*place, "options", *mistake.place), mistake.text)
