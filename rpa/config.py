"""rpa.toml as values: the shops, where state lies, how the browser is started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    field_validator,
)

from rpa import discovery
from rpa.address import base_url_problem, host_of, is_loopback
from rpa.clock import Clock
from rpa.errors import ConfigError
from rpa.language import Language, detect
from rpa.tomlfile import Mistake, did_you_mean, read

S = TypeVar("S", bound=BaseModel)

_SHOP_NAME = re.compile(r"[A-Za-z0-9_\-\u3400-\u9fff]{1,64}")
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


def _limit(value: object) -> object:
    if value == "off":
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError(f'must be a whole number from 1, or "off", not {value!r}')


def _site(value: str) -> str:
    problem = base_url_problem(value)
    if problem:
        raise ValueError(f"{problem}, not {value!r}")
    return value.rstrip("/")


Limit = Annotated[int | None, BeforeValidator(_limit)]
"""A cap as it is written: a number, or "off" (kept as 0); None: not written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many orders may be shipped; None: no limit."""

    max_per_run: int | None
    max_per_day: int | None
    trial: int | None


class Shop(BaseModel):
    """One `[shops.NAME]` table. Settings that a flow owns are read with `settings`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="The heading's name: letters, digits, _ - or Chinese characters.")
    platform: str = Field(description="The platform: the name of a profile in selectors/.")
    base_url: Annotated[str, AfterValidator(_site)] | None = Field(
        default=None, description="The site's address; leave it out to use the platform's own."
    )
    mall_id: str = Field(min_length=1, description="The shop's id, which the page must show before any write.")
    mall_name: str | None = Field(default=None, description="The shop's name, for people.")
    login: str = Field(default="", description="The account's name; its password lives in the encrypted store.")
    live: bool = Field(default=False, description="false: every run is a dry run unless --live is given.")
    max_per_run: Limit = Field(
        default=None, description='Shipments in one run, or "off". Default 500; off for a loopback base_url.'
    )
    max_per_day: Limit = Field(
        default=None, description='Shipments in one day, or "off". Default 2000; off for a loopback base_url.'
    )
    trial: Limit = Field(
        default=None,
        description='Only this many shipments in all until a person raises it or writes "off". '
        "Default 5; off for a loopback base_url.",
    )
    confirm_every: int = Field(
        default=20, ge=1, le=100, description="How many shipments one reading of the site may confirm at most."
    )
    settle_s: float = Field(
        default=60.0, ge=0, le=3600, description="Seconds the site may take to show a shipment that it accepted."
    )
    evidence: Literal["always", "failures"] = Field(
        default="always", description="Pictures before and after each write, or only of what failed."
    )

    @property
    def is_loopback(self) -> bool:
        """Whether this shop's site is this machine itself (the mock back office)."""
        return self.base_url is not None and is_loopback(host_of(self.base_url))

    @property
    def caps(self) -> Caps:
        """The limits that hold: those written, else the defaults for a real site, else none for this machine."""
        run, day, trial = (None, None, None) if self.is_loopback else (500, 2000, 5)
        return Caps(
            max_per_run=_in_force(self.max_per_run, run),
            max_per_day=_in_force(self.max_per_day, day),
            trial=_in_force(self.trial, trial),
        )

    def settings(self, model: type[S]) -> S:
        """This shop's settings of a flow: a model that is named by an entry point of group `rpa.shop_settings`."""
        if not isinstance(self, model):
            raise ConfigError(f"{model.__name__} is not registered under the entry point group rpa.shop_settings.")
        return self


def _in_force(written: int | None, default: int | None) -> int | None:
    return default if written is None else written or None


