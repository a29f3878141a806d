"""Wherever a shop's address leads away to another origin, nothing is asked for, typed, clicked or read there."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from rpa.elements.registry import load_profile
from rpa.platforms import missing_capabilities
from rpa.plugins import flows, platforms
from tests.support.errands import ERRANDS, ERRANDS_OF_DOUYIN
from tests.support.small_shop import CLASSIC, PLAIN

pytestmark = pytest.mark.slow

EACH = ERRANDS | ERRANDS_OF_DOUYIN
ONE_LOOK = pytest.mark.one_layout(CLASSIC, reason="the pages of this platform have one look")


def test_every_flow_that_a_platform_can_run_is_led_away_here() -> None:
    for name in ("pinduoduo", "douyin"):
        platform, profile = platforms()[name], load_profile(name)
        able = {each for each, flow in flows().items() if not missing_capabilities(flow, platform, profile=profile)}
        assert able <= {errand.flow for errand in EACH.values()}, name


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
        pytest.param("ship-batch by ticked rows", "touch input text 请输入快递单号", marks=ONE_LOOK),
        pytest.param("change of shops", "/chooseshop", marks=ONE_LOOK),
        pytest.param("shop-settings", "/address/setsenddefault", marks=ONE_LOOK),
    ],
)
def test_led_away_amid_anything_it_does_nothing_more_and_says_where(
    tmp_path: Path, layout: str, name: str, at: str
) -> None:
    at = IN_PLAIN.get(at, at) if layout == PLAIN else at
    errand = EACH[name]
    with errand.shop(tmp_path) as (shop, road):
        result = errand.led_away(shop, road, at=at)
        assert road.led
        errand.stopped(shop, road, result)


READS_BACK = pytest.mark.one_layout("classic", reason="plain orders are read back where they were read: no step tells")


@pytest.mark.parametrize("at", ["/orders/shipping", pytest.param("tab=2", marks=READS_BACK)])
def test_led_away_while_it_ships_or_reads_back_nothing_is_read_elsewhere(tmp_path: Path, at: str) -> None:
    errand = EACH["ship"]
    with errand.shop(tmp_path) as (shop, road):
        result = errand.led_away(shop, road, at=at)
        assert road.led
        errand.stopped(shop, road, result)
        assert len(shop.shipped()) == 1
        errand.goes_on(shop, road)


@pytest.mark.long
@pytest.mark.parametrize("name", [*ERRANDS, *(pytest.param(name, marks=ONE_LOOK) for name in ERRANDS_OF_DOUYIN)])
def test_led_away_at_any_step_it_does_nothing_more_and_the_next_goes_on(tmp_path: Path, name: str) -> None:
    errand = EACH[name]
    for at in count(1):
        with errand.shop(tmp_path / str(at)) as (shop, road):
            result = errand.led_away(shop, road, at=at)
            if not road.led:
                assert result.exit_code == 0
                break
            if result.exit_code or not road.held:  # a page that the program leaves just then leads nowhere any more
                errand.stopped(shop, road, result)
            errand.goes_on(shop, road)
    assert at > errand.steps
