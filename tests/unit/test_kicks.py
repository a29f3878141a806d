"""An account that was logged in elsewhere: remembered until a person says that it is over."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rpa.config import Shop
from rpa.kicks import Kicks, kick_of
from rpa.ledger.ledger import Ledger
from rpa.plugins import load_config

AT = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SITE = "https://shop.example"


def shop(name: str = "east", *, login: str = "clerk-1", platform: str = "pinduoduo", url: str | None = SITE) -> Shop:
    return Shop(name=name, platform=platform, mall_id="1", login=login, base_url=url)


def test_every_later_process_sees_a_kick_with_when_it_was_and_what_to_do(tmp_path: Path) -> None:
    Kicks(tmp_path).keep(shop(), at=AT)
    Kicks(tmp_path).keep(shop(), at=AT + timedelta(days=400))
    kick = Kicks(tmp_path).of(shop())
    assert kick is not None
    assert kick.since == AT, "the moment is that of the first time"
    for words in (kick.in_words(shop()).en, kick.in_words(shop()).zh):
        assert all(part in words for part in ("clerk-1", "2026-03-10 09:30", "rpa login east", "rpa resume east"))


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        (shop("west"), True),
        (shop("west", url=None), True),
        (shop("west", url=SITE.upper()), True),
        (shop("west", login="clerk-2"), False),
        (shop("west", url="https://other.example"), False),
        (shop("west", platform="douyin"), False),
        (shop(login="clerk-2"), True),
    ],
)
def test_shops_that_log_in_with_one_account_share_the_kick_and_its_end(
    tmp_path: Path, *, other: Shop, shares: bool
) -> None:
    kicks = Kicks(tmp_path)
    kicks.keep(shop(), at=AT)
    assert (kicks.of(other) is not None) is shares
    assert kicks.end(other) is shares
    assert kicks.holding([shop(), other]).keys() == (set() if shares else {"east"})


def test_shops_without_a_login_share_none(tmp_path: Path) -> None:
    Kicks(tmp_path).keep(shop(login=""), at=AT)
    assert Kicks(tmp_path).holding([shop(login=""), shop("west", login="")]).keys() == {"east"}


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b""), lambda path: path.write_text("[" * 200_000)])
def test_a_kick_that_cannot_be_read_holds_all_the_same(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    kicks = Kicks(tmp_path)
    kicks.keep(shop(), at=AT)
    damage(tmp_path / "kicks" / "east.json")
    kick = kicks.of(shop())
    assert kick is not None
    assert "rpa login east" in kick.in_words(shop()).en
    assert kicks.end(shop())
    assert kicks.of(shop()) is None


def test_a_kick_an_earlier_release_kept_in_the_ledger_alone_holds_until_a_login(tmp_path: Path) -> None:
    table = '[shops.{name}]\nplatform = "pinduoduo"\nmall_id = "{name}"\nlogin = "clerk-{login}"\n'
    shops = [table.format(name=name, login=login) for name, login in (("1", 1), ("2", 1), ("3", 2))]
    (tmp_path / "rpa.toml").write_text("".join(shops).replace("shops.", "shops.s"), encoding="utf-8")
    config = load_config(tmp_path / "rpa.toml")

    def holding() -> set[str]:
        return {shop.name for shop in config.shops.values() if kick_of(shop, config=config)}

    assert holding() == set()
    assert not config.var.exists(), "nothing is made to look"
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        ledger.incident("s1", cause="logged_in_elsewhere", message="")
        ledger.incident("s3", cause="login_needed", message="")
        ledger.incident("gone", cause="logged_in_elsewhere", message="")
    assert holding() == {"s1", "s2"}, "they share the account"
    saved = config.var / "secrets" / "s1.state"
    saved.parent.mkdir()
    saved.touch()
    later = (config.clock.now() + timedelta(seconds=5)).timestamp()
    os.utime(saved, (later, later))
    assert holding() == set()
