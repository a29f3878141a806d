"""`rpa run ship-batch` by ticked rows, whatever the site does to a task: each order settled, none shipped twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.small_shop import CLASSIC, SmallShop
from tests.support.ticked_shop import never_twice, settled, ship_batch, tasks, ticked_shop

pytestmark = [pytest.mark.slow, pytest.mark.one_layout(CLASSIC, reason="these pages have one look")]

SHIP = "batchdelivery"
LONG = pytest.mark.long


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """One order without a parcel, then four with parcels, one under audit, one waiting for another address."""
    with ticked_shop(tmp_path / "owner", virtual=1) as opened:
        yield opened


def test_parcels_go_by_ticked_rows_others_by_dialog_and_a_second_run_ships_nothing(shop: SmallShop) -> None:
    done = ship_batch(shop)

    settled(shop, done)
    assert done.exit_code == 0, done.stderr
    assert shop.shipped() == sorted(shop.wanted)
    ways = Counter(row["how"] for row in done.rows if row["outcome"] == "done")
    assert ways == {"ticked": 4, "no_logistics": 1}
    assert [(each["rows"], each["success"]) for each in tasks(shop)] == [(4, 4)]
    folder = Path(done.row(next(iter(shop.parcels)))["evidence"])
    assert sorted(path.suffix for path in folder.iterdir()) == [".jpg", ".json", ".json"]
    again = ship_batch(shop)
    assert len(tasks(shop)) == 1
    assert {again.row(sn)["reason"] for sn in shop.parcels} == {"same_shipment"}


def test_orders_that_a_task_refuses_by_groups_are_told_each_with_its_reason(shop: SmallShop) -> None:
    busy, audited, *others = shop.parcels
    shop.mock.fault("enforce-holds")
    shop.mock.fault("audit-flip", endpoint=SHIP, order_sn=audited, at=1, when="before")
    shop.mock.fault("task-partial", k=4, times=1)

    done = ship_batch(shop)

    settled(shop, done)
    told = done.row(audited)
    assert (told["outcome"], told["reason"]) == ("waiting", "under_audit")
    assert "风控审核中" in told["message"]
    assert {done.row(sn)["reason"] for sn in (busy, *others)} == {"shipped"}
    assert [(each["rows"], each["fail"]) for each in tasks(shop)] == [(4, 2), (1, 0)]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"name": "task-lost", "effect": "all"}, id="lost, all shipped"),
        pytest.param({"name": "task-lost"}, id="lost, none shipped", marks=LONG),
        pytest.param({"name": "task-ends-early", "n": 2}, id="breaks off", marks=LONG),
        pytest.param({"name": "task-ends-early", "n": 2, "answer": "error"}, id="breaks off at a 500", marks=LONG),
        pytest.param({"name": "task-lies", "lie": "refused", "k": 2}, id="refused is a lie", marks=LONG),
        pytest.param({"name": "reset-after", "endpoint": SHIP}, id="the answer is lost"),
        pytest.param({"name": "error-after", "endpoint": SHIP}, id="a 500 after the effect", marks=LONG),
        pytest.param({"name": "reset-before", "endpoint": SHIP}, id="the request is lost", marks=LONG),
        pytest.param({"name": "toast-lies", "endpoint": SHIP}, id="the page says otherwise", marks=LONG),
    ],
)
def test_whatever_becomes_of_a_task_each_order_is_told_as_it_is(shop: SmallShop, fault: dict[str, Any]) -> None:
    shop.mock.fault(fault.pop("name"), **fault)

    done = ship_batch(shop)

    settled(shop, done)
    if shop.shipped() != sorted(shop.wanted):
        again = ship_batch(shop)
        never_twice(shop)
        assert again.exit_code == 0, again.stderr
    assert shop.shipped() == sorted(shop.wanted)


@pytest.mark.long
def test_an_order_that_the_task_calls_shipped_and_the_list_does_not_needs_a_look(shop: SmallShop) -> None:
    shop.mock.fault("task-lies", lie="accepted", k=4)

    done = ship_batch(shop)

    settled(shop, done)
    [lied] = [sn for sn in shop.parcels if done.row(sn)["reason"] != "shipped"]
    assert done.row(lied)["reason"] == "unknown"
    ship_batch(shop)
    assert len(tasks(shop)) == 1


@pytest.mark.long
def test_a_task_that_is_slow_stops_the_shop_and_the_next_run_reads_it_back(shop: SmallShop) -> None:
    shop.mock.fault("task-slow", s=3600)

    first = ship_batch(shop)

    assert first.exit_code == 3
    assert {first.row(sn)["reason"] for sn in shop.parcels} == {"import_going"}
    early = ship_batch(shop)
    assert early.exit_code == 3, "it must not send again what the site may still process"
    assert len(tasks(shop)) == 1
    shop.mock.advance(3700)
    last = ship_batch(shop)
    settled(shop, last)
    assert {last.row(sn)["reason"] for sn in shop.parcels} == {"recovered"}


@pytest.mark.long
def test_each_of_more_tasks_than_a_page_of_the_records_has_is_told(tmp_path: Path) -> None:
    with ticked_shop(tmp_path, parcels=12, held=()) as shop:
        shop.folder.configure(import_chunk=1)
        done = ship_batch(shop)
        settled(shop, done)
        assert done.exit_code == 0, done.stderr
        assert [(each["rows"], each["success"]) for each in tasks(shop)] == [(1, 1)] * 12


def test_what_is_of_import_files_is_refused_by_name_before_a_browser_starts(shop: SmallShop) -> None:
    before = shop.mock.last_event()
    for words in (("ship-batch", "--prepare"), ("ship-batch", "--settle"), ("ship", "--by", "import")):
        done = shop.folder.run("run", *words)
        assert done.exit_code == 2, words
        assert "douyin lacks ImportsShipments" in done.stderr
    assert shop.mock.last_event() == before


@pytest.mark.long
def test_an_audit_that_begins_before_the_rows_are_ticked_keeps_its_row_out(shop: SmallShop) -> None:
    audited = list(shop.parcels)[1]
    shop.mock.fault("audit-flip", endpoint="deliverylist", order_sn=audited, at=1, when="before")

    done = ship_batch(shop)

    settled(shop, done)
    assert done.row(audited)["reason"] == "under_audit"
    assert [each["rows"] for each in tasks(shop)] == [3]


@pytest.mark.long
def test_ship_ticks_rows_for_many_and_uses_dialogs_for_few(shop: SmallShop) -> None:
    shop.folder.configure(import_above=3)

    done = shop.ship()

    settled(shop, done)
    assert {done.row(sn)["how"] for sn in shop.parcels} == {"ticked"}
