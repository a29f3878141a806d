"""Each row of an inbox is tried until it ends, and ends once, whatever shops share the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from flows.inbox.done_folder import write_results
from flows.inbox.folder import folders_of
from flows.inbox.results import ResultWriter
from flows.inbox.rows import ends
from flows.orders.reasons import Reason
from rpa.ledger.inbox_rows import ArrivalRow, RowNote
from rpa.outcome import Outcome
from tests.support.inbox_desk import A, ArrivalDesk, B, C, parcel

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path)


@pytest.fixture
def two(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path, shops=("one", "two"))


def days(count: float) -> time_machine.travel:
    """The clock as many days after noon."""
    return time_machine.travel(NOON + timedelta(days=count))


def test_what_was_done_or_is_the_rows_own_fault_ends_and_all_else_is_tried_again() -> None:
    ended = {reason for reason in Reason if ends(reason)}
    assert {Reason.SHIPPED, Reason.SAME_SHIPMENT, Reason.UNKNOWN_COURIER, Reason.BAD_ROW, Reason.ORDER_CLOSED} <= ended
    assert not ended & {Reason.NOT_DONE, Reason.SITE_REFUSED, Reason.NOT_IN_SHOP, Reason.UNKNOWN, Reason.STOPPED}
    assert {reason.outcome for reason in ended - {Reason.EXPIRED}} == {
        Outcome.DONE,
        Outcome.ALREADY_DONE,
        Outcome.REFUSED,
    }


def test_a_row_is_tried_in_each_run_until_it_ends(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    told = []
    for reason in (None, Reason.UNDER_AUDIT, Reason.NOT_DONE, Reason.UNKNOWN, Reason.SHIPPED, Reason.SHIPPED):
        told += desk.run(finds={"demo": {A: reason} if reason else {}})
    assert [reason for _, _, reason in told] == ["no_order_yet", "under_audit", "not_done", "unknown", "shipped"]


def test_a_bad_row_is_told_of_once(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, courier="不知道快递"))
    assert [desk.run(), desk.run()] == [[("demo", A, "unknown_courier")], []]


def test_a_bad_row_whose_order_must_wait_is_told_of_beside_it(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, courier="不知道快递"))
    assert desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}}) == [("demo", A, "under_audit")]
    assert "courier's name is not known" in desk.messages[0]
    [line] = desk.result("today.csv")
    assert (line["Outcome"], line["State"]) == ("Refused", "Closed")
    assert desk.run() == []


def test_a_correction_is_taken_though_its_order_still_waits(desk: ArrivalDesk) -> None:
    first, second = "7811111111111", "7822222222222"
    for name, number in (("first.csv", first), ("second.csv", second), ("right.csv", first)):
        desk.drop(name, parcel(A, number), headers=f"订单号,快递公司,快递单号,{name}")
        desk.run(finds={"demo": {A: Reason.AFTER_SALE}})
    assert desk.open() == [A]
    assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]
    assert [line["Outcome"] for line in desk.result("right.csv")] == ["Done"]


def test_a_row_that_contradicts_one_of_an_earlier_file_is_refused_with_it(desk: ArrivalDesk) -> None:
    desk.drop("first.csv", parcel(A, "7811111111111"))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    desk.drop("second.csv", parcel(A, "7822222222222"), parcel(B))
    desk.run(finds={"demo": {B: Reason.SHIPPED}})
    assert sorted(reason for _, _, reason in desk.reported) == ["several_parcels", "several_parcels", "shipped"]
    assert desk.open() == []


def test_a_row_that_corrects_one_that_has_ended_is_taken_for_itself(desk: ArrivalDesk) -> None:
    desk.drop("first.csv", parcel(A, courier="不知道快递"))
    desk.run()
    desk.drop("second.csv", parcel(A))
    assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]


def test_a_row_that_comes_again_in_another_file_ends_with_the_first(desk: ArrivalDesk) -> None:
    desk.drop("nine.csv", parcel(A))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    desk.drop("ten.csv", parcel(A), parcel(B))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT, B: Reason.SHIPPED}})
    assert desk.open() == [A, A]
    desk.run(finds={"demo": {A: Reason.SHIPPED}})
    assert desk.reported == [("demo", A, "shipped"), ("demo", A, "same_row_before")]
    assert desk.open() == []
    assert [line["Outcome"] for name in ("nine.csv", "ten.csv") for line in desk.result(name)] == ["Done"] * 3


def test_a_row_that_stands_twice_in_one_file_is_refused_once(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(A))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    assert len(desk.open()) == 1
    assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]


def test_a_row_given_by_hand_ends_the_same_row_of_the_inbox(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    given = desk.drop("../mine.csv", parcel(A))
    desk.work(desk.read(given=[given]), finds={"demo": {A: Reason.SHIPPED}})
    assert desk.reported == [("demo", A, "shipped"), ("demo", A, "same_row_before")]
    assert desk.open() == []


def test_a_run_that_was_stopped_ends_nothing(desk: ArrivalDesk) -> None:
    with days(0):
        desk.drop("today.csv", parcel(A), parcel(B))
        desk.read()
    with days(30):
        desk.run(finds={"demo": {A: Reason.SHIPPED}}, stops=["demo"])
        assert desk.reasons() == {A: "login_needed", B: "shop_not_read"}
    assert desk.open() == [A, B]


def test_rows_that_no_run_came_to_are_open(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    desk.read()
    [line] = desk.result("today.csv")
    assert line["Reason"] == "Taken in; the next run works on it."
    assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]


def test_a_row_that_waits_too_long_is_given_up_and_says_so_once(desk: ArrivalDesk) -> None:
    with days(0):
        desk.drop("today.csv", parcel(A))
        desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    with days(6.9):
        assert desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}}) == [("demo", A, "under_audit")]
    with days(7.1):
        assert desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}}) == [("demo", A, "expired")]
        assert desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}}) == []
    [line] = desk.result("today.csv")
    assert "Under platform audit" in line["Details"]


def test_the_last_try_may_still_succeed(desk: ArrivalDesk) -> None:
    with days(0):
        desk.drop("today.csv", parcel(A))
        desk.run()
    with days(8):
        assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]
    assert [line["Outcome"] for line in desk.result("today.csv")] == ["Done"]


def test_a_doubt_stays_a_doubt_when_its_row_is_given_up(desk: ArrivalDesk) -> None:
    with days(0):
        desk.drop("today.csv", parcel(A))
        desk.read()
    with days(8):
        assert desk.run(finds={"demo": {A: Reason.UNKNOWN}}) == [("demo", A, "unknown")]
    assert desk.open() == []


def test_the_days_of_a_shop_are_its_own_setting(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, settings='inbox = "inbox"\ninbox_keep_days = 2\n')
    with days(0):
        desk.drop("today.csv", parcel(A))
        desk.run()
    with days(2.1):
        assert desk.run() == [("demo", A, "not_in_shop")]


# Shops that share an inbox


def test_each_row_is_worked_on_by_the_shop_that_has_its_order(two: ArrivalDesk) -> None:
    two.drop("today.csv", parcel(A), parcel(B), parcel(C))
    two.run(finds={"one": {A: Reason.SHIPPED}, "two": {B: Reason.SHIPPED}})
    assert sorted(two.reported) == [("one", A, "shipped"), ("two", B, "shipped"), ("two", C, "no_order_yet")]
    assert two.open() == [C]


def test_an_order_that_all_shops_have_looked_for_in_vain_is_in_none(two: ArrivalDesk) -> None:
    with days(0):
        two.drop("today.csv", parcel(A))
        two.run("one")
    with days(7.5):
        assert two.run("two") == [("two", A, "not_in_shop")]
    assert [line["Outcome"] for line in two.result("today.csv")] == ["Refused"]


def test_an_order_that_not_all_shops_have_looked_for_is_given_up_naming_them(two: ArrivalDesk) -> None:
    with days(0):
        two.drop("today.csv", parcel(A))
        two.run("one", stops=["one"])
    with days(7.5):
        assert two.run("one") == [("one", A, "expired")]
    assert [line["Details"] for line in two.result("today.csv")] == ["two"]


def test_a_row_that_was_not_looked_for_is_given_up_by_nobody_and_left_to_no_shop(two: ArrivalDesk) -> None:
    def not_looked_for() -> list[tuple[str, str, str]]:
        inbox = two.read("one")
        inbox.look_for("one", [A])
        return two.work(inbox, finds={})

    with days(0):
        two.drop("today.csv", parcel(A))
        assert not_looked_for() == [("one", A, "not_looked_up")]
        assert two.run("two") == [("two", A, "no_order_yet")]
    with days(8):
        assert not_looked_for() == [("one", A, "not_looked_up")]
        assert two.open() == [A]


def test_what_another_run_has_ended_meanwhile_is_not_reported_again(two: ArrivalDesk) -> None:
    two.drop("today.csv", parcel(A), parcel(B, courier="不知道快递"))
    first, second = two.read("one"), two.read("two")
    two.work(first, finds={"one": {A: Reason.SHIPPED}})
    assert sorted(two.reported) == [("one", A, "shipped"), ("one", B, "unknown_courier")]
    assert two.work(second, finds={}) == []


def test_what_waits_in_another_shop_is_left_to_that_one(two: ArrivalDesk) -> None:
    two.drop("today.csv", parcel(A))
    two.run("one", finds={"one": {A: Reason.UNDER_AUDIT}})
    assert two.run("two") == []
    assert [line["Shop"] for line in two.result("today.csv")] == ["one"]


def test_a_proof_that_it_was_shipped_counts_after_another_run_gave_it_up(two: ArrivalDesk) -> None:
    with days(0):
        two.drop("today.csv", parcel(A))
        two.run()
    with days(8):
        first = two.read("one")
        two.run("two")
        assert two.reasons() == {A: "not_in_shop"}
        two.work(first, finds={"one": {A: Reason.SHIPPED}})
    assert [line["Outcome"] for line in two.result("today.csv")] == ["Done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertakenWriter(ResultWriter):
    """While it writes, another run ends the rows of which it writes."""

    desk: ArrivalDesk

    def write(self, sheet: Path, *, rows: Sequence[ArrivalRow]) -> Path:
        with self.desk.ledger() as ledger:
            ledger.note_rows([RowNote(row_id=row.id, outcome="done", reason="shipped", ends=True) for row in rows])
        return ResultWriter.write(self, sheet, rows=rows)


def test_a_row_another_run_ends_while_its_result_is_written_is_in_the_result_at_last(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    desk.read()
    [folder] = folders_of(desk.config)
    with desk.ledger() as ledger:
        [(arrival, _)] = ledger.open_rows("inbox")
        ledger.keep_facts(arrival, facts={})
        write_results(folder, ledger=ledger, results=OvertakenWriter(config=desk.config, desk=desk))
    assert [line["State"] for line in desk.result("today.csv")] == ["Goes on"]
    desk.run()
    assert [(line["State"], line["Outcome"]) for line in desk.result("today.csv")] == [("Closed", "Done")]
