"""What ships is what a person sees in the sheet, in whatever form the cell holds it; else the row is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from itertools import product
from pathlib import Path

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from fixtures.sheets.formats import Formatted, write_csv
from flows.orders.cells import Shown, clean
from flows.sheets.number_formats import shown
from tests.support.shown import BOOKS, HEADERS, NUMBER, SHEETS, SN, SN2, SN3, Read, ends


def _of_many(
    cells: Sequence[object], *, courier: str = "中通", write: Callable[..., Path], read: Read, tmp_path: Path
) -> dict[object, str]:
    """How each of these tracking number cells ends, all in one sheet."""
    rows = [HEADERS, *((f"260310-{n:015d}", courier, cell) for n, cell in enumerate(cells))]
    return dict(zip(cells, ends(read(write(tmp_path / "sheet", rows))).values(), strict=True))


def _of_one(cell: object, *, courier: str = "中通", write: Callable[..., Path], read: Read, tmp_path: Path) -> str:
    return ends(read(write(tmp_path / "sheet", [HEADERS, (SN, courier, cell)])))[2]


FORMATS = [
    (1234567890123, '"YT"0', "YT1234567890123"),
    (987654321012, "0000000000000", "0987654321012"),
    (75123456789012, "0", "75123456789012"),
    (75123456789012, "0_ ", "75123456789012 "),
    (75123456789012, "[Red]0;-0", "75123456789012"),
    (75123456789012, "0000 0000 0000 00", "7512 3456 7890 12"),
    (1234567890123, r"\Y\T#", "YT1234567890123"),
    ("1234567890123", '"YT"@', "YT1234567890123"),
    ("1234567890123", '0;0;0;"YT"@', "YT1234567890123"),
    (7312345678, '"YT"General', "YT7312345678"),
    (0, "0;-0;;@", ""),
    ("75123456789012", ";;;", ""),
    (75123456789012, '0"@"', "75123456789012@"),
    (75123456789012, ";;;", ""),
]


@pytest.mark.parametrize(("value", "code", "seen"), FORMATS)
def test_a_number_format_counts_as_excel_shows_it(value: object, code: str, seen: str) -> None:
    found = shown(value, code=code)
    assert (found.text if isinstance(found, Shown) else found) == seen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (75123456789012, "#,##0"),
        (75123456789012, "0.00"),
        (75123456789012, "0%"),
        (75123456789012, "0.00E+00"),
        (75123456789012, "[DBNum1]0"),
        (75123456789012, "[>1]0;@"),
        (75123456789012, "0*-"),
        (75123456789012, "?/?"),
        (75123456789012.5, "0"),
        (-75123456789012, "0"),
        (float("nan"), "0"),
        (751234567890, "YT0"),
        (751234567890, "General"),
        (75123456789012, "#/#"),
        (75123456789012, "0!-0"),
    ],
)
def test_a_format_whose_text_is_not_certain_gives_none(value: float, code: str) -> None:
    found = shown(value, code=code)
    assert not isinstance(found, Shown) or found.text is None


@pytest.mark.parametrize("write", BOOKS)
def test_prefixes_and_zeros_of_a_number_format_ship_as_they_are_shown(
    write: Callable[..., Path], read: Read, tmp_path: Path
) -> None:
    rows = [
        HEADERS,
        (SN, "圆通快递", Formatted(1234567890123, '"YT"0', "")),
        (SN2, "顺丰速运", Formatted(1234567890124, '"SF"0000000000000', "")),
        (SN3, "邮政快递包裹", Formatted(987654321012, "0000000000000", "")),
    ]
    assert ends(read(write(tmp_path / "p", rows))) == {2: "YT1234567890123", 3: "SF1234567890124", 4: "0987654321012"}


OTHERWISE = [
    Formatted(value, code, "")
    for value, code in (
        (date(2026, 3, 10), "yyyy-mm-dd"),
        (46091.5, "yyyy/m/d h:mm"),
        (45000.5, "h:mm:ss"),
        (75123456789012, "General"),
        (75123456789012, "#,##0"),
        (75123456789012, "0.00"),
        (462599000000000, "0"),
        (751234567890, "0.00E+00"),
        (-7512345678, "0"),
        (-7512345678, "General"),
    )
]


@pytest.mark.parametrize("write", BOOKS)
def test_a_cell_that_shows_something_else_than_its_number_is_refused(
    write: Callable[..., Path], read: Read, tmp_path: Path
) -> None:
    ended = _of_many(OTHERWISE, write=write, read=read, tmp_path=tmp_path)
    assert ended == dict.fromkeys(OTHERWISE, "number_damaged")


DATES = [
    "2026-03-10",
    "2026/3/10",
    "2026.03.10",
    "20260310",
    "2026年3月10日",
    "10-03-2026",
    "10-Mar-26",
    "2026-03-10 15:30",
    "2026 03 10",
    "20260310153000",
    "２０２６-０３-１０",
    "260310",
    "2026-03",
    "26-03-10",
]


@pytest.mark.parametrize("kind", SHEETS)
def test_a_date_in_text_is_no_tracking_number(kind: str, read: Read, tmp_path: Path) -> None:
    ended = _of_many(DATES, courier="百世", write=SHEETS[kind], read=read, tmp_path=tmp_path)
    assert ended == dict.fromkeys(DATES, "not_a_tracking_number")


LEFT = [
    *(
        "4.62599E+14",
        "4.6E14",
        "4,62599E+14",
        "4.62599 E+14",
        "4.62599e+014",
        "462599000000000",
        "100000000000",
        "7E+13",
    ),
]


@pytest.mark.parametrize("kind", ["csv", "html"])
def test_what_a_spreadsheet_left_of_a_number_in_text_is_damaged(kind: str, read: Read, tmp_path: Path) -> None:
    ended = _of_many(LEFT, courier="百世", write=SHEETS[kind], read=read, tmp_path=tmp_path)
    assert ended == dict.fromkeys(LEFT, "number_damaged")


GROUPS = {
    "7512 3456 3456 78": "75123456345678",
    "7512\t3456\t3456\t78": "75123456345678",
    "7512\n3456\n3456\n78": "75123456345678",
    "7512\u00a03456\u30003456 78": "75123456345678",
    "7575 7575 7575 75": "75757575757575",
    "9400 1000 0000 0000 0000 00": "9400100000000000000000",
}
NOTES = [
    *(f"73120000001004{note}" for note in ("①", " 1", "²", " A", "\n2", " ①", "（1）", "(1)", ",1", "、2", "/1")),
    *(f"73120000001004{note}" for note in (" 第2件", "½", " 12 34", " *2", "。1", " 1 1", "₂", " 已发2件")),
    *("1 73120000001004", "Ⅱ73120000001004", "𝟕3120000001004", "751234567890 12", "\u202e40010000002137"),
    "7312000000 1004 补",
]


@pytest.mark.parametrize("kind", SHEETS)
def test_groups_of_one_number_are_joined_even_when_two_are_equal(kind: str, read: Read, tmp_path: Path) -> None:
    assert _of_many(list(GROUPS), write=SHEETS[kind], read=read, tmp_path=tmp_path) == GROUPS


def test_a_prefix_in_a_group_of_its_own_belongs_to_the_number(read: Read, tmp_path: Path) -> None:
    found = _of_one("SF 1234 1234 56789", courier="顺丰", write=write_csv, read=read, tmp_path=tmp_path)
    assert found == "SF1234123456789"


@pytest.mark.parametrize("kind", SHEETS)
def test_a_note_beside_a_number_never_becomes_a_part_of_it(kind: str, read: Read, tmp_path: Path) -> None:
    ended = _of_many(NOTES, write=SHEETS[kind], read=read, tmp_path=tmp_path)
    assert ended == dict.fromkeys(NOTES, "not_a_tracking_number")


def _rich_xlsx(path: Path) -> Path:
    book = Workbook()
    star = TextBlock(InlineFont(vertAlign="superscript"), "*")
    book.worksheets[0].append((*HEADERS[:2], CellRichText(HEADERS[2], star)))
    raised = CellRichText("7712345678901", "2", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    book.worksheets[0].append((SN, "申通", raised))
    book.save(path)
    return path


def _shared_xlsx(path: Path) -> Path:
    """The same, with its texts in a part of their own, as Excel writes them."""
    texts = "".join(f"<si><t>{each}</t></si>" for each in (*HEADERS, SN, "申通"))
    texts += '<si><r><t>77123456789012</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>'
    with zipfile.ZipFile(_rich_xlsx(path.with_suffix(".made"))) as made, zipfile.ZipFile(path, "w") as book:
        for name in set(made.namelist()) - {_SHEET, _TEXTS}:
            book.writestr(name, made.read(name))
        cells = [f'<c r="{c}{r}" t="s"><v>{n}</v></c>' for n, (r, c) in enumerate(product((1, 2), "ABC"))]
        rows = "".join(f'<row r="{r}">{"".join(cells[3 * r - 3 : 3 * r])}</row>' for r in (1, 2))
        book.writestr(_SHEET, f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>')
        book.writestr(_TEXTS, f'<sst xmlns="{_MAIN}">{texts}</sst>')
    return path


def _rich_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    sheet.write(0, 2, HEADERS[2])
    for column, (header, value) in enumerate(zip(HEADERS, (SN, "申通"), strict=False)):
        sheet.write(0, column, header)
        sheet.write(1, column, value)
    sheet.write_rich_text(1, 2, ("77123456789012", ("1", xlwt.easyfont("escapement superscript"))))
    book.save(str(path))
    return path


@pytest.mark.parametrize("write", [_rich_xlsx, _shared_xlsx, _rich_xls])
def test_a_raised_note_at_a_number_never_becomes_a_part_of_it(
    write: Callable[[Path], Path], read: Read, tmp_path: Path
) -> None:
    assert ends(read(write(tmp_path / "p"))) == {2: "number_damaged"}


@pytest.mark.parametrize(
    ("courier", "seen", "end"),
    [
        ("申通", "7712 3456 7890 12 1", "not_a_tracking_number"),
        ("百世", "1 7512 3456 7890 12", "not_a_tracking_number"),
        ("中通", "7512 3456 7890 12 1", "not_a_tracking_number"),
        ("中通", "7512 3456 7890 1", "not_a_tracking_number"),
        ("菜鸟速递", "7512 3456 7890 12 A", "not_a_tracking_number"),
        ("申通", "7712 3456 7890 121", "771234567890121"),
        ("韵达", "4312 3456 7890 1", "4312345678901"),
        ("韵达", "4312 3456 7890 1 23", "not_a_tracking_number"),
        ("百世", "7512 3456 7890 12", "75123456789012"),
        ("顺丰", "SF 1234 5678 9012 3", "SF1234567890123"),
        ("顺丰", "SF 1234 5678 9012 3 1", "not_a_tracking_number"),
    ],
)
def test_a_note_beside_a_number_in_groups_never_becomes_a_part_of_it(
    courier: str, seen: str, end: str, read: Read, tmp_path: Path
) -> None:
    assert _of_one(seen, courier=courier, write=write_csv, read=read, tmp_path=tmp_path) == end


@pytest.mark.parametrize("kind", SHEETS)
def test_a_note_beside_an_order_number_never_becomes_a_part_of_it(kind: str, read: Read, tmp_path: Path) -> None:
    written = (f"{SN}①", f"{SN}²", f"{SN} 1", f"1 {SN}", f"{SN}（1）", f"\u202e{SN[::-1]}")
    contents = read(SHEETS[kind](tmp_path / "p", [HEADERS, *((sn, "中通", NUMBER) for sn in written)]))
    assert set(ends(contents).values()) == {"not_an_order_sn"}


_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DIGITS = st.from_regex(r"7[3-9][0-9]{12}", fullmatch=True)
SEEN = st.one_of(
    DIGITS,
    DIGITS.map(lambda n: f"{n[:4]} {n[4:8]} {n[8:12]} {n[12:]}"),
    DIGITS.map(lambda n: Formatted(int(n), "0", n)),
    DIGITS.map(lambda n: Formatted(int(n), "General", f"{int(n):.5E}")),
    DIGITS.map(lambda n: Formatted(int(n), "#,##0", f"{int(n):,}")),
    DIGITS.map(lambda n: Formatted(int(n), "0.00", f"{int(n)}.00")),
    DIGITS.map(lambda n: Formatted(int(n[1:]), '"7"0', f"7{int(n[1:])}")),
    DIGITS.map(lambda n: Formatted(int(n), "0000 0000 0000 00", f"{n[:4]} {n[4:8]} {n[8:12]} {n[12:]}")),
    st.tuples(DIGITS, st.sampled_from(["①", "²", " 1", "\n1", " A", "（1）", "-1", "x2", "。", " "])).map("".join),
    st.tuples(DIGITS, st.sampled_from([" ", "\n", ",", "、"]), DIGITS).map("".join),
    st.dates().map(lambda day: Formatted(day.replace(year=max(day.year, 1950)), "yyyy-mm-dd", str(day))),
    st.integers(min_value=0, max_value=10**16).map(
        lambda n: Formatted(n, "General", f"{n:.5E}" if n >= 10**11 else str(n))
    ),
    st.integers(min_value=1, max_value=10**12).map(lambda n: Formatted(n, "0" * 14, f"{n:014d}")),
    st.text(alphabet="0123456789 -①²、,7YTSF\n", max_size=20),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(SEEN, min_size=1, max_size=12))
@pytest.mark.parametrize("kind", SHEETS)
def test_what_would_ship_is_what_the_cell_shows_or_the_row_is_refused(
    kind: str, cells: list[object], read: Read, tmp_path: Path
) -> None:
    rows = [HEADERS, *((f"260310-{n:015d}", "中通", cell) for n, cell in enumerate(cells))]
    contents = read(SHEETS[kind](tmp_path / "p", rows))
    for row in contents.good:
        cell = cells[row.place.row - 2]
        seen = cell.shown if isinstance(cell, Formatted) else str(cell)
        groups = re.split(r"[\s,、]+", clean(seen).upper().strip(" -,、"))
        assert row.tracking_number in {"".join(groups), *(set(groups) if len(set(groups)) == 1 else ())}
