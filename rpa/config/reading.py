"""Reading rpa.toml, and the shops that have a file of their own beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, create_model

from rpa.config.loaded import Config
from rpa.config.mistakes import shop_mistakes
from rpa.config.offered import Offered
from rpa.config.shop import Shop
from rpa.config.shopfiles import ShopFiles, sorted_out, with_name
from rpa.config.tables import ConfigFile
from rpa.errors import ConfigError
from rpa.language import Text, detect
from rpa.toml.document import read


def config_file(path: Path | None = None) -> Path:
    """Where the configuration is: this file, else RPA_CONFIG, else ./rpa.toml."""
    return (path or Path(os.environ.get("RPA_CONFIG") or "rpa.toml")).absolute()


_ABSENT = Text(
    en="{path} does not exist. Run `rpa init` to make one, or name one with --config.",
    zh="{path} 不存在。请运行 rpa init 新建配置，或用 --config 指定。",
)


def load(path: Path | None = None, *, offered: Offered) -> Config:
    """The configuration of this `config_file`, with the shops of shops/*.toml beside it.

    `offered`: what flows add to it; see `rpa.plugins.load_config`.

    A shop whose own file has a mistake, or that is there twice, is `broken`. Raises ConfigError for mistakes of
    rpa.toml itself, which lists those of the files of shops, too.
    """
    found = config_file(path)
    if not found.is_file():
        raise ConfigError(_ABSENT.with_words(path=found))
    table = _shop_model(tuple(offered.shop_settings))
    alone = ShopFiles(found.parent / "shops", model=table, flows=offered.flows)
    optional = bool(alone.written)
    try:
        file = read(
            found,
            _file_model(table),
            prepare=partial(_named, optional=optional),
            checks=[partial(shop_mistakes, optional=optional), alone.reference_mistakes],
        )
    except ConfigError as error:
        raise ConfigError("\n".join([str(error), *alone.problems])) from None
    here = [(f"{found.name} [shops.{name}]", shop) for name, shop in file.shops.items()]
    shops, broken = sorted_out([*here, *alone.written])
    return Config(
        path=found,
        language=detect(file.language),
        zone=ZoneInfo(file.timezone),
        shops=shops,
        broken=broken,
        browser=file.browser,
        schedule=file.schedule,
        calendar=file.calendar,
        scheduler=file.scheduler,
        notify=file.notify,
        digest=file.digest,
        watch=file.watch,
    )


def file_model(shop_settings: Sequence[type[BaseModel]]) -> type[ConfigFile]:
    """The model of rpa.toml with these settings of flows in each shop's table."""
    return _file_model(_shop_model(tuple(shop_settings)))


@cache
def _file_model(shop: type[Shop]) -> type[ConfigFile]:
    kind: Any = shop
    return create_model("File", __base__=ConfigFile, shops=(dict[str, kind], ...))


@cache
def _shop_model(shop_settings: tuple[type[BaseModel], ...]) -> type[Shop]:
    models = list(dict.fromkeys(shop_settings))
    owners: dict[str, str] = dict.fromkeys(Shop.model_fields, "rpa itself")
    for model in models:
        for key in model.model_fields:
            if key in owners:
                raise ConfigError(f'The shop setting "{key}" of {model.__name__} exists already ({owners[key]}).')
            owners[key] = model.__name__
    bases: Any = (Shop, *models)
    table: Any = create_model("ShopTable", __base__=bases)
    return cast("type[Shop]", table)


def _named(data: Mapping[str, Any], *, optional: bool) -> Mapping[str, Any]:
    shops = data.get("shops", {} if optional else None)
    if not isinstance(shops, Mapping):
        return data
    named = {key: with_name(key, table) if isinstance(table, Mapping) else table for key, table in shops.items()}
    return {**data, "shops": named}
