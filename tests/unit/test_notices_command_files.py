"""The attachments that the mock sends are real files of their formats."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from fixtures.notices.audit_files import FORMATS, prohibition_files, result_files, table
from fixtures.notices.biff import xls_bytes
from fixtures.notices.hostile import HOSTILE
from fixtures.notices.rawzip import raw_zip, repeated
from fixtures.notices.tables import Formula, xlsx_bytes

ROWS = [["订单号", "是否需要发货"], ["260309-100000000000001", "是"], ["", "否"]]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_workbook_holds_its_rows(kind: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(table(ROWS, kind=kind)))
    assert book.get_sheet_by_index(0).to_python() == ROWS


def test_a_long_xls_is_whole() -> None:
    rows = [[f"260309-{number:015d}"] for number in range(20_000)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(xls_bytes(rows)))
    assert book.get_sheet_by_index(0).to_python() == rows


def test_sheets_numbers_and_formulas_of_an_xlsx_are_what_they_seem() -> None:
    content = xlsx_bytes([["a"]], [[1.5, Formula('"x"&1', "x1")]], hidden=[2])
    shown, hidden = load_workbook(io.BytesIO(content), data_only=True).worksheets
    assert (shown.sheet_state, hidden.sheet_state) == ("visible", "hidden")
    assert list(hidden.values) == [(1.5, "x1")]
    assert load_workbook(io.BytesIO(content)).worksheets[1]["B1"].value == '="x"&1'


def test_the_same_orders_give_the_same_bytes_and_all_formats_come_up() -> None:
    seen = set()
    for seed in range(40):
        made = [
            [
                *prohibition_files(["260309-1", "260309-2"], stamp="s", rng=random.Random(seed)),
                *result_files({"260309-1": "ship", "260309-2": "closed"}, stamp="s", rng=random.Random(seed)),
            ]
            for _ in range(2)
        ]
        assert made[0] == made[1]
        seen |= {file.name.rpartition(".")[2] for file in made[0]}
    assert seen == {"xlsx", "csv", "xls", "zip"} == {kind for kind in FORMATS if kind != "gbk"}


def test_a_bomb_unpacks_to_what_it_should() -> None:
    with zipfile.ZipFile(io.BytesIO(raw_zip([repeated(b"a", b"0" * 1000, times=500)]))) as archive:
        assert archive.getinfo("a").file_size == 500_000
        with archive.open("a") as member:
            assert member.read(499_999) == b"0" * 499_999


def test_hostile_files_are_many_and_the_same_each_time() -> None:
    assert len(HOSTILE) > 60
    small = {kind: file.content for kind, file in HOSTILE.items() if not file.problem}
    assert small == {kind: HOSTILE[kind].content for kind in small}
