"""The file for the import page: the site's own template, our rows as text below its header, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from fixtures.mockshop.pinduoduo.import_files import read_rows as as_the_site_reads_it
from fixtures.mockshop.pinduoduo.import_files import template as template_of
from fixtures.mockshop.shop.import_tasks import EXPRESS, NO_LOGISTICS
from fixtures.sheets.formats import write_xlsx
from flows.bulk_import import template_check
from flows.bulk_import.api import FailedLine, ImportLine
from flows.bulk_import.file import read_failures, read_lines, write_file
from flows.bulk_import.words import ImportWords
from flows.sheets.worksheet import NotASheet
from rpa.elements.registry import load_profile
from rpa.errors import PageChanged, TryAgain
from rpa.sandbox import Limits, Sandbox
from tests.support.processes import open_in

WORDS = load_profile("pinduoduo").section(ImportWords)
SN = "260310-{:015d}".format
HEADER = ["订单号", "快递公司", "快递单号"]
Template = Callable[[Sequence[Sequence[object]]], Path]


def lines(number: int) -> list[ImportLine]:
    return [ImportLine(order_sn=SN(n), courier="圆通快递", tracking_number=f"YT{n:013d}") for n in range(number)]


def cells(path: Path) -> list[list[object]]:
    return [list(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template_of(EXPRESS))
    return path


@pytest.fixture
def drawn(tmp_path: Path) -> Template:
    """A template with these rows."""
    return lambda rows: write_xlsx(tmp_path / "drawn.xlsx", rows)


def test_rows_stand_below_both_header_rows_as_text(template: Path, tmp_path: Path) -> None:
    write_file(lines(2), template=template, to=tmp_path / "out.xlsx", words=WORDS)
    assert cells(tmp_path / "out.xlsx") == [
        HEADER,
        ["order_sn", "shipping_name", "shipping_sn"],
        [SN(0), "圆通快递", "YT0000000000000"],
        [SN(1), "圆通快递", "YT0000000000001"],
    ]
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert {(cell.data_type, cell.number_format) for row in sheet.iter_rows(min_row=3) for cell in row} == {("s", "@")}


def test_what_looks_like_a_number_or_a_formula_stays_the_text_it_is(template: Path, tmp_path: Path) -> None:
    odd = [
        ImportLine(order_sn=SN(0), courier="=1+1", tracking_number="0075312345678901"),
        ImportLine(order_sn=SN(1), courier="+86", tracking_number="1E15"),
    ]
    write_file(odd, template=template, to=tmp_path / "out.xlsx", words=WORDS)
    assert [row[1:] for row in cells(tmp_path / "out.xlsx")[2:]] == [["=1+1", "0075312345678901"], ["+86", "1E15"]]


def test_the_site_reads_what_was_meant(template: Path, tmp_path: Path) -> None:
    write_file(lines(30), template=template, to=tmp_path / "out.xlsx", words=WORDS)
    read = as_the_site_reads_it((tmp_path / "out.xlsx").read_bytes(), file_name="out.xlsx", function_type=EXPRESS)
    told = [ImportLine(order_sn=row.order_sn, courier=row.courier, tracking_number=row.tracking_number) for row in read]
    assert told == lines(30)


def test_orders_without_a_parcel_need_one_column_only(tmp_path: Path) -> None:
    (tmp_path / "none.xlsx").write_bytes(template_of(NO_LOGISTICS))
    none = [ImportLine(order_sn=SN(n)) for n in range(3)]
    write_file(none, template=tmp_path / "none.xlsx", to=tmp_path / "out.xlsx", words=WORDS)
    assert read_lines(tmp_path / "out.xlsx", words=WORDS) == none


def test_columns_are_found_wherever_they_stand_and_others_are_left_empty(drawn: Template, tmp_path: Path) -> None:
    path = drawn([["发货说明"], ["快递单号（必填）", "备注", "快递公司", "订单号*"]])
    write_file(lines(1), template=path, to=tmp_path / "out.xlsx", words=WORDS)
    assert cells(tmp_path / "out.xlsx")[2:] == [["YT0000000000000", None, "圆通快递", SN(0)]]


def test_an_example_row_of_the_template_is_not_shipped(drawn: Template, tmp_path: Path) -> None:
    path = drawn([HEADER, [SN(9), "申通快递", "770000000000000"], ["", "", ""], [SN(8), "申通快递", "770000000000001"]])
    write_file(lines(2), template=path, to=tmp_path / "out.xlsx", words=WORDS)
    assert read_lines(tmp_path / "out.xlsx", words=WORDS) == lines(2)


@pytest.mark.parametrize(
    ("rows", "error", "why"),
    [
        ([["订单号", "快递公司"]], PageChanged, "no column for tracking_number"),
        ([[*HEADER, "order_sn"]], PageChanged, "a column twice"),
        ([HEADER, ["shipping_name", "order_sn", "shipping_sn"]], PageChanged, "a column twice"),
        ([["编号", "快递公司", "快递单号"]], PageChanged, "no order number"),
    ],
)
def test_a_template_that_is_not_as_known_is_refused_and_no_file_is_left(
    drawn: Template, tmp_path: Path, rows: list[list[str]], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        write_file(lines(1), template=drawn(rows), to=tmp_path / "out.xlsx", words=WORDS)
    assert not (tmp_path / "out.xlsx").exists()


def test_what_a_template_has_below_its_header_is_gone_whatever_it_is(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(template_of(EXPRESS)))
    sheet = book.worksheets[0]
    sheet.append([SN(9), "=B2", "示例"])
    sheet["D4"] = '=IF(A4="","",1)'
    sheet["A5"] = "请勿修改表头"
    for cells_ in ("A3:B3", "A5:C6"):
        sheet.merge_cells(cells_)
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("快递公司").append(["圆通快递"])
    book.save(tmp_path / "odd.xlsx")

    write_file(lines(4), template=tmp_path / "odd.xlsx", to=tmp_path / "out.xlsx", words=WORDS)

    assert read_lines(tmp_path / "out.xlsx", words=WORDS) == lines(4)
    read = as_the_site_reads_it((tmp_path / "out.xlsx").read_bytes(), file_name="out.xlsx", function_type=EXPRESS)
    assert [row.tracking_number for row in read] == [line.tracking_number for line in lines(4)]
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert (sheet.merged_cells.ranges, sheet.row_dimensions[4].hidden) == (set(), False)


def test_a_template_whose_first_worksheet_is_a_page_of_words_is_refused(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(template_of(EXPRESS)))
    book.create_sheet("填写说明", 0).append(["请在第二个工作表填写"])
    book.save(tmp_path / "words.xlsx")
    with pytest.raises(PageChanged, match="no order number"):
        write_file(lines(1), template=tmp_path / "words.xlsx", to=tmp_path / "out.xlsx", words=WORDS)


@pytest.mark.parametrize("content", [b"<html>busy</html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b""])
def test_a_template_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "template.xlsx").write_bytes(content)
    with pytest.raises(PageChanged, match=r"no \.xlsx workbook"):
        write_file(lines(1), template=tmp_path / "template.xlsx", to=tmp_path / "out.xlsx", words=WORDS)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_template_with_a_broken_part_is_refused(tmp_path: Path, part: str) -> None:
    with ZipFile(BytesIO(template_of(EXPRESS))) as whole, ZipFile(tmp_path / "template.xlsx", "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, whole.read(name)[: 40 if name == part else None])
    with pytest.raises(PageChanged, match=r"no \.xlsx workbook"):
        write_file(lines(1), template=tmp_path / "template.xlsx", to=tmp_path / "out.xlsx", words=WORDS)
    assert open_in(tmp_path) == []


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    str.strip
)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=6))
def test_whatever_is_written_is_read_back_as_it_was_meant_or_refused(told: list[tuple[str, str]]) -> None:
    wanted = [
        ImportLine(order_sn=SN(n), courier=courier, tracking_number=number) for n, (courier, number) in enumerate(told)
    ]
    with TemporaryDirectory() as folder:
        template, out = Path(folder) / "template.xlsx", Path(folder) / "out.xlsx"
        template.write_bytes(template_of(EXPRESS))
        write_file(wanted, template=template, to=out, words=WORDS)
        read = [(row[1], row[2]) for row in cells(out)[2:]]
    assert read == told


def test_ten_thousand_rows_take_a_moment(template: Path, tmp_path: Path) -> None:
    began = process_time()
    write_file(lines(500), template=template, to=tmp_path / "few.xlsx", words=WORDS)
    few = process_time() - began
    write_file(lines(10_000), template=template, to=tmp_path / "many.xlsx", words=WORDS)
    assert process_time() - began - few < 80 * few


def failures(*rows: Sequence[object]) -> list[Sequence[object]]:
    return [[*HEADER, "失败原因"], ["order_sn", "shipping_name", "shipping_sn", "fail_reason"], *rows]


def test_a_failure_file_is_read_with_its_reasons(drawn: Template) -> None:
    path = drawn(failures([SN(1), "圆通快递", "YT1", "订单不存在"], [SN(2), "", 770000000000001, "快递单号错误"]))
    assert read_failures(path, words=WORDS) == [
        FailedLine(line=ImportLine(order_sn=SN(1), courier="圆通快递", tracking_number="YT1"), words="订单不存在"),
        FailedLine(line=ImportLine(order_sn=SN(2), tracking_number="770000000000001"), words="快递单号错误"),
    ]


def test_a_failure_file_without_rows_has_none(drawn: Template) -> None:
    assert read_failures(drawn(failures()), words=WORDS) == []


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER, [SN(1), "圆通快递", "YT1"]],
        [["编号", "失败原因"], ["1", "订单不存在"]],
        failures([SN(1), "圆通快递", 7.7e17, "快递单号错误"]),
    ],
    ids=["no reasons", "no order numbers", "a number destroyed"],
)
def test_a_failure_file_that_cannot_be_relied_on_is_none(drawn: Template, rows: list[list[object]]) -> None:
    with pytest.raises(NotASheet):
        read_failures(drawn(rows), words=WORDS)


@pytest.mark.slow
def test_a_template_that_takes_all_memory_when_it_is_opened_is_no_template(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = Limits(memory_bytes=256 << 20, cpu_s=3, wall_s=60, answer_bytes=1)
    monkeypatch.setattr(template_check._TRIAL, "_limits", less)
    hostile = tmp_path / "hostile.xlsx"
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    with ZipFile(template) as given, ZipFile(hostile, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(b"</sheetData>", b"</sheetData>" + merged))
    with pytest.raises(PageChanged, match="more than an empty form"):
        write_file(lines(2), template=hostile, to=tmp_path / "out.xlsx", words=WORDS)
    assert not (tmp_path / "out.xlsx").exists()


def test_the_forms_known_are_opened_without_a_trial(template: Path) -> None:
    nobody = Sandbox("tests.unit.no_such_program", limits=Limits(memory_bytes=1, cpu_s=1, wall_s=1, answer_bytes=1))
    template_check.try_out(template, trial=nobody)


SHEET = "</sheetData>"
NAMED = "xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
ODD: list[Callable[[str], bytes]] = [
    lambda text: text.replace(SHEET, f"{SHEET}<mergeCells><mergeCell ref = 'A1:XFD9'/></mergeCells>").encode(),
    lambda text: text.replace(SHEET, f"<row r='1048576'><c r='A1048576'/></row>{SHEET}").encode(),
    lambda text: text.replace(SHEET, f"<x:row {NAMED} r='9'><x:c r='XFD9'/></x:row>{SHEET}").encode(),
    lambda text: text.replace(SHEET, f"<row r='1048576'/>{SHEET}").replace("UTF-8", "UTF-16").encode("utf-16"),
    lambda text: text.replace("<worksheet", "<!DOCTYPE a [<!ENTITY a 'a'>]><worksheet").encode(),
    lambda text: text.replace(SHEET, SHEET + " " * (3 << 20)).encode(),
]


@pytest.mark.parametrize("odd", ODD)
def test_a_form_that_could_cost_more_than_it_looks_is_tried_out(
    template: Path, tmp_path: Path, odd: Callable[[str], bytes]
) -> None:
    path = tmp_path / "odd.xlsx"
    with ZipFile(template) as given, ZipFile(path, "w") as made:
        for name in given.namelist():
            is_sheet = name.startswith("xl/worksheets/")
            made.writestr(name, odd(given.read(name).decode()) if is_sheet else given.read(name))
    nobody = Sandbox("tests.unit.no_such_program", limits=Limits(memory_bytes=1, cpu_s=1, wall_s=1, answer_bytes=1))
    with pytest.raises(TryAgain):
        template_check.try_out(path, trial=nobody)
