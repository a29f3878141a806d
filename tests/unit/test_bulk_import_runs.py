"""Which way an order goes, what a file holds at the moment it goes up, and what is done when the page is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.bulk_import.api import ImportLimits
from flows.bulk_import.settling import settle_files
from flows.entries.by import By
from flows.orders.model import KIND, Mark
from flows.shipping.together import StillGoing
from rpa.errors import NotApproved, PageChanged, TryAgain
from rpa.ledger.actions import State
from tests.support.import_site import Shop, a_shop
from tests.support.made_orders import an_item


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_shop(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"audit": Mark.SET}, "under_audit"),
        ({"after_sale": Mark.SET}, "after_sale"),
        ({"audit": Mark.UNREADABLE}, "unreadable"),
        ({"address": "别处"}, "order_changed"),
        ({"remark": "送小礼品"}, "seller_remark"),
        ({"status": "closed"}, "order_closed"),
        ({"status": "shipped", "courier": "中通快递", "tracking_number": "X1"}, "shipped_with_other_number"),
    ],
)
def test_what_changes_after_it_was_decided_on_stays_out_of_the_file(
    shop: Shop, change: dict[str, Any], reason: str
) -> None:
    shop.site.at["nearest"] = lambda: shop.change("S1", **change)

    told = shop.ship()

    assert shop.site.uploaded == [["S0", "S2", "S3"]]
    assert told["S1"][0] == reason
    assert "read again at 2026-03-10 09:15:00, before it was sent" in told["S1"][1]
    assert told["S0"][0] == "shipped"


def test_what_changes_after_the_marks_were_read_is_told_with_its_time_at_read_back(shop: Shop) -> None:
    def change() -> None:
        shop.change("S1", audit=Mark.SET)
        shop.change("S2", address="别处")

    shop.site.at["fill_in"] = change
    told = shop.ship()
    when = "2026-03-10 09:15:00"
    assert told["S1"] == ("shipped", f"read back at {when}, after it was sent, it is under audit; look at it")
    assert told["S0"] == ("shipped", "")
    [note] = [words for cause, words in shop.noted if cause == "changed_at_import"]
    assert f"at {when}" in note
    assert note.endswith("S1 (under audit), S2 (address changed)")


def test_goods_that_are_listed_in_another_sequence_later_are_the_same(shop: Shop) -> None:
    two = (an_item(), an_item(goods_id="102"))
    shop.change("S1", items=two)
    shop.site.tells = shop.site.certain = True
    shop.site.at["result"] = lambda: shop.change("S1", items=two[::-1])
    assert {reason for reason, _ in shop.ship().values()} == {"shipped"}
    assert "changed_at_import" not in shop.notes


def test_marks_older_than_a_minute_are_read_again_before_the_file_goes_up(shop: Shop) -> None:
    def slow_once() -> None:
        shop.site.clock.move(61)
        del shop.site.at["fill_in"]
        shop.change("S3", audit=Mark.SET)

    shop.site.at["fill_in"] = slow_once

    told = shop.ship()

    assert shop.site.uploaded == [["S0", "S1"], ["S2"]]
    assert told["S3"][0] == "under_audit"


def test_a_page_that_is_always_too_slow_sends_nothing(shop: Shop) -> None:
    shop.site.at["fill_in"] = lambda: shop.site.clock.move(61)
    with pytest.raises(TryAgain):
        shop.ship()
    assert shop.site.uploaded == []
    assert shop.run.ledger.actions.search("demo") == []


def test_a_hold_that_a_person_sets_while_the_file_is_chosen_is_obeyed(shop: Shop) -> None:
    def hold() -> None:
        shop.run.ledger.holds.put("demo", subject="S2", reason="wait", by="anna", cause="person")

    shop.site.at["fill_in"] = hold

    told = shop.ship()

    assert shop.site.uploaded == [["S0", "S1", "S3"]]
    assert told["S2"][0] == "on_hold"


@pytest.mark.parametrize("prepare", [True, False])
def test_a_dry_run_makes_and_uploads_no_file(shop: Shop, *, prepare: bool) -> None:
    shop.run = replace(shop.run, dry=True)
    told = shop.ship(prepare=prepare)
    assert {reason for reason, _ in told.values()} == {"dry_run"}
    assert (shop.site.uploaded, shop.run.handover.exists(), shop.run.ledger.actions.search("demo")) == ([], False, [])


def test_a_file_has_no_more_rows_and_bytes_than_the_site_takes(shop: Shop) -> None:
    shop.site.limits_ = ImportLimits(rows=3, size=5_000_000)
    shop.ship()
    assert [len(file) for file in shop.site.uploaded] == [3, 1]


def test_a_file_that_is_too_large_is_halved(tmp_path: Path) -> None:
    with a_shop(tmp_path, parcels=400) as shop:
        shop.site.limits_ = ImportLimits(rows=1000, size=8_000)
        told = shop.ship()
    assert len(shop.site.uploaded) > 2
    assert sorted(sn for file in shop.site.uploaded for sn in file) == sorted(f"S{n}" for n in range(400))
    assert {reason for reason, _ in told.values()} == {"shipped"}


def test_a_page_that_takes_no_rows_is_a_changed_page(shop: Shop) -> None:
    shop.site.limits_ = ImportLimits(rows=0, size=5_000_000)
    with pytest.raises(PageChanged):
        shop.ship()


def test_many_go_by_import_and_few_by_the_dialog(tmp_path: Path) -> None:
    for parcels, uploaded in ((4, 0), (5, 1)):
        folder = tmp_path / str(parcels)
        folder.mkdir()
        with a_shop(folder, parcels=parcels, settings="import_above = 4\n") as shop:
            shop.ship(by=None)
            assert (len(shop.site.uploaded), len(shop.site.by_dialog)) == (uploaded, 0 if uploaded else parcels)


def test_an_import_that_nobody_has_approved_goes_by_the_dialog(tmp_path: Path) -> None:
    with a_shop(tmp_path, settings="import_above = 1\n") as shop:
        shop.site.at["fill_in"] = not_approved
        told = shop.ship(by=None)
    assert shop.site.by_dialog == ["S0", "S1", "S2", "S3"]
    assert {reason for reason, _ in told.values()} == {"shipped"}
    assert shop.notes == ["import_not_approved"]


def test_an_import_that_was_asked_for_and_that_nobody_has_approved_stops_the_shop(shop: Shop) -> None:
    shop.site.at["fill_in"] = not_approved
    with pytest.raises(NotApproved):
        shop.ship()
    assert shop.site.by_dialog == []


def not_approved() -> None:
    raise NotApproved("import.confirm was never confirmed")


def test_while_the_site_works_on_a_file_nothing_is_not_shipped_then_it_is_read_back(
    shop: Shop,
) -> None:
    shop.site.going = True
    with pytest.raises(StillGoing):
        shop.ship()
    with pytest.raises(StillGoing):
        shop.ship(by=By.DIALOG)
    assert len(shop.site.uploaded) == 1
    assert shop.site.by_dialog == []
    assert {action.state for action in shop.run.ledger.actions.search("demo")} == {State.SUBMITTING}
    shop.site.going = False
    for sn in shop.site.uploaded[0]:
        shop.change(sn, status="shipped", courier="中通快递", tracking_number=shop.number(sn))
    assert {reason for reason, _ in shop.ship().values()} == {"recovered"}
    assert len(shop.site.uploaded) == 1


# For a person's own upload


def test_a_prepared_file_has_the_form_known_before_when_the_page_has_changed(shop: Shop) -> None:
    def changed() -> None:
        raise PageChanged("import.start_over is not on the page")

    shop.site.at["limits"] = changed

    told = shop.ship(prepare=True)

    assert {reason for reason, _ in told.values()} == {"handed_over"}
    [file] = shop.run.handover.glob("*.xlsx")
    first, second, *rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
    assert (first, second) == (("订单号", "快递公司", "快递单号"), ("order_sn", "shipping_name", "shipping_sn"))
    assert rows[0] == ("S0", "中通快递", "78000000000002")
    assert len(rows) == 4
    assert shop.site.uploaded == []


def test_what_is_handed_over_is_not_shipped_by_any_run(shop: Shop) -> None:
    shop.ship(prepare=True)
    for how in ({"by": By.DIALOG}, {"by": By.IMPORT}, {"prepare": True}):
        assert {reason for reason, _ in shop.ship(**how).values()} == {"handed_over"}
    assert shop.site.uploaded == []
    assert shop.site.by_dialog == []


def test_what_stands_in_a_file_that_the_site_still_works_through_stays_handed_over(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.site.going = True
    assert {row["reason"] for row in settle_files(shop.run)} == {"handed_over"}
    shop.site.going = False
    assert {row["reason"] for row in settle_files(shop.run)} == {"not_uploaded"}
    assert shop.run.ledger.actions.handed_over("demo", kind=KIND) == []


def test_a_number_that_the_person_typed_otherwise_needs_a_look(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.change("S0", status="shipped", courier="中通快递", tracking_number="78000000009999")
    told = {row["order_sn"]: row["reason"] for row in settle_files(shop.run)}
    assert told == {"S0": "conflict", "S1": "not_uploaded", "S2": "not_uploaded", "S3": "not_uploaded"}
