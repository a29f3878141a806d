from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from rpa.clock import Clock
from rpa.language import Language, Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout
from rpa.report.finishing import ReportStyle, Run
from rpa.report.history import Span, collect, write_history
from rpa.report.run_report import RunReport
from rpa.report.tables import read_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUBJECT = Column(key="order_sn", title=Text(en="Order number", zh="订单号"))
LAYOUT = Layout(columns=(*RUN_COLUMNS, SUBJECT, OUTCOME_COLUMN), subject="order_sn")
STYLE = ReportStyle(layout=LAYOUT, name=Text(en="Orders", zh="订单"), language=Language.EN, zone=SHANGHAI)


def _run(var: Path, *, at: str, shop: str, outcome: str = "done", extra: str = "") -> None:
    started_at = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    layout = Layout(columns=(*LAYOUT.columns, Column(key=extra, title=Text(en=extra, zh=extra))), subject="order_sn")
    style = ReportStyle(layout=layout if extra else LAYOUT, name=STYLE.name, language=Language.EN, zone=SHANGHAI)
    run = Run(
        run_id=f"{at}-{shop}".replace(":", ""), shop=shop, platform="pinduoduo", flow="ship", started_at=started_at
    )
    with RunReport(var, run=run, style=style, clock=Clock(zone=SHANGHAI)) as report:
        report.add({"order_sn": f"=of {shop}", "outcome": outcome} | ({extra: "seen"} if extra else {}))


@pytest.fixture
def var(tmp_path: Path) -> Path:
    _run(tmp_path, at="2025-03-01T23:59:59", shop="north")
    _run(tmp_path, at="2025-03-02T00:00:00", shop="north", outcome="waiting")
    _run(tmp_path, at="2025-03-02T12:00:00", shop="south", extra="factory")
    _run(tmp_path, at="2025-03-03T00:00:00", shop="north")
    return tmp_path


def test_days_are_those_of_the_shops_own_zone_and_both_ends_count(var: Path) -> None:
    day = date(2025, 3, 2)
    rows = list(collect(var, span=Span(since=day, until=day)))
    assert [row["started_at"] for row in rows] == ["2025-03-02T00:00:00+08:00", "2025-03-02T12:00:00+08:00"]


def test_without_limits_all_runs_count_and_shops_can_be_chosen(var: Path) -> None:
    assert len(list(collect(var, span=Span()))) == 4
    assert [row["shop"] for row in collect(var, span=Span(shops=frozenset({"south"})))] == ["south"]


def test_a_killed_runs_rows_are_in_the_history(var: Path) -> None:
    for summary in (var / "reports").glob("*/summary.json"):
        summary.unlink()
    assert len(list(collect(var, span=Span()))) == 4


def test_one_file_holds_all_rows_as_they_were_with_totals_per_day(var: Path, tmp_path: Path) -> None:
    history = write_history(var, into=tmp_path / "out", span=Span(since=date(2025, 3, 2)), style=STYLE)
    rows = list(read_rows(history.csv))
    assert [(row["order_sn"], row["factory"]) for row in rows] == [
        *(("'=of north", ""), ("'=of south", "seen"), ("'=of north", "")),
    ]
    workbook = openpyxl.load_workbook(history.xlsx)
    assert workbook["Orders"].max_row == 4
    assert [[cell.value for cell in row] for row in workbook["Totals"]] == [
        ["Day", "Shop", "Outcome", "Count"],
        ["2025-03-02", "north", "Waiting", 1],
        ["2025-03-02", "south", "Done", 1],
        ["2025-03-03", "north", "Done", 1],
    ]
    assert history.totals["2025-03-02", "south", "done"] == 1


def test_a_history_that_is_open_in_excel_gets_a_new_name(var: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "history.xlsx").mkdir(parents=True)
    history = write_history(var, into=tmp_path / "out", span=Span(), style=STYLE)
    assert (history.csv.name, history.xlsx.name) == ("history.csv", "history-2.xlsx")


def test_no_runs_at_all_give_an_empty_history(tmp_path: Path) -> None:
    assert list(read_rows(write_history(tmp_path, into=tmp_path, span=Span(), style=STYLE).csv)) == []
