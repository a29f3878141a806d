"""Unsupported schedule entries, which ask of a platform what it cannot do: told when the schedule is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rpa.elements.registry import load_profile
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.monitoring.shop_words import named
from rpa.platforms import missing_capabilities
from rpa.plugins import flows, platform_of

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.timetable import Entry

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """One entry in the shops of one platform that cannot run it."""

    entry: str
    flow: str
    platform: str
    missing: tuple[str, ...]
    """Names of what the flow needs, as `rpa.platforms.missing_capabilities` gives them."""
    shops: tuple[str, ...]

    @property
    def words(self) -> Text:
        """What is wrong and what to do."""
        of = {
            language: {"shops": named(self.shops, language=language, most=_NAMED), "missing": ", ".join(self.missing)}
            for language in Language
        }
        english, chinese = of[Language.EN], of[Language.ZH]
        return Text(
            en=f"the schedule's {self.entry} cannot run in {english['shops']}: for {self.flow} the platform "
            f"{self.platform} lacks {english['missing']}. Leave these shops out of its `shops`; the others run",
            zh=f"计划 {self.entry} 无法在 {chinese['shops']} 运行：平台 {self.platform} 缺少 {self.flow} 需要的 "
            f"{chinese['missing']}。请从该计划的 shops 中去掉这些店铺；其他店铺照常运行",
        )


def unable(config: Config) -> Iterator[Unsupported]:
    """What the schedule plans in vain. A platform or profile that cannot be read is told elsewhere, and passed over."""
    for entry in config.schedule:
        of_platform: dict[str, list[str]] = defaultdict(list)
        for name in {shop.name for shop in config.meant(entry.shops)} & config.shops.keys():
            of_platform[config.shops[name].platform].append(name)
        for platform, shops in of_platform.items():
            if missing := _missing(entry, platform=platform, config=config):
                yield Unsupported(
                    entry=entry.name, flow=entry.flow, platform=platform, missing=missing, shops=tuple(sorted(shops))
                )


def _missing(entry: Entry, *, platform: str, config: Config) -> tuple[str, ...]:
    flow, offered = flows().get(entry.flow), platform_of(platform, folder=config.selectors)
    if flow is None or offered is None:
        return ()
    try:
        profile = load_profile(platform, folder=config.selectors)
    except ConfigError:
        return ()
    return tuple(missing_capabilities(flow, offered, profile=profile))
