"""Nights in which something is wrong: who is told, how often, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from rpa.clock import Clock
from rpa.config import Config
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.notify.channels import Notifier
from rpa.notify.incident_messages import tell
from rpa.plugins import load_config
from rpa.report.results import Incident
from rpa.runner.follow_up import keep_ending
from tests.support.postbox import Postbox, postbox

EVENING = datetime(2026, 3, 10, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SHOPS = ("demo", "east", "south-1", "south-2")
TOML = """
language = "{language}"
""" + "".join(
    f"""
[shops.{name}]
platform = "pinduoduo"
base_url = "http://127.0.0.1:9"
mall_id = "{name}"
mall_name = "店{name}"
groups = ["{name.partition("-")[0]}"]
"""
    for name in SHOPS
)
BOSS = '[[notify]]\nname = "boss"\nurl_env = "BOSS_URL"\n'
LOGIN = Incident(cause="login_needed", message="The shop is not logged in.")


class Night:
    """A scheduler's night: every shop runs each ten minutes, incidents are told each minute."""

    def __init__(self, folder: Path, traveller: time_machine.Traveller, *, channels: str, language: str = "zh") -> None:
        (folder / "rpa.toml").write_text(TOML.format(language=language) + channels, encoding="utf-8")
        self.config: Config = load_config(folder / "rpa.toml")
        self.ledger = Ledger.open(folder / "ledger.sqlite3", clock=Clock())
        self.notifier = Notifier.of(self.config, None)
        self.traveller = traveller

    def tell(self) -> int:
        return tell(self.config, self.ledger, self.notifier)

    def passes(self, *, hours: float, stopped_by: Callable[[str, int], Incident | None]) -> int:
        """Let the time pass; `stopped_by` says what stops this shop's run in this minute. Gives the messages taken."""
        sent = 0
        for minute in range(int(hours * 60)):
            if minute % 10 == 0:
                for shop in SHOPS:
                    run = self.ledger.start_run(shop, flow="ship")
                    stop = stopped_by(shop, minute)
                    keep_ending(self.ledger, shop, flow="ship", stop=stop)
                    self.ledger.finish_run(run, state="stopped" if stop else "finished")
            sent += self.tell()
            self.traveller.shift(timedelta(minutes=1))
        return sent


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(EVENING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def night_of(tmp_path: Path, traveller: time_machine.Traveller) -> Iterator[Callable[..., Night]]:
    """Makes the night of a project with these channels; made again, it is the night after a restart."""
    with ExitStack() as stack:

        def begin(channels: str, *, language: str = "zh") -> Night:
            night = Night(tmp_path, traveller, channels=channels, language=language)
            stack.callback(night.ledger.close)
            return night

        yield begin


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with postbox() as opened:
        monkeypatch.setenv("BOSS_URL", opened.url)
        yield opened


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with postbox() as opened:
        monkeypatch.setenv("SECOND_URL", opened.url)
        yield opened


def only(shop: str, stop: Incident = LOGIN) -> Callable[[str, int], Incident | None]:
    return lambda each, _: stop if each == shop else None


def nothing(_shop: str, _minute: int) -> Incident | None:
    return None


@pytest.mark.slow
def test_one_expired_session_is_one_incident_and_four_messages_at_most(
    night_of: Callable[..., Night], box: Postbox
) -> None:
    night = night_of(BOSS)
    night.passes(hours=11.5, stopped_by=only("demo"))
    (incident,) = night.ledger.open_incidents()
    assert incident.times_seen == 69
    night.passes(hours=0.5, stopped_by=nothing)
    assert box.titles == [
        "[rpa] demo（店demo）：未登录",
        "[rpa] 仍未解决 · demo（店demo）：未登录",
        "[rpa] 仍未解决 · demo（店demo）：未登录",
        "[rpa] 已恢复 · demo（店demo）：未登录",
    ]
    assert night.ledger.open_incidents() == []
    assert {run.shop for run in night.ledger.runs() if run.state == "finished"} == set(SHOPS)


def test_each_message_names_the_shop_what_happened_what_to_do_and_since_when(
    night_of: Callable[..., Night], box: Postbox
) -> None:
    night = night_of(BOSS, language="en")
    night.passes(hours=2.1, stopped_by=only("demo"))
    assert box.posted[1]["title"] == "[rpa] still not solved · demo (店demo): Not logged in"
    assert box.posted[1]["message"].splitlines() == [
        "Shop: demo (店demo)",
        "What happened: The shop is not logged in.",
        "What to do: Not logged in: run `rpa login demo`.",
        "Since: 03-10 20:00 (seen 13 times)",
    ]


@pytest.mark.slow
def test_what_comes_and_goes_all_night_is_few_messages(night_of: Callable[..., Night], box: Postbox) -> None:
    night = night_of(BOSS)
    night.passes(hours=12, stopped_by=lambda shop, minute: LOGIN if shop == "demo" and minute // 10 % 2 else None)
    assert 4 <= len(box.posted) <= 8


@pytest.mark.slow
def test_many_shops_that_fail_one_after_the_other_are_told_together(
    night_of: Callable[..., Night], box: Postbox
) -> None:
    night = night_of(BOSS)
    for number in range(120):
        night.ledger.incident(f"shop-{number:03}", cause="page_unreachable", message="The site did not answer.")
        night.tell()
        night.traveller.shift(timedelta(seconds=30))
    assert len(box.posted) <= 7
    assert box.titles[1].startswith("[rpa] 20 家店铺：")
    lines = box.posted[1]["message"].splitlines()
    assert lines[0].startswith("· shop-001，03-10 20:00 起：The site did not answer.")
    assert lines[10] == "· 另有 10 家店铺"
    assert lines[11].startswith("处理：")


def test_a_channel_hears_of_its_shops_and_its_severity_alone(
    night_of: Callable[..., Night], box: Postbox, second: Postbox
) -> None:
    channels = BOSS + 'severity = "critical"\n[[notify]]\nname = "south"\nurl_env = "SECOND_URL"\nshops = ["@south"]\n'
    night = night_of(channels)
    for shop in SHOPS:
        night.ledger.incident(shop, cause="login_needed", message="…", severity=Severity.CRITICAL)
    night.ledger.incident("south-1", cause="rate_limited", message="…", severity=Severity.WARNING)
    night.ledger.incident("east", cause="rate_limited", message="…", severity=Severity.WARNING)
    night.ledger.incident("", cause="scheduler:tell", message="…", severity=Severity.CRITICAL)
    assert night.tell() == 4
    assert sorted(box.titles) == ["[rpa] 4 家店铺：未登录", "[rpa] 程序：…（tell）"]
    assert sorted(second.titles) == ["[rpa] 2 家店铺：未登录", "[rpa] south-1（店south-1）：后台提示操作太频繁"]
    assert [each.shop for each in night.ledger.open_incidents() if each.told_at is None] == ["east"]


def test_what_concerns_the_whole_program_reaches_somebody(night_of: Callable[..., Night], box: Postbox) -> None:
    night = night_of(BOSS + 'shops = ["east"]\n')
    night.ledger.incident("", cause="scheduler:tell", message="…")
    assert night.tell() == 1


def test_a_channel_that_fails_fails_nothing_and_is_told_through_the_others(
    night_of: Callable[..., Night], box: Postbox, second: Postbox
) -> None:
    channels = BOSS + '[[notify]]\nname = "second"\nurl_env = "SECOND_URL"\n'
    night = night_of(channels)
    box.status = 500
    night.passes(hours=1, stopped_by=only("demo"))
    failing = next(each for each in night.ledger.open_incidents() if each.cause == "notify:boss")
    assert "500" in failing.message
    assert "s3cr3t" not in failing.message
    assert second.titles == ["[rpa] demo（店demo）：未登录", "[rpa] 程序：通知渠道发送失败（boss）"]
    box.status, tried = 200, len(box.posted)
    night.passes(hours=0.9, stopped_by=only("demo"))
    assert box.titles[tried:] == ["[rpa] demo（店demo）：未登录"], "what it missed comes late"
    assert second.titles[2:] == ["[rpa] 已恢复 · 程序：通知渠道发送失败（boss）"]
    night.passes(hours=0.2, stopped_by=only("demo"))
    assert box.titles[-1] == second.titles[-1] == "[rpa] 仍未解决 · demo（店demo）：未登录"


@pytest.mark.slow
def test_without_a_working_channel_it_is_tried_less_and_less_and_told_once_one_works(
    night_of: Callable[..., Night], box: Postbox
) -> None:
    night = night_of(BOSS)
    box.status = 500
    assert night.passes(hours=3, stopped_by=only("demo")) == 0
    assert 5 <= len(box.posted) <= 12
    box.status, tried = 200, len(box.posted)
    assert night.passes(hours=1, stopped_by=only("demo")) == 1
    assert box.titles[tried:] == ["[rpa] demo（店demo）：未登录"]
    assert [each.cause for each in night.ledger.open_incidents()] == ["login_needed"]


def test_a_channel_without_an_address_says_what_to_do(night_of: Callable[..., Night]) -> None:
    night = night_of(BOSS)
    night.passes(hours=0.1, stopped_by=only("demo"))
    (said,) = [each.message for each in night.ledger.open_incidents("")]
    assert "BOSS_URL" in said
    assert "rpa notify set boss" in said


def test_what_was_told_before_a_restart_is_not_told_again(night_of: Callable[..., Night], box: Postbox) -> None:
    night = night_of(BOSS)
    night.passes(hours=0.5, stopped_by=only("demo"))
    again = night_of(BOSS)
    again.passes(hours=0.5, stopped_by=only("demo"))
    assert len(box.posted) == 1


def test_an_end_that_nobody_was_told_to_wait_for_is_not_told(night_of: Callable[..., Night], box: Postbox) -> None:
    night = night_of("")
    night.passes(hours=0.5, stopped_by=only("demo"))
    again = night_of(BOSS)
    assert again.passes(hours=0.5, stopped_by=nothing) == 0
    assert box.posted == []


def test_the_incident_of_a_channel_that_is_gone_is_closed(night_of: Callable[..., Night], box: Postbox) -> None:
    night = night_of(BOSS)
    night.ledger.incident("", cause="notify:former", message="…")
    night.tell()
    assert night.ledger.open_incidents("") == []
