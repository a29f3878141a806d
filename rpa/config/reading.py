"""Reads rpa.toml, and the shops that have a file of their own beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import create_model

from rpa import discovery
from rpa.config.loaded import Config
from rpa.config.mistakes import groups_of, reference_mistakes, shop_mistakes
from rpa.config.shop import Shop, shop_name_problem
from rpa.config.tables import File
from rpa.errors import ConfigError
from rpa.language import detect
from rpa.tomlfile import Mistake, read


def load(path: Path | None = None) -> Config:
    """The configuration: this file, else RPA_CONFIG, else ./rpa.toml; with the shops of shops/*.toml beside it.

    Raises ConfigError listing the mistakes of all these files.
    """
    found = (path or Path(os.environ.get("RPA_CONFIG") or "rpa.toml")).absolute()
    if not found.is_file():
        raise ConfigError(f"{found} does not exist. Run `rpa init` to make one, or name one with --config.")
    table = _shop_model()
    alone = _ShopFiles(found.parent / "shops", model=table)
    try:
        file = read(
            found, _file_model(table), prepare=partial(_named, optional=bool(alone.paths)),
            checks=[partial(shop_mistakes, files=alone.paths), alone.reference_mistakes],
        )  # fmt: skip
    except ConfigError as error:
        raise ConfigError("\n".join([str(error), *alone.problems])) from None
    if alone.problems:
        raise ConfigError("\n".join(alone.problems))
    shops = {**file.shops, **alone.shops}
    _refuse_twins(shops.values())
    return Config(
        path=found,
        language=detect(file.language),
        zone=ZoneInfo(file.timezone),
        shops=shops,
        browser=file.browser,
        schedule=file.schedule,
        calendar=file.calendar,
        scheduler=file.scheduler,
        notify=file.notify,
        digest=file.digest,
        watch=file.watch,
    )


def _refuse_twins(shops: Iterable[Shop]) -> None:
    """Two names for one shop of a site would not know of each other's shipments and holds."""
    seen: dict[tuple[str, str | None, str], str] = {}
    for shop in shops:
        first = seen.setdefault((shop.platform, shop.base_url, shop.mall_id), shop.name)
        if first != shop.name:
            message = f"{first} and {shop.name} are one shop of {shop.platform}: both have mall_id {shop.mall_id}. "
            raise ConfigError(f"{message}Keep one of the two, or correct the id; each order ships by one of them only.")


def file_model() -> type[File]:
    """The model of rpa.toml with the settings of all installed flows in each shop's table."""
    return _file_model(_shop_model())


def _file_model(shop: type[Shop]) -> type[File]:
    kind: Any = shop
    return create_model("File", __base__=File, shops=(dict[str, kind], ...))


def _shop_model() -> type[Shop]:
    models = list(dict.fromkeys(discovery.shop_settings().values()))
    owners: dict[str, str] = dict.fromkeys(Shop.model_fields, "rpa itself")
    for model in models:
        for key in model.model_fields:
            if key in owners:
                raise ConfigError(f'The shop setting "{key}" of {model.__name__} exists already ({owners[key]}).')
            owners[key] = model.__name__
    bases: Any = (Shop, *models)
    table: Any = create_model("ShopTable", __base__=bases)
    return cast("type[Shop]", table)


class _ShopFiles:
    """The files of a folder, one shop each; each is read on its own, so that its mistakes name it."""

    def __init__(self, folder: Path, *, model: type[Shop]) -> None:
        self.shops: dict[str, Shop] = {}
        self.paths: dict[str, str] = {}
        """By the shop's name, also of those with mistakes, as a person knows them."""
        self.problems: list[str] = []
        self._groups: dict[str, list[str]] = {}
        self._seen: dict[str, str] = {}
        for path in sorted(folder.glob("[!.~]*.toml")):
            self._take(path, model=model)

    def _take(self, path: Path, *, model: type[Shop]) -> None:
        name = path.stem
        self.paths[name] = f"{path.parent.name}/{path.name}"
        self._groups[name] = []
        try:
            self.shops[name] = read(path, model, checks=[partial(self._mistakes, name)], prepare=partial(_with, name))
        except ConfigError as error:
            self.problems.append(str(error))

    def _mistakes(self, name: str, data: Mapping[str, Any]) -> Iterator[Mistake]:
        self._groups[name] = groups_of(data)
        problem = shop_name_problem(name)
        if problem:
            yield Mistake((), f"{problem}; the shop's name is this file's")
        twin = self._seen.setdefault(name.lower(), name)
        if twin != name:
            yield Mistake((), f"differs from {twin}.toml in capitals only; the files of both shops would be the same")
        if "name" in data:
            yield Mistake(("name",), "the shop's name is this file's; use \"mall_name\"")

    def reference_mistakes(self, data: Mapping[str, Any]) -> Iterator[Mistake]:
        """What rpa.toml says of shops and groups that are in neither rpa.toml nor a file."""
        shops = data.get("shops")
        here = {name: groups_of(table) for name, table in shops.items()} if isinstance(shops, Mapping) else {}
        return reference_mistakes(data, groups={**here, **self._groups})


def _named(data: Mapping[str, Any], *, optional: bool) -> Mapping[str, Any]:
    shops = data.get("shops", {} if optional else None)
    if not isinstance(shops, Mapping):
        return data
    named = {key: _with(key, table) if isinstance(table, Mapping) else table for key, table in shops.items()}
    return {**data, "shops": named}


def _with(name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**table, "name": name}
