from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.clock import Clock
from rpa.language import Language, Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout
from rpa.report.finishing import ReportStyle, RunIdentity
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
    run = RunIdentity(
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


def _rows(var: Path, *, span: Span) -> list[dict[str, str]]:
    return [
        {str(key): cell for key, cell in row.items()}
        for rows in collect(var, span=span)
        for row in rows.to_dict("records")
    ]


def test_days_are_those_of_the_shops_own_zone_and_both_ends_count(var: Path) -> None:
    day = date(2025, 3, 2)
    rows = _rows(var, span=Span(since=day, until=day))
    assert [row["started_at"] for row in rows] == ["2025-03-02T00:00:00+08:00", "2025-03-02T12:00:00+08:00"]


def test_without_limits_all_runs_count_and_shops_can_be_chosen(var: Path) -> None:
    assert len(_rows(var, span=Span())) == 4
    assert [row["shop"] for row in _rows(var, span=Span(shops=frozenset({"south"})))] == ["south"]


def test_a_killed_runs_rows_are_in_the_history(var: Path) -> None:
    for summary in (var / "reports").glob("*/summary.json"):
        summary.unlink()
    assert len(_rows(var, span=Span())) == 4


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


@pytest.mark.slow
@given(text=st.text(alphabet=st.sampled_from("=-@\t\n'\"\r,;1e0.NaN 单")).filter(lambda text: text.strip(".") == text))
@settings(max_examples=30, deadline=None)
def test_no_cell_becomes_a_number_a_date_or_a_missing_value(text: str) -> None:
    with TemporaryDirectory() as folder:
        var = Path(folder)
        _run(var, at="2025-03-01T00:00:00", shop=text)
        [path] = (var / "reports").glob("*/report.csv")
        assert _rows(var, span=Span()) == list(read_rows(path))
        history = write_history(var, into=var / "out", span=Span(), style=STYLE)
        assert list(read_rows(history.csv)) == list(read_rows(path))


def test_a_row_cut_off_by_a_kill_is_left_out_and_rows_edited_by_hand_are_kept(var: Path) -> None:
    first, second, *_ = sorted((var / "reports").glob("*/report.csv"))
    first.write_bytes(first.read_bytes() + b'"2025-03-01T235959-north","20')
    with second.open("ab") as file:
        file.write(b"by-hand,2025-03-02T09:00:00+08:00\r\n")
        file.write(b'"too","2025-03-02T09:00:00+08:00","many","","","","","done","cells"\r\n')
    rows = _rows(var, span=Span())
    assert len(rows) == 6
    assert [row["run_id"] for row in rows if row["outcome"] in {"", "done"}][1:3] == ["by-hand", "too"]


def test_a_report_whose_header_was_cut_off_counts_as_none(var: Path) -> None:
    (var / "reports" / "0-killed").mkdir()
    (var / "reports" / "0-killed" / "report.csv").write_bytes(b'"run_id","sta')
    assert len(_rows(var, span=Span())) == 4


@pytest.mark.slow
def test_a_run_does_not_wait_for_pandas() -> None:
    modules = "rpa.cli.run, rpa.cli.ledger_report, flows.ship, flows.pending_orders, fixtures.demo"
    words = [sys.executable, "-c", f"import sys, {modules}; sys.exit('pandas' in sys.modules)"]
    subprocess.run(words, cwd=Path(__file__).resolve().parents[2], check=True)


def test_a_history_that_is_open_in_excel_gets_a_new_name(var: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "history.xlsx").mkdir(parents=True)
    history = write_history(var, into=tmp_path / "out", span=Span(), style=STYLE)
    assert (history.csv.name, history.xlsx.name) == ("history.csv", "history-2.xlsx")


def test_no_runs_at_all_give_an_empty_history(tmp_path: Path) -> None:
    assert list(read_rows(write_history(tmp_path, into=tmp_path, span=Span(), style=STYLE).csv)) == []
