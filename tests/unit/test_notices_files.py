"""Files that notices bring, as files: too large, far too wide, packed in other ways, pages instead of tables."""

from __future__ import annotations

import codecs
import io
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from fixtures.notices.rawzip import raw_zip, stored
from fixtures.notices.tables import Rows, csv_bytes, html_bytes, xlsx_bytes, zip_bytes
from flows.notices.api import NoticeKind, Says
from flows.notices.contents import Reading, read_attachment
from flows.notices.opening import MOST_BYTES
from flows.notices.words import NoticeWords
from flows.orders.words import SheetProfile, read_sheet_profile
from flows.sheets.files import read_worksheets
from rpa.elements.registry import load_profile, selectors_folder
from tests.support.notice_readings import changed, reason

A = "260310-000000000000001"
PROHIBITED = Says.PROHIBITED
WORDS = load_profile("pinduoduo").section(NoticeWords)
SHEETS: SheetProfile = read_sheet_profile(selectors_folder() / "pinduoduo.toml")
Read = Callable[..., Reading]


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Read:
    def read(content: bytes) -> Reading:
        path = tmp_path / "明细.xlsx"
        path.write_bytes(content)
        return read_attachment(path, kind=NoticeKind.PROHIBITION, words=WORDS, sheets=SHEETS)

    return read


def test_a_cell_far_away_is_refused_before_it_takes_the_memory(read: Read) -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    assert reason(read(changed(xlsx_bytes([["订单号"], [A]]), "</sheetData>", far))) == "too_large"


def test_a_cell_far_away_in_an_old_workbook_brings_no_empty_ones(tmp_path: Path, read: Read) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for row, column, text in [(0, 0, "订单号"), (1, 0, A), (65_535, 255, "x")]:
        sheet.write(row, column, text)
    book.save(tmp_path / "far.xls")
    (worksheet,) = read_worksheets(tmp_path / "far.xls", is_header=bool)
    assert sum(map(len, worksheet.rows)) < 300
    assert read((tmp_path / "far.xls").read_bytes()) == Reading(says={A: PROHIBITED})


def test_workbooks_packed_in_other_ways_are_read_and_made_up_places_are_not_believed(read: Read) -> None:
    content = xlsx_bytes([["订单号"], [A]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [stored(name.encode(), archive.read(name)) for name in archive.namelist()]
    assert read(raw_zip(members)) == Reading(says={A: PROHIBITED})
    entry = content.rindex(b"PK\x01\x02")
    beyond = len(content).to_bytes(4, "little")
    assert reason(read(content[: entry + 42] + beyond + content[entry + 46 :])) == "broken_file"


def test_a_page_with_a_table_but_no_orders_is_a_page(read: Read) -> None:
    assert reason(read(html_bytes([["系统繁忙"]]))) == "html_page"
    assert reason(read(codecs.BOM_UTF8 + html_bytes([["系统繁忙"]]))) == "html_page"
    assert reason(read(csv_bytes([["系统繁忙"]]))) == "no_orders"


def test_a_file_that_is_gone_is_told_as_one_that_cannot_be_opened(tmp_path: Path) -> None:
    reading = read_attachment(tmp_path / "x.csv", kind=NoticeKind.RESULT, words=WORDS, sheets=SHEETS)
    assert reason(reading) == "broken_file"


def test_a_file_larger_than_fits_is_not_opened_nor_unpacked_from_an_archive(read: Read) -> None:
    content = random.Random(1).randbytes(MOST_BYTES // 50).ljust(MOST_BYTES + 1)
    assert reason(read(content)) == "too_large"
    assert reason(read(zip_bytes({"a.csv": content}))) == "too_large"
    assert reason(read(content[:1000] + b"\n" + A.encode())) == "wrong_type"


@pytest.mark.long
@pytest.mark.parametrize(("wrap", "orders"), [(csv_bytes, 120_000), (xlsx_bytes, 55_000)], ids=["csv", "xlsx"])
def test_the_largest_files_are_read_within_500_mib(wrap: Callable[[Rows], bytes], orders: int, tmp_path: Path) -> None:
    beside = ["大红灯笼 春节装饰品", "审核中", "请尽快发出", "2026-03-10 10:00:00", "1", "12.50", "红;大", "无"]
    rows: Rows = [["订单号"], *([f"260310-{n:015d}", f"{n}", *beside] for n in range(orders))]
    path = tmp_path / "large"
    path.write_bytes(wrap(rows))
    program = Path(__file__).parents[1] / "support" / "notice_program.py"
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(
        [sys.executable, program, path],
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (said.stdout, said.stderr) == (f"{orders} read\n", "")


def test_an_order_counts_as_it_is_held_whatever_format_its_cell_has(read: Read) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    raised = CellRichText(A[:-1], TextBlock(InlineFont(vertAlign="superscript"), A[-1]))
    for row in (["订单号"], [raised], [f"{A[:-1]}2"], [f"{A[:-1]}3"]):
        sheet.append(row)
    sheet["A3"].number_format = "@*-"
    sheet["A4"].number_format = ";;;"
    content = io.BytesIO()
    book.save(content)
    assert read(content.getvalue()).says == dict.fromkeys((A, f"{A[:-1]}2", f"{A[:-1]}3"), PROHIBITED)


def test_an_order_that_a_page_hides_in_its_cell_counts_too(read: Read) -> None:
    page = f'<table><tr><td>订单号</tr><tr><td>见附件<span style="display:none">{A}</span></tr></table>'
    assert read(page.encode()).says == {A: PROHIBITED}
