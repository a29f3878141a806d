from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from flows.orders.report import ORDER_REPORT
from rpa.report.finishing import ReportStyle, RunIdentity
from rpa.report.run_report import RunReport
from rpa.report.tables import read_rows
from tests.support.project import Project
from tests.support.small_shop import small_shop

STILL = 'animations = "off"'


@pytest.fixture
def reported(project: Project) -> Project:
    """Two runs, a day apart."""
    config = project.config
    style = ReportStyle(layout=ORDER_REPORT.layout, name=ORDER_REPORT.name, language=config.language, zone=config.zone)
    for day, shop in ((9, "demo"), (10, "real")):
        started_at = datetime(2026, 3, day, 23, 30, tzinfo=config.zone)
        run = RunIdentity(run_id=f"202603{day:02}", shop=shop, platform="pinduoduo", flow="ship", started_at=started_at)
        with RunReport(config.var, run=run, style=style, clock=config.clock) as report:
            report.add({"order_sn": f"26030{day}-1", "outcome": "done", "reason": "shipped", "amount_fen": 1250})
    return project


@pytest.mark.slow
def test_all_runs_are_gathered_with_totals_and_where_they_lie(reported: Project) -> None:
    run = reported.rpa("report", "--from", "2026-03-09", "--to", "2026-03-10")
    assert run.returncode == 0, run.stderr
    assert "Rows: 2" in run.stdout
    folder = reported.config.var / "reports" / "history-2026-03-09-2026-03-10"
    assert str(folder / "history.xlsx") in run.stdout
    assert [row["shop"] for row in read_rows(folder / "history.csv")] == ["demo", "real"]
    sheet = openpyxl.load_workbook(folder / "history.xlsx").worksheets[0]
    assert sheet["A1"].value == "Order number"


@pytest.mark.slow
def test_one_shops_report_does_not_replace_that_of_all(reported: Project) -> None:
    reported.rpa("report")
    assert "Rows: 1" in reported.rpa("report", "--shop", "real").stdout
    folders = sorted(folder.name for folder in (reported.config.var / "reports").glob("history-*"))
    assert folders == ["history-start-end", "history-start-end-real"]


@pytest.mark.slow
def test_that_nothing_was_found_is_said(reported: Project) -> None:
    run = reported.rpa("report", "--from", "2026-03-11")
    assert run.returncode == 0
    assert "No run has a row (2026-03-11 – …)" in run.stdout
    assert not list((reported.config.var / "reports").glob("history-*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2026-13-01"), "--from 2026-13-01 is not a day"),
        (("--to", "20260301"), "--to 20260301 is not a day"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "is after --to"),
        (("--shop", "demoo"), 'did you mean "demo"'),
    ],
)
def test_a_wrong_question_says_what_is_wrong(project: Project, arguments: tuple[str, ...], words: str) -> None:
    run = project.rpa("report", *arguments)
    assert run.returncode == 2
    assert words in run.stderr


@pytest.mark.slow
def test_amounts_are_called_by_the_currency_of_the_shops_profile(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=()) as shop:
        own = shop.folder.path / "selectors" / "pinduoduo.toml"
        own.write_text(own.read_text(encoding="utf-8").replace(STILL, f'{STILL}\ncurrency = "GBP"'), encoding="utf-8")
        assert shop.folder.run("run", "pending-orders").exit_code == 0
        assert shop.folder.run("report").exit_code == 0
        [run] = shop.folder.var.glob("reports/*/report.xlsx")
        [history] = shop.folder.var.glob("reports/*/history.xlsx")
        for path, sheet in ((run, "Orders"), (history, "All runs")):
            titles = {cell.value for cell in openpyxl.load_workbook(path)[sheet][1]}
            assert "Amount (GBP)" in titles, path
            assert "Amount (yuan)" not in titles, path
