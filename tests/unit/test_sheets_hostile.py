"""Files made to break whoever reads them: they are named, the files beside them are read, and the run goes on."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from fixtures.sheets.formats import write_csv, write_xlsx
from flows.orders.cells import Shown
from flows.orders.words import read_sheet_profile
from flows.sheets import limits, sandboxed_reading
from flows.sheets.contents import SheetContents, read_files, reading_of
from flows.sheets.files import MOST_BYTES, worksheets_in
from flows.sheets.html_tables import read_html
from flows.sheets.transport import packed, unpacked
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.clock import Clock
from rpa.language import Language
from rpa.sandbox import Limits, Sandbox
from tests.support.hostile import page_of_reaching_cells, workbook_of_one_text
from tests.support.mock_shop import ROOT

HEADERS = ("订单号", "快递公司", "快递单号")
PARCEL = ("260310-000000000000001", "中通快递", "73000000000001")


def contents_of(paths: Sequence[Path], *, links: bool = False) -> SheetContents:
    words = read_sheet_profile(ROOT / "selectors" / "pinduoduo.toml")
    reading = reading_of(words, columns=None, hidden_rows=False, language=Language.EN)
    files = read_files(paths, reading=reading, clock=Clock(), stable_s=0.0, links=links)
    return files.judged(language=Language.EN)


def is_header(row: Sequence[object]) -> bool:
    return "订单号" in row


def flaw_of(data: bytes) -> Flaw:
    with pytest.raises(NotASheet) as refused:
        worksheets_in(data, is_header=is_header)
    return refused.value.flaw


def one_text(path: Path) -> None:
    path.write_bytes(workbook_of_one_text(length=7 << 20, cells=3000))
    assert path.stat().st_size < 31_000


def sixty_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n")
        try:
            file.truncate(60 << 30)
        except OSError:
            file.truncate(MOST_BYTES + 1)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as here:
        os.chdir(path.parent)
        here.bind(path.name)


def link(path: Path) -> None:
    path.symlink_to(write_csv(path.with_name("elsewhere.txt"), [HEADERS, PARCEL]))


@pytest.mark.parametrize("make", [one_text, sixty_gigabytes, pipe, device, listening, link])
def test_a_file_that_is_none_or_comes_to_too_much_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    if sys.platform == "win32" and make in {pipe, device, listening, link}:
        pytest.skip("Windows has none of these in its folders")
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "a.xlsx")
    good = write_xlsx(tmp_path / "b.xlsx", [HEADERS, PARCEL])
    contents = contents_of([tmp_path / "a.xlsx", good])
    assert [row.order_sn for row in contents.good] == [PARCEL[0]]
    assert [(row.place.sheet.name, row.place.row) for row in contents.bad] == [("a.xlsx", 0)]


def test_a_file_that_is_too_large_is_called_so_and_not_empty(tmp_path: Path) -> None:
    sixty_gigabytes(tmp_path / "a.csv")
    [bad] = contents_of([tmp_path / "a.csv"]).bad
    assert "64 MB" in bad.message


def test_a_person_may_give_a_link_to_a_file(tmp_path: Path) -> None:
    link(tmp_path / "a.csv")
    assert [row.order_sn for row in contents_of([tmp_path / "a.csv"], links=True).good] == [PARCEL[0]]


def test_what_the_bounds_let_through_ends_its_own_process_only() -> None:
    reader = Sandbox(
        "flows.sheets.reader", limits=Limits(memory_bytes=300 << 20, cpu_s=20, wall_s=60, answer_bytes=1 << 20)
    )
    with pytest.raises(NotASheet) as refused:
        sandboxed_reading.worksheets(workbook_of_one_text(length=32_000, cells=20_000), reader=reader)
    assert refused.value.flaw is Flaw.LARGE
    assert len(sandboxed_reading.worksheets(workbook_of_one_text(length=10, cells=20), reader=reader)[0].rows) == 20
    reader.close()


def test_a_text_longer_than_a_cell_can_have_is_refused_in_each_kind_of_file() -> None:
    text = "9" * 32_768
    assert flaw_of(f"订单号,备注\n1,{text}\n".encode()) is Flaw.LARGE
    assert flaw_of(f"<table><tr><td>订单号</td><td>{text}</td></tr></table>".encode()) is Flaw.LARGE
    assert flaw_of(workbook_of_one_text(length=32_768, cells=1)) is Flaw.LARGE
    assert len(worksheets_in(workbook_of_one_text(length=32_767, cells=1), is_header=is_header)[0].rows) == 1


def test_a_file_of_more_rows_than_anybody_ships_is_refused_empty_rows_do_not_count() -> None:
    rows, empty = b"1\n" * limits.MOST_ROWS, b"\n" * limits.MOST_ROWS
    assert flaw_of("订单号,快递单号\n".encode() + rows) is Flaw.LARGE
    [sheet] = worksheets_in("订单号,快递单号\n".encode() + empty + b"1,2\n", is_header=is_header)
    assert sheet.rows[-1] == ["1", "2"]


def test_a_page_whose_cells_reach_over_all_others_is_refused_before_any_layout() -> None:
    with pytest.raises(NotASheet, match="cells"):
        read_html(page_of_reaching_cells(rows=300).decode())


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(NotASheet) as refused:
        limits.check_book(workbook_of_one_text(length=20_000, cells=1), most_unpacked=20_000)
    assert refused.value.flaw is Flaw.LARGE


def test_a_long_text_is_read_apart_and_as_a_short_one_is() -> None:
    rows = [",".join(HEADERS).replace(",", "\t"), *(f"{n:023d}\t中通快递\t{n:014d}" for n in range(30_000))]
    [short], [long] = (worksheets_in("\n".join(some).encode("utf-8"), is_header=is_header) for some in (rows[:9], rows))
    assert long.rows[:9] == short.rows
    assert len(long.rows) == 30_001


def test_a_worksheet_comes_back_as_it_was() -> None:
    cells = ["", "订单", "\ud800", 1.5, 3, True, None, float("inf")]
    moments = [datetime(2026, 3, 10, 9, 30), date(2026, 3, 10), time(9, 30), timedelta(hours=25)]  # noqa: DTZ001
    sheet = Worksheet(
        name="一",
        rows=[cells, moments, [Shown(7.0, "007"), Shown("a", None)]],
        typed=True,
        hidden=True,
        hidden_rows=frozenset({3, 1}),
        hidden_columns=frozenset({9}),
        covered={2: frozenset({1})},
        unread={4: frozenset({0, 2})},
    )
    [came] = unpacked(packed([sheet]))
    assert came == sheet
    assert [[type(cell) for cell in row] for row in came.rows] == [[type(cell) for cell in row] for row in sheet.rows]


@pytest.mark.parametrize("message", [b"", b"{}", b"[]", b'{"sheets": [{"rows": 1}]}', b'{"sheets": [{"$": "eval"}]}'])
def test_an_answer_that_is_no_worksheets_is_not_taken_for_some(message: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpacked(message)
