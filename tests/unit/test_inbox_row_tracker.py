"""A row that came to nothing stays among what is outstanding, though no later run reports it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from flows.orders.reasons import Reason
from tests.support.inbox_desk import A, ArrivalDesk, B, parcel

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
WRONG = "不知道快递"


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path)


def outstanding(desk: ArrivalDesk) -> list[tuple[str, str, str]]:
    with desk.ledger() as ledger:
        return [(each.shop, each.subject, each.reason) for each in ledger.open_items.search()]


def test_a_bad_row_is_in_sight_until_a_corrected_one_comes(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, courier=WRONG))
    for _ in range(3):
        desk.run()
        assert outstanding(desk) == [("demo", A, "unknown_courier")]
    desk.drop("right.csv", parcel(A))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    assert outstanding(desk) == []


def test_a_bad_row_is_in_sight_while_its_shop_lists_the_order_and_no_longer(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, courier=WRONG), parcel(B))
    waits = {A: Reason.UNDER_AUDIT, B: Reason.UNDER_AUDIT}
    desk.run(finds={"demo": waits})
    assert outstanding(desk) == [("demo", A, "unknown_courier")]
    desk.run(finds={"demo": waits})
    assert outstanding(desk) == []


def test_a_parcel_whose_order_is_closed_is_in_sight_for_days(desk: ArrivalDesk) -> None:
    with time_machine.travel(NOON):
        desk.drop("today.csv", parcel(A))
        desk.run(finds={"demo": {A: Reason.ORDER_CLOSED}})
        desk.run()
        assert outstanding(desk) == [("demo", A, "order_closed")]
    with time_machine.travel(NOON + timedelta(days=8)):
        desk.run()
        assert outstanding(desk) == []


def test_what_is_given_up_is_in_sight(desk: ArrivalDesk) -> None:
    with time_machine.travel(NOON):
        desk.drop("today.csv", parcel(A))
        desk.run()
    with time_machine.travel(NOON + timedelta(days=8)):
        for _ in range(2):
            desk.run()
            assert outstanding(desk) == [("demo", A, "not_in_shop")]


def test_a_file_that_cannot_be_read_is_in_sight(desk: ArrivalDesk) -> None:
    desk.drop_bytes("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
    desk.run()
    desk.run()
    assert outstanding(desk) == [("demo", "", "bad_row")]


def test_neither_a_stopped_run_nor_a_dry_one_changes_what_is_in_sight(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A, courier=WRONG))
    desk.run(finds={"demo": {A: Reason.UNDER_AUDIT}})
    desk.run(stops=["demo"])
    desk.run(live=False)
    assert outstanding(desk) == [("demo", A, "unknown_courier")]


def test_each_shop_of_an_inbox_shows_its_own(tmp_path: Path) -> None:
    two = ArrivalDesk(tmp_path, shops=("one", "two"))
    two.drop("today.csv", parcel(A), parcel(B))
    closed = Reason.ORDER_CLOSED
    two.run(finds={"one": {A: closed}, "two": {B: closed}})
    assert sorted(outstanding(two)) == [("one", A, "order_closed"), ("two", B, "order_closed")]
    two.run("one")
    assert sorted(outstanding(two)) == [("one", A, "order_closed"), ("two", B, "order_closed")]
