"""A configuration that has been read and holds together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from rpa.clock import Clock
from rpa.config.shop import Shop
from rpa.config.tables import BrowserConfig, Channel, DigestConfig, SchedulerConfig, WatchConfig
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.timetable import Calendar, Entry
from rpa.tomlfile import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One rpa.toml, with defaults filled in. Relative paths in it count from `folder`."""

    path: Path
    language: Language
    zone: ZoneInfo
    shops: Mapping[str, Shop]
    browser: BrowserConfig
    schedule: tuple[Entry, ...]
    """Each with a name of its own, a flow that there is and options that it takes."""
    calendar: Calendar
    scheduler: SchedulerConfig
    notify: tuple[Channel, ...]
    digest: DigestConfig
    watch: WatchConfig

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
            raise ConfigError(f"{self.path.name} {no_such_shop(name, self.shops)}")
        return self.shops[name]

    def chosen(self, names: Sequence[str]) -> tuple[Shop, ...]:
        """The shops of these names and "@group"s, each once, in the file's order; all of them when none is named.

        Raises ConfigError with "did you mean" for a name that nothing has, and when there is no shop at all.
        """
        if not self.shops:
            raise ConfigError(
                f"{self.path} has no shop; add a table [shops.NAME], or run `rpa init` in an empty folder."
            )
        known = members({shop.name: shop.groups for shop in self.shops.values()})
        for name in names:
            if name not in known:
                raise ConfigError(f"{self.path.name} {no_such_shop(name, known)}")
        wanted = {member for name in names for member in known[name]} if names else self.shops.keys()
        return tuple(shop for name, shop in self.shops.items() if name in wanted)


def members(groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What each name stands for, given every shop's groups: a shop's own name for itself, "@group" for all in it."""
    found = {name: [name] for name in groups}
    for name, belongs_to in groups.items():
        for group in belongs_to:
            found.setdefault(f"@{group}", []).append(name)
    return found


def no_such_shop(name: str, known: Collection[str]) -> str:
    """`has no shop …` with "did you mean", for a name that is none of the known shops and "@group"s."""
    if f"@{name}" in known:
        return f'has no shop "{name}"; did you mean "@{name}"?'
    mark = name[:1] == "@"
    alike = [each for each in known if (each[:1] == "@") == mark]
    return f'has no {"group" if mark else "shop"} "{name}"{did_you_mean(name, alike)}'
