from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa.language import Language, Text
from rpa.outcome import Outcome
from rpa.report.cells import MAX_CELL, original_text, raw_text, shown
from rpa.report.columns import OUTCOME_COLUMN, Column, Kind
from rpa.report.tables import CsvTable, read_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")

hostile = st.text(alphabet=st.sampled_from("=+-@\t\n'\"\r,; ＝＋－＠a1\x00\ud800\uffff单")) | st.text()


def _shown(cell: str, kind: Kind) -> object:
    column = Column(key="x", title=Text(en="X", zh="X"), kind=kind)
    return shown(cell, column=column, language=Language.ZH, zone=SHANGHAI)


@given(text=hostile)
@settings(max_examples=200, deadline=None)
def test_no_text_becomes_a_cell_that_a_spreadsheet_takes_for_a_formula(text: str) -> None:
    cell = raw_text(text)
    assert not cell.startswith(("\t", "\n", "\r"))
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


NOT_KEPT = "\ufffe\uffff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What XML cannot hold, and marks of direction."""


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=NOT_KEPT)))
@settings(max_examples=100, deadline=None)
def test_what_was_neutralised_can_be_read_back(text: str) -> None:
    assert original_text(raw_text(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "-5", "'plain", "it's", "\ttab", "＝SUM(A1)", ""])
def test_apostrophes_of_the_text_itself_survive(text: str) -> None:
    assert original_text(raw_text(text)) == text


@given(texts=st.lists(hostile, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_the_csv_as_its_raw_text(tmp_path: Path, texts: list[str]) -> None:
    cells = [raw_text(text) for text in texts]
    with CsvTable(tmp_path / "hostile.csv", keys=["cell", "end"]) as table:
        for cell in cells:
            table.append({"cell": cell, "end": "|"})
    assert list(read_rows(table.path)) == [{"cell": cell, "end": "|"} for cell in cells]
    table.path.unlink()


def test_a_spreadsheet_that_splits_at_semicolons_finds_no_formula_behind_one(tmp_path: Path) -> None:
    with CsvTable(tmp_path / "goods.csv", keys=["order_sn", "goods"]) as table:
        table.append({"order_sn": "250301-1", "goods": "apples;=cmd()"})
    with table.path.open(encoding="utf-8-sig", newline="") as file:
        assert '"apples;=cmd()"' in file.read()


def test_ids_money_and_times_are_kept_as_they_are_for_machines() -> None:
    moment = datetime(2025, 3, 1, 8, 0, 5, tzinfo=SHANGHAI)
    values = ["462599123456789", "007", -1999, None, moment, Outcome.DONE]
    assert [raw_text(value) for value in values] == [
        *("462599123456789", "007", "-1999", "", "2025-03-01T08:00:05+08:00", "done"),
    ]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        raw_text(datetime(2025, 3, 1, 8, 0))  # noqa: DTZ001 - that is the point


def test_a_cell_never_grows_beyond_what_excel_accepts() -> None:
    assert len(raw_text("=" * 40_000)) <= MAX_CELL + 1


def test_people_see_yuan_local_times_whole_numbers_and_words() -> None:
    assert _shown("3990", "money_fen") == Decimal("39.9")
    assert _shown("2025-03-01T00:00:05+00:00", "time") == "2025-03-01 08:00:05"
    assert _shown("12", "int") == 12
    assert shown("refused", column=OUTCOME_COLUMN, language=Language.ZH, zone=SHANGHAI) == "未能处理"


def test_a_path_is_shown_from_the_projects_folder_and_one_elsewhere_in_full(tmp_path: Path) -> None:
    column = Column(key="evidence", title=Text(en="Evidence", zh="截图"), kind="path")
    paths = [tmp_path / "var" / "evidence" / "250301-1", tmp_path.parent / "elsewhere.csv"]
    read = [
        shown(str(path), column=column, language=Language.ZH, zone=SHANGHAI, folder=tmp_path) for path in [*paths, ""]
    ]
    assert read == ["var/evidence/250301-1", str(paths[1]), ""]


@pytest.mark.parametrize("kind", ["money_fen", "int", "time", "text"])
def test_a_cell_that_does_not_fit_its_kind_is_shown_as_it_is(kind: Kind) -> None:
    assert _shown("12345678901234567890", kind) == "12345678901234567890"
    assert _shown("n/a", kind) == "n/a"


def test_the_csv_opens_in_excel_as_utf_8_with_its_header_first(tmp_path: Path) -> None:
    with CsvTable(tmp_path / "r.csv", keys=["order_sn", "goods"]) as table:
        table.append({"goods": "苹果"})
    content = table.path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(content.decode("utf-8-sig").splitlines())) == [["order_sn", "goods"], ["", "苹果"]]
