from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.orders.model import Decision, How, Item, Mark, Order, Place, SheetRow, Shipment
from flows.orders.reasons import Reason
from flows.orders.report import (
    ORDER_COLUMNS,
    ORDER_LAYOUT,
    ORDER_SHEET,
    PULL_BACK_REASONS,
    OrderRow,
    held_orders_sheet,
    in_words,
    pull_back_sheet,
)
from rpa.clock import Clock
from rpa.language import Language, Text
from rpa.report.finishing import ReportStyle, RunIdentity
from rpa.report.run_report import RunReport
from rpa.report.tables import read_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
STARTED_AT = datetime(2025, 3, 1, 8, 0, tzinfo=SHANGHAI)
ORDER = Order(
    order_sn="250301-000000000000001",
    status="pending",
    items=(
        Item(goods_id="612345678901", goods="apples", spec="big", quantity=2, physical=True),
        Item(goods_id="612345678902", goods="pears", spec="small", quantity=3, physical=True),
    ),
    amount_fen=3990,
    ship_by=datetime(2025, 3, 2, 8, 0, tzinfo=SHANGHAI),
    signs={"audit": Mark.CLEAR, "after_sale": Mark.CLEAR},
    remark="",
    flag="",
    receiver="",
    region="",
    address="",
)
ROW = SheetRow(
    place=Place(sheet=Path("inbox/today.xlsx"), row=7),
    order_sn=ORDER.order_sn,
    courier="YTO",
    tracking_number="YT1234567890123",
)
DECISION = Decision(order_sn=ORDER.order_sn, order=ORDER, row=ROW, shipment=None, reason=Reason.UNDER_AUDIT)


def _written(var: Path, *rows: OrderRow) -> list[dict[str, str]]:
    clock = Clock(zone=SHANGHAI)
    style = ReportStyle(
        layout=ORDER_LAYOUT, name=ORDER_SHEET, language=Language.ZH, zone=SHANGHAI, sheets=(pull_back_sheet,)
    )
    run = RunIdentity(run_id="run-1", shop="demo", platform="pinduoduo", flow="ship", started_at=STARTED_AT)
    with RunReport(var, run=run, style=style, clock=clock) as report:
        for row in rows:
            report.add(row.cells())
    return list(read_rows(report.folder / "report.csv"))


def test_the_columns_are_the_published_ones_in_their_order() -> None:
    assert ", ".join(column.key for column in ORDER_COLUMNS) == (
        "run_id, started_at, finished_at, shop, platform, flow, order_sn, outcome, reason, message, how, courier, "
        "tracking_number, goods_id, goods, spec, quantity, amount_fen, ship_by, shipped_at, sheet, sheet_row, "
        "evidence, held_since, released_by, hours_left"
    )


def test_only_amounts_in_yuan_are_called_so() -> None:
    def title(*codes: str) -> Text:
        return next(c.title for c in ORDER_LAYOUT.in_currencies(*codes).columns if c.key == "amount_fen")

    assert title() == title("CNY", "CNY") == Text(en="Amount (yuan)", zh="金额（元）")
    assert title("GBP") == Text(en="Amount (GBP)", zh="金额（GBP）")
    assert title("GBP", "CNY").en == "Amount (CNY, GBP)"
    assert ORDER_LAYOUT.in_currencies("GBP").keys == ORDER_LAYOUT.keys


def test_a_whole_file_is_named_without_a_row() -> None:
    assert str(Place(sheet=Path("inbox/a.csv"), row=0)) == "a.csv"
    assert str(Place(sheet=Path("inbox/a.xlsx"), worksheet="May", row=3)) == "a.xlsx:May:3"


def test_a_person_is_asked_about_the_parcel_whatever_form_it_goes_by() -> None:
    parcel = Shipment(order_sn=ORDER.order_sn, how=How.DIALOG, courier="YTO", tracking_number="YT1")
    asked = [
        in_words(replace(DECISION, shipment=each), language=Language.EN).split(" · ")[-1]
        for each in (parcel, Shipment(order_sn=ORDER.order_sn, how=How.NO_LOGISTICS))
    ]
    assert asked == ["YTO YT1", "No logistics"]


def test_people_see_all_columns_the_order_number_first() -> None:
    people = [column.key for column in ORDER_LAYOUT.for_people()]
    assert people[0] == "order_sn"
    assert sorted(people) == sorted(ORDER_LAYOUT.keys)


def test_a_decision_becomes_a_row_with_its_goods_its_sheet_and_its_reason(tmp_path: Path) -> None:
    [row] = _written(tmp_path, OrderRow.of(DECISION))
    assert (row["order_sn"], row["outcome"], row["reason"]) == (ORDER.order_sn, "waiting", "under_audit")
    assert (row["goods_id"], row["goods"], row["spec"]) == ("612345678901; 612345678902", "apples; pears", "big; small")
    assert (row["quantity"], row["amount_fen"], row["ship_by"]) == ("5", "3990", "2025-03-02T08:00:00+08:00")
    assert (row["courier"], row["tracking_number"]) == ("YTO", "YT1234567890123")
    assert (row["sheet"], row["sheet_row"]) == (str(Path("inbox/today.xlsx")), "7")


