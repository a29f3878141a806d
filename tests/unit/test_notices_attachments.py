"""What notices and their files say of orders: no order that is named is forgotten, and in doubt none is released."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.notices.audit_files import Result, prohibition_files, result_files
from fixtures.notices.hostile import HOSTILE, HostileFile
from fixtures.notices.tables import Formula, Rows, csv_bytes, html_bytes, xls_bytes, xlsx_bytes, zip_bytes
from flows.notices.api import NoticeKind, Says
from flows.notices.contents import Reading, read_attachment
from flows.notices.words import NoticeWords
from flows.orders.words import SheetProfile, read_sheet_profile
from rpa.elements.registry import load_profile, selectors_folder
from tests.support.notice_readings import changed, reason

A, B, C, D = (f"260310-00000000000000{n}" for n in range(1, 5))
SHIP, CLOSED, PROHIBITED, UNCLEAR = Says.SHIP, Says.CLOSED, Says.PROHIBITED, Says.UNCLEAR
WORDS = load_profile("pinduoduo").section(NoticeWords)
SHEETS: SheetProfile = read_sheet_profile(selectors_folder() / "pinduoduo.toml")
Read = Callable[..., Reading]


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Read:
    def read(content: bytes | Rows, kind: str = "result", *, name: str = "明细.xlsx") -> Reading:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else xlsx_bytes(content))
        return read_attachment(path, kind=NoticeKind(kind), words=WORDS, sheets=SHEETS)

    return read


# --- everything that the mock sends, and everything that might be sent to do harm


@pytest.mark.slow
@pytest.mark.parametrize("oddity", HOSTILE)
def test_an_odd_file_ends_in_a_clear_reading(oddity: str, read: Read) -> None:
    odd: HostileFile = HOSTILE[oddity]
    reading = read(odd.content, odd.kind, name="明细")
    assert reason(reading) == odd.problem
    assert {sn: says.value for sn, says in reading.says.items()} == odd.says


def test_every_file_that_the_platform_might_make_is_understood(read: Read) -> None:
    for seed in range(25):
        rng = random.Random(seed)
        orders = [f"260310-{rng.randrange(10**15):015d}" for _ in range(rng.randint(1, 6))]
        results: dict[str, Result] = {sn: rng.choice(["ship", "closed"]) for sn in orders}
        forbidden = [read(made.content, "prohibition") for made in prohibition_files(orders, stamp="x", rng=rng)]
        assert [reading.says for reading in forbidden] == [dict.fromkeys(orders, PROHIBITED)]
        found: dict[str, str] = {}
        for made in result_files(results, stamp="x", rng=rng):
            reading = read(made.content)
            assert reading.problem is None
            found |= reading.says
        assert found == results


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.sampled_from(["", "需要发货", "不需要发货", "是", "否", "合计", "3"]), max_size=4), max_size=6
    ),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from([A, B, C, D])), min_size=1, max_size=6),
    st.sampled_from(["订单号", "是否需要发货", ""]),
    st.sampled_from(["prohibition", "result", "watched"]),
)
def test_no_order_that_stands_anywhere_in_a_table_is_forgotten(
    read: Read, cells: list[list[str]], placed: list[tuple[int, int, str]], header: str, kind: str
) -> None:
    rows = [[header], *cells, *([] for _ in range(7))]
    for row, column, sn in placed:
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = sn
    named = {cell for row in rows for cell in row if cell in {A, B, C, D}}
    for content in (csv_bytes(rows), xlsx_bytes(rows), html_bytes(rows)):
        assert read(content, kind).says.keys() == named


def test_files_cut_off_anywhere_are_no_error_of_ours(read: Read) -> None:
    rows: Rows = [["订单号"], [A], [B]]
    for content in (xlsx_bytes(rows), xls_bytes([["订单号"], [A], [B]]), zip_bytes({"a.csv": csv_bytes(rows)})):
        for length in range(1, len(content), max(1, len(content) // 40)):
            assert reason(read(content[:length], "prohibition")) not in {"", "unclear"}


def test_a_row_cut_off_at_the_end_of_a_csv_is_noticed(read: Read) -> None:
    whole = csv_bytes([["订单号"], [A], [B]])
    assert {reason(read(whole[:-length], "prohibition")) for length in range(3, 20)} == {"number_damaged"}


# --- results


def test_the_line_above_the_table_decides_for_all_orders(read: Read) -> None:
    assert read([["以下订单审核通过，需要发货"], ["订单号"], [A], [B]]).says == {A: SHIP, B: SHIP}
    assert read([["不需要发货"], ["订单号"], [A]]).says == {A: CLOSED}
    assert read([["结果"], ["", "需要发货"], ["序号", "订单号"], ["1", A]]).says == {A: SHIP}


def test_the_first_line_may_name_the_question_and_the_answer(read: Read) -> None:
    assert read([["是否需要发货", "是"], ["订单号"], [A]]).says == {A: SHIP}
    assert read([["是否需要发货：否"], ["订单号"], [A]]).says == {A: CLOSED}
    assert read([["是否需要发货", "待定"], ["订单号"], [A]]).says == {A: UNCLEAR}


def test_a_column_decides_for_each_order(read: Read) -> None:
    rows: Rows = [["订单号", "是否需要发货"], [A, "是"], [B, "否"], [C, ""], [D, 1.0]]
    assert read(rows).says == {A: SHIP, B: CLOSED, C: UNCLEAR, D: SHIP}


def test_the_names_of_machines_below_the_header_do_not_hide_the_column(read: Read) -> None:
    assert read([["订单号", "是否需要发货"], ["order_sn", "need_ship"], [A, "否"]]).says == {A: CLOSED}


@pytest.mark.parametrize(
    "rows",
    [
        [["需要发货"], ["订单号", "状态"], [A, "已关闭"]],
        [["需要发货"], ["订单号"], [A], ["以上订单不需要发货"]],
        [["需要发货"], ["订单号", "备注"], [A, "审核中"]],
        [["以下订单已处理"], ["订单号"], [A]],
        [["订单号"], [A]],
    ],
    ids=["a cell", "a line below", "a remark", "unknown words", "no words"],
)
def test_what_contradicts_itself_or_says_nothing_releases_nothing(rows: Rows, read: Read) -> None:
    reading = read(rows)
    assert reading.says == {A: UNCLEAR}
    assert reason(reading) == "unclear"


def test_a_hidden_row_or_line_releases_nothing(read: Read) -> None:
    page = html_bytes([["需要发货"], ["订单号"], [A], [B]]).decode()
    assert read(page.replace(f"<tr><td>{B}", f"<tr hidden><td>{B}").encode()).says == {A: SHIP, B: UNCLEAR}
    assert read(page.replace("<tr><td>需要", "<tr hidden><td>需要").encode()).says == {A: UNCLEAR, B: UNCLEAR}


def test_an_order_named_beside_the_column_of_orders_is_not_released(read: Read) -> None:
    rows: Rows = [["需要发货"], ["订单号", "备注"], [A, f"与 {B} 合并"], [C, ""]]
    assert read(rows).says == {A: SHIP, B: UNCLEAR, C: SHIP}
    assert read([["订单号", "备注"], [A, f"与 {B} 合并"]], "prohibition").says == {A: PROHIBITED, B: PROHIBITED}


def test_every_file_of_an_archive_counts_and_contradictions_are_unclear(read: Read) -> None:
    ship, closed = csv_bytes([["需要发货"], [A], [B]]), csv_bytes([["不需要发货"], [B], [C]])
    reading = read(zip_bytes({"1.csv": ship, "2.csv": closed, "说明.txt": "如有疑问请联系客服".encode()}))
    assert reading.says == {A: SHIP, B: UNCLEAR, C: CLOSED}
    assert reading.problem is not None
    assert reading.problem.message.zh == f"{B}（“需要发货 / 不需要发货 / 如有疑问请联系客服”）"


# --- prohibitions, and what only may be one


def test_a_prohibition_that_says_otherwise_is_unclear(read: Read) -> None:
    assert read([["以下订单需要发货"], ["订单号"], [A]], "prohibition").says == {A: UNCLEAR}
    decided: Rows = [["订单号", "是否需要发货"], [A, "是"], [B, "否"], [C, "待定"]]
    assert read(decided, "prohibition").says == {A: UNCLEAR, B: PROHIBITED, C: PROHIBITED}


def test_the_platforms_own_sentence_about_later_leaves_a_prohibition_one(read: Read) -> None:
    rows: Rows = [["订单审核中，本审核提示消失后，可正常发货"], ["订单号"], [A]]
    assert read(rows, "prohibition").says == {A: PROHIBITED}


def test_orders_of_a_notice_that_only_may_be_about_audits_are_unclear(read: Read) -> None:
    assert read([["需要发货"], ["订单号"], [A]], "watched").says == {A: UNCLEAR}
    assert read([["商品"], ["灯笼"]], "watched") == Reading()


def test_a_notice_about_something_else_is_not_opened(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing.xlsx"
    assert read_attachment(nowhere, kind=NoticeKind.OTHER, words=WORDS, sheets=SHEETS) == Reading()


# --- what buyers and sellers write


@pytest.mark.parametrize("header", ["商品名称", "商品规格", "买家昵称", "收货地址", "买家留言"])
@pytest.mark.parametrize(("text", "own"), [("需要发货 礼品卡", PROHIBITED), ("请勿发货路 7 号", SHIP)])
def test_what_people_write_beside_an_order_neither_releases_nor_holds_it(
    header: str, text: str, own: Says, read: Read
) -> None:
    said = "请勿发货" if own is PROHIBITED else "需要发货"
    assert read([["订单号", header, "处理说明"], [A, text, said]]).says == {A: UNCLEAR if own is PROHIBITED else SHIP}
    assert read([["订单号", header], [A, text]]).says == read([["订单号"], [A]]).says == {A: UNCLEAR}


def test_a_column_is_peoples_own_only_while_every_header_says_so(read: Read) -> None:
    rows: Rows = [
        ["订单号", "商品名称", "处理结果"],
        [A, "请勿发货", "是"],
        ["订单号", "说明", "处理结果"],
        [B, "请勿发货", "是"],
    ]
    assert read(rows).says == {A: SHIP, B: UNCLEAR}
    assert read([["订单号", "备注", "处理结果"], [A, "请勿发货", "是"]]).says == {A: UNCLEAR}


# --- what may hide an order


@pytest.mark.parametrize(
    "cell",
    [2.6e20, "2.60310E+20", "260310000000000000001", "260310-0000*******0001", Formula("#REF!", ""), "69336709955441"],
)
def test_what_may_be_an_order_number_stops_the_shop_but_the_others_still_count(
    cell: str | float | Formula, read: Read
) -> None:
    content = xlsx_bytes([["序号", "订单号"], ["1", A], ["2", cell], ["3", B]])
    content = content if not isinstance(cell, Formula) else without_values(content)
    reading = read(content, "prohibition")
    assert reading.says == {A: PROHIBITED, B: PROHIBITED}
    assert reason(reading) == "number_damaged"
    assert reading.problem is not None
    assert reading.problem.message.en == "明细.xlsx: no order number can be read in row 3"


def without_values(content: bytes) -> bytes:
    """The workbook as programs write it that do not calculate."""
    return changed(changed(content, ' t="str"><f>', "><f>"), "<v></v>", "<v/>")


def test_numbers_in_other_columns_are_not_taken_for_orders(read: Read) -> None:
    rows: Rows = [["订单号", "支付ID", "商品ID"], [A, 4.2e27, 123456789012.0], ["合计", "", 2.0]]
    assert read(rows, "prohibition") == Reading(says={A: PROHIBITED})


def test_without_a_header_a_damaged_number_may_stand_anywhere(read: Read) -> None:
    assert reason(read([[A, 1.0], ["", 2.6e20]], "prohibition")) == "number_damaged"


def test_a_readable_file_of_an_archive_counts_though_another_cannot_be_read(read: Read) -> None:
    reading = read(zip_bytes({"1.csv": csv_bytes([["订单号"], [A]]), "2.png": b"\x89PNG\0"}), "prohibition")
    assert reading.says == {A: PROHIBITED}
    assert reason(reading) == "wrong_type"


def test_a_formula_that_gave_an_empty_text_hides_nothing(read: Read) -> None:
    rows: Rows = [["订单号"], [Formula(f'"{A}"', A)], [Formula('IF(A2="","",B2)', "")]]
    assert read(rows, "prohibition") == Reading(says={A: PROHIBITED})


def test_a_number_with_spaces_in_its_cell_is_one(read: Read) -> None:
    assert read([["订单号"], [f"{A[:12]} {A[12:]}"]], "prohibition").says == {A: PROHIBITED}
