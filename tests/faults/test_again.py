"""A second run, a dry run, and the limits of a shop."""

from __future__ import annotations

from pathlib import Path

from tests.faults.promises import careful
from tests.faults.smallshop import SmallShop, small_shop


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
    assert not {path for path in asked if "orderDetail" in path or "shipping" in path}
    assert shop.folder.ledger() == []


def test_the_limits_of_a_shop_hold_over_runs(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=3, virtual=2) as shop:
        shop.folder.configure(max_per_run=2)
        for sent in (2, 4):
            result = shop.ship()
            careful(shop, result)
            assert shop.shipped() == sorted(shop.wanted[:sent])
            assert {result.reasons()[sn] for sn in shop.wanted[sent:]} == {"cap_reached"}
        shop.folder.configure(max_per_run=None, trial=4)
        careful(shop, shop.ship())
        assert len(shop.shipped()) == 4
        shop.folder.configure(trial="off", max_per_day=4)
        careful(shop, shop.ship())
        assert len(shop.shipped()) == 4
