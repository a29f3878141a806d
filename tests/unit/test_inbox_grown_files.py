"""However an upload stalls, no number that was cut is worked on, and no row that comes late is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.inbox.deadline import watch_inboxes
from flows.orders.reasons import Reason
from flows.sheets.files import ends_whole
from tests.support.inbox_desk import HEADERS, A, ArrivalDesk, B, C, D, aged, parcel

ALL = {A: Reason.SHIPPED, B: Reason.SHIPPED, C: Reason.SHIPPED}
LINES = "\n".join([HEADERS, parcel(A), parcel(B), parcel(C), ""]).encode("utf-8-sig")


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path)


def until(text: str, *, more: int = 0) -> bytes:
    """What is there of the sheet when its upload stalls so many bytes behind this text."""
    return LINES[: LINES.index(text.encode()) + len(text.encode()) + more]


def goes_on(desk: ArrivalDesk, rest: bytes, *, ago_s: float = 60) -> Path:
    """The upload of the one sheet in done/ goes on, and ended so long ago."""
    [path] = desk.done.glob("*.csv")
    with path.open("ab") as file:
        file.write(rest)
    return aged(path, by_s=ago_s)


def incidents(desk: ArrivalDesk) -> list[str]:
    with desk.ledger() as ledger:
        return [each.message for each in ledger.open_incidents() if each.cause == "inbox_grown"]


@pytest.mark.parametrize(
    ("data", "by_s", "taken"),
    [
        (LINES, 5, False),
        (LINES, 61, True),
        (LINES, -120, False),
        (LINES[:-4], 500, False),
        (LINES[:-4], 601, True),
        (b"", 500, False),
        (b"", 601, True),
    ],
)
def test_a_file_is_taken_in_once_nobody_has_written_to_it_for_long_enough(
    desk: ArrivalDesk, data: bytes, by_s: float, *, taken: bool
) -> None:
    aged(desk.drop_bytes("today.csv", data), by_s=by_s)
    left = [each.path.name for each in desk.read().left_alone("demo")]
    assert (left, desk.put_away()) == (([], ["today.csv"]) if taken else (["today.csv"], []))


def test_a_time_far_ahead_holds_no_file_up(desk: ArrivalDesk) -> None:
    aged(desk.drop_bytes("today.csv", LINES), by_s=-8 * 3600)
    desk.run()
    assert desk.open() == [A, B, C]


def test_a_dry_run_reads_what_has_just_been_saved(desk: ArrivalDesk) -> None:
    aged(desk.drop_bytes("today.csv", LINES), by_s=3)
    assert len(desk.run(live=False)) == 3


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        ("a,1\r\n".encode("utf-16"), True),
        ("a,1".encode("utf-16"), False),
        ("甲,1\n".encode("gb18030"), True),
        ("甲,乙".encode()[:-1], False),
        (b"PK\x03\x04 ", True),
        (b" <table><tr><td>1</td></tr></table>\n ", True),
        (b"<table><tr><td>78123", False),
    ],
)
def test_it_is_told_by_its_end_whether_more_may_come(data: bytes, *, whole: bool) -> None:
    assert ends_whole(data) is whole


def test_rows_that_come_after_a_file_was_put_away_are_worked_on_too(desk: ArrivalDesk) -> None:
    first = until(parcel(A), more=1)
    desk.drop_bytes("today.csv", first)
    assert desk.run(finds={"demo": ALL}) == [("demo", A, "shipped")]
    goes_on(desk, LINES[len(first) :])
    assert desk.run(finds={"demo": ALL}) == [("demo", B, "shipped"), ("demo", C, "shipped")]
    assert [(line["Order number"], line["Outcome"]) for line in desk.result("today.csv")] == [
        (A, "Done"),
        (B, "Done"),
        (C, "Done"),
    ]
    [told] = incidents(desk)
    assert "today.csv was written to after it had been taken in" in told
    assert "differently: 2." in told
    assert desk.run(finds={"demo": ALL}) == []
    assert incidents(desk) == []


def test_who_has_a_file_open_goes_on_writing_to_it_where_it_was_put_away(desk: ArrivalDesk) -> None:
    first = until(parcel(A), more=1)
    with desk.drop_bytes("today.csv", first).open("ab") as upload:
        desk.run(finds={"demo": ALL})
        upload.write(LINES[len(first) :])
    [put_away] = desk.config.var.glob("inbox/*/*-today.csv")
    aged(put_away, by_s=60)
    for rows in ([("demo", B, "shipped"), ("demo", C, "shipped")], [], []):
        assert desk.run(finds={"demo": ALL}) == rows
        assert len(incidents(desk)) == bool(rows)
    [shown] = desk.done.glob("*-today.csv")
    assert shown.read_bytes() == LINES


def test_a_number_that_was_cut_gives_way_to_the_whole_one(desk: ArrivalDesk) -> None:
    first = until(parcel(B), more=-2)
    desk.drop_bytes("today.csv", first)
    desk.run(finds={"demo": {A: Reason.SHIPPED, B: Reason.UNDER_AUDIT}})
    goes_on(desk, LINES[len(first) :])
    desk.run(finds={"demo": ALL})
    assert desk.reasons() == {B: "shipped", C: "shipped"}
    assert [line["Tracking number"] for line in desk.result("today.csv")] == [
        parcel(sn).rpartition(",")[2] for sn in (A, B, C)
    ]
    [told] = incidents(desk)
    assert f"taken in otherwise: {B}. Check" in told


def test_a_file_that_is_written_to_after_all_is_waited_for(desk: ArrivalDesk) -> None:
    first = until(parcel(A), more=1)
    desk.drop_bytes("today.csv", first)
    desk.run(finds={"demo": ALL})
    path = goes_on(desk, LINES[len(first) : -20], ago_s=61)
    assert [each.path for each in desk.read().left_alone("demo")] == [path]
    goes_on(desk, LINES[-20:], ago_s=3)
    assert [each.path for each in desk.read().left_alone("demo")] == [path]
    aged(path, by_s=61)
    assert desk.run(finds={"demo": ALL}) == [("demo", B, "shipped"), ("demo", C, "shipped")]


def test_headers_that_came_before_are_no_reason_to_forget_the_rows_that_follow(desk: ArrivalDesk) -> None:
    headers = until(HEADERS, more=1)
    for _ in range(2):
        for path in desk.done.glob("*.csv"):
            path.unlink()
        desk.drop_bytes("today.csv", headers)
        desk.run()
    goes_on(desk, LINES[len(headers) :])
    assert len(desk.run(finds={"demo": ALL})) == 3


def test_a_shop_that_gave_up_its_inbox_hears_of_it_no_more(desk: ArrivalDesk) -> None:
    first = until(HEADERS, more=1)
    desk.drop_bytes("today.csv", first)
    desk.run()
    goes_on(desk, LINES[len(first) :])
    desk.run()
    with desk.ledger() as ledger:
        watch_inboxes(desk.config, ledger)
        assert len(incidents(desk)) == 1
        watch_inboxes(ArrivalDesk(desk.folder, settings="").config, ledger)
    assert incidents(desk) == []


def test_of_a_file_that_is_only_saved_once_more_nothing_is_said(desk: ArrivalDesk) -> None:
    desk.drop_bytes("today.csv", LINES)
    desk.run(finds={"demo": ALL})
    for rest in (b"", b"\r\n"):
        goes_on(desk, rest, ago_s=100)
        assert desk.run(finds={"demo": ALL}) == []
        assert incidents(desk) == []


def test_a_copy_that_somebody_goes_on_writing_to_is_read_again_too(desk: ArrivalDesk) -> None:
    first = until(parcel(A), more=1)
    desk.drop_bytes("today.csv", first)
    desk.run(finds={"demo": ALL})
    desk.drop_bytes("again.csv", first)
    assert desk.run(finds={"demo": ALL}) == []
    [copy] = desk.config.var.glob("inbox/*/*-again.csv")
    with copy.open("ab") as file:
        file.write(LINES[len(first) :])
    aged(copy, by_s=3)
    assert [each.path for each in desk.read().left_alone("demo")] == [copy]
    aged(copy, by_s=60)
    assert desk.run(finds={"demo": {B: Reason.SHIPPED, C: Reason.SHIPPED}})[:2] == [
        ("demo", B, "shipped"),
        ("demo", C, "shipped"),
    ]
    assert {line["Order number"] for line in desk.result("again.csv")} == {A, B, C}
    [told] = incidents(desk)
    assert "again.csv was written to after it had been taken in" in told
    desk.run()
    assert incidents(desk) == []
    with copy.open("ab") as file:
        file.write(f"{parcel(D)}\n".encode())
    aged(copy, by_s=3)
    assert [each.path for each in desk.read().left_alone("demo")] == [copy]
    aged(copy, by_s=61)
    assert desk.run(finds={"demo": {D: Reason.SHIPPED}})[0] == ("demo", D, "shipped")
