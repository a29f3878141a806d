"""Who waits for a sheet is told when it does not come, once, and until it comes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from flows.inbox.deadline import watch_inboxes
from rpa.discovery import background_jobs
from tests.support.inbox_desk import A, ArrivalDesk, B, parcel

SHANGHAI = ZoneInfo("Asia/Shanghai")
SETTINGS = 'inbox = "inbox"\ninbox_by = "10:00"\n'


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path, settings=SETTINGS)


def at(hour: int, minute: int = 0, *, day: int = 10) -> time_machine.travel:
    return time_machine.travel(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI), tick=False)


def told(desk: ArrivalDesk) -> list[tuple[str, str, int]]:
    """(shop, cause, times seen) of the open incidents after a look at the inboxes."""
    with desk.ledger() as ledger:
        watch_inboxes(desk.config, ledger)
        return [(each.shop, each.cause, each.times_seen) for each in ledger.open_incidents()]


def test_an_inbox_that_is_empty_at_its_hour_is_told_of_once(desk: ArrivalDesk) -> None:
    with at(9, 59):
        assert told(desk) == []
    with at(10):
        assert told(desk) == [("demo", "inbox_empty", 1)]
    with at(23, 59):
        assert told(desk) == [("demo", "inbox_empty", 1)]


def test_it_is_over_when_a_sheet_comes_be_it_the_next_day(desk: ArrivalDesk) -> None:
    with at(10):
        told(desk)
    with at(8, day=11):
        assert told(desk) == [("demo", "inbox_empty", 1)]
        desk.drop("today.csv", parcel(A))
        assert told(desk) == []


@pytest.mark.parametrize("taken_in", [True, False])
def test_a_sheet_that_came_that_day_will_do(desk: ArrivalDesk, *, taken_in: bool) -> None:
    with at(9):
        desk.drop("today.csv", parcel(A))
        if taken_in:
            desk.run()
    with at(10):
        assert told(desk) == []


def test_neither_the_sheet_of_yesterday_nor_a_copy_of_it_will_do(desk: ArrivalDesk) -> None:
    with at(9):
        desk.drop("today.csv", parcel(A))
        desk.run()
    with at(10, day=11):
        desk.drop("copy.csv", parcel(A))
        assert told(desk) == [("demo", "inbox_empty", 1)]
        desk.drop("new.csv", parcel(B))
        assert told(desk) == []


def test_nothing_is_awaited_on_quiet_days(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, settings=SETTINGS + '[calendar]\nquiet_days = ["2026-03-10"]\n')
    with at(12):
        assert told(desk) == []
    with at(12, day=11):
        assert told(desk) == [("demo", "inbox_empty", 1)]


def test_an_hour_that_is_taken_back_closes_its_incident(desk: ArrivalDesk) -> None:
    with at(12):
        told(desk)
        assert told(ArrivalDesk(desk.folder)) == []


def test_shops_that_share_an_inbox_are_told_of_one_by_one(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, shops=("one", "two"), settings=SETTINGS)
    with at(12):
        assert [shop for shop, _, _ in told(desk)] == ["one", "two"]


def test_the_scheduler_finds_this_watch() -> None:
    assert background_jobs()["inbox"].load() is watch_inboxes
