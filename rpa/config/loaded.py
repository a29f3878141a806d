"""Config: a configuration that has been read and holds together, and the shops that a name stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from rpa.clock import Clock
from rpa.config.broken import BrokenShop
from rpa.config.shop import Shop
from rpa.config.tables import BrowserConfig, Channel, DigestConfig, SchedulerConfig, WatchConfig
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.timetable import Calendar, Entry
from rpa.toml.document import meant_instead


class _Named(Protocol):
    """A shop, usable or not."""

    @property
    def name(self) -> str: ...

    @property
    def groups(self) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopNames:
    """What each name stands for: a shop's own name for itself, "@group" for all in it."""

    known: Mapping[str, Sequence[str]]
    anywhere: Sequence[str]
    """The shops of which nobody knows the groups."""

    @classmethod
    def of(cls, shops: Iterable[_Named]) -> Self:
        """The names of these shops."""
        return cls.of_groups({shop.name: shop.groups for shop in shops})

    @classmethod
    def of_groups(cls, groups: Mapping[str, Sequence[str] | None]) -> Self:
        """The names of shops, given the groups of each; None: nobody knows them, and it may be in any."""
        known = {name: [name] for name in groups}
        for name, belongs_to in groups.items():
            for group in belongs_to or ():
                known.setdefault(f"@{group}", []).append(name)
        return cls(known=known, anywhere=[name for name, belongs_to in groups.items() if belongs_to is None])

    def members(self, name: str) -> Sequence[str]:
        """The shops that it stands for, or may stand for."""
        return [*self.known.get(name, ()), *(self.anywhere if name[:1] == "@" else ())]

    def problem(self, name: str) -> Text | None:
        """`has no shop …` with "did you mean", to be said of a file; None for a name that there is, or may be."""
        if self.members(name):
            return None
        if f"@{name}" in self.known:
            return Text(en=f'has no shop "{name}"; did you mean "@{name}"?', zh=f"没有店铺“{name}”；是否指“@{name}”？")
        mark = name[:1] == "@"
        near = meant_instead(name, [each for each in self.known if (each[:1] == "@") == mark])
        what = Text(en="group", zh="分组") if mark else Text(en="shop", zh="店铺")
        return Text(en=f'has no {what.en} "{name}"{near.en}', zh=f"没有{what.zh}“{name}”{near.zh}")


_UNUSABLE = Text(
    en="{shop} cannot be used until this is put right:\n{problem}",
    zh="{shop} 的配置有误，改正之前无法使用：\n{problem}",
)
_SEVERAL = Text(
    en="{count} shops cannot be used until this is put right; name others to go on without them:\n{problems}",
    zh="{count} 家店铺的配置有误，改正之前无法使用；只运行其他店铺时，请写明店铺名：\n{problems}",
)
_NO_SHOP = Text(
    en="{path} has no shop; add a table [shops.NAME], or run `rpa init` in an empty folder.",
    zh="{path} 中没有店铺；请添加 [shops.店铺名]，或在空文件夹中运行 rpa init。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One rpa.toml, with defaults filled in. Relative paths in it count from `folder`."""

    path: Path
    language: Language
    zone: ZoneInfo
    shops: Mapping[str, Shop]
    """Those that can be used."""
    broken: Mapping[str, BrokenShop]
    """Those that cannot be used until their file is put right. All others work meanwhile."""
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
        """Where the user's own profiles lie, if there are any; they take precedence over the bundled ones."""
        return self.folder / "selectors"

    @property
    def known(self) -> Mapping[str, Shop | BrokenShop]:
        """All shops by name, the broken ones last."""
        return {**self.shops, **self.broken}

    def shop(self, name: str) -> Shop:
        """The shop of this name. Raises ConfigError when it is broken, or, with "did you mean", when there is none."""
        if name in self.broken:
            raise ConfigError(_unusable([self.broken[name]]))
        if name not in self.shops:
            raise ConfigError(self._of_file(ShopNames.of(self.known.values()).problem(name)))
        return self.shops[name]

    def chosen(self, names: Sequence[str]) -> tuple[Shop, ...]:
        """The shops that are `meant` by these names. Raises ConfigError, too, when one of them is broken."""
        meant = self.meant(names)
        broken = [shop for shop in meant if isinstance(shop, BrokenShop)]
        if broken:
            raise ConfigError(_unusable(broken))
        return tuple(shop for shop in meant if not isinstance(shop, BrokenShop))

    def meant(self, names: Sequence[str]) -> tuple[Shop | BrokenShop, ...]:
        """The shops of these names and "@group"s, each once, in the files' order; all of them when none is named.

        A broken shop whose groups cannot be told is in every group: what is said of a group must not pass it by.
        Raises ConfigError with "did you mean" for a name that nothing has, and when there is no shop at all.
        """
        known = self.known
        if not known:
            raise ConfigError(_NO_SHOP.with_words(path=self.path))
        naming = ShopNames.of(known.values())
        for name in names:
            if problem := naming.problem(name):
                raise ConfigError(self._of_file(problem))
        wanted = {member for name in names for member in naming.members(name)} if names else known.keys()
        return tuple(shop for name, shop in known.items() if name in wanted)

    def _of_file(self, problem: Text | None) -> Text | None:
        return problem and Text(en=f"{self.path.name} {problem.en}", zh=f"{self.path.name} 中{problem.zh}")


def _unusable(broken: Sequence[BrokenShop]) -> Text:
    problems = "\n".join(dict.fromkeys(shop.problem for shop in broken))
    if len(broken) == 1:
        return _UNUSABLE.with_words(shop=broken[0].name, problem=problems)
    return _SEVERAL.with_words(count=len(broken), problems=problems)