def test_what_came_of_a_shipment_stands_in_the_row(tmp_path: Path) -> None:
    shipment = Shipment(order_sn=ORDER.order_sn, how=How.DIALOG, courier="ZTO", tracking_number="73000000000001")
    decision = replace(DECISION, shipment=shipment, reason=None, row=None)
    [row] = _written(
        tmp_path, OrderRow.of(decision, reason=Reason.SHIPPED, shipped_at=STARTED_AT, evidence=Path("evidence/demo"))
    )
    assert (row["outcome"], row["how"], row["tracking_number"]) == ("done", "dialog", "73000000000001")
    assert (row["shipped_at"], row["evidence"]) == ("2025-03-01T08:00:00+08:00", str(Path("evidence/demo")))


def test_a_row_without_an_order_has_no_goods_rather_than_none_of_them(tmp_path: Path) -> None:
    [row] = _written(tmp_path, OrderRow.of(replace(DECISION, order=None, reason=Reason.NOT_IN_SHOP)))
    assert (row["goods"], row["quantity"], row["amount_fen"]) == ("", "", "")


def test_a_shipment_whose_end_is_not_known_makes_no_row() -> None:
    with pytest.raises(ValueError, match=ORDER.order_sn):
        OrderRow.of(replace(DECISION, reason=None))


def test_a_parcel_must_be_pulled_back_only_for_the_reasons_that_say_so(tmp_path: Path) -> None:
    rows = _written(tmp_path, *(OrderRow.of(replace(DECISION, reason=reason)) for reason in Reason))
    listed = {row["reason"] for row in pull_back_sheet(rows).rows}
    assert listed == {reason.value for reason in PULL_BACK_REASONS}
    assert {"under_audit", "after_sale", "order_closed", "seller_remark"} <= listed
    assert listed.isdisjoint({"shipped", "already_done", "no_tracking_yet", "duplicate_row", "cap_reached"})


def test_a_held_order_says_since_when_what_would_release_it_and_how_long_there_is(tmp_path: Path) -> None:
    held = replace(DECISION, reason=Reason.HOLD_STALE, since=STARTED_AT, evidence="evidence/demo/1", hours_left=24)
    free = replace(held, reason=Reason.NO_TRACKING_YET)
    rows = _written(tmp_path, OrderRow.of(held), OrderRow.of(free))
    columns = ("held_since", "released_by", "hours_left")
    assert [tuple(row[key] for key in columns) for row in rows] == [
        ("2025-03-01T08:00:00+08:00", "lift_stale", "24"),
        ("", "", ""),
    ]
    sheet = held_orders_sheet(rows)
    [listed] = sheet.rows
    assert (sheet.name.zh, listed["reason"], listed["evidence"]) == ("已拦截", "hold_stale", "evidence/demo/1")
    assert {*columns, "order_sn", "reason", "ship_by", "evidence"} <= set(sheet.layout.keys)


def test_what_waits_without_being_held_is_not_listed_as_held(tmp_path: Path) -> None:
    rows = _written(tmp_path, *(OrderRow.of(replace(DECISION, reason=reason)) for reason in Reason))
    listed = {row["reason"] for row in held_orders_sheet(rows).rows}
    assert {"under_audit", "audit_notice", "audit_closed", "audit_in_export", "on_hold", "notices_lost"} <= listed
    assert listed.isdisjoint({"shipped", "no_tracking_yet", "cap_reached", "site_refused", "sources_disagree"})


def test_a_report_of_an_earlier_version_has_no_held_orders() -> None:
    assert list(held_orders_sheet([{"order_sn": "A", "reason": "under_audit"}]).rows) == []


def test_an_order_without_a_tracking_number_has_nothing_to_pull_back(tmp_path: Path) -> None:
    rows = _written(tmp_path, OrderRow.of(replace(DECISION, row=None)))
    assert list(pull_back_sheet(rows).rows) == []


def test_the_parcel_is_on_its_way_since_the_sheet_was_written_if_before_the_run(tmp_path: Path) -> None:
    sheet = tmp_path / "today.xlsx"
    sheet.write_bytes(b"")
    row = replace(ROW, place=Place(sheet=sheet, row=2))
    rows = _written(tmp_path, OrderRow.of(replace(DECISION, row=row)))
    for written_at, since in (
        ("2025-02-28T20:00:00+08:00", "2025-02-28T20:00:00+08:00"),
        ("2025-03-05T00:00:00+08:00", STARTED_AT.isoformat()),
    ):
        seconds = datetime.fromisoformat(written_at).timestamp()
        os.utime(sheet, (seconds, seconds))
        assert [told["since"] for told in pull_back_sheet(rows).rows] == [since]
    sheet.unlink()
    assert [told["since"] for told in pull_back_sheet(rows).rows] == [STARTED_AT.isoformat()]
