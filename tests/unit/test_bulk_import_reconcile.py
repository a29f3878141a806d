"""What of an import counts as certain: only what the result table and the failure file both say of our own row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.sheets.formats import write_xlsx
from flows.bulk_import.api import FailedLine, ImportedRow, ImportLine, ImportResult, ToldRow
from flows.bulk_import.reconcile import agreed, failures_of
from flows.bulk_import.words import ImportWords
from rpa.elements.registry import load_profile

WORDS = load_profile("pinduoduo").section(ImportWords)


def line(order_sn: str, *, number: str = "") -> ImportLine:
    return ImportLine(order_sn=order_sn, courier="圆通快递", tracking_number=number or f"YT{order_sn}")


def told(order_sn: str, *, accepted: bool | None, number: str = "", **more: bool) -> ToldRow:
    words = "" if accepted else "订单不存在"
    return ToldRow(line=line(order_sn, number=number), accepted=accepted, words=words, **more)


def result(*rows: ToldRow) -> ImportResult:
    return ImportResult(task_id="1", finished=True, rows=rows)


def failed(*order_sns: str) -> list[FailedLine]:
    return [FailedLine(line=line(sn), words="订单不存在") for sn in order_sns]


def said(rows: Sequence[ToldRow], failures: Sequence[FailedLine] | None, *, ours: str = "A") -> ImportedRow:
    """What is made of our row A; the table's other rows are ours, too."""
    lines = [line(sn) for sn in dict.fromkeys([ours, *(row.line.order_sn for row in rows)])]
    return agreed(lines, result(*rows), failures=failures)[ours]


A_ACCEPTED, A_REFUSED, B_REFUSED = told("A", accepted=True), told("A", accepted=False), told("B", accepted=False)


def test_a_row_that_both_call_accepted_or_refused_is_certain() -> None:
    rows = agreed([line("A"), line("B")], result(A_ACCEPTED, B_REFUSED), failures=failed("B"))
    assert {sn: row.accepted for sn, row in rows.items()} == {"A": True, "B": False}
    assert rows["B"].words == "订单不存在"


def test_what_a_refusal_allows_is_handed_on() -> None:
    row = said([replace(A_REFUSED, repeatable=True, for_dialog=True)], failed("A"))
    assert (row.repeatable, row.for_dialog) == (True, True)


@pytest.mark.parametrize(
    ("rows", "failures"),
    [
        ([], failed()),
        ([A_ACCEPTED], None),
        ([A_REFUSED], None),
        ([A_ACCEPTED], failed("A")),
        ([A_REFUSED], failed()),
        ([A_ACCEPTED, B_REFUSED], failed()),
        ([A_ACCEPTED, A_ACCEPTED], failed()),
        ([A_ACCEPTED, A_REFUSED], failed("A")),
        ([told("A", accepted=True, number="YTOTHER")], failed()),
        ([told("A", accepted=None)], failed()),
        ([told("A", accepted=None)], failed("A")),
        ([A_REFUSED], [FailedLine(line=line("A", number="YTOTHER"))]),
    ],
    ids=[
        "not in the table",
        "accepted, no failure file",
        "refused, no failure file",
        "accepted, but in the file",
        "refused, but not in the file",
        "the file lacks another row",
        "twice in the table",
        "once so, once so",
        "another parcel",
        "unreadable",
        "unreadable, in the file",
        "another parcel in the file",
    ],
)
def test_anything_else_is_read_back(rows: Sequence[ToldRow], failures: list[FailedLine] | None) -> None:
    row = said(rows, failures)
    assert row.accepted is None
    assert row.words


def test_every_row_is_read_back_when_the_site_does_not_know_the_import() -> None:
    rows = agreed([line("A"), line("B")], None, failures=None)
    assert [row.accepted for row in rows.values()] == [None, None]


def test_a_refused_row_is_certain_though_the_failure_file_lacks_another() -> None:
    rows = agreed([line("A"), line("B")], result(A_REFUSED, B_REFUSED), failures=failed("A"))
    assert [row.accepted for row in rows.values()] == [False, None]


@settings(max_examples=100, deadline=None)
@given(
    truth=st.lists(st.booleans(), min_size=1, max_size=6),
    lies=st.sets(st.integers(0, 5), max_size=2),
    dropped=st.sets(st.integers(0, 5), max_size=2),
)
def test_no_single_lie_nor_gap_makes_a_false_row_certain(truth: list[bool], lies: set[int], dropped: set[int]) -> None:
    """The table may lie or the failure file lack rows; where not both do so for one row, what is certain is true."""
    lines = [line(str(n)) for n in range(len(truth))]
    table = [told(str(n), accepted=shipped is not (n in lies)) for n, shipped in enumerate(truth)]
    gaps = dropped - lies
    file = failed(*(str(n) for n, shipped in enumerate(truth) if not shipped and n not in gaps))
    rows = agreed(lines, result(*table), failures=file)
    assert all(rows[str(n)].accepted in (None, shipped) for n, shipped in enumerate(truth))


@pytest.mark.parametrize("content", [b"<html>busy</html>", b"", b"PK\x03\x04broken"])
def test_a_failure_file_that_is_none_counts_as_no_failure_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "failures.xlsx").write_bytes(content)
    assert failures_of(replace(result(), failures=tmp_path / "failures.xlsx"), words=WORDS) is None
    assert failures_of(result(), words=WORDS) is None


@pytest.mark.parametrize(
    ("rows", "failures"),
    [([A_ACCEPTED], failed("Z")), ([A_REFUSED], failed("A", "Z")), ([A_ACCEPTED, told("Z", accepted=True)], failed())],
    ids=["accepted, a stranger failed", "refused, so did a stranger", "a stranger in the table"],
)
def test_a_table_or_file_naming_an_order_of_no_row_of_ours_is_of_another_import(
    rows: list[ToldRow], failures: list[FailedLine]
) -> None:
    assert agreed([line("A")], result(*rows), failures=failures)["A"].accepted is None


def test_what_the_table_alone_calls_accepted_is_known_to_be_called_so() -> None:
    assert said([A_ACCEPTED], None).said_yes
    assert said([A_ACCEPTED, B_REFUSED], failed()).said_yes
    assert not said([A_ACCEPTED], failed("A")).said_yes
    assert not said([A_REFUSED], None).said_yes


def test_a_failure_file_that_names_a_column_twice_counts_as_no_failure_file(tmp_path: Path) -> None:
    rows = [["订单号", "快递单号", "订单号", "失败原因"], ["A", "YTA", "B", "订单不存在"]]
    path = write_xlsx(tmp_path / "failures.xlsx", rows)
    assert failures_of(replace(result(), failures=path), words=WORDS) is None
