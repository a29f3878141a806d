"""A second run, a dry run, and the limits of a shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.promises import careful
from tests.support.small_shop import CLASSIC, FORM, SmallShop, small_shop

pytestmark = pytest.mark.slow


def test_a_second_run_right_after_sends_nothing_and_explains_everything(shop: SmallShop) -> None:
    first = shop.ship()
    careful(shop, first)
    sent = len(shop.writes())
    again = shop.ship()
    careful(shop, again)
    assert len(shop.writes()) == sent == len(shop.wanted)
    assert again.reasons() == {**dict.fromkeys(shop.parcels, "same_shipment"), **shop.held}
    assert again.exit_code == 0


def test_a_dry_run_opens_no_dialog(shop: SmallShop) -> None:
    result = shop.ship("--dry-run")
    careful(shop, result)
    assert {result.reasons()[sn] for sn in shop.wanted} == {"dry_run"}
    assert {sn: result.reasons()[sn] for sn in shop.held} == shop.held
    asked = {event["endpoint"] for event in shop.mock.events() if event["kind"] == "request"}
    assert not {path for path in asked if "shipping" in path or (FORM in path and shop.layout == CLASSIC)}
    assert shop.folder.ledger() == []


def test_the_limits_of_a_shop_hold_over_runs(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=3, virtual=2) as shop:
        shop.folder.configure(max_per_run=2)
        result = shop.ship()
        careful(shop, result)
        assert shop.shipped() == sorted(shop.wanted[:2])
        assert {result.reasons()[sn] for sn in shop.wanted[2:]} == {"cap_reached"}
        for limit, next_ones in (("max_per_run", 2), ("max_per_day", 1), ("trial", 1)):
            caps: dict[str, Any] = {"max_per_run": None, "max_per_day": None, "trial": None}
            shop.folder.configure(**{**caps, limit: 2 if limit == "max_per_run" else 3})
            ended = shop.ship("--dry-run", "--json")
            planned = ended.reasons()
            notes = {each["cause"] for each in ended.json["shops"]["demo"]["incidents"]}
            assert ("trial_over" in notes) is (limit == "trial")
            told = [planned[sn] for sn in shop.wanted[2:]]
            assert told == ["dry_run"] * next_ones + ["cap_reached"] * (3 - next_ones)