class BrowserConfig(BaseModel):
    """The `[browser]` table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=300,
        description="Seconds that an element may take to appear; an answer three times as long.",
    )


class File(BaseModel):
    """rpa.toml as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Literal["zh", "en"] | None = Field(default=None, description="Left out: the machine's language.")
    timezone: str = Field(default="Asia/Shanghai", description="The zone of schedules, reports and the day's limits.")
    shops: Mapping[str, Shop]
    browser: BrowserConfig = BrowserConfig()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'must be a time zone like "Asia/Shanghai", not {name!r}') from None
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One rpa.toml, with defaults filled in. Relative paths in it count from `folder`."""

    path: Path
    language: Language
    zone: ZoneInfo
    shops: Mapping[str, Shop]
    browser: BrowserConfig

    @property
    def folder(self) -> Path:
        """Where rpa.toml lies."""
        return self.path.parent

    @property
    def clock(self) -> Clock:
        """The clock of the configured time zone."""
        return Clock(self.zone)

    @property
    def var(self) -> Path:
        """Where state lies: ledger, reports, evidence, login states."""
        return self.folder / "var"

    @property
    def selectors(self) -> Path:
        """Where the user's own profiles lie, if there are any; they take precedence over the shipped ones."""
        return self.folder / "selectors"

    def shop(self, name: str) -> Shop:
        """The shop of this name. Raises ConfigError with "did you mean" when there is none."""
        if name not in self.shops:
            raise ConfigError(f'{self.path.name} has no shop "{name}"{did_you_mean(name, self.shops)}')
        return self.shops[name]


def load(path: Path | None = None) -> Config:
    """The configuration: this file, else RPA_CONFIG, else ./rpa.toml. Raises ConfigError listing all its mistakes."""
    found = (path or Path(os.environ.get("RPA_CONFIG") or "rpa.toml")).absolute()
    if not found.is_file():
        raise ConfigError(f"{found} does not exist. Run `rpa init` to make one, or name one with --config.")
    file = read(found, file_model(), checks=[_shop_mistakes], prepare=_named)
    return Config(
        path=found,
        language=detect(file.language),
        zone=ZoneInfo(file.timezone),
        shops=dict(file.shops),
        browser=file.browser,
    )


def file_model() -> type[File]:
    """The model of rpa.toml with the settings of all installed flows in each shop's table."""
    models = list(dict.fromkeys(discovery.shop_settings().values()))
    owners: dict[str, str] = dict.fromkeys(Shop.model_fields, "rpa itself")
    for model in models:
        for key in model.model_fields:
            if key in owners:
                raise ConfigError(f'The shop setting "{key}" of {model.__name__} exists already ({owners[key]}).')
            owners[key] = model.__name__
    bases: Any = (Shop, *models)
    shop: Any = create_model("ShopTable", __base__=bases)
    return create_model("File", __base__=File, shops=(dict[str, shop], ...))


def shop_name_problem(name: str) -> str:
    """What is wrong with this as a shop's name, which also names files; empty if nothing is."""
    if not _SHOP_NAME.fullmatch(name):
        return "a shop's name has letters, digits, _ - or Chinese characters, 64 at most"
    return "is a device's name on Windows; choose another" if _RESERVED.fullmatch(name) else ""


def _named(data: Mapping[str, Any]) -> Mapping[str, Any]:
    shops = data.get("shops")
    if not isinstance(shops, Mapping):
        return data
    named = {key: {**table, "name": key} if isinstance(table, Mapping) else table for key, table in shops.items()}
    return {**data, "shops": named}


def _shop_mistakes(data: Mapping[str, Any]) -> Iterator[Mistake]:
    shops = data.get("shops")
    if not isinstance(shops, Mapping):
        return
    if not shops:
        yield Mistake(("shops",), "names no shop; add a table like [shops.demo]")
    seen: dict[str, str] = {}
    for name, table in shops.items():
        place = ("shops", name)
        if not _SHOP_NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            yield Mistake(
                place, "a shop's name has letters, digits, _ - or Chinese characters, and is no Windows device"
            )
        if seen.setdefault(name.lower(), name) != name:
            yield Mistake(place, f'differs from "{seen[name.lower()]}" in capitals only; their files would be the same')
        if isinstance(table, Mapping) and "name" in table:
            yield Mistake((*place, "name"), f'the shop\'s name is its heading, [shops.{name}]; use "mall_name"')
