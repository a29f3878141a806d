from __future__ import annotations

from datetime import date, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest

from flows.entries.by import By
from flows.ship import Options
from rpa.config import Config, flow_options
from rpa.errors import ConfigError
from rpa.plugins import flows, load_config

SHOPS = """
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
groups = ["south", "small"]
[shops.north]
platform = "pinduoduo"
mall_id = "2"
[shops.harbour]
platform = "pinduoduo"
mall_id = "3"
groups = ["south"]
"""
SHOP_LINES = SHOPS.count("\n")


def configured(folder: Path, text: str, *, shops: str = SHOPS) -> Config:
    path = folder / "rpa.toml"
    path.write_text(shops + text, encoding="utf-8")
    return load_config(path)


def complaints(folder: Path, text: str) -> list[str]:
    """The mistakes, each with its line counted from the first one after the shops."""
    with pytest.raises(ConfigError) as caught:
        configured(folder, text)
    rows = [line.strip().removeprefix("rpa.toml:").partition("  ") for line in str(caught.value).splitlines()[1:]]
    return [f"{int(number) - SHOP_LINES} {said}" for number, _, said in rows]


def chosen(config: Config, *names: str) -> list[str]:
    return [shop.name for shop in config.chosen(names)]


def test_everything_that_may_be_said_of_unattended_runs_is_read(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        """
        [[schedule]]
        name = "notices"
        flow = "audit-notices"
        shops = ["demo", "@south"]
        hours = "6-22"
        minute = 5
        on_quiet_days = true
        [[schedule]]
        flow = "ship"
        every = "10m"
        between = "22:00-06:00"
        days = ["mon", "tue"]
        promotion_days = "never"
        jitter = "30s"
        time_limit = "1h"
        if_busy = "skip"
        catch_up = false
        live = true
        options = { by = "import" }
        [calendar]
        quiet_days = ["2026-10-01", 2026-10-02]
        promotion_days = ["2026-11-11"]
        [scheduler]
        workers = 3
        [[notify]]
        name = "boss"
        url_env = "RPA_NOTIFY_BOSS"
        shops = ["@south"]
        severity = "critical"
        digest = false
        [digest]
        at = "20:00"
        [watch]
        ping_env = "PING"
        ship_by_alarms_h = [2, 24, 6]
        """,
    )
    notices, ship = config.schedule
    assert (notices.name, notices.shops, notices.hours, notices.minute) == (
        "notices",
        ("demo", "@south"),
        tuple(range(6, 23)),
        5,
    )
    assert (ship.name, ship.every, ship.between) == ("ship", timedelta(minutes=10), (time_of_day(22), time_of_day(6)))
    assert (ship.jitter, ship.time_limit, ship.live) == (timedelta(seconds=30), timedelta(hours=1), True)
    assert config.calendar.quiet_days == {date(2026, 10, 1), date(2026, 10, 2)}
    assert (config.scheduler.workers, config.scheduler.stop_within_s, config.scheduler.keep_days) == (3, 90, 90)
    [boss] = config.notify
    assert (boss.url_env, boss.shops, boss.severity, boss.digest) == ("RPA_NOTIFY_BOSS", ("@south",), "critical", False)
    assert config.digest.at == time_of_day(20)
    assert (config.watch.ping_env, config.watch.ship_by_alarms_h) == ("PING", (24, 6, 2))


def test_without_any_of_it_nothing_is_scheduled_and_nobody_is_told(tmp_path: Path) -> None:
    config = configured(tmp_path, "")
    assert (config.schedule, config.notify, config.digest.at) == ((), (), None)
    assert config.watch.ship_by_alarms_h == (12, 6, 2)


def test_shops_are_chosen_by_name_and_group_each_once_in_the_files_order(tmp_path: Path) -> None:
    config = configured(tmp_path, "")
    assert chosen(config) == ["demo", "north", "harbour"]
    assert chosen(config, "@south", "north", "demo") == ["demo", "north", "harbour"]
    assert chosen(config, "harbour", "@small") == ["demo", "harbour"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("harbor", 'has no shop "harbor"; did you mean "harbour"?'),
        ("@sout", 'has no group "@sout"; did you mean "@south"?'),
        ("south", 'has no shop "south"; did you mean "@south"?'),
    ],
)
def test_a_name_that_nothing_has_is_answered_with_the_nearest_of_its_kind(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"rpa\.toml") as caught:
        chosen(configured(tmp_path, ""), name)
    assert said in str(caught.value)


