from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from rpa.errors import ConfigError, LoginNeeded
from rpa.report.finishing import finish_crashed, unfinished
from rpa.report.results import Incident, run_document
from rpa.report.tables import drop_cut_row, read_rows
from tests.support.small_report import STYLE, small_report, small_row


def _summary(var: Path, run_id: str = "run-1") -> dict[str, Any]:
    content = json.loads((var / "reports" / run_id / "summary.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def _ship_until(var: Path, error: Exception) -> None:
    with small_report(var) as report:
        report.add(small_row(1))
        raise error


def test_a_row_is_on_disk_before_the_next_one_is_made(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        report.add(small_row(1))
        rows = list(read_rows(report.folder / "report.csv"))
    assert [(row["run_id"], row["shop"], row["platform"], row["flow"]) for row in rows] == [
        ("run-1", "demo", "pinduoduo", "ship")
    ]
    assert rows[0]["started_at"] == "2025-03-01T00:00:00+08:00"
    assert datetime.fromisoformat(rows[0]["finished_at"]).tzinfo


def test_the_xlsx_has_the_rows_of_the_csv_with_text_cells_and_the_readers_words(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        report.add(small_row(1, tracking_number="462599123456789", amount_fen=3990))
        report.add(small_row(2, outcome="refused", reason="new_code", tracking_number="007"))
    files = report.result.files
    assert files
    by_calamine = CalamineWorkbook.from_path(files.xlsx).get_sheet_by_name("订单").to_python()
    assert by_calamine[0][:3] == ["订单号", "结果", "运行编号"]
    page = openpyxl.load_workbook(files.xlsx)["订单"]
    by_openpyxl = [["" if cell is None else cell for cell in cells] for cells in page.iter_rows(values_only=True)]
    assert by_openpyxl == by_calamine
    people = [dict(zip(by_calamine[0], cells, strict=True)) for cells in by_calamine[1:]]
    assert sorted((row["订单号"], row["快递单号"]) for row in people) == [
        (row["order_sn"], row["tracking_number"]) for row in read_rows(files.csv)
    ]
    assert [(row["结果"], row["原因"], row["金额"]) for row in people] == [
        ("未能处理", "new_code", ""),
        ("已完成", "已发货。", 39.9),
    ]
    assert people[0]["运行开始"] == "2025-03-01 00:00:00"


def test_people_read_first_what_needs_them_and_machines_what_came_first(tmp_path: Path) -> None:
    came = ["done", "waiting", "already_done", "needs_person", "planned", "refused", "done", "needs_person"]
    with small_report(tmp_path) as report:
        for number, outcome in enumerate(came):
            report.add(small_row(number, outcome=outcome))
    files = report.result.files
    assert files
    assert [row["outcome"] for row in read_rows(files.csv)] == came
    [_, *rows] = CalamineWorkbook.from_path(files.xlsx).get_sheet_by_name("订单").to_python()
    assert [int(str(row[0])[-1]) for row in rows] == [3, 7, 5, 1, 4, 0, 6, 2]


def test_the_summary_counts_outcomes_and_reasons_and_says_where_the_files_lie(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        for number in range(5):
            report.add(small_row(number))
        report.add(small_row(9, outcome="refused", reason="bad_row"))
        report.note(Incident(cause="popup", message="A popup was closed."))
    summary = _summary(tmp_path)
    assert (summary["schema_version"], summary["state"], summary["exit_code"]) == (1, "finished", 1)
    assert summary["outcomes"] == {"done": 5, "refused": 1}
    assert summary["reasons"] == {"shipped": 5, "bad_row": 1}
    assert summary["incidents"] == [{"cause": "popup", "message": "A popup was closed."}]
    assert all(Path(path).is_file() for path in summary["reports"].values())
    assert report.result.examples["done", "shipped"] == tuple(f"250301-{number:015d}" for number in range(3))


def test_what_stops_the_shop_is_in_the_summary_with_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(LoginNeeded):
        _ship_until(tmp_path, LoginNeeded())
    summary = _summary(tmp_path)
    assert (summary["state"], summary["exit_code"], summary["outcomes"]) == ("stopped", 3, {"done": 1})
    assert [incident["cause"] for incident in summary["incidents"]] == ["login_needed"]


def test_a_crash_in_the_run_still_leaves_all_three_files(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _ship_until(tmp_path, ZeroDivisionError())
    summary = _summary(tmp_path)
    assert (summary["state"], summary["exit_code"], summary["outcomes"]) == ("crashed", 4, {"done": 1})
    assert all(Path(path).is_file() for path in summary["reports"].values())


def test_a_report_that_is_in_the_way_gets_a_new_name_and_no_row_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "run-1"
    for locked in ("report.csv", "report.xlsx", "report-2.xlsx"):
        (folder / locked).mkdir(parents=True)
    with small_report(tmp_path) as report:
        report.add(small_row(1))
    files = report.result.files
    assert files
    assert (files.csv.name, files.xlsx.name) == ("report-2.csv", "report-3.xlsx")
    assert len(list(read_rows(files.csv))) == 1
    assert openpyxl.load_workbook(files.xlsx)["订单"].max_row == 2
    assert _summary(tmp_path)["reports"]["xlsx"].endswith("report-3.xlsx")
    assert not list(folder.glob(".*"))


def test_a_folder_that_cannot_be_written_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="cannot be written"):
        small_report(tmp_path)


def test_a_column_that_the_layout_does_not_have_is_refused_by_name(tmp_path: Path) -> None:
    with small_report(tmp_path) as report, pytest.raises(ValueError, match="colour"):
        report.add(small_row(1, colour="red"))


def test_a_row_that_does_not_say_how_it_ended_is_refused(tmp_path: Path) -> None:
    with small_report(tmp_path) as report, pytest.raises(ValueError, match="lost"):
        report.add(small_row(1, outcome="lost"))
    assert report.result.counts == {}


def test_the_result_is_not_given_while_the_report_is_open(tmp_path: Path) -> None:
    with small_report(tmp_path) as report, pytest.raises(RuntimeError, match="still open"):
        _ = report.result


def test_a_killed_run_keeps_its_rows_and_is_finished_later(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parents[2]), *sys.path]!r}
from pathlib import Path
from tests.support.small_report import small_report, small_row
report = small_report(Path({str(tmp_path)!r}))
for number in range(3):
    report.add(small_row(number))
print("written", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"written\n"
        child.kill()
    [(folder, run)] = unfinished(tmp_path, shop="demo")
    assert (run.run_id, run.shop, run.flow) == ("run-1", "demo", "ship")
    result = finish_crashed(folder, style=STYLE)
    assert result.counts == {("done", "shipped"): 3}
    assert openpyxl.load_workbook(folder / "report.xlsx")["订单"].max_row == 4
    assert (_summary(tmp_path)["state"], result.exit_code) == ("crashed", 4)
    assert list(unfinished(tmp_path, shop="demo")) == []


def test_a_half_written_row_of_a_killed_run_is_dropped_wherever_it_was_cut(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        report.add(small_row(1))
        whole = (report.folder / "report.csv").read_bytes()
        report.add(small_row(2, tracking_number="快递\n单号"))
    csv = report.folder / "report.csv"
    content = csv.read_bytes()
    for end in range(len(whole), len(content)):
        csv.write_bytes(content[:end])
        assert len(list(read_rows(csv))) == 1
        drop_cut_row(csv)
        assert csv.read_bytes() == whole


def test_finishing_a_killed_run_counts_only_its_whole_rows(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        report.add(small_row(1))
        report.add(small_row(2))
    csv = report.folder / "report.csv"
    csv.write_bytes(csv.read_bytes()[:-1])
    result = finish_crashed(report.folder, style=STYLE)
    assert result.counts == {("done", "shipped"): 1}
    assert b"000002" not in csv.read_bytes()


@pytest.mark.parametrize("left", [0, 2, 30])
def test_a_run_killed_before_its_header_was_whole_is_finished_as_empty(tmp_path: Path, left: int) -> None:
    with small_report(tmp_path) as report:
        pass
    (report.folder / "summary.json").unlink()
    csv = report.folder / "report.csv"
    csv.write_bytes(csv.read_bytes()[:left])
    result = finish_crashed(report.folder, style=STYLE)
    assert result.counts == {}
    assert result.files
    assert openpyxl.load_workbook(result.files.xlsx)["订单"].max_row == 1


def test_the_json_document_names_each_shops_run_counts_files_and_highest_exit_code(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        report.add(small_row(1, outcome="needs_person", reason="unknown"))
    document = json.loads(json.dumps(run_document([report.result])))
    assert (document["schema_version"], document["run_id"], document["exit_code"]) == (1, "run-1", 3)
    shop = document["shops"]["demo"]
    assert (shop["run_id"], shop["outcomes"], shop["reasons"]) == ("run-1", {"needs_person": 1}, {"unknown": 1})
    assert sorted(shop["reports"]) == ["csv", "summary", "xlsx"]
