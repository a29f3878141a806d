"""Wherever a shop's address leads away to another origin, nothing is asked for, typed, clicked or read there."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from rpa.elements.registry import load_profile
from rpa.platforms import missing_capabilities
from rpa.plugins import flows, platforms
from tests.support.errands import ERRANDS
from tests.support.led_shop import led_shop
from tests.support.small_shop import PLAIN

pytestmark = pytest.mark.slow


def test_every_flow_that_the_shops_platform_can_run_is_led_away_here() -> None:
    platform, profile = platforms()["pinduoduo"], load_profile("pinduoduo")
    able = {name for name, flow in flows().items() if not missing_capabilities(flow, platform, profile=profile)}
    assert able == {errand.flow for errand in ERRANDS.values() if errand.flow}


IN_PLAIN = {
    "/recentOrderList": "/orders/detail",
    "touch input text tracking-number-field": "touch input text trackingNumber",
}
"""What stands in the plain layout for a step of the classic one."""


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("pending-orders", "/recentOrderList"),
        ("ship", "touch input text tracking-number-field"),
        ("ship, not logged in", "GET /login"),
        ("ship, not logged in", "POST /janus/api/auth"),
        ("ship-batch", "/batch/upload"),
        ("audit-notices", "/mailDetail"),
        ("export-orders", "/export/download"),
        ("add-remark", "touch input textarea"),
        ("login", "touch input text usernameId"),
        ("check", "/orders/list"),
    ],
)
def test_led_away_amid_anything_it_does_nothing_more_and_says_where(
    tmp_path: Path, layout: str, name: str, at: str
) -> None:
    at = IN_PLAIN.get(at, at) if layout == PLAIN else at
    errand = ERRANDS[name]
    with led_shop(tmp_path, logged_in=errand.logged_in) as (shop, road):
        result = errand.led_away(shop, road, at=at)
        assert road.led
        errand.stopped(shop, road, result)


READS_BACK = pytest.mark.one_layout("classic", reason="plain orders are read back where they were read: no step tells")


@pytest.mark.parametrize("at", ["/orders/shipping", pytest.param("tab=2", marks=READS_BACK)])
def test_led_away_while_it_ships_or_reads_back_nothing_is_read_elsewhere(tmp_path: Path, at: str) -> None:
    errand = ERRANDS["ship"]
    with led_shop(tmp_path) as (shop, road):
        result = errand.led_away(shop, road, at=at)
        assert road.led
        errand.stopped(shop, road, result)
        assert len(shop.shipped()) == 1
        errand.goes_on(shop, road)


@pytest.mark.long
@pytest.mark.parametrize("name", ERRANDS)
def test_led_away_at_any_step_it_does_nothing_more_and_the_next_goes_on(tmp_path: Path, name: str) -> None:
    errand = ERRANDS[name]
    for at in count(1):
        with led_shop(tmp_path / str(at), logged_in=errand.logged_in) as (shop, road):
            result = errand.led_away(shop, road, at=at)
            if not road.led:
                assert result.exit_code == 0
                break
            if result.exit_code or not road.held:  # a page that the program leaves just then leads nowhere any more
                errand.stopped(shop, road, result)
            errand.goes_on(shop, road)
    assert at > errand.steps