def test_all_mistakes_of_a_schedule_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    found = complaints(
        tmp_path,
        """[[schedule]]
flow = "shipp"
every = "10m"
[[schedule]]
flow = "ship"
shops = ["demo", "@nort"]
every = "10s"
[[schedule]]
flow = "ship"
at = ["9 o'clock"]
options = { bye = "import", hidden_rows = 1 }
[[schedule]]
name = "third"
flow = "ship"
options = { by = "letter" }
[[schedule]]
name = "fourth"
flow = "audit-notices"
hours = "6-22"
jittr = "30s"
[[notify]]
name = "boss"
shops = ["dem"]
severity = "loud"
[[notify]]
name = "boss"
[digest]
at = "8pm"
[scheduler]
workers = 0
[watch]
ship_by_alarms_h = [0]
""",
    )
    begins = [
        '2 schedule.0.flow: there is no flow "shipp"; did you mean "ship"?',
        '6 schedule.1.shops.1: rpa.toml has no group "@nort"',
        '7 schedule.1.every: must be from "1m" to "1d"',
        '8 schedule.2.name: there is another one called "ship"',
        '10 schedule.2.at.0: must be a time of day like "09:00"',
        '11 schedule.2.options.bye: no option of ship; did you mean "by"?',
        "11 schedule.2.options.hidden_rows: must be true or false",
        "12 schedule.3: needs exactly one of every",
        "15 schedule.3.options.by: input should be 'dialog', 'import' or 'ticked', not 'letter'",
        '20 schedule.4.jittr: unknown key; did you mean "jitter"?',
        '23 notify.0.shops.0: rpa.toml has no shop "dem"; did you mean "demo"?',
        "24 notify.0.severity: input should be 'info', 'warning' or 'critical'",
        '26 notify.1.name: there is another one called "boss"',
        '28 digest.at: must be a time of day like "09:00"',
        "30 scheduler.workers: ",
        "32 watch.ship_by_alarms_h: must be hours from 1 to 240",
    ]
    assert len(found) == len(begins), found
    for row, begin in zip(found, begins, strict=True):
        assert row.startswith(begin), found


def test_two_entries_of_one_flow_need_names_and_are_well_with_them(tmp_path: Path) -> None:
    twice = '[[schedule]]\nflow = "ship"\nevery = "1h"\n[[schedule]]\nflow = "ship"\nat = ["09:00"]\n'
    assert complaints(tmp_path, twice) == [
        '4 schedule.1.name: there is another one called "ship"; give it a name of its own'
    ]
    assert [entry.name for entry in configured(tmp_path, f'{twice}name = "early"\n').schedule] == ["ship", "early"]


def test_options_of_a_flow_are_read_as_the_command_line_would(tmp_path: Path) -> None:
    [entry] = configured(
        tmp_path, '[[schedule]]\nflow = "ship"\nevery = "1h"\noptions = { by = "import", sheet = ["a.csv"] }\n'
    ).schedule
    options = flow_options(flows()["ship"], entry.options, folder=tmp_path)
    assert options == Options(by=By.IMPORT, sheet=(tmp_path / "a.csv",))
    assert flow_options(flows()["ship"], {}, folder=tmp_path) == Options()
    with pytest.raises(ConfigError, match="bye: no option of ship"):
        flow_options(flows()["ship"], {"bye": "import"}, folder=tmp_path)


def test_no_schedule_asks_for_what_takes_a_person_at_the_terminal(tmp_path: Path) -> None:
    pasting = '[[schedule]]\nflow = "ship"\nevery = "1h"\noptions = { paste = true }\n'
    assert complaints(tmp_path, pasting) == [
        "4 schedule.0.options.paste: takes a person at the terminal; no schedule can ask ship for it"
    ]


def shop_file(folder: Path, name: str, text: str = 'platform = "pinduoduo"\nmall_id = "9"\n') -> None:
    (folder / "shops").mkdir(exist_ok=True)
    (folder / "shops" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_shop_may_have_a_file_of_its_own_and_is_like_any_other(tmp_path: Path) -> None:
    shop_file(tmp_path, "西湖", 'platform = "pinduoduo"\nmall_id = "8"\ngroups = ["south"]\nsheets = ["a/*.csv"]\n')
    shop_file(tmp_path, "east")
    shop_file(tmp_path, ".east")
    shop_file(tmp_path, "~east")
    entry = '[[schedule]]\nflow = "ship"\nevery = "1h"\nshops = ["西湖", "@south"]\n'
    config = configured(tmp_path, entry)
    assert list(config.shops) == ["demo", "north", "harbour", "east", "西湖"]
    assert chosen(config, "@south") == ["demo", "harbour", "西湖"]
    assert config.shop("西湖").mall_id == "8"


def test_with_shops_in_files_rpa_toml_needs_none(tmp_path: Path) -> None:
    shop_file(tmp_path, "east")
    assert list(configured(tmp_path, "", shops='language = "zh"\n').shops) == ["east"]
