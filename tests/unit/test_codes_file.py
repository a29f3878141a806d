"""Files of codes: a good row is taken as it stands, a bad one is named and never repeated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from flows.codes.cells import BadCell, code_in
from flows.codes.file import CodesRead, Meant, read_codes
from flows.codes.model import CardCode
from flows.codes.reasons import CodeReason
from flows.sheets.worksheet import NotASheet
from tests.support.code_files import BAD_TEXTS, made_codes, write_codes

MEANT = Meant(goods_id="688880020015", spec="100元")
GOOD = made_codes(12)


def read(path: Path) -> CodesRead:
    return read_codes(path, meant=MEANT)


def codes_of(found: CodesRead) -> list[tuple[str, str]]:
    return [(each.code.number, each.code.secret) for each in found.good]


def reasons(found: CodesRead) -> dict[int, CodeReason]:
    return {each.row: each.reason for each in found.bad}


@pytest.mark.parametrize("name", ["codes.csv", "codes.xlsx"])
def test_two_columns_are_taken_as_they_stand(tmp_path: Path, name: str) -> None:
    found = read(write_codes(tmp_path / name, GOOD))
    assert (codes_of(found), found.bad) == (GOOD, ())
    assert [each.row for each in found.good] == list(range(2, 14))


@pytest.mark.parametrize("headers", [(), ("卡密",), ("CODE",), ("卡号",)])
@pytest.mark.parametrize("name", ["codes.csv", "codes.xlsx", "codes.txt"])
def test_one_column_is_enough_with_or_without_a_header(tmp_path: Path, name: str, headers: tuple[str, ...]) -> None:
    path = write_codes(tmp_path / name.replace("txt", "csv"), [(secret,) for _, secret in GOOD], headers=headers)
    found = read(path.rename(tmp_path / name))
    assert (codes_of(found), found.bad) == ([("", secret) for _, secret in GOOD], ())


def test_what_exports_put_around_a_text_is_taken_off_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text('卡号,卡密\n"\t0068100001"," AbC-d1234 "\n"=""0068100002""",0012ef34\n', encoding="gb18030")
    assert codes_of(read(path)) == [("0068100001", "AbC-d1234"), ("0068100002", "0012ef34")]


@pytest.mark.parametrize(("text", "reason"), BAD_TEXTS)
@pytest.mark.parametrize("name", ["codes.csv", "codes.xlsx"])
def test_a_text_that_is_no_code_is_named_with_its_row(tmp_path: Path, name: str, text: str, reason: CodeReason) -> None:
    without = CodeReason.NO_NUMBER if reason is CodeReason.NO_CODE else reason
    for bad, wanted in (((text, "GOOD-1234"), without), (("6899", text), reason)):
        found = read(write_codes(tmp_path / name, [*GOOD[:3], bad, *GOOD[3:]]))
        assert (reasons(found), codes_of(found)) == ({5: wanted}, GOOD)
        assert text in f"  {reason.text.en}" or text not in str(found.bad)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (True, CodeReason.TRUE_OR_FALSE),
        (12345678.0, CodeReason.NUMBER_CELL),
        (4.62599123456789e17, CodeReason.DIGITS_LOST),
        (datetime(2026, 3, 10), CodeReason.DATE_CELL),  # noqa: DTZ001 - cells have no zone
        ("=FORMULA", CodeReason.FORMULA_CELL),
    ],
)
def test_a_cell_that_a_spreadsheet_has_made_something_of_is_refused(
    tmp_path: Path, cell: object, reason: CodeReason
) -> None:
    found = read(write_codes(tmp_path / "codes.xlsx", [*GOOD, ("6899", cell)]))
    assert (reasons(found), codes_of(found)) == ({14: reason}, GOOD)


