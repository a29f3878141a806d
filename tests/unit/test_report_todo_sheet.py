"""The first sheet of a report: what a person must do today."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from flows.orders.reasons import Reason
from flows.orders.report import ORDER_LAYOUT, ORDER_SHEET, held_orders_sheet
from rpa.language import Language
from rpa.report.finishing import ReportStyle, RunIdentity
from rpa.report.results import ShopResult
from rpa.report.run_report import RunReport
from rpa.report.to_do import to_do_sheet
from tests.support.ledger_clock import HandClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 9, 15, tzinfo=SHANGHAI)


def a_row(reason: Reason, *, hours: float | None = None) -> dict[str, str]:
    """A row named by its reason, with so many hours left."""
    ship_by = "" if hours is None else (NOW + timedelta(hours=hours)).isoformat()
    return {"order_sn": reason.value, "outcome": reason.outcome.value, "reason": reason.value, "ship_by": ship_by}


def listed(*rows: dict[str, str]) -> list[str]:
    return [row["order_sn"] for row in to_do_sheet(rows, layout=ORDER_LAYOUT, now=NOW).rows]


def test_what_is_settled_planned_or_waits_with_time_left_asks_nobody() -> None:
    fine = (Reason.SHIPPED, Reason.SAME_SHIPMENT, Reason.DRY_RUN, Reason.NO_TRACKING_YET)
    assert listed(*(a_row(reason, hours=30) for reason in fine)) == []


def test_the_nearest_deadline_comes_first_and_rows_without_one_last_worst_first() -> None:
    assert listed(
        a_row(Reason.BAD_ROW),
        a_row(Reason.CONFLICT),
        a_row(Reason.UNKNOWN, hours=40),
        a_row(Reason.SITE_REFUSED, hours=3),
    ) == ["site_refused", "unknown", "conflict", "bad_row"]


def test_what_waits_is_listed_when_its_deadline_is_near_or_over() -> None:
    rows = (
        a_row(Reason.NO_TRACKING_YET, hours=24),
        a_row(Reason.UNDER_AUDIT, hours=-1),
        a_row(Reason.AFTER_SALE, hours=24.1),
    )
    assert listed(*rows) == ["under_audit", "no_tracking_yet"]


def test_what_waits_for_a_persons_answer_is_listed_however_far_its_deadline_is() -> None:
    assert listed(a_row(Reason.ORDER_CHANGED, hours=200), a_row(Reason.HOLD_STALE)) == ["order_changed", "hold_stale"]


def test_the_sheet_has_the_columns_alone_that_say_something_of_its_rows() -> None:
    rows = [{**a_row(Reason.UNKNOWN, hours=1), "goods": "apples", "run_id": "run-1", "courier": ""}]
    columns = to_do_sheet(rows, layout=ORDER_LAYOUT, now=NOW).layout.for_people()
    assert [column.key for column in columns] == ["order_sn", "ship_by", "outcome", "reason", "message", "goods"]


@pytest.mark.parametrize("ship_by", ["soon", "2026-03-10", "2026-03-10T10:00:00"])
def test_a_deadline_that_cannot_be_read_is_none(ship_by: str) -> None:
    assert listed({**a_row(Reason.UNKNOWN), "ship_by": ship_by}) == ["unknown"]


def written(var: Path, *rows: dict[str, str], site_ahead: timedelta = timedelta(0)) -> ShopResult:
    style = ReportStyle(
        layout=ORDER_LAYOUT, name=ORDER_SHEET, language=Language.ZH, zone=SHANGHAI, sheets=(held_orders_sheet,)
    )
    run = RunIdentity(run_id="run-1", shop="demo", platform="pinduoduo", flow="ship", started_at=NOW)
    with RunReport(var, run=run, style=style, clock=HandClock()) as report:
        for row in rows:
            report.add(row)
        report.keep_site_clock(site_ahead)
    return report.result


def test_the_workbook_opens_on_what_is_to_be_done_today(tmp_path: Path) -> None:
    result = written(tmp_path, a_row(Reason.SHIPPED, hours=2), a_row(Reason.UNKNOWN, hours=2))
    assert result.files
    book = openpyxl.load_workbook(result.files.xlsx)
    assert book.sheetnames == ["今天要处理", "订单", "已拦截"]
    assert book.active is book["今天要处理"]
    titles, *rows = book["今天要处理"].iter_rows(values_only=True)
    assert titles[:3] == ("订单号", "最晚发货时间", "结果")
    assert [row[:3] for row in rows] == [("unknown", "2026-03-10 11:15:00", "需人工处理")]
    assert book["订单"].max_row == 3
    assert [(name.zh, count) for name, count in result.further_sheets] == [("今天要处理", 1), ("已拦截", 0)]


def test_with_nothing_to_do_the_workbook_opens_on_the_orders(tmp_path: Path) -> None:
    result = written(tmp_path, a_row(Reason.SHIPPED, hours=2))
    assert result.files
    book = openpyxl.load_workbook(result.files.xlsx)
    assert book.active is book["订单"]
    assert book["今天要处理"].max_row == 1


def test_what_is_near_is_judged_by_the_sites_clock(tmp_path: Path) -> None:
    result = written(tmp_path, a_row(Reason.UNDER_AUDIT, hours=2), site_ahead=timedelta(days=-30))
    assert result.files
    assert openpyxl.load_workbook(result.files.xlsx)["今天要处理"].max_row == 1
