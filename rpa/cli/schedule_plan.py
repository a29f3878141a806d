"""`rpa schedule --plan`: at which moments rpa.toml wants what, without starting anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.console import console
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.monitoring.unsupported import unable
from rpa.plugins import load_config
from rpa.timetable import is_quiet, planned

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config
    from rpa.timetable import Entry

_MOST_TIMES, _MOST_SHOPS, _FIRST = 10, 3, 3

_DAY = Text(en="Day", zh="日期")
_ENTRY = Text(en="Entry", zh="计划")
_FLOW = Text(en="Flow", zh="流程")
_SHOPS = Text(en="Shops", zh="店铺")
_TIMES = Text(en="Starts", zh="开始时间")
_QUIET = Text(en="{day} (quiet day)", zh="{day}（休息日）")
_PROMOTION = Text(en="{day} (promotion day)", zh="{day}（大促日）")
_COUNT = Text(en="{count} shops", zh="{count} 家")
_MANY = Text(en="{first} … {last} ({count} times)", zh="{first} … {last}（共 {count} 次）")
_NO_PLAN = Text(
    en="{path} plans nothing; add a [[schedule]] table. README.md has examples.",
    zh="{path} 中没有计划；请添加 [[schedule]]，示例见 README.zh-CN.md。",
)
_IN_VAIN = Text(en="In vain: {words}.", zh="无法执行：{words}。")
_NOTHING = Text(en="Nothing is planned in this time.", zh="这段时间没有计划。")


def check_plans(config: Config) -> None:
    """Raise ConfigError when rpa.toml has no schedule."""
    if not config.schedule:
        raise ConfigError(_NO_PLAN.with_words(path=config.path))


def show_plan(config_path: Path | None, *, days: int) -> None:
    """Print what is planned from now on for so many days. Raises ConfigError when rpa.toml plans nothing."""
    config = load_config(config_path)
    check_plans(config)
    language, now = config.language, config.clock.now()
    found = [
        (day, moments, entry)
        for entry in config.schedule
        for day, moments in _by_day(entry, config=config, since=now, until=now + timedelta(days=days))
    ]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in (_DAY, _ENTRY, _FLOW, _SHOPS, _TIMES):
        table.add_column(title.of(language), overflow="fold")
    shown: date | None = None
    for day, moments, entry in sorted(found, key=lambda each: (each[0], each[1][0].timestamp(), each[2].name)):
        heading = "" if day == shown else _heading(day, config=config)
        shops = shops_of(entry, config=config)
        table.add_row(heading, entry.name, entry.flow, shops, _times(moments, language=language))
        shown = day
    console().print(table if found else _NOTHING.of(language))
    for each in unable(config):
        console().print(Styled(_IN_VAIN.of(language, words=each.words.of(language)), "yellow"), soft_wrap=True)


def shops_of(entry: Entry, *, config: Config) -> str:
    """The entry's shops by name, or how many they are."""
    names = [shop.name for shop in config.meant(entry.shops)]
    return ", ".join(names) if len(names) <= _MOST_SHOPS else _COUNT.of(config.language, count=len(names))


def _by_day(entry: Entry, *, config: Config, since: datetime, until: datetime) -> list[tuple[date, list[datetime]]]:
    moments = planned(entry, calendar=config.calendar, zone=config.zone, after=since, until=until)
    return [(day, list(each)) for day, each in groupby(moments, key=datetime.date)]


def _heading(day: date, *, config: Config) -> str:
    if day in config.calendar.promotion_days:
        return _PROMOTION.of(config.language, day=day)
    return _QUIET.of(config.language, day=day) if is_quiet(day, config.calendar) else str(day)


def _times(moments: Sequence[datetime], *, language: Language) -> str:
    times = [f"{moment:%H:%M}" for moment in moments]
    if len(times) <= _MOST_TIMES:
        return " ".join(times)
    return _MANY.of(language, first=" ".join(times[:_FIRST]), last=times[-1], count=len(times))
