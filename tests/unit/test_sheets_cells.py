"""Cells and tracking number cells: cleaned, never changed in what they say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.orders.cells import Cell, Damage, clean, identifier, read_cell
from flows.orders.couriers import CourierTable
from flows.orders.words import SheetProfile
from flows.sheets.tracking_numbers import read_number

MESSY = st.text(
    alphabet=st.sampled_from("0123456789０１９SFsfＹＴ-－—'\"‘’“”=`\t\n\r \u3000\u200b\ufeff\u00a0\u0308é①²中通快递")
)


@pytest.fixture(scope="module", name="table")
def _table(words: SheetProfile) -> CourierTable:
    return words.couriers.table


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(MESSY, st.text()))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(MESSY, st.text()))
def test_cleaning_keeps_every_digit_in_its_order(text: str) -> None:
    def digits(said: str) -> str:
        return "".join(character for character in unicodedata.normalize("NFKC", said) if character.isdigit())

    assert digits(clean(text)) == digits(text)
    assert digits(identifier(clean(text))) == digits(text)


@pytest.mark.parametrize(
    "written",
    [
        "ＹＴ１２３４５６７８９０１２３",
        "\tYT1234567890123",
        "'YT1234567890123",
        "‘YT1234567890123’",
        '="YT1234567890123"',
        '"YT1234567890123"',
        "\u200bYT1234567890123\ufeff",
        "\u3000YT1234567890123\u00a0",
        "YT1234567\u200d890123",
    ],
)
def test_what_typing_and_exports_leave_around_a_number_is_cleaned(written: str) -> None:
    assert read_cell(written, typed=False).text == "YT1234567890123"


def test_a_numeric_cell_is_its_digits_as_long_as_excel_shows_them_all() -> None:
    assert read_cell(99_999_999_999.0, typed=True) == Cell("99999999999")
    assert read_cell(100_000_000_001.0, typed=True) == Cell("100000000001", Damage.SCIENTIFIC)
    assert read_cell(999_999_999_999_999.0, typed=True).damage is Damage.SCIENTIFIC
    assert read_cell(1_000_000_000_000_000.0, typed=True).lost
    assert read_cell(float("nan"), typed=True).lost
    assert read_cell(462599000000000.0, typed=True).lost
    assert read_cell(-75123456.0, typed=True).damage is Damage.FORMAT


def test_text_of_19_digits_in_a_typed_file_is_whole() -> None:
    assert not read_cell("6933670995544184000", typed=True).lost


def test_without_types_rounded_digits_are_damaged_unless_protected_as_text() -> None:
    assert read_cell("6933670995544184000", typed=False).lost
    assert not read_cell("6933670995544184663", typed=False).lost
    assert not read_cell("\t6933670995544184000", typed=False).lost
    assert not read_cell('="6933670995544184000"', typed=False).lost


def test_no_number_reads_as_scientific_notation_but_that_of_a_spreadsheet() -> None:
    assert read_cell("4.62599E+14", typed=True).lost
    assert read_cell("5e+15", typed=False).lost
    assert not read_cell("1E23456789", typed=False).lost


@pytest.mark.parametrize(
    "written",
    ["SF1234567890123-顺丰速运", "顺丰速运：SF1234567890123", "SF1234567890123 物流信息", "sf1234567890123(顺丰)"],
)
def test_a_courier_or_an_exports_words_beside_the_number_are_taken_off(written: str, words: SheetProfile) -> None:
    found = read_number(clean(written), table=words.couriers.table, noise=words.sheets.noise)
    assert found.numbers == ("SF1234567890123",)
    assert {courier.name for courier in found.couriers} <= {"顺丰速运"}


def test_digits_in_groups_are_one_number(table: CourierTable) -> None:
    assert read_number("7312 3456 7890 12", table=table, noise=()).numbers == ("73123456789012",)
    assert read_number("SF 1234567890123", table=table, noise=()).numbers == ("SF1234567890123",)


def test_a_couriers_latin_name_before_a_number_is_not_part_of_it(table: CourierTable) -> None:
    found = read_number("ZTO 73123456789012", table=table, noise=())
    assert (found.numbers, [courier.name for courier in found.couriers]) == (("73123456789012",), ["中通快递"])


def test_one_number_written_twice_is_one(table: CourierTable) -> None:
    assert read_number("73123456789012,73123456789012", table=table, noise=()).numbers == ("73123456789012",)


@settings(max_examples=100, deadline=None)
@given(
    numbers=st.lists(st.from_regex(r"(SF|YT|JT|7)[0-9]{12,13}", fullmatch=True), min_size=1, max_size=4, unique=True),
    separator=st.sampled_from([",", ";", "、", "/", " ", "\n", "，", "； "]),
)
def test_several_numbers_in_a_cell_are_all_found(numbers: list[str], separator: str, table: CourierTable) -> None:
    assert read_number(clean(separator.join(numbers)), table=table, noise=()).numbers == tuple(numbers)
