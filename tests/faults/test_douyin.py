"""抖店 besides what each platform is held to: its own signs and layers, its long numbers, what it does not have."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.mock_shop import Result
from tests.support.promises import careful
from tests.support.small_shop import SmallShop, small_shop

pytestmark = [pytest.mark.slow, pytest.mark.one_layout("douyin", reason="what other platforms do not have")]

SIGNS: dict[str, dict[str, Any]] = {
    "under_audit": {"audit": True},
    "refund_asked": {"after_sale_type": 2, "after_sale_status": 6},
    "address_change": {"address_change": True},
    "partly_shipped": {"partly_shipped": True},
    "serial_number": {"needs_serial": True},
}


def test_what_has_a_sign_in_the_list_is_not_opened(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=tuple(SIGNS)) as shop:
        result = shop.ship()
        careful(shop, result)
        assert {sn: result.reasons()[sn] for sn in shop.held} == dict(shop.held)
        assert [write["order_sn"] for write in shop.writes()] == shop.wanted
        _numbers_are_text(shop, result)


def test_a_sign_that_comes_between_the_look_and_the_click_stops_that_order_only(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=len(SIGNS) + 1, virtual=0, held=()) as shop:
        *struck, good = shop.wanted
        held = [shop.arm_for(sn, "freeze", endpoint=shop.calls.detail, when="before") for sn in struck]
        with shop.folder.start("run", "ship", "--json") as process:
            for sn, fault, sign in zip(struck, held, SIGNS.values(), strict=True):
                shop.form_asked_for(sn)
                shop.mock.patch(sn, **sign)
                shop.mock.let_go(fault)
            process.communicate()
        [run_id] = shop.folder.run_ids()
        reasons = {row["order_sn"]: row["reason"] for row in shop.folder.rows_of(run_id)}
        assert reasons == {**dict(zip(struck, SIGNS, strict=True)), good: "shipped"}
        assert [write["order_sn"] for write in shop.writes()] == [good]


def _numbers_are_text(shop: SmallShop, result: Result) -> None:
    """Each number stands in reports, JSON and ledger as it is in the shop: all of its 19 digits, as text."""
    known = set(shop.everything)
    assert {row["order_sn"] for row in result.rows} == known
    [run_id] = shop.folder.run_ids()
    folder = shop.folder.var / "reports" / run_id
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["order_sn"] for row in csv.DictReader(file)} == known
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert known <= {value for value in cells if isinstance(value, str)}
    assert not [value for value in cells if isinstance(value, int | float) and value > 1e15]
    book.close()
    assert not [number for number in _numbers(result.json) if number > 1e15]
    assert {action.subject for action in shop.folder.ledger()} <= known


def _numbers(told: object) -> list[float]:
    if isinstance(told, dict):
        return [number for each in told.values() for number in _numbers(each)]
    if isinstance(told, list):
        return [number for each in told for number in _numbers(each)]
    return [told] if isinstance(told, int | float) else []


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"name": "risk-env", "endpoint": "order/searchlist", "times": 0}, "challenge"),
        ({"name": "captcha-layer", "times": 0}, "challenge"),
        ({"name": "idle", "times": 0}, "unknown_overlay"),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_what_wants_a_person_stops_the_shop_before_anything_is_sent(
    shop: SmallShop, fault: dict[str, Any], cause: str
) -> None:
    shop.mock.fault(fault.pop("name"), **fault)
    result = shop.ship()
    assert (result.exit_code, _cause(result), shop.writes()) == (3, cause, [])
    assert {sn: result.reasons()[sn] for sn in shop.parcels} == dict.fromkeys(shop.parcels, "shop_not_read")


@pytest.mark.long
def test_a_request_refused_for_its_place_stops_the_shop_and_is_not_sent_again(shop: SmallShop) -> None:
    shop.mock.fault("risk-env", endpoint=shop.calls.ship, at=2, times=0)
    result = shop.ship()
    assert (result.exit_code, _cause(result)) == (3, "challenge")
    careful(shop, result)
    assert [write["order_sn"] for write in shop.writes()] == shop.wanted[:2]
    assert shop.shipped() == shop.wanted[:1]
    shop.mock.clear_faults()
    shop.folder.configure(settle_s=0)
    careful(shop, shop.ship())
    assert shop.shipped() == sorted(shop.wanted)


@pytest.mark.long
def test_guides_and_the_message_box_are_closed_and_the_work_goes_on(shop: SmallShop) -> None:
    shop.mock.fault("guides", times=2)
    shop.mock.fault("message-box", times=2)
    result = shop.ship()
    careful(shop, result)
    assert (result.exit_code, shop.shipped()) == (0, sorted(shop.wanted))
    closed = [one["popup"] for one in result.json["shops"]["demo"]["popups"]]
    assert {"guide", "message_box"} == set(closed)


def test_orders_that_arrive_while_the_list_is_read_lose_none_of_those_there(tmp_path: Path) -> None:
    _read_while_orders_arrive(tmp_path, orders=600)


@pytest.mark.long
def test_orders_that_arrive_while_twenty_thousand_are_read_lose_none_of_those_there(tmp_path: Path) -> None:
    _read_while_orders_arrive(tmp_path, orders=20_000)


def _read_while_orders_arrive(path: Path, *, orders: int) -> None:
    with small_shop(path, parcels=0, virtual=0, held=(), orders=orders, close_others=False) as shop:
        pending = {sn for sn, order in shop.truth().items() if order["status"] == "pending"}
        shop.mock.fault("orders-arrive", n=3)
        result = shop.folder.run("run", "pending-orders", "--json")
        assert result.json["shops"]["demo"]["incidents"] == [], result.stderr
        read = result.reasons().keys()
        assert pending <= read, f"{len(pending - read)} of {len(pending)} are lost"
        assert read <= shop.truth().keys()


def test_what_the_site_does_not_have_is_refused_by_name_before_a_browser_starts(shop: SmallShop) -> None:
    before = shop.mock.last_event()
    for flow in ("audit-notices", "export-orders"):
        result = shop.folder.run("run", flow, env={"RPA_BROWSER": "/there/is/none"})
        assert result.exit_code == 2
        assert flow in result.stderr.replace("\n", " ")
        assert "douyin" in result.stderr
    assert shop.mock.last_event() == before


@pytest.mark.long
def test_the_commands_speak_of_it_without_the_other_platforms_name(shop: SmallShop) -> None:
    shop.folder.configure(mall_name="示例小店")
    checked = shop.folder.run("selectors", "check", "demo")
    assert checked.exit_code == 0, checked.stdout + checked.stderr
    shop.ship("--dry-run")
    for command in (("todo",), ("status",), ("ledger", "show"), ("status", "--json")):
        told = shop.folder.run(*command)
        said = told.stdout + told.stderr
        assert told.exit_code in {0, 1, 3}, said
        assert not [word for word in ("拼多多", "induoduo", "mms.") if word in said], command


def _cause(result: Result) -> str:
    return str(result.json["shops"]["demo"]["incidents"][-1]["cause"])
