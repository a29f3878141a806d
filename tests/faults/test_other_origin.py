"""Wherever a shop's address leads away to another origin, nothing is asked for, typed, clicked or read there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpa.credentials import Vault, key_from
from tests.support.detour import Detour, detour
from tests.support.mock_shop import LOGIN, PASSWORD, Result
from tests.support.promises import careful
from tests.support.small_shop import SmallShop, log_in, small_shop


@contextmanager
def led_shop(path: Path, *, logged_in: bool = True) -> Iterator[tuple[SmallShop, Detour]]:
    """A shop with an order to ship by its dialog, reached by the way that leads away."""
    with small_shop(path, parcels=1, virtual=0, held=(), logged_in=False) as shop, detour(shop.mock.url) as road:
        shop.folder.configure(base_url=road.url)
        vault = Vault(shop.folder.var / "secrets", key_from(shop.folder.key))
        vault.save_password("demo", LOGIN, PASSWORD, shop.folder.site())
        if logged_in:
            log_in(shop.folder, mock=shop.mock)
        yield shop, road


def led_away(shop: SmallShop, road: Detour, *, at: int | str) -> Result:
    """Ship, be led away at this step, and look at what came of it elsewhere."""
    road.restart(at=at)
    result = shop.ship()
    assert road.led
    assert road.strays == [], "something was asked for at the other origin"
    careful(shop, result)
    return result


def stopped(result: Result, road: Detour) -> None:
    """The run says where it was led, and is an alarm."""
    assert result.exit_code == 3
    incidents = result.json["shops"]["demo"]["incidents"]
    [incident] = [each for each in incidents if each["cause"] == "wrong_site"]
    assert road.url in incident["message"]
    assert road.other in incident["message"]


def goes_on(shop: SmallShop, road: Detour) -> None:
    """The way leads away no more: what is not shipped yet is shipped."""
    road.restart(at=0)
    finished = shop.ship()
    assert finished.exit_code == 0, finished.stderr
    careful(shop, finished)
    assert shop.shipped() == sorted(shop.wanted)


@pytest.mark.parametrize("at", ["GET /login", "POST /janus/api/auth"])
def test_led_away_at_the_login_the_password_is_given_nowhere_else(tmp_path: Path, at: str) -> None:
    with led_shop(tmp_path, logged_in=False) as (shop, road):
        stopped(led_away(shop, road, at=at), road)


@pytest.mark.parametrize("at", ["/orders/shipping", "tab=2"])
def test_led_away_while_it_ships_or_reads_back_nothing_is_read_elsewhere(tmp_path: Path, at: str) -> None:
    with led_shop(tmp_path) as (shop, road):
        stopped(led_away(shop, road, at=at), road)
        assert len(shop.shipped()) == 1
        goes_on(shop, road)


@pytest.mark.long
@pytest.mark.parametrize("logged_in", [True, False])
def test_led_away_at_any_step_nothing_happens_elsewhere_and_the_next_run_goes_on(
    tmp_path: Path, *, logged_in: bool
) -> None:
    with led_shop(tmp_path / "whole", logged_in=logged_in) as (shop, road):
        goes_on(shop, road)
        steps = len(road.steps)
    assert steps > 10
    for at in range(1, steps + 1):
        with led_shop(tmp_path / str(at), logged_in=logged_in) as (shop, road):
            result = led_away(shop, road, at=at)
            if result.exit_code:  # a document that the program leaves just then leads nowhere any more
                stopped(result, road)
            goes_on(shop, road)
