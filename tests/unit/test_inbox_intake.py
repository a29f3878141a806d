"""Sheets in an inbox are taken in once, put away, and told of; in a dry run nothing is touched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fixtures.sheets.formats import write_xlsx
from flows.orders.reasons import Reason
from flows.sheets import marks
from rpa.errors import ConfigError
from tests.support.inbox_desk import A, ArrivalDesk, B, C, aged, parcel

DONE = {A: Reason.SHIPPED, B: Reason.SHIPPED}


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_sheet_is_put_away_with_a_result_of_each_row(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(C))
    desk.run(finds={"demo": DONE})
    assert desk.put_away() == ["today.csv"]
    assert [path.name for path in desk.inbox.iterdir()] == ["done"]
    assert [(line["Order number"], line["Outcome"], line["State"]) for line in desk.result("today.csv")] == [
        (A, "Done", "Closed"),
        (C, "Waiting", "Goes on"),
    ]


def test_numbers_of_a_result_are_text_that_excel_leaves_alone(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, "781234567890123"), f"{B},中通快递,=1+1")
    desk.run(finds={"demo": DONE})
    numbers = [line["Tracking number"] for line in desk.result("today.csv")]
    assert numbers == ["781234567890123", "'=1+1"]


def test_a_result_with_a_corrected_row_can_be_put_back_as_it_is(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(B, courier="不知道快递"))
    desk.run(finds={"demo": {A: Reason.SHIPPED, B: Reason.SHIPPED}})
    [result] = desk.done.glob("*.result.xlsx")
    book = load_workbook(result)
    book.worksheets[0]["C3"] = "中通快递"
    corrected = desk.inbox / "corrected.xlsx"
    book.save(corrected)
    aged(corrected, by_s=60)
    desk.run(finds={"demo": {A: Reason.SAME_SHIPMENT, B: Reason.SHIPPED}})
    assert desk.reasons() == {A: "same_shipment", B: "shipped"}


def test_what_was_said_of_a_row_by_itself_travels_with_it_in_the_result(desk: ArrivalDesk) -> None:
    rows = [
        ("订单号", "快递公司", "快递单号", "快递单号2"),
        (A, "中通快递", "78120000000001", ""),
        (B, "不知道快递", "78120000000002", ""),
        (C, "中通快递", "78120000000003", "78120000000004"),
    ]
    aged(write_xlsx(desk.inbox / "today.xlsx", rows, hidden_rows=[2]), by_s=3600)
    desk.run(finds={})
    [result] = desk.done.glob("*.result.xlsx")
    book = load_workbook(result)
    book.worksheets[0]["C3"] = "中通快递"
    corrected = desk.inbox / "corrected.xlsx"
    book.save(corrected)
    aged(corrected, by_s=60)
    desk.run(finds={"demo": {B: Reason.SHIPPED}})
    assert desk.reasons() == {A: "hidden_row", B: "shipped", C: "several_parcels"}
    book.worksheets[0]["D2"] = "78120000000009"
    book.save(corrected)
    aged(corrected, by_s=60)
    desk.run(finds={"demo": {A: Reason.SHIPPED, B: Reason.SAME_SHIPMENT}})
    assert desk.reasons() == {A: "shipped", B: "same_shipment", C: "several_parcels"}


def test_a_row_that_is_right_as_it_was_refused_ships_once_its_mark_is_emptied(desk: ArrivalDesk) -> None:
    rows = [("订单号", "快递公司", "快递单号"), (A, "中通快递", 78120000000001)]
    aged(write_xlsx(desk.inbox / "today.xlsx", rows), by_s=3600)
    desk.run(finds={})
    [result] = desk.done.glob("*.result.xlsx")
    again = desk.inbox / "again.xlsx"
    again.write_bytes(result.read_bytes())
    aged(again, by_s=60)
    desk.run(finds={})
    [line] = desk.result("again.xlsx")
    assert "empty its check mark" in line["Details"]
    book = load_workbook(result)
    mark = next(cell for cell in book.worksheets[0][1] if cell.value == marks.HEADER.en)
    book.worksheets[0].cell(2, mark.column).value = None
    book.save(again)
    aged(again, by_s=60)
    desk.run(finds={"demo": {A: Reason.SHIPPED}})
    assert desk.reasons() == {A: "shipped"}


def test_the_same_content_is_not_worked_on_again_whatever_it_is_called(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    desk.run(finds={"demo": DONE})
    desk.drop("again.csv", parcel(A))
    desk.drop("third.csv", parcel(A))
    assert desk.run(finds={"demo": DONE}) == []
    assert desk.put_away() == ["again.csv", "third.csv", "today.csv"]
    for name in ("again.csv", "third.csv"):
        [told] = desk.result(name)
        assert "same content" in told["Details"]
        assert "-today.csv" in told["Details"]


def test_a_name_that_was_put_away_before_takes_nothing_from_it(desk: ArrivalDesk) -> None:
    for sn in (A, B, C):
        desk.drop("today.csv", parcel(sn))
        desk.run(finds={"demo": DONE})
    kept = [path.read_text(encoding="utf-8-sig") for path in desk.done.glob("*.csv")]
    assert sorted(text.splitlines()[1] for text in kept) == [parcel(A), parcel(B), parcel(C)]
    assert len(list(desk.done.glob("*.result.xlsx"))) == 3


def test_a_file_that_cannot_be_moved_is_worked_on_once_and_put_away_later(desk: ArrivalDesk) -> None:
    unmovable = _in_the_way_of_the_store(desk)
    path = desk.drop("open.csv", parcel(A), parcel(B))
    desk.run(finds={"demo": {A: Reason.SHIPPED}})
    desk.run(finds={"demo": DONE})
    assert desk.reasons() == {B: "shipped"}
    assert path.exists()
    unmovable.unlink()
    assert desk.run(finds={"demo": DONE}) == []
    assert desk.put_away() == ["open.csv"]
    assert [line["Outcome"] for line in desk.result("open.csv")] == ["Done", "Done"]


def test_a_file_that_is_changed_where_it_lies_is_a_new_one(desk: ArrivalDesk) -> None:
    unmovable = _in_the_way_of_the_store(desk)
    desk.drop("open.csv", parcel(A))
    desk.run()
    desk.drop("open.csv", parcel(A), parcel(B))
    unmovable.unlink()
    desk.run(finds={"demo": DONE})
    assert sorted(desk.reported) == [("demo", A, "same_row_before"), ("demo", A, "shipped"), ("demo", B, "shipped")]
    assert desk.open() == []
    assert len(desk.put_away()) == 1


def _in_the_way_of_the_store(desk: ArrivalDesk) -> Path:
    path = desk.config.var / "inbox"
    path.parent.mkdir()
    path.write_text("no folder can be made here")
    return path


def test_a_dry_run_reads_the_files_where_they_lie_and_changes_nothing(desk: ArrivalDesk) -> None:
    desk.drop("first.csv", parcel(A), parcel(B))
    desk.run(finds={"demo": {A: Reason.SHIPPED}})
    desk.drop("second.csv", parcel(C))
    desk.drop("copy.csv", parcel(A), parcel(B))
    before = everything(desk.inbox)
    desk.run(live=False, finds={"demo": {B: Reason.DRY_RUN, C: Reason.DRY_RUN}})
    assert desk.reasons() == {B: "dry_run", C: "dry_run"}
    assert everything(desk.inbox) == before
    assert desk.open() == [B]
    assert desk.rows()[1].outcome == "waiting"


@pytest.mark.parametrize("name", ["~$today.xlsx", ".~lock.today.csv#", "today.csv.crdownload", "today.tmp", ".hidden"])
def test_what_programs_leave_beside_a_sheet_is_not_taken_in(desk: ArrivalDesk, name: str) -> None:
    desk.drop(name, parcel(A))
    assert desk.run(finds={"demo": DONE}) == []
    assert (desk.inbox / name).exists()


def test_a_sheet_without_rows_is_put_away_and_says_so(desk: ArrivalDesk) -> None:
    desk.drop("empty.csv")
    assert desk.run() == []
    assert [line["Details"] for line in desk.result("empty.csv")] == ["The sheet has headers but no rows."]


def test_a_file_that_could_not_be_read_may_come_again_once_the_settings_fit_it(desk: ArrivalDesk) -> None:
    lines = (parcel(A),)
    desk.drop("own.csv", *lines, headers="订单号,快递公司,回执码")
    [(_, _, reason)] = desk.run()
    assert reason == "bad_row"
    assert "headers" in desk.result("own.csv")[0]["Details"]
    fitting = ArrivalDesk(desk.folder, settings=desk.settings + 'columns = { tracking_number = "回执码" }\n')
    fitting.drop("own.csv", *lines, headers="订单号,快递公司,回执码")
    assert fitting.run(finds={"demo": DONE}) == [("demo", A, "shipped")]


def test_what_is_no_sheet_at_all_ends_refused_and_is_put_away(desk: ArrivalDesk) -> None:
    desk.drop_bytes("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x00")
    assert desk.run() == [("demo", "", "bad_row")]
    assert desk.put_away() == ["photo.jpg"]
    assert desk.open() == []


def test_a_name_of_the_greatest_length_is_put_away_too(desk: ArrivalDesk) -> None:
    desk.drop("长" * 83 + ".csv", parcel(A))
    desk.run(finds={"demo": DONE})
    [name] = desk.put_away()
    assert name.endswith("长.csv")
    assert len(list(desk.done.glob("*.result.xlsx"))) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each name is text")
@pytest.mark.parametrize("settings", ['inbox = "inbox"\n', 'sheets = ["inbox/*"]\n'])
def test_names_that_are_no_utf8_hold_up_nothing(tmp_path: Path, settings: str) -> None:
    desk = ArrivalDesk(tmp_path / "店铺", settings=settings)
    desk.drop("good.csv", parcel(A))
    desk.drop(os.fsdecode("发货.csv".encode("gbk")), parcel(B))
    desk.drop(os.fsdecode(b"\xff\xff.csv"), parcel(C))
    names = {row.place.sheet.name for row in desk.read(live=False).rows("demo")}
    assert names == {"good.csv", "发货.csv", "\ufffd\ufffd.csv"}
    desk.run(finds={"demo": {**DONE, C: Reason.SHIPPED}})
    assert desk.reasons() == {A: "shipped", B: "shipped", C: "shipped"}
    if "inbox =" in settings:
        assert desk.put_away() == ["good.csv", "发货.csv", "\ufffd\ufffd.csv"]
        assert [line["Outcome"] for line in desk.result("发货.csv")] == ["Done"]


def test_sheets_of_globs_stay_where_they_are_and_those_of_the_inbox_are_read_once(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, settings='inbox = "inbox"\nsheets = ["*/*.csv"]\n')
    own = desk.drop("../own/mine.csv", parcel(B))
    desk.drop("today.csv", parcel(A))
    for _ in range(2):
        desk.run(finds={"demo": {A: Reason.UNDER_AUDIT, B: Reason.UNDER_AUDIT}})
        assert desk.reasons() == {A: "under_audit", B: "under_audit"}
    assert own.exists()
    assert desk.put_away() == ["today.csv"]


def test_shops_that_read_sheets_differently_cannot_share_an_inbox(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, shops=("one", "two"))
    toml = tmp_path / "rpa.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + 'columns = { order_sn = "单号" }\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="one and two share the inbox inbox"):
        desk.read("one")


def test_an_inbox_that_is_not_there_is_made_and_one_that_cannot_be_is_told_of(tmp_path: Path) -> None:
    made = ArrivalDesk(tmp_path / "a")
    made.inbox.rmdir()
    made.run()
    assert made.inbox.is_dir()
    far = ArrivalDesk(tmp_path / "b", settings='inbox = "not/there"\n')
    [told] = far.read().left_alone("demo")
    assert "cannot be looked into" in told.why.en


def test_a_file_that_grows_is_left_for_the_next_run(desk: ArrivalDesk) -> None:
    import threading

    path = desk.drop("growing.csv", parcel(A))
    os.utime(path)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.05):
            with path.open("a", encoding="utf-8") as file:
                file.write(parcel(B) + "\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        left = desk.read(live=False).left_alone("demo")
    finally:
        stop.set()
        writer.join()
    assert [each.path.name for each in left] == ["growing.csv"]
    assert path.exists()
