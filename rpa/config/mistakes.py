"""Mistakes of rpa.toml that one table alone cannot know: names there twice, names that nothing has, flows' options."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from rpa.config.loaded import ShopNames
from rpa.config.shop import shop_name_problem
from rpa.errors import ConfigError
from rpa.toml.document import Mistake, did_you_mean
from rpa.toml.shape import said

if TYPE_CHECKING:
    from rpa.config.offered import HasOptions


def flow_options(flow: HasOptions, written: Mapping[str, Any], *, folder: Path) -> Any:
    """The flow's options dataclass with these values; paths count from `folder`. Raises ConfigError."""
    mistakes = list(option_mistakes(flow, written))
    if mistakes:
        listed = "; ".join(f"{'.'.join(map(str, each.place))}: {each.text}" for each in mistakes)
        raise ConfigError(f"The options of {flow.name} cannot be used: {listed}.")
    value = _read(flow, written)
    given = {name: _from(folder, getattr(value, name)) for name in value.model_fields_set}
    return flow.options(**given)


def option_mistakes(flow: HasOptions, written: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with these values, each at its place among them."""
    for field in fields(flow.options):
        if field.name in written and field.metadata.get("attended"):
            yield Mistake((field.name,), f"takes a person at the terminal; no schedule can ask {flow.name} for it")
    try:
        _read(flow, written)
    except ValidationError as error:
        for detail in error.errors():
            unknown = detail["type"] == "extra_forbidden"
            known = [field.name for field in fields(flow.options)]
            text = f"no option of {flow.name}{did_you_mean(str(detail['loc'][0]), known)}" if unknown else said(detail)
            yield Mistake(detail["loc"], text)


def _read(flow: HasOptions, written: Mapping[str, Any]) -> BaseModel:
    hints = get_type_hints(flow.options)
    keys: dict[str, Any] = {
        field.name: (hints[field.name], Field(default=None if field.default is MISSING else field.default))
        for field in fields(flow.options)
    }
    model: type[BaseModel] = create_model("Options", __config__=ConfigDict(extra="forbid"), **keys)
    return model.model_validate_json(json.dumps(written, default=str), strict=True)


def _from(folder: Path, value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_from(folder, each) for each in value)
    return folder / value if isinstance(value, Path) else value


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


def reference_mistakes(
    data: Mapping[str, Any],
    *,
    groups: Mapping[str, Sequence[str] | None],
    flows: Callable[[], Mapping[str, HasOptions]],
) -> Iterator[Mistake]:
    """Of schedule and channels. `groups`: every shop's groups, from all files; None: those cannot be told.

    `flows`: those that a schedule may name, by name; asked for only when it names one.
    """
    naming = ShopNames.of_groups(groups)
    for key in ("schedule", "notify"):
        seen: set[object] = set()
        for number, table in _tables(data, key):
            yield from _unknown_shops((key, number), table, naming=naming)
            name = table.get("name") or table.get("flow")
            if name in seen:
                yield Mistake((key, number, "name"), f'there is another one called "{name}"; give it a name of its own')
            seen.add(name if isinstance(name, str) else None)
    for number, table in _tables(data, "schedule"):
        yield from _flow_mistakes(("schedule", number), table, flows=flows)


def _tables(data: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = data.get(key)
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, Mapping):
            yield number, table


def _unknown_shops(place: tuple[str, int], table: Mapping[str, Any], *, naming: ShopNames) -> Iterator[Mistake]:
    names = table.get("shops")
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and (problem := naming.problem(name)):
            yield Mistake((*place, "shops", number), f"rpa.toml {problem.en}")


def _flow_mistakes(
    place: tuple[str, int], table: Mapping[str, Any], *, flows: Callable[[], Mapping[str, HasOptions]]
) -> Iterator[Mistake]:
    name, options = table.get("flow"), table.get("options")
    known = flows()
    if isinstance(name, str) and name not in known:
        yield Mistake((*place, "flow"), f'there is no flow "{name}"{did_you_mean(name, known)}')
    elif isinstance(name, str) and isinstance(options, Mapping):
        for mistake in option_mistakes(known[name], options):
            yield Mistake((*place, "options", *mistake.place), mistake.text)
