"""One shop: its table in rpa.toml, or its file in shops/."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rpa.address import base_url_problem, host_of, is_loopback
from rpa.errors import ConfigError

S = TypeVar("S", bound=BaseModel)

_NAME = re.compile(r"[A-Za-z0-9_\-\u3400-\u9fff]{1,64}")
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


def _group(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a group's name has letters, digits, _ - or Chinese characters, without @; not {name!r}")
    return name


Limit = Annotated[int | None, BeforeValidator(_limit)]
"""A cap as it is written: a number, or "off" (kept as 0); None: not written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many actions there may be; None: no limit."""

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
    mall_name: str | None = Field(
        default=None, description="The shop's name, for people; if given, the page must show it, too."
    )
    login: str = Field(
        default="",
        description="The account's name; its password lives in the encrypted store. Shops of one login share it, where "
        "the platform has such, and are never run at once.",
    )
    mock: bool = Field(
        default=False,
        description="true: the bundled mock on this machine, where nothing is confirmed, capped or tried out first.",
    )
    live: bool = Field(default=False, description="false: every run is a dry run unless --live is given.")
    max_per_run: Limit = Field(
        default=None, description='Actions in one run, or "off". Default 500; off with mock = true.'
    )
    max_per_day: Limit = Field(
        default=None, description='Actions in one day, or "off". Default 2000; off with mock = true.'
    )
    trial: Limit = Field(
        default=None,
        description='Only this many actions in all until a person raises it or writes "off". '
        "Default 5; off with mock = true.",
    )
    confirm_every: int = Field(
        default=20, ge=1, le=100, description="How many actions one reading of the site may confirm at most."
    )
    settle_s: float = Field(
        default=60.0, ge=0, le=3600, description="Seconds the site may take to show an action that it accepted."
    )
    evidence: Literal["always", "failures"] = Field(
        default="always", description="Pictures before and after each write, or only of what failed."
    )
    groups: tuple[Annotated[str, AfterValidator(_group)], ...] = Field(
        default=(),
        description='Groups of shops it belongs to; wherever a shop is named, "@south" names all of a group.',
    )

    @model_validator(mode="after")
    def _mock_is_here(self) -> Shop:
        if self.mock and not (self.base_url and is_loopback(host_of(self.base_url))):
            raise ValueError("mock = true is for a base_url on this machine itself (http://127.0.0.1:…) only")
        return self

    @property
    def caps(self) -> Caps:
        """The limits that hold: those written, else the defaults for a real site, else none for a mock."""
        run, day, trial = (None, None, None) if self.mock else (500, 2000, 5)
        return Caps(
            max_per_run=_in_force(self.max_per_run, run),
            max_per_day=_in_force(self.max_per_day, day),
            trial=_in_force(self.trial, trial),
        )

    def settings(self, model: type[S]) -> S:
        """This shop's settings of a capability (`Capability.shop_settings`)."""
        if not isinstance(self, model):
            raise ConfigError(f"{model.__name__} is in the `shop_settings` of no installed capability.")
        return self


def _in_force(written: int | None, default: int | None) -> int | None:
    return default if written is None else written or None


def shop_name_problem(name: str) -> str:
    """What is wrong with this as a shop's name, which also names files; empty if nothing is."""
    if not _NAME.fullmatch(name):
        return "a shop's name has letters, digits, _ - or Chinese characters, 64 at most"
    return "is a device's name on Windows; choose another" if _RESERVED.fullmatch(name) else ""
