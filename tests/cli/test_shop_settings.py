"""`rpa run shop-settings` against the mock: every difference is told, what is set is set once, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.mock_shop import Result
from tests.support.settings_shop import (
    FIRST,
    READ_RULES,
    SAVE_RULES,
    SECOND,
    SET_ADDRESS,
    SettingsShop,
    rows_by_subject,
    settings_shop,
)

pytestmark = pytest.mark.slow

ZTO = "中通快递"
BOTH = {"ship_from": SECOND, "default_courier": ZTO}
SET = {"ship_from": ("done", "set"), "default_courier": ("done", "set")}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SettingsShop]:
    with settings_shop(tmp_path) as shop:
        yield shop


def test_every_difference_has_its_row_and_nothing_is_changed(shop: SettingsShop) -> None:
    before = shop.settings
    outlets = [
        {"courier": ZTO, "outlet": "杭州余杭五部"},
        {"courier": "中通", "outlet": "ZTO57932"},
        {"courier": "顺丰"},
        {"courier": "韵达快递", "at_least": 0},
        {"courier": ZTO},
        {"courier": "极兔速递", "at_least": 0},
        {"courier": "极兔速递", "outlet": "无此网点"},
    ]
    shop.expect(**BOTH, balance_below=200, waybills=outlets)
    result = shop.compare()
    assert rows_by_subject(result.rows) == {
        "ship_from": ("needs_person", "differs"),
        "default_courier": ("needs_person", "differs"),
        "中通快递 杭州余杭五部": ("done", "as_expected"),
        "中通快递 义乌北苑一部": ("waiting", "balance_low"),
        "顺丰速运": ("done", "balance_not_told"),
        "韵达快递 余杭仓前网点": ("needs_person", "not_bound"),
        "中通快递": ("needs_person", "no_such_outlet"),
        "极兔速递 杭州余杭网点": ("done", "as_expected"),
        "极兔速递 无此网点": ("needs_person", "no_such_outlet"),
    }
    assert result.exit_code == 3
    assert (shop.settings, shop.saves()) == (before, [])
    shown = {row["subject"]: (row["wanted"], row["shown"]) for row in result.rows}
    assert shown["default_courier"] == (ZTO, "圆通快递")
    assert shown["中通快递 义乌北苑一部"] == ("≥ 200", "86")
    assert shown["顺丰速运"][1] == "–"


def test_what_is_as_expected_is_done_by_text_part_or_id(shop: SettingsShop) -> None:
    address_id = shop.settings["addresses"][0]["address_id"]
    for ship_from in (f" {FIRST}", address_id):
        shop.expect(ship_from=ship_from, default_courier="圆通")
        result = shop.compare()
        assert rows_by_subject(result.rows) == dict.fromkeys(BOTH, ("done", "as_expected"))
        assert result.exit_code == 0, result.stderr
    shop.expect(ship_from="良渚街道", default_courier="无此快递")
    assert rows_by_subject(shop.apply().rows)["ship_from"] == ("needs_person", "no_such_value")
    assert shop.saves() == []


def test_what_differs_is_set_once_and_nothing_else_changes(shop: SettingsShop) -> None:
    before = shop.settings
    shop.expect(**BOTH)
    rehearsed = shop.apply("--dry-run")
    assert rows_by_subject(rehearsed.rows) == dict.fromkeys(BOTH, ("planned", "dry_run"))
    assert shop.saves() == []
    first = shop.apply()
    assert (rows_by_subject(first.rows), first.exit_code) == (SET, 0), first.stderr
    again = shop.apply()
    assert rows_by_subject(again.rows) == dict.fromkeys(BOTH, ("already_done", "already_there"))
    assert [each["what"] for each in shop.saves()] == ["default_address", "rules"]
    assert shop.ship_from == SECOND
    for each in (*before["addresses"], *shop.settings["addresses"]):
        del each["send_default"]
    assert shop.settings["rules"] == {**before["rules"], "default_courier": ZTO}
    assert shop.settings["waybills"] == before["waybills"]
    shop.expect(**BOTH | {"default_courier": "韵达快递"})
    assert rows_by_subject(shop.apply().rows)["default_courier"] == ("done", "set")
    assert shop.settings["rules"]["default_courier"] == "韵达快递"


def test_what_another_hand_has_changed_since_is_not_set_over_that(shop: SettingsShop) -> None:
    shop.expect(default_courier=ZTO)
    assert rows_by_subject(shop.apply().rows) == {"default_courier": ("done", "set")}
    shop.mock.change_ship_settings(rules={"default_courier": "EMS"})
    again = shop.apply()
    assert rows_by_subject(again.rows) == {"default_courier": ("needs_person", "changed_by_another")}
    assert (len(shop.saves()), shop.settings["rules"]["default_courier"]) == (1, "EMS")


def test_another_hands_change_between_look_and_save_is_left_alone(shop: SettingsShop) -> None:
    shop.expect(default_courier=ZTO)
    shop.compare()  # logged in from now on
    result = _meanwhile(shop, READ_RULES, at=2, when="before", rules={"slip_note": "易碎"})
    assert rows_by_subject(result.rows) == {"default_courier": ("waiting", "changed_meanwhile")}
    assert "易碎" in result.rows[0]["message"]
    assert (shop.saves(), shop.settings["rules"]["slip_note"]) == ([], "易碎")


def test_anything_else_that_changes_with_a_save_stops_the_shop_and_is_told(shop: SettingsShop) -> None:
    shop.expect(**BOTH)
    other = shop.settings["addresses"][2]["address_id"]
    change: dict[str, Any] = {"address": {"address_id": other, "detail": "别处9号"}}
    result = _meanwhile(shop, SET_ADDRESS, when="after", **change)
    told = rows_by_subject(result.rows)
    assert told["ship_from"] == ("needs_person", "also_changed")
    [message] = [row["message"] for row in result.rows if row["subject"] == "ship_from"]
    assert other in message
    assert "别处9号" in message
    assert told["default_courier"][0] in {"done", "needs_person"}
    assert result.exit_code == 3
    assert "别处9号" in result.stderr
    again = shop.apply()
    assert rows_by_subject(again.rows)["ship_from"] == ("needs_person", "unknown")
    assert [each["what"] for each in shop.saves()].count("default_address") == 1


@pytest.mark.parametrize(
    ("faults", "reasons"),
    [(("error-before", "toast-lies"), {"not_done", "site_refused"}), (("reset-after", "error-after"), {"set"})],
    ids=["refused", "set"],
)
def test_a_save_that_goes_wrong_is_read_back_and_never_sent_blindly(
    shop: SettingsShop, faults: tuple[str, str], reasons: set[str]
) -> None:
    shop.expect(**BOTH)
    for endpoint, fault in zip((SET_ADDRESS, SAVE_RULES), faults, strict=True):
        shop.mock.fault(fault, endpoint=endpoint, times=1)
    result = shop.apply()
    assert {reason for _, reason in rows_by_subject(result.rows).values()} == reasons, result.rows
    assert len(shop.saves()) == (len(BOTH) if "set" in reasons else 0)
    again = shop.apply()
    assert {outcome for outcome, _ in rows_by_subject(again.rows).values()} <= {"done", "already_done"}
    assert sorted(each["what"] for each in shop.saves()) == ["default_address", "rules"]


def test_a_page_that_shows_another_balance_than_its_data_is_a_doubt(tmp_path: Path) -> None:
    with settings_shop(tmp_path) as shop:
        own = shop.folder.path / "selectors" / "douyin.toml"
        told = 'balance = { column = "面单余额", told = "amount" }'
        wrong = told.replace("amount", "allocated_quantity")
        own.write_text(own.read_text(encoding="utf-8").replace(told, wrong), encoding="utf-8")
        shop.expect(waybills=[{"courier": ZTO, "outlet": "杭州余杭五部", "at_least": 1}])
        result = shop.compare()
        assert rows_by_subject(result.rows) == {f"{ZTO} 杭州余杭五部": ("needs_person", "sources_disagree")}
        assert "1260" in result.rows[0]["message"]


def test_a_shop_that_stops_accounts_for_everything_that_was_expected(shop: SettingsShop) -> None:
    shop.expect(**BOTH, waybills=[{"courier": ZTO, "outlet": "杭州余杭五部"}])
    shop.mock.fault("error-before", endpoint="ebill/netsites", times=0)
    result = shop.compare()
    assert rows_by_subject(result.rows).keys() == {*BOTH, f"{ZTO} 杭州余杭五部"}
    assert {outcome for outcome, _ in rows_by_subject(result.rows).values()} == {"needs_person"}


def test_without_anything_expected_it_is_refused_before_a_browser_starts(shop: SettingsShop) -> None:
    result = shop.compare()
    assert (result.exit_code, result.rows) == (2, [])
    assert "[shops.NAME.expected]" in result.stderr


def _meanwhile(shop: SettingsShop, endpoint: str, *, when: str, at: int = 1, **change: Any) -> Result:
    """Run `--apply`; the `at`-th call of this endpoint is held while another hand changes something."""
    before = set(shop.folder.run_ids())
    held = shop.mock.fault("freeze", endpoint=endpoint, at=at, when=when)
    begun = shop.mock.last_event()
    with shop.folder.start("run", "shop-settings", "--json", "--apply") as process:
        for _ in range(at):
            kind = "request" if when == "before" else "effect"
            begun = shop.mock.wait_for(kind, endpoint=endpoint, after=begun)["n"]
        shop.mock.change_ship_settings(**change)
        shop.mock.let_go(held)
        stdout, stderr = process.communicate()
    rows = [row for run_id in shop.folder.run_ids() if run_id not in before for row in shop.folder.rows_of(run_id)]
    return Result(exit_code=process.returncode, stdout=stdout, stderr=stderr, rows=rows)
