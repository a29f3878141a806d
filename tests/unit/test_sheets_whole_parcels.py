"""Cells that tell parcels whole, number and courier and goods, as a site's own export writes them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.orders.cells import clean
from flows.orders.words import SheetProfile, Sheets, read_sheet_profile
from flows.sheets.contents import SheetContents, read_sheets
from flows.sheets.tracking_numbers import read_number
from rpa.clock import Clock
from rpa.elements.registry import selectors_folder

DOUYIN = read_sheet_profile(selectors_folder() / "douyin.toml")
BOTH = DOUYIN.joined(read_sheet_profile(selectors_folder() / "pinduoduo.toml"))
SN, SN2, GOODS = "6923452306270542999", "6923452306270543001", "3601234567890123456"
YT, SF = "YT1234567890123", "SF1234567890123"
HEADERS = ("主订单编号", "商品ID", "快递信息")
Row = tuple[str, ...]
Read = Callable[..., SheetContents]

numbers = st.from_regex(r"[A-Z]{0,3}[0-9]{10,14}(-[1-9]){0,2}", fullmatch=True)
names = st.sampled_from([name for entry in DOUYIN.couriers.known for name in (entry.name, *entry.aliases)])
other_names = st.from_regex(r"[某同城A-Z][某快递-]{0,6}", fullmatch=True)
goods = st.lists(st.from_regex(r"3[0-9]{18}-[1-9]", fullmatch=True), min_size=1, max_size=2)
parcels = st.tuples(numbers, names | other_names, goods)


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Read:
    def read(*rows: Row, headers: Row = HEADERS, words: SheetProfile = DOUYIN) -> SheetContents:
        path = tmp_path / "p.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        return read_sheets([path], words=words, clock=Clock(), stable_s=0)

    return read


@settings(deadline=None)
@given(st.lists(parcels, min_size=1, max_size=3), st.sampled_from(["", "\t", "'"]), st.sampled_from([";", "；", "; "]))
def test_each_parcel_of_a_cell_gives_its_number_and_its_couriers_name(
    told: list[tuple[str, str, list[str]]], before: str, between: str
) -> None:
    written = between.join(f"{number}-{name},{','.join(items)}" for number, name, items in told)
    found = read_number(
        clean(before + written),
        table=DOUYIN.couriers.table,
        noise=DOUYIN.sheets.noise,
        parcel=DOUYIN.sheets.parcel,
    )
    assert found.numbers == tuple(dict.fromkeys(number for number, _, _ in told))
    assert found.names == tuple(dict.fromkeys(name.replace(" ", "") for _, name, _ in told))


@pytest.mark.parametrize("words", [DOUYIN, BOTH], ids=["one", "both"])
@pytest.mark.parametrize("before", ["", "\t", "'"])
def test_a_sheet_with_whole_parcels_needs_no_other_column(read: Read, before: str, words: SheetProfile) -> None:
    row = (f"\t{SN}", f"\t{GOODS}", f"{before}{YT}-圆通快递,{GOODS}-1")
    contents = read(row, words=words)
    assert contents.bad == ()
    [good] = contents.good
    assert (good.order_sn, good.courier, good.tracking_number) == (SN, "圆通快递", YT)
    assert not good.warning


def test_goods_of_one_parcel_are_one_row_of_a_sheet(read: Read) -> None:
    parcel = f"{YT}-圆通快递,{GOODS}-1"
    contents = read((SN, GOODS, f"{parcel};{YT}-圆通快递,3601234567890123457-2"), (SN, GOODS, parcel))
    assert [(row.order_sn, row.tracking_number) for row in contents.good] == [(SN, YT)]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (f"{YT}-圆通快递,{GOODS}-1;{SF}-顺丰速运,{GOODS}-1", "several_parcels"),
        (f"{YT}-某某快递,{GOODS}-1", "unknown_courier"),
        (f"{YT}-圆通-同城,{GOODS}-1", "unknown_courier"),
        (f"{YT}-顺丰速运,{GOODS}-1", "courier_mismatch"),
        (f"{YT}-圆通快递,{GOODS}-1;{YT}-中通快递,{GOODS}-1", "courier_mismatch"),
        (f"-圆通快递,{GOODS}-1", "empty_cell"),
        (f"{YT}-圆通快递,{GOODS}-1;-,{GOODS}-1", "several_parcels"),
        (f"{SN}-圆通快递,{GOODS}-1", "not_a_tracking_number"),
        ("-", "empty_cell"),
        ("\t-", "empty_cell"),
    ],
)
def test_a_cell_that_is_not_one_clear_parcel_is_refused(read: Read, cell: str, reason: str) -> None:
    contents = read((SN, GOODS, cell), (SN2, GOODS, f"{SF}-顺丰速运,{GOODS}-1"))
    assert [(row.order_sn, str(row.reason)) for row in contents.bad] == [(SN, reason)]
    assert [row.order_sn for row in contents.good] == [SN2]


def test_a_parcel_without_a_couriers_name_is_told_by_its_number(read: Read) -> None:
    [good] = read((SN, GOODS, f"{YT}-,{GOODS}-1")).good
    assert (good.courier, good.warning) == ("圆通快递", f"The courier is empty; {YT} names 圆通快递.")


def test_a_courier_in_a_column_of_its_own_must_be_that_of_the_parcel(read: Read) -> None:
    headers, cell = (*HEADERS, "快递公司"), f"73123456789012-中通快递,{GOODS}-1"
    contents = read((SN, GOODS, cell, "中通"), (SN2, GOODS, cell, "韵达"), headers=headers)
    assert [row.order_sn for row in contents.good] == [SN]
    assert [(row.order_sn, str(row.reason)) for row in contents.bad] == [(SN2, "courier_mismatch")]


def test_a_column_of_numbers_alone_goes_before_one_of_whole_parcels(read: Read) -> None:
    headers = ("主订单编号", "快递信息", "快递公司", "快递单号")
    [good] = read((SN, f"{YT}-圆通快递,{GOODS}-1", "顺丰", SF), headers=headers).good
    assert (good.courier, good.tracking_number) == ("顺丰速运", SF)


def test_a_parcel_of_a_profile_that_tells_no_courier_is_refused() -> None:
    table = DOUYIN.sheets.model_dump() | {"parcel": [r"(?P<number>\d+)-.+"]}
    with pytest.raises(ValidationError, match="courier"):
        Sheets.model_validate(table)
