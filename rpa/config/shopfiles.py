"""Shop files in shops/, and which shops cannot be used: one broken file holds back no other shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rpa.config.broken import BrokenShop, groups_of, legible
from rpa.config.mistakes import reference_mistakes
from rpa.config.offered import HasOptions
from rpa.config.shop import Shop, shop_name_problem
from rpa.errors import ConfigError
from rpa.toml.document import Mistake, read

Written = tuple[str, Shop | BrokenShop]
"""Where a shop is written, as a person knows the place, and what was read there."""


class ShopFiles:
    """The files of a folder; each is read on its own, so that its mistakes are those of one shop."""

    def __init__(self, folder: Path, *, model: type[Shop], flows: Callable[[], Mapping[str, HasOptions]]) -> None:
        """`model`: of a shop's table; `flows`: those that a schedule may name, by name."""
        self._flows = flows
        self._tables: dict[str, Mapping[str, Any]] = {}
        self.written: list[Written] = [self._read(path, model=model) for path in sorted(folder.glob("[!.~]*.toml"))]

    def _read(self, path: Path, *, model: type[Shop]) -> Written:
        name, place = path.stem, f"{path.parent.name}/{path.name}"
        try:
            return place, read(path, model, checks=[partial(self._mistakes, name)], prepare=partial(with_name, name))
        except ConfigError as error:
            table = self._tables.get(name)
            known = legible(path) if table is None else table
            # An empty file is what is left of one that was not saved to its end.
            return place, BrokenShop(name=name, place=place, problem=str(error), table=known, whole=bool(table))

    def _mistakes(self, name: str, data: Mapping[str, Any]) -> Iterator[Mistake]:
        self._tables[name] = data
        problem = shop_name_problem(name)
        if problem:
            yield Mistake((), f"{problem}; the shop's name is this file's")
        if "name" in data:
            yield Mistake(("name",), "the shop's name is this file's; use \"mall_name\"")

    @property
    def problems(self) -> list[str]:
        """The mistakes of each file."""
        return [shop.problem for _, shop in self.written if isinstance(shop, BrokenShop)]

    def reference_mistakes(self, data: Mapping[str, Any]) -> Iterator[Mistake]:
        """What rpa.toml says of shops and groups that are in neither rpa.toml nor a file."""
        shops = data.get("shops")
        here = {name: groups_of(table) for name, table in shops.items()} if isinstance(shops, Mapping) else {}
        groups = {**here, **{shop.name: shop.groups for _, shop in self.written}}
        return reference_mistakes(data, groups=groups, flows=self._flows)


def with_name(name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table with the name that its heading or its file gives the shop."""
    return {**table, "name": name}


def sorted_out(written: Sequence[Written]) -> tuple[dict[str, Shop], dict[str, BrokenShop]]:
    """The shops that can be used, and those that cannot: their file has a mistake, or they are there twice.

    Of two that are one shop neither is safe: they would not know of each other's actions and holds.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    for _, shop in written:
        problems[shop.name] += [shop.problem] if isinstance(shop, BrokenShop) else []
    for twins, problem in _twins(written):
        for _, shop in twins:
            problems[shop.name] += [problem]
    shops = {shop.name: shop for _, shop in written if isinstance(shop, Shop) and not problems[shop.name]}
    broken = {
        shop.name: _broken(shop, place=place, problems=problems[shop.name])
        for place, shop in written
        if problems[shop.name]
    }
    return shops, broken


def _twins(written: Sequence[Written]) -> Iterator[tuple[Sequence[Written], str]]:
    """What is one shop, each time with what is wrong and what to do."""
    for twins in _alike(written, by=lambda shop: shop.name.lower()):
        names, places = dict.fromkeys(shop.name for _, shop in twins), _and(place for place, _ in twins)
        if len(names) == 1:
            yield twins, f"{places} are the same shop. Keep one of the two."
        else:
            problem = "differ in capitals only; the files that they keep would be the same. Rename or remove one"
            yield twins, f"{places} {problem} of the two."
    usable = list({shop.name: (place, shop) for place, shop in written if isinstance(shop, Shop)}.values())
    for twins in _alike(usable, by=lambda shop: _at_site(shop) if isinstance(shop, Shop) else shop.name):
        [first, *_] = [shop for _, shop in twins if isinstance(shop, Shop)]
        names, places = dict.fromkeys(shop.name for _, shop in twins), _and(place for place, _ in twins)
        yield (
            twins,
            (
                f"{_and(names)} are one shop of {first.platform}: {places} have mall_id {first.mall_id}. "
                "Keep one of the two, or correct the id; each action is done by one of them only."
            ),
        )


def _alike(written: Iterable[Written], *, by: Callable[[Shop | BrokenShop], Hashable]) -> Iterator[Sequence[Written]]:
    groups: dict[Hashable, list[Written]] = defaultdict(list)
    for place, shop in written:
        groups[by(shop)].append((place, shop))
    return (group for group in groups.values() if len(group) > 1)


def _at_site(shop: Shop) -> Hashable:
    return shop.platform, shop.base_url, shop.mall_id


def _and(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _broken(shop: Shop | BrokenShop, *, place: str, problems: Sequence[str]) -> BrokenShop:
    table = shop.table if isinstance(shop, BrokenShop) else shop.model_dump(mode="json")
    whole = shop.whole if isinstance(shop, BrokenShop) else True
    return BrokenShop(name=shop.name, place=place, problem="\n".join(dict.fromkeys(problems)), table=table, whole=whole)
