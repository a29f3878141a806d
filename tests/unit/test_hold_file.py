from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from flows.commands.hold_file import Defaults, HoldLine, read_holds
from flows.commands.subjects import Named, SubjectReader, Unusable, end_of
from flows.orders.hold_causes import PERSON, goods_subject, holds_of, sku_subject
from flows.orders.words import Identifiers
from rpa.elements.registry import load_profile
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.ledger.holds import Hold
from tests.support.made_orders import an_item, an_order

ONE, TWO = "260310-100000000000001", "260310-100000000000002"
GOODS, SPEC = "688880020015", "100元"
NOW = datetime.fromisoformat("2026-03-10T09:30:00+08:00")


@pytest.fixture(scope="module")
def reader() -> SubjectReader:
    numbers = load_profile("pinduoduo").section(Identifiers)
    return SubjectReader(order_sn=numbers.order_sn, example=numbers.order_sn_example)


def write(folder: Path, *rows: tuple[str, ...], encoding: str = "utf-8-sig") -> Path:
    path = folder / "stop.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path: Path, reader: SubjectReader, *, reason: str = "", language: Language = Language.EN) -> list[HoldLine]:
    return read_holds(path, reader=reader, defaults=Defaults(reason=reason, until=None, now=NOW), language=language)


def test_a_workbook_with_real_dates_and_english_headers_is_read(tmp_path: Path, reader: SubjectReader) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Order number", "Reason", "Until"])
    book.worksheets[0].append([ONE, "address", datetime(2026, 3, 12)])  # noqa: DTZ001 - as Excel has it
    book.worksheets[0].append([TWO, "address", datetime(2026, 3, 12, 18)])  # noqa: DTZ001 - same
    book.save(tmp_path / "stop.xlsx")
    ends = [wanted.until for wanted in read(tmp_path / "stop.xlsx", reader)]
    assert ends == [datetime.fromisoformat(text) for text in ("2026-03-13T00:00+08:00", "2026-03-12T18:00+08:00")]


def test_numbers_that_excel_took_for_numbers_are_goods_ids_but_never_order_numbers(
    tmp_path: Path, reader: SubjectReader
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["goods id", "spec", "reason"])
    book.worksheets[0].append([int(GOODS), SPEC, "sold out"])
    book.save(tmp_path / "stop.xlsx")
    assert [wanted.subject for wanted in read(tmp_path / "stop.xlsx", reader)] == [sku_subject(GOODS, SPEC)]


def test_each_subject_is_held_once(tmp_path: Path, reader: SubjectReader) -> None:
    path = write(tmp_path, ("订单号", "原因"), (ONE, "缺货"), (f"\t{ONE}", "缺货"), ("", ""), encoding="gb18030")
    assert read(path, reader) == [HoldLine(subject=ONE, reason="缺货", until=None)]


def test_every_bad_row_is_named_and_none_else(tmp_path: Path, reader: SubjectReader) -> None:
    path = write(
        tmp_path,
        ("订单号", "商品ID", "规格", "原因", "截止日期"),
        (ONE, "", "", "good", ""),
        ("4.62599E+14", "", "", "damaged", ""),
        ("260310-7", "", "", "not one", ""),
        ("", "", "only a spec", "nothing named", ""),
        (TWO, GOODS, "", "both", ""),
        (TWO, "", "", "", ""),
        (TWO, "", "", "when", "someday"),
        (TWO, "", "", "past", "2020-01-01"),
        (ONE, "", "", "otherwise", ""),
        ("", "12a", "", "no goods", ""),
    )
    with pytest.raises(ConfigError) as raised:
        read(path, reader)
    head, *lines = str(raised.value).splitlines()
    assert "nothing was recorded" in head
    expected = (
        (3, "Excel has damaged"),
        (4, "is not an order number"),
        (5, "names nothing"),
        (6, "use two rows"),
        (7, "no reason"),
        (8, "is not a day"),
        (9, "is over already"),
        (10, "in row 2 with another reason"),
        (11, "is not a goods id"),
    )
    assert len(lines) == len(expected)
    for line, (row, words) in zip(lines, expected, strict=True):
        assert f"row {row}: " in line
        assert words in line


def test_hidden_rows_are_bad_rows(tmp_path: Path, reader: SubjectReader) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["订单号", "原因"])
    book.worksheets[0].append([ONE, "缺货"])
    book.worksheets[0].row_dimensions[2].hidden = True
    book.save(tmp_path / "stop.xlsx")
    with pytest.raises(ConfigError, match="第 2 行: 此行被隐藏"):
        read(tmp_path / "stop.xlsx", reader, language=Language.ZH)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ((("name", "count"), ("a", "1")), "No header names an order number"),
        ((("订单号", "原因"),), "no row below its headers"),
        ((), "The file is empty"),
    ],
)
def test_a_file_that_is_no_list_of_holds_says_so(
    tmp_path: Path, reader: SubjectReader, rows: tuple[tuple[str, ...], ...], word: str
) -> None:
    with pytest.raises(ConfigError, match=word):
        read(write(tmp_path, *rows), reader, reason="sold out")


def test_what_is_named_on_the_command_line_becomes_subjects_each_once(reader: SubjectReader) -> None:
    named = Named(orders=[ONE, f" {ONE}"], goods=[GOODS], skus=[f"{GOODS}:{SPEC}:{SPEC}"])
    assert named.subjects(reader) == [
        ONE,
        goods_subject(GOODS),
        sku_subject(GOODS, f"{SPEC}:{SPEC}"),
    ]


@pytest.mark.parametrize("written", ["红色（L）", "红色(L)", " 红色 (l) ", "红色（Ｌ）\u200b"])
def test_a_spec_holds_its_orders_however_a_keyboard_writes_it(reader: SubjectReader, written: str) -> None:
    [subject] = Named(skus=[f"{GOODS}:{written}"]).subjects(reader)
    hold = Hold(subject=subject, cause=PERSON, reason="sold out", held_by="小王", held_at=NOW)
    order = an_order(items=(an_item(goods_id=GOODS, spec="红色（L）"),))
    assert holds_of(order, {subject: (hold,)}) == (hold,)


def test_everything_that_is_wrongly_named_is_told_at_once(reader: SubjectReader) -> None:
    named = Named(orders=[ONE, "x"], goods=["abc"], skus=[GOODS, f"a:{SPEC}", f"{GOODS}: "])
    with pytest.raises(ConfigError) as raised:
        named.subjects(reader)
    for words in ('"x" is not an order', '"abc" is not a goods', f'"{GOODS}" is not GOODS_ID', '"a" is not a goods'):
        assert words in str(raised.value)
    assert f'"{ONE}"' not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-03-10", "2026-03-11T00:00:00+08:00"),
        (" 2026/03/12 ", "2026-03-13T00:00:00+08:00"),
        ("2026-03-12 18:00", "2026-03-12T18:00:00+08:00"),
        ("2026-03-12T18:00+00:00", "2026-03-12T18:00:00+00:00"),
    ],
)
def test_a_day_ends_at_its_midnight_and_a_moment_when_it_says(text: str, end: str) -> None:
    assert end_of(text, now=NOW).isoformat() == end


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "26-3-9", "2026-03-09", "2026-03-10 09:30", ""])
def test_no_day_and_what_is_over_are_no_end(text: str) -> None:
    with pytest.raises(Unusable):
        end_of(text, now=NOW)
