"""Worksheets: which columns and rows count, and what their cells say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import openpyxl.chart
import pytest

from fixtures.sheets.formats import write_csv, write_xls, write_xlsx
from rpa.language import Language
from tests.support.shown import HEADERS, PARCELS, Read, reasons, said


def test_title_lines_other_columns_and_headers_in_other_words_are_no_obstacle(tmp_path: Path, read: Read) -> None:
    sn, courier, number = PARCELS[0]
    rows: list[tuple[object, ...]] = [
        ("某某仓库 发货明细",),
        (None,),
        ("序号", "运单号（必填）", "*物流公司", "收件人", " 订单 编号："),
        (1, number, courier, "张三", sn),
        ("2", None, None, None, "合计"),
    ]
    contents = read(write_xlsx(tmp_path / "p.xlsx", rows))
    assert (said(contents.good), contents.bad) == ([PARCELS[0]], ())


def test_rows_keep_excels_numbers_below_empty_ones(tmp_path: Path, read: Read) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [(), (), HEADERS, PARCELS[0]])
    assert [row.place.row for row in read(path).good] == [4]


def test_a_chart_is_no_worksheet(tmp_path: Path, read: Read) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [HEADERS, PARCELS[0]])
    book = openpyxl.load_workbook(path)
    book.create_chartsheet().add_chart(openpyxl.chart.BarChart())
    book.save(path)
    contents = read(path)
    assert (said(contents.good), contents.bad) == ([PARCELS[0]], ())


def test_a_hidden_worksheet_without_headers_is_nobodys_order_list(tmp_path: Path, read: Read) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [HEADERS, PARCELS[0]], [PARCELS[1]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "hidden"
    book.save(path)
    assert not read(path).bad


def test_a_senders_own_headers_come_from_the_configuration_and_win(tmp_path: Path, read: Read) -> None:
    sn, courier, number = PARCELS[0]
    rows: list[tuple[object, ...]] = [("订单号", "客户单", "发什么", "快递单号"), ("A-1", sn, courier, number)]
    path = write_xlsx(tmp_path / "p.xlsx", rows)
    assert reasons(read(path)) == [(2, "not_an_order_sn")]
    assert said(read(path, columns={"order_sn": "客户单", "courier": "发什么"}).good) == [PARCELS[0]]


def test_two_columns_that_mean_the_same_are_not_guessed_between(tmp_path: Path, read: Read) -> None:
    contents = read(write_csv(tmp_path / "p.csv", [(*HEADERS, "运单号"), (*PARCELS[0], "73000000000099")]))
    assert reasons(contents) == [(0, "bad_row")]
    assert "快递单号, 运单号" in contents.bad[0].message
    assert not contents.good


def test_a_header_repeated_below_with_other_columns_counts_from_there(tmp_path: Path, read: Read) -> None:
    turned = [(number, courier, sn) for sn, courier, number in PARCELS[1:2]]
    rows = [HEADERS, PARCELS[0], HEADERS[::-1], *turned]
    assert said(read(write_csv(tmp_path / "p.csv", rows)).good) == PARCELS[:2]


def test_every_worksheet_with_headers_is_read_and_named(tmp_path: Path, read: Read) -> None:
    notes: list[tuple[object, ...]] = [("说明", "请勿修改")]
    contents = read(write_xlsx(tmp_path / "p.xlsx", [HEADERS, PARCELS[0]], notes, [HEADERS, PARCELS[1]]))
    assert said(contents.good) == PARCELS[:2]
    assert [str(row.place) for row in contents.good] == ["p.xlsx:Sheet:2", "p.xlsx:Sheet2:2"]
    assert not contents.bad


def test_order_numbers_in_a_worksheet_without_headers_are_reported(tmp_path: Path, read: Read) -> None:
    contents = read(write_xlsx(tmp_path / "p.xlsx", [HEADERS, PARCELS[0]], [PARCELS[1]]))
    assert said(contents.good) == PARCELS[:1]
    assert [(row.place.worksheet, row.place.row) for row in contents.bad] == [("Sheet1", 0)]


def test_orders_above_the_headers_are_reported(tmp_path: Path, read: Read) -> None:
    assert reasons(read(write_csv(tmp_path / "p.csv", [PARCELS[0], HEADERS, PARCELS[1]]))) == [(1, "bad_row")]


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_hidden_rows_are_reported_and_count_only_when_asked(
    write: Callable[..., Path], tmp_path: Path, read: Read
) -> None:
    path = write(tmp_path / "p", [HEADERS, *PARCELS[:3]], hidden_rows=(3,))
    contents = read(path)
    assert (said(contents.good), reasons(contents)) == ([PARCELS[0], PARCELS[2]], [(3, "hidden_row")])
    assert said(read(path, hidden_rows=True).good) == PARCELS[:3]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_rows_of_a_hidden_worksheet_are_hidden_rows(state: str, tmp_path: Path, read: Read) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [HEADERS, PARCELS[0]], [HEADERS, PARCELS[1]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = state
    book.save(path)
    contents = read(path)
    assert (said(contents.good), reasons(contents)) == (PARCELS[:1], [(2, "hidden_row")])
    assert said(read(path, hidden_rows=True).good) == PARCELS[:2]


def test_a_row_of_no_height_is_hidden(tmp_path: Path, read: Read) -> None:
    whole, flat = write_xlsx(tmp_path / "whole.xlsx", [HEADERS, PARCELS[0]]), tmp_path / "flat.xlsx"
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(flat, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b'<row r="2"', b'<row r="2" ht="0.0" customHeight="1"'))
    assert reasons(read(flat)) == [(2, "hidden_row")]


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_numeric_cells_are_digits_without_a_point_and_damaged_where_excel_hides_them(
    write: Callable[..., Path], tmp_path: Path, read: Read
) -> None:
    numbers = (73120000012, 462599000000123, 4625990000001234)
    rows = [HEADERS, *((PARCELS[n][0], "韵达", number) for n, number in enumerate(numbers))]
    contents = read(write(tmp_path / "p", rows))
    assert said(contents.good) == [(PARCELS[0][0], "韵达快递", "73120000012")]
    assert reasons(contents) == [(3, "number_damaged"), (4, "number_damaged")]


def test_rounded_numbers_in_a_csv_are_damaged(tmp_path: Path, read: Read) -> None:
    rows = [HEADERS, (PARCELS[0][0], "韵达", "4.62599E+14"), (PARCELS[1][0], "韵达", "693367099554418000")]
    assert reasons(read(write_csv(tmp_path / "p.csv", rows))) == [(2, "number_damaged"), (3, "number_damaged")]


def test_messages_speak_the_users_language(tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS, (PARCELS[0][0], "中捅", PARCELS[0][2])])
    assert "Did you mean 中通快递?" in read(path).bad[0].message
    assert "是否为：中通快递？" in read(path, language=Language.ZH).bad[0].message
