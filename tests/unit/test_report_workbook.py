from __future__ import annotations

import gc
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa.language import Language, Text
from rpa.report.cells import raw_text
from rpa.report.columns import OUTCOME_COLUMN, Column, Layout, Row, Sheet
from rpa.report.workbook import write_workbook

LAYOUT = Layout(
    columns=(
        Column(key="cell", title=Text(en="Cell", zh="单元格"), width=40),
        OUTCOME_COLUMN,
        Column(key="rows", title=Text(en="Rows", zh="行"), kind="int"),
    ),
    subject="cell",
)


def _write(path: Path, rows: list[Row], *, rows_per_sheet: int = 1000) -> openpyxl.Workbook:
    sheet = Sheet(name=Text(en="Orders", zh="订单"), layout=LAYOUT, rows=rows)
    write_workbook(
        path, sheets=[sheet], language=Language.EN, zone=ZoneInfo("Asia/Shanghai"), rows_per_sheet=rows_per_sheet
    )
    return openpyxl.load_workbook(path)


@given(texts=st.lists(st.text(alphabet="=+-@\t'\"#N/A! 1{}\x00") | st.text(), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_text_is_a_string_cell_and_reads_back_as_in_the_csv(tmp_path: Path, texts: list[str]) -> None:
    cells = [raw_text(text) for text in ["=1+1", "#N/A", *texts]]
    page = _write(tmp_path / "hostile.xlsx", [{"cell": cell} for cell in cells])["Orders"]
    read = [page.cell(row=number, column=1) for number in range(2, len(cells) + 2)]
    assert [cell.value or "" for cell in read] == cells
    assert {cell.data_type for cell in read if cell.value} == {"s"}
    assert read[0].quotePrefix
    with zipfile.ZipFile(tmp_path / "hostile.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_number_typed_over_by_the_reader_stays_text(tmp_path: Path) -> None:
    page = _write(tmp_path / "r.xlsx", [{"cell": "462599123456789"}])["Orders"]
    assert (page["A2"].value, page["A2"].number_format) == ("462599123456789", "@")


def test_the_header_stays_in_view_and_filters_all_rows(tmp_path: Path) -> None:
    page = _write(tmp_path / "r.xlsx", [{"cell": "a"}, {"cell": "b"}])["Orders"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:C3")
    assert page.column_dimensions["A"].width == 40


def test_printed_it_is_one_page_wide_with_titles_on_each_page(tmp_path: Path) -> None:
    page = _write(tmp_path / "r.xlsx", [{"cell": "a"}])["Orders"]
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert page.print_title_rows == "$1:$1"


def test_each_outcome_has_its_own_colour_and_only_the_outcome(tmp_path: Path) -> None:
    codes = ["done", "already_done", "planned", "waiting", "refused", "needs_person"]
    page = _write(tmp_path / "r.xlsx", [{"cell": code, "outcome": code} for code in codes])["Orders"]
    assert len({page.cell(row=row, column=2).fill.fgColor.rgb for row in range(2, 8)}) == len(codes)
    assert all(page.cell(row=row, column=1).fill.fill_type is None for row in range(2, 8))


def test_a_row_is_as_high_as_its_sentence_needs(tmp_path: Path) -> None:
    page = _write(tmp_path / "r.xlsx", [{"cell": "short"}, {"cell": "很长的说明" * 12}])["Orders"]
    assert page.row_dimensions[3].height >= 3 * page.row_dimensions[2].height * 0.75


def test_more_rows_than_a_sheet_holds_go_on_in_a_further_sheet(tmp_path: Path) -> None:
    workbook = _write(tmp_path / "r.xlsx", [{"cell": str(number)} for number in range(7)], rows_per_sheet=3)
    assert workbook.sheetnames == ["Orders", "Orders 2", "Orders 3"]
    cells = [page.cell(row=row, column=1).value for page in workbook for row in range(2, page.max_row + 1)]
    assert cells == [str(number) for number in range(7)]


def test_a_sheet_without_rows_still_has_its_header(tmp_path: Path) -> None:
    page = _write(tmp_path / "r.xlsx", [])["Orders"]
    assert [[cell.value for cell in row] for row in page] == [["Cell", "Outcome", "Rows"]]


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python has to say of things that were never closed."""
    heard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    return heard


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file on a full disk: /dev/full")
def test_a_workbook_that_a_full_disk_does_not_take_is_closed(complaints: list[object]) -> None:
    with pytest.raises(OSError, match="space"):
        _write(Path("/dev/full"), [{"cell": "a"}])
    gc.collect()
    assert complaints == []


def test_a_workbook_whose_rows_cannot_be_read_is_closed(tmp_path: Path, complaints: list[object]) -> None:
    def rows() -> Iterator[Row]:
        yield {"cell": "a"}
        raise OSError("gone")

    sheet = Sheet(name=Text(en="Orders", zh="订单"), layout=LAYOUT, rows=rows())
    with pytest.raises(OSError, match="gone"):
        write_workbook(tmp_path / "r.xlsx", sheets=[sheet], language=Language.EN, zone=ZoneInfo("Asia/Shanghai"))
    gc.collect()
    assert complaints == []