def test_numbers_that_a_format_shows_and_raised_notes_are_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "codes.xlsx")) as book:
        sheet = book.add_worksheet()
        raised, plain = book.add_format({"font_script": 1}), book.add_format()
        sheet.write_row(0, 0, ["卡密"])
        sheet.write_number(1, 0, 123456, book.add_format({"num_format": "00000000"}))
        sheet.write_rich_string(2, 0, plain, "ABCD123", raised, "4")
        sheet.write_string(3, 0, "ABCD1234", book.add_format({"num_format": '"X-"@'}))
    assert reasons(read(tmp_path / "codes.xlsx")) == {
        2: CodeReason.NUMBER_CELL,
        3: CodeReason.SHOWN_OTHERWISE,
        4: CodeReason.SHOWN_OTHERWISE,
    }


def test_what_nobody_sees_is_refused(tmp_path: Path) -> None:
    def written(name: str, hide: str) -> dict[int, CodeReason]:
        with xlsxwriter.Workbook(str(tmp_path / name)) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate([("卡号", "卡密"), *GOOD[:3]]):
                sheet.write_row(row, 0, cells)
            if hide == "row":
                sheet.set_row(2, None, None, {"hidden": True})
            if hide == "column":
                sheet.set_column(1, 1, None, None, {"hidden": True})
            if hide == "sheet":
                book.add_worksheet("other").activate()
                sheet.hide()
        return reasons(read(tmp_path / name))

    assert written("row.xlsx", "row") == {3: CodeReason.HIDDEN_ROW}
    assert set(written("column.xlsx", "column").values()) == {CodeReason.HIDDEN_COLUMN}
    assert set(written("sheet.xlsx", "sheet").values()) == {CodeReason.HIDDEN_SHEET}


def test_merged_and_never_calculated_cells_are_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "codes.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["卡号", "卡密"])
        sheet.write_row(1, 0, ["6801", ""])
        sheet.write_row(2, 0, ["6802", ""])
        sheet.merge_range(1, 1, 2, 1, "ABCD-1234")
        sheet.write_string(3, 0, "6803")
        sheet.write_formula(3, 1, "=A9", None, "")
    assert reasons(read(tmp_path / "codes.xlsx")) == {3: CodeReason.MERGED, 4: CodeReason.NOT_CALCULATED}


def test_what_the_rest_of_the_row_says_counts(tmp_path: Path) -> None:
    headers = ("卡号", "卡密", "状态", "商品ID", "规格")
    rows = [
        ("6801", "ABCD-0001", "未使用", "688880020015", "100元"),
        ("6802", "ABCD-0002", "已使用", "688880020015", "100元"),
        ("6803", "ABCD-0003", "", "688880020016", "100元"),
        ("6804", "ABCD-0004", "", "688880020015", "50元"),
        headers,
        ("6805", "6805", "", "", ""),
        ("6806", "ABCD-0006", "", "", "", "more"),
        ("6807", "ABCD-0007", "冻结", "", ""),
    ]
    found = read(write_codes(tmp_path / "codes.csv", rows, headers=headers))
    assert codes_of(found) == [("6801", "ABCD-0001")]
    assert reasons(found) == {
        3: CodeReason.USED,
        4: CodeReason.OTHER_GOODS,
        5: CodeReason.OTHER_SPEC,
        6: CodeReason.HEADER_AGAIN,
        7: CodeReason.NUMBER_IS_CODE,
        8: CodeReason.EXTRA_CELLS,
        9: CodeReason.USED,
    }


def test_rows_are_compared_with_one_another(tmp_path: Path) -> None:
    rows = [
        ("6801", "ABCD-0001"),
        ("6802", "ABCD-0002"),
        ("6801", "abcd0001"),
        ("6802", "ABCD-9999"),
        ("6803", "SAME-SECRET"),
        ("6804", "SAME-SECRET"),
        ("6805", "1234"),
        ("6806", "1234"),
    ]
    found = read(write_codes(tmp_path / "codes.csv", rows))
    assert [each.row for each in found.good] == [2, 8, 9]
    assert reasons(found) == {
        3: CodeReason.NUMBER_TWICE,
        4: CodeReason.TWICE,
        5: CodeReason.NUMBER_TWICE,
        6: CodeReason.CODE_TWICE,
        7: CodeReason.CODE_TWICE,
    }
    assert "row 2" in found.bad[1].text.en


