"""The mock's settings of shipping: one default of each kind, nothing changed beside, no shop has those of another."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.settings import ZONE
from fixtures.mockshop.shop.clock import MockClock
from fixtures.mockshop.shop.orders import COURIERS
from fixtures.mockshop.shop.ship_settings import SettingsOfShops, ShipSettings

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=ZONE)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=5))
def test_one_address_is_the_default_whatever_was_set_before(picks: list[int]) -> None:
    settings = ShipSettings("1")
    for pick in picks:
        settings.set_default_address(settings.addresses[pick].address_id)
    assert [address.send_default for address in settings.addresses] == [n == picks[-1] for n in range(3)]
    assert [address.return_default for address in settings.addresses] == [False, False, True]


def test_shops_have_addresses_of_their_own_with_ids_of_19_digits() -> None:
    one, other = ShipSettings("1"), ShipSettings("2")
    ids = {address.address_id for settings in (one, other) for address in settings.addresses}
    assert len(ids) == 6
    assert {len(address_id) for address_id in ids} == {19}
    assert one.address(other.addresses[0].address_id) is None
    with pytest.raises(KeyError):
        one.set_default_address(other.addresses[0].address_id)
    with pytest.raises(KeyError):
        one.change_address(other.addresses[0].address_id, detail="别处")


def test_a_changed_address_keeps_what_was_not_changed() -> None:
    settings = ShipSettings("1")
    first, *others = settings.addresses
    settings.change_address(first.address_id, detail="别处")
    assert settings.address(first.address_id) == settings.addresses[0]
    assert (settings.addresses[0].detail, settings.addresses[0].contact) == ("别处", first.contact)
    assert list(settings.addresses[1:]) == others


def test_the_default_courier_comes_first_of_the_shops_couriers() -> None:
    settings = ShipSettings("1")
    settings.change_rules(default_courier="极兔速递")
    assert settings.couriers[0] == "极兔速递"
    assert sorted(settings.couriers) == sorted(COURIERS)
    assert settings.rules.promise_hours == 48


def test_a_waybill_account_is_named_by_courier_and_outlet() -> None:
    settings = ShipSettings("1")
    settings.change_waybill("中通快递", outlet="义乌北苑一部", balance=None)
    settings.change_waybill("极兔速递", bound=False)
    told = {(one.courier, one.outlet): one.balance for one in settings.waybills}
    assert (told["中通快递", "杭州余杭五部"], told["中通快递", "义乌北苑一部"]) == (1260, None)
    assert [one.bound for one in settings.waybills if one.courier == "极兔速递"] == [False]
    for courier, outlet in (("邮政快递包裹", None), ("中通快递", "别家网点")):
        with pytest.raises(KeyError, match=courier):
            settings.change_waybill(courier, outlet=outlet, balance=1)


def test_settings_and_saves_come_back_from_their_state() -> None:
    kept = SettingsOfShops(["1", "2"], clock=MockClock(NOW))
    kept.of("1").change_rules(default_courier="顺丰速运", slip_note="轻放")
    kept.of("2").change_waybill("圆通快递", balance=3)
    kept.of("2").set_default_address(kept.of("2").addresses[1].address_id)
    kept.note_save("rules", shop="1", user="clerk-1", stored={"default_courier": "顺丰速运"})
    again = SettingsOfShops(["1", "2"], clock=MockClock(NOW))
    again.restore(json.loads(json.dumps(kept.state())))
    assert again.as_json() == kept.as_json()
    assert again.saves == kept.saves
    assert again.saves[0].at.startswith("2026-03-10T09:30")


def test_another_hand_changes_settings_and_no_save_is_noted(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    with MockShop(orders=5, state=state) as mock:
        first, second, _ = mock.change_ship_settings()["addresses"]
        mock.change_ship_settings(default_address=second["address_id"], rules={"default_courier": "极兔速递"})
        mock.change_ship_settings(waybill={"courier": "圆通快递", "balance": 7})
        mock.change_ship_settings(address={"address_id": first["address_id"], "remark": "旧仓"})
        for wanted in (
            {"waybill": {"courier": "飞鸽传书", "balance": 1}},
            {"rules": {"courier": "x"}},
            {"what": 1},
            {"shop": "1"},
        ):
            with pytest.raises(MockError):
                mock.change_ship_settings(**wanted)
    with MockShop(orders=5, state=state) as mock:
        [told] = mock.truth()["ship_settings"].values()
        assert mock.truth()["settings_saves"] == []
    assert [(one["remark"], one["send_default"]) for one in told["addresses"][:2]] == [("旧仓", False), ("", True)]
    assert told["rules"]["default_courier"] == "极兔速递"
    assert [one["balance"] for one in told["waybills"] if one["courier"] == "圆通快递"] == [7]
