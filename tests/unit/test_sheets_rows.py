"""Rows by themselves and against one another: all mistakes at once, none lost, the good ones kept."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.sheets.formats import write_xlsx
from fixtures.sheets.mistakes import write_mistakes
from flows.orders.words import SheetProfile
from flows.sheets.contents import SheetContents, read_sheets
from rpa.clock import Clock

HEADERS = ("订单号", "快递公司", "快递单号", "交付凭证")
SN, SN2 = "260310-000000000000001", "260310-000000000000002"
NUMBER = "73120000000001"
Row = tuple[str, ...]
Read = Callable[..., SheetContents]


@pytest.fixture(name="read")
def _read(words: SheetProfile, tmp_path: Path) -> Read:
    def read(*rows: Row) -> SheetContents:
        path = tmp_path / "p.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADERS, *rows])
        return read_sheets([path], words=words, clock=Clock(), stable_s=0)

    return read


def _bad(contents: SheetContents) -> list[tuple[int, str]]:
    return [(row.place.row, str(row.reason)) for row in contents.bad]


def test_all_kinds_of_bad_rows_are_reported_at_once_and_the_good_rows_survive(
    words: SheetProfile, tmp_path: Path
) -> None:
    good = [(f"260310-{n:015d}", "中通快递", f"73{n:012d}") for n in range(100, 130)]
    path = tmp_path / "mistakes.xlsx"
    mistakes = write_mistakes(path, good=good)
    contents = read_sheets([path], words=words, clock=Clock(), stable_s=0)
    assert len({mistake.kind for mistake in mistakes}) >= 40
    assert [(row.place.row, str(row.reason)) for row in contents.bad] == [(each.row, each.reason) for each in mistakes]
    assert all(row.order_sn == each.order_sn for row, each in zip(contents.bad, mistakes, strict=True) if each.order_sn)
    assert [(row.order_sn, row.courier, row.tracking_number) for row in contents.good] == good


def test_a_refused_row_says_what_stands_there_and_what_to_do(read: Read) -> None:
    (bad,) = read((SN, "中通", "SF1234567890123")).bad
    assert bad.message == "SF1234567890123 begins like a number of 顺丰速运, but the courier is 中通快递; check both."
    assert (bad.order_sn, bad.courier, bad.tracking_number) == (SN, "中通", "SF1234567890123")


def test_an_unusual_number_is_a_warning_of_its_row(read: Read) -> None:
    (row,) = read((SN, "中通", "99120000000001X")).good
    assert row.warning == "99120000000001X looks unusual for 中通快递."
    assert not read((SN, "中通", NUMBER)).good[0].warning


def test_an_empty_courier_is_told_by_a_distinctive_number_with_a_warning(read: Read) -> None:
    (row,) = read((SN, "", "SF1234567890123")).good
    assert (row.courier, row.warning) == ("顺丰速运", "The courier is empty; SF1234567890123 names 顺丰速运.")


def test_a_courier_beside_the_number_stands_for_an_empty_courier_cell(read: Read) -> None:
    assert read((SN, "", f"{NUMBER}-韵达快递")).good[0].courier == "韵达快递"


def test_a_proof_without_a_parcel_is_a_good_row(read: Read) -> None:
    (row,) = read((SN, "", "", "卡密已发 3月10日 9:00")).good
    assert (row.courier, row.tracking_number, row.proof) == ("", "", "卡密已发 3月10日 9:00")


def test_a_courier_and_a_proof_without_a_number_are_not_guessed_at(read: Read) -> None:
    assert _bad(read((SN, "中通", "", "已交付"))) == [(2, "empty_cell")]


def test_an_order_number_with_typographic_dash_and_full_width_is_the_same_order(read: Read) -> None:
    (row,) = read(("２６０３１０–000000000000001", "中通", NUMBER)).good
    assert row.order_sn == SN


@pytest.mark.parametrize("first", ["合计", "总计：", "小计", "Total", "合计 3 单"])
def test_total_rows_are_skipped(first: str, read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (first, "", "3 单", ""), ("", first, "", ""))
    assert (len(contents.good), contents.bad) == (1, ())


def test_an_order_is_never_taken_for_a_total(read: Read) -> None:
    assert _bad(read(("总店", "中通", NUMBER))) == [(2, "not_an_order_sn")]


def test_blank_rows_are_skipped_and_rows_keep_their_numbers(read: Read) -> None:
    assert [row.place.row for row in read(("", " ", "\u3000"), (), (SN, "中通", NUMBER)).good] == [4]


def test_the_first_of_equal_rows_counts_whatever_the_courier_is_called(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN, "ZTO", f" {NUMBER}"))
    assert ([row.place.row for row in contents.good], _bad(contents)) == ([2], [(3, "duplicate_row")])
    assert contents.bad[0].message == "The same as p.csv:2, which counts; delete this row."


def test_a_second_row_without_a_number_does_not_put_the_first_in_doubt(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN, "", ""))
    assert ([row.place.row for row in contents.good], _bad(contents)) == ([2], [(3, "empty_cell")])


def test_a_row_that_names_no_number_is_not_told_as_a_contradiction(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN, "中通", "73120000000002"), (SN, "", ""))
    assert "(p.csv:2, p.csv:3)" in contents.bad[0].message


def test_a_hidden_row_with_another_number_puts_the_order_in_doubt(words: SheetProfile, tmp_path: Path) -> None:
    rows = [HEADERS, (SN, "中通", NUMBER), (SN, "中通", "73120000000002"), (SN2, "中通", NUMBER), (SN2, "中通", NUMBER)]
    path = write_xlsx(tmp_path / "p.xlsx", rows, hidden_rows=(3, 5))
    contents = read_sheets([path], words=words, clock=Clock(), stable_s=0)
    assert [row.order_sn for row in contents.good] == [SN2]
    assert _bad(contents) == [(2, "several_parcels"), (3, "hidden_row"), (5, "hidden_row")]


def test_a_row_without_courier_but_with_another_number_puts_the_order_in_doubt(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN, "", "73120000000002"), (SN2, "中通", NUMBER), (SN2, "", NUMBER))
    assert _bad(contents) == [(2, "several_parcels"), (3, "empty_cell"), (5, "empty_cell")]


def test_a_damaged_row_puts_its_order_in_doubt_however_the_order_number_is_spaced(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN.replace("-", " - "), "中通", "7.3E+13"))
    assert _bad(contents) == [(2, "contradictory_rows"), (3, "number_damaged")]


def test_the_same_parcel_with_and_without_a_proof_is_a_contradiction(read: Read) -> None:
    assert _bad(read((SN, "中通", NUMBER, "已交付"), (SN, "中通", NUMBER))) == [
        (2, "contradictory_rows"),
        (3, "contradictory_rows"),
    ]


def test_a_parcel_and_a_delivery_proof_for_one_order_contradict_each_other(read: Read) -> None:
    contents = read((SN, "中通", NUMBER), (SN, "", "", "已交付"))
    assert _bad(contents) == [(2, "contradictory_rows"), (3, "contradictory_rows")]


def test_rows_contradict_each_other_over_several_sheets(words: SheetProfile, tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, number in zip(paths, (NUMBER, "73120000000002"), strict=True):
        path.write_text(f"订单号,快递公司,快递单号\n{SN},中通,{number}\n", encoding="utf-8")
    contents = read_sheets(paths, words=words, clock=Clock(), stable_s=0)
    assert [(row.place.sheet, str(row.reason)) for row in contents.bad] == [(p, "several_parcels") for p in paths]
    assert "(a.csv:2, b.csv:2)" in contents.bad[0].message


def test_one_number_on_two_orders_is_left_to_the_orders_receivers(read: Read) -> None:
    assert len(read((SN, "中通", NUMBER), (SN2, "中通", NUMBER)).good) == 2


CELLS = st.tuples(
    st.sampled_from([SN, SN2, "", "x", "4.6E+14", "合计"]),
    st.sampled_from(["中通", "ZTO", "顺丰", "", "不明"]),
    st.sampled_from([NUMBER, "73120000000002", "SF1234567890123", "", f"{NUMBER},SF1234567890123", "4.6E+14", "无"]),
    st.sampled_from(["", "已交付"]),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, max_size=6))
def test_each_row_ends_once_and_each_order_has_at_most_one_good_row(rows: list[Row], read: Read) -> None:
    contents = read(*rows)
    ended = [row.place.row for row in contents.good] + [row.place.row for row in contents.bad]
    meant = [
        number for number, row in enumerate(rows, 2) if row[0] != "合计" and any(cell not in {"", "无"} for cell in row)
    ]
    assert sorted(ended) == meant
    assert set(Counter(row.order_sn for row in contents.good).values()) <= {1}
    parcels = {(row[0], number) for row in rows for number in row[2].split(",") if number.isalnum()}
    for good in contents.good:
        assert {number for sn, number in parcels if sn == good.order_sn and number != "无"} <= {good.tracking_number}
