"""Order numbers of 19 digits, as 抖店 has them: text from the first byte on, and a number of Excel's is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.orders.words import read_sheet_profile
from flows.sheets.contents import read_sheets
from rpa.clock import Clock
from rpa.elements.registry import selectors_folder

if TYPE_CHECKING:
    from pathlib import Path

    from flows.sheets.contents import SheetContents

WORDS = read_sheet_profile(selectors_folder() / "douyin.toml")
NUMBER = "78120000000001"
LONG = st.integers(69 * 10**17, 70 * 10**17 - 1).filter(lambda number: number % 10_000).map(str)
"""In a table without types, one whose last four digits are zeros looks like one that Excel has rounded."""


def read(path: Path) -> SheetContents:
    """By the words of 抖店."""
    return read_sheets([path], words=WORDS, clock=Clock(), stable_s=0)


def workbook(path: Path, cell: object) -> Path:
    """With this cell in the place of an order number."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["订单编号", "快递公司", "快递单号"])
    sheet.append([cell, "中通快递", NUMBER])
    book.save(path)
    book.close()
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(order_sn=LONG)
@pytest.mark.parametrize("written", ["{}", "\t{}", "'{}", "{}\t"])
def test_a_long_order_number_is_read_with_all_its_digits(tmp_path: Path, written: str, order_sn: str) -> None:
    cell = written.format(order_sn)
    (tmp_path / "p.csv").write_text(f"订单编号,快递公司,快递单号\n{cell},中通快递,{NUMBER}\n", encoding="utf-8-sig")
    for path in (tmp_path / "p.csv", workbook(tmp_path / "p.xlsx", cell)):
        assert [row.order_sn for row in read(path).good] == [order_sn]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(order_sn=LONG)
def test_a_long_order_number_that_excel_has_rounded_is_refused(tmp_path: Path, order_sn: str) -> None:
    rounded = f"{order_sn[:15]}0000"
    for cell in (int(rounded), float(order_sn)):
        contents = read(workbook(tmp_path / "p.xlsx", cell))
        assert ([*contents.good], [str(row.reason) for row in contents.bad]) == ([], ["number_damaged"])
    (tmp_path / "p.csv").write_text(
        f"订单编号,快递公司,快递单号\n{rounded[0]}.{rounded[1:6]}E+18,中通快递,{NUMBER}\n", encoding="utf-8"
    )
    assert [str(row.reason) for row in read(tmp_path / "p.csv").bad] == ["number_damaged"]
