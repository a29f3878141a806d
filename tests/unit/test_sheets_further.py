"""One order, several parcels: in columns of their own, in remarks, under merged cells; and columns that are hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fixtures.sheets.formats import Rows, write_csv, write_xls, write_xlsx
from flows.sheets.contents import read_sheets
from rpa.clock import Clock
from tests.unit.shown import BOOKS, HEADERS, NUMBER, PROFILE, SHEETS, SN, SN2, SN3, Read, ends

NUMBER2 = "73120000001007"


@pytest.fixture(name="read")
def _read() -> Read:
    return lambda path: read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0)


@pytest.mark.parametrize(
    "header",
    ["快递单号2", "子单号", "附加单号", "附加快递单号", "快递单号二", "补发单号", "第二单号", "其他快递单号", "",
     "另一个运单号", "运单号-2", "子运单号", "母单号", "包裹号", "tracking number 2", "Waybill 2", "备注", "副单号",
     "单号2", "换单号"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_second_number_in_a_column_of_its_own_makes_several_parcels(
    header: str, kind: str, read: Read, tmp_path: Path
) -> None:
    rows = [
        (*HEADERS, header), (SN, "中通", NUMBER, NUMBER2), (SN2, "中通", "73120000001008", ""),
        (SN3, "中通", "73120000001009", "7312 0000 0010 09"),
    ]  # fmt: skip
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
            for column, cell in enumerate(row, 1) if (number, column) not in covered
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
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


def test_a_number_without_an_order_below_a_row_may_be_its_second_parcel_where_merging_is_not_told(
    read: Read, tmp_path: Path
) -> None:
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


@pytest.mark.parametrize("write", BOOKS)
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_hidden_column_hides_its_numbers(column: int, write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(tmp_path / "p", [HEADERS, (SN, "中通", NUMBER)], hidden_columns=[column])
    contents = read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0)
    assert ends(contents) == {2: "hidden_row"}
    assert HEADERS[column - 1] in contents.bad[0].message
    shown_all = read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0, hidden_rows=True)
    assert ends(shown_all) == {2: NUMBER}
