"""One order, several parcels: in columns of their own, in remarks, under merged cells; and columns that are hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlwt
from openpyxl import load_workbook

from fixtures.sheets.formats import Rows, write_csv, write_xls, write_xlsx
from flows.sheets.contents import read_sheets
from rpa.clock import Clock
from tests.support.shown import BOOKS, HEADERS, NUMBER, PROFILE, SHEETS, SN, SN2, SN3, Read, ends

NUMBER2 = "73120000001007"


@pytest.mark.parametrize(
    "header",
    [
        "快递单号2",
        "子单号",
        "附加单号",
        "附加快递单号",
        "快递单号二",
        "补发单号",
        "第二单号",
        "其他快递单号",
        "",
        "另一个运单号",
        "运单号-2",
        "子运单号",
        "母单号",
        "包裹号",
        "tracking number 2",
        "Waybill 2",
        "备注",
        "副单号",
        "单号2",
        "换单号",
        "拆单号",
        "快递公司单号2",
        "合包单号",
        "转单号",
        "新单号",
        "备用单号",
        "追加单号",
        "实发单号",
        "快递2",
        "第二包裹",
        "单号1",
        "备注2",
        "其他",
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_second_number_in_a_column_of_its_own_makes_several_parcels(
    header: str, kind: str, read: Read, tmp_path: Path
) -> None:
    rows = [
        (*HEADERS, header),
        (SN, "中通", NUMBER, NUMBER2),
        (SN2, "中通", "73120000001008", ""),
        (SN3, "中通", "73120000001009", "7312 0000 0010 09"),
    ]
    contents = read(SHEETS[kind](tmp_path / "p", rows))
    assert ends(contents) == {2: "several_parcels", 3: "73120000001008", 4: "73120000001009"}
    assert NUMBER in contents.bad[0].message
    assert NUMBER2 in contents.bad[0].message


@pytest.mark.parametrize(
    "header", ["商品编码", "退货单号", "订单备注号", "买家电话", "支付单号", "商品规格编号", "子订单号", "数量"]
)
def test_numbers_of_other_things_beside_it_do_not_keep_a_row_from_shipping(
    header: str, read: Read, tmp_path: Path
) -> None:
    rows = [(*HEADERS, header), (SN, "韵达", "4312345678901", "6901234567892")]
    assert ends(read(write_xlsx(tmp_path / "p.xlsx", rows))) == {2: "4312345678901"}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("快递单打印时间", "2026-03-10 15:30:22"),
        ("运单获取时间", "2026-03-10 15:30"),
        ("面单打印日期", date(2026, 3, 10)),
        ("面单账号", "TB7551234567"),
        ("换货单号", "HH202603100001"),
        ("第三方单号", "202603100001234"),
        ("快递员编号", "10023456"),
        ("快递网点编号", "02100123"),
        ("其他单号", "2026-03-10"),
        ("面单余额", 10234567),
        ("运单打印人", "员工10023456"),
        ("多多号", "1234567890"),
        ("发货单号", "FH202603100001"),
        ("内部单号", "100000000001"),
    ],
)
def test_what_an_export_says_of_a_parcel_beside_its_number_is_no_further_parcel(
    header: str, value: object, read: Read, tmp_path: Path
) -> None:
    assert ends(read(write_xlsx(tmp_path / "p.xlsx", [(*HEADERS, header), (SN, "中通", NUMBER, value)]))) == {2: NUMBER}


@pytest.mark.parametrize("ditto", ["同上", "〃", "↑"])
def test_a_ditto_for_an_order_number_is_a_second_parcel_of_it(ditto: str, read: Read, tmp_path: Path) -> None:
    contents = read(write_csv(tmp_path / "p", [HEADERS, (SN, "中通", NUMBER), (ditto, "中通", NUMBER2)]))
    assert ends(contents) == {2: "several_parcels", 3: "several_parcels"}


@pytest.mark.parametrize("kind", SHEETS)
def test_a_further_table_whose_headers_name_no_tracking_number_ships_nothing(
    kind: str, read: Read, tmp_path: Path
) -> None:
    rows = [
        HEADERS,
        (SN, "中通", NUMBER),
        ("", "", ""),
        ("订单号", "快递公司", "退货单号"),
        (SN2, "中通", NUMBER2),
        HEADERS,
        (SN3, "中通", "73120000001011"),
    ]
    contents = read(SHEETS[kind](tmp_path / "p", rows))
    assert ends(contents) == {2: NUMBER, 4: "bad_row", 5: "bad_row", 7: "73120000001011"}


def test_a_shop_that_names_its_column_may_keep_the_platforms_own_beside_it(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [(*HEADERS, "新号"), (SN, "中通", NUMBER, NUMBER2)])
    contents = read_sheets([path], words=PROFILE, columns={"tracking_number": "新号"}, clock=Clock(), stable_s=0)
    assert ends(contents) == {2: NUMBER2}


def _html_with_rowspan(path: Path, rows: Rows, *, merged: Sequence[tuple[int, int, int]]) -> Path:
    spans = {(first, column): last - first + 1 for column, first, last in merged}
    covered = {(row, column) for column, first, last in merged for row in range(first + 1, last + 1)}
    lines = [
        "".join(
            f'<td rowspan="{spans.get((number, column), 1)}">{cell}</td>'
            for column, cell in enumerate(row, 1)
            if (number, column) not in covered
        )
        for number, row in enumerate(rows, 1)
    ]
    path.write_text("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>", encoding="utf-8")
    return path


MERGING = [write_xlsx, write_xls, _html_with_rowspan]


@pytest.mark.parametrize("write", MERGING)
def test_two_numbers_under_a_merged_order_number_are_several_parcels(
    write: Callable[..., Path], read: Read, tmp_path: Path
) -> None:
    rows = [HEADERS, (SN, "中通", NUMBER), ("", "中通", NUMBER2), (SN2, "中通", "73120000001011")]
    contents = read(write(tmp_path / "p", rows, merged=[(1, 2, 3)]))
    assert ends(contents) == {2: "several_parcels", 3: "several_parcels", 4: "73120000001011"}


@pytest.mark.parametrize("write", MERGING)
def test_merged_couriers_and_numbers_count_for_each_row_that_they_cover(
    write: Callable[..., Path], read: Read, tmp_path: Path
) -> None:
    rows = [HEADERS, (SN, "中通", NUMBER), (SN2, "", ""), (SN3, "中通", NUMBER2)]
    contents = read(write(tmp_path / "p", rows, merged=[(2, 2, 3), (3, 2, 3)]))
    assert ends(contents) == {2: NUMBER, 3: NUMBER, 4: NUMBER2}


@pytest.mark.parametrize("write", MERGING)
def test_a_row_that_only_continues_the_merged_cells_above_is_a_part_of_that_row(
    write: Callable[..., Path], read: Read, tmp_path: Path
) -> None:
    rows = [(*HEADERS, "商品"), (SN, "中通", NUMBER, "茶"), ("", "", "", "杯"), (SN2, "中通", NUMBER2, "碗")]
    contents = read(write(tmp_path / "p", rows, merged=[(1, 2, 3), (2, 2, 3), (3, 2, 3)]))
    assert ends(contents) == {2: NUMBER, 4: NUMBER2}


def test_a_number_below_a_row_may_be_its_second_parcel_where_merging_is_not_told(read: Read, tmp_path: Path) -> None:
    rows = [
        HEADERS,
        (SN, "中通", NUMBER),
        ("", "", NUMBER2),
        (SN2, "中通", "73120000001011"),
        ("", "", ""),
        ("", "中通", NUMBER2),
    ]
    contents = read(write_csv(tmp_path / "p.csv", rows))
    assert ends(contents) == {2: "several_parcels", 3: "several_parcels", 4: "73120000001011", 6: "empty_cell"}


@pytest.mark.parametrize("axis", ["row", "column"])
def test_what_is_too_small_to_be_seen_is_hidden(axis: str, read: Read, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [HEADERS, (SN, "中通", NUMBER)])
    book = load_workbook(path)
    sheet = book.worksheets[0]
    if axis == "row":
        sheet.row_dimensions[2].height = 0.75
    else:
        sheet.column_dimensions["C"].width = 0.1
    book.save(path)
    assert ends(read(path)) == {2: "hidden_row"}


@pytest.mark.parametrize("axis", ["row", "column"])
def test_what_is_too_small_to_be_seen_in_an_xls_is_hidden(axis: str, read: Read, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for column, (header, value) in enumerate(zip(HEADERS, (SN, "中通", NUMBER), strict=True)):
        sheet.write(0, column, header)
        sheet.write(1, column, value)
    if axis == "row":
        sheet.row(1).height_mismatch, sheet.row(1).height = True, 5
    else:
        sheet.col(2).width = 20
    book.save(str(tmp_path / "p.xls"))
    assert ends(read(tmp_path / "p.xls")) == {2: "hidden_row"}


@pytest.mark.parametrize("write", BOOKS)
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_hidden_column_hides_its_numbers(column: int, write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(tmp_path / "p", [HEADERS, (SN, "中通", NUMBER)], hidden_columns=[column])
    contents = read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0)
    assert ends(contents) == {2: "hidden_row"}
    assert HEADERS[column - 1] in contents.bad[0].message
    shown_all = read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0, hidden_rows=True)
    assert ends(shown_all) == {2: NUMBER}