def test_numbers_that_lost_digits_are_seen_beside_the_others(tmp_path: Path) -> None:
    whole = [f"0068{number:012}" for number in range(111, 131)]
    found = read(write_codes(tmp_path / "a.csv", [(each,) for each in [*whole, "68000000000140"]], headers=("卡密",)))
    assert reasons(found) == {22: CodeReason.SHORTER}
    cut = [f"68{number:013}0000" for number in range(111, 121)]
    found = read(write_codes(tmp_path / "b.csv", [(each,) for each in cut], headers=("卡密",)))
    assert set(reasons(found).values()) == {CodeReason.DIGITS_LOST}
    assert len(found.bad) == 10
    by_chance = [f"68{number:014}" for number in range(111, 161)]
    found = read(write_codes(tmp_path / "c.csv", [(each,) for each in by_chance], headers=("卡密",)))
    assert found.bad == ()


def test_a_header_that_is_not_known_is_no_code(tmp_path: Path) -> None:
    for header in ("Voucher", "电影票券"):
        found = read(write_codes(tmp_path / "codes.csv", [(secret,) for _, secret in GOOD], headers=(header,)))
        assert reasons(found) == {1: CodeReason.LIKE_HEADER}


def test_a_title_above_the_headers_is_none_and_a_code_there_is_named(tmp_path: Path) -> None:
    rows = [("ABCD-0001",), ("三月卡密",), ("卡密",), ("ABCD-0002",)]
    found = read(write_codes(tmp_path / "codes.csv", rows, headers=()))
    assert (reasons(found), codes_of(found)) == ({1: CodeReason.ABOVE_HEADER}, [("", "ABCD-0002")])


def test_files_in_which_it_is_not_clear_what_is_a_code_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotASheet, match="Several columns"):
        read(write_codes(tmp_path / "codes.csv", GOOD, headers=()))
    with pytest.raises(NotASheet, match="no code"):
        read(write_codes(tmp_path / "codes.xlsx", [], headers=()))
    with xlsxwriter.Workbook(str(tmp_path / "two.xlsx")) as book:
        for name in ("a", "b"):
            book.add_worksheet(name).write_column(0, 0, ["卡密", f"ABCD-000{name}"])
    with pytest.raises(NotASheet, match="Several worksheets"):
        read(tmp_path / "two.xlsx")
    with xlsxwriter.Workbook(str(tmp_path / "notes.xlsx")) as book:
        book.add_worksheet("codes").write_column(0, 0, ["卡密", "ABCD-0001"])
        book.add_worksheet("notes").write_column(0, 0, ["how to use", "them"])
    found = read(tmp_path / "notes.xlsx")
    assert (codes_of(found), found.unread) == ([("", "ABCD-0001")], ("notes",))


def test_each_reason_says_in_both_languages_what_to_look_at() -> None:
    assert all(each.text.en and each.text.zh for each in CodeReason)
    assert len(CodeReason) > 45


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_whatever_a_cell_holds_is_taken_exactly_or_refused(text: str) -> None:
    try:
        code = code_in(text, typed=True)
    except BadCell:
        return
    assert code == text.strip(" \t\r\n")
    assert code.isascii()
    assert code.isprintable()
    assert " " not in code


@given(st.just("") | st.text(min_size=4, alphabet="ABC123-"), st.text(min_size=4, max_size=20, alphabet="ABC123-"))
def test_a_code_comes_out_of_its_content_as_it_went_in(number: str, secret: str) -> None:
    code = CardCode(number=number, secret=secret)
    assert CardCode.of_content(code.content) == code
    assert len(code.last_four) <= len(number or secret) // 2
    assert secret not in repr(code)
