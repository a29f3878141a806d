"""Whether orders will be out in time, at the pace of the last day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rpa.monitoring.backlog import Forecast, forecast

NOW = datetime(2026, 3, 10, 9, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


def due(*hours: float) -> list[datetime]:
    return [NOW + timedelta(hours=each) for each in hours]


def test_orders_that_leave_before_their_deadlines_are_no_news() -> None:
    assert forecast(due(1, 2, 3), delivered=24, now=NOW) is None
    assert forecast([], delivered=0, now=NOW) is None


def test_what_is_behind_others_in_the_queue_is_late() -> None:
    assert forecast(due(2, 2, 2, 2.5), delivered=24, now=NOW) == Forecast(
        delivered=24, waiting=4, missed=2, first=NOW + timedelta(hours=2)
    )


def test_the_nearest_deadline_is_shipped_first_whatever_the_order_given() -> None:
    assert forecast(due(3, 1, 2), delivered=24, now=NOW) is None


def test_what_is_over_is_missed_and_takes_its_share_of_the_pace() -> None:
    found = forecast(due(-1, 1.5), delivered=24, now=NOW)
    assert found is not None
    assert (found.missed, found.first) == (2, NOW - timedelta(hours=1))


def test_where_nothing_was_shipped_all_that_is_due_within_a_day_is_missed() -> None:
    found = forecast(due(5, 23.9, 24.1, 100), delivered=0, now=NOW)
    assert found is not None
    assert (found.waiting, found.missed, found.per_hour) == (2, 2, 0)


@given(hours=st.lists(st.floats(-5, 30), max_size=30), delivered=st.integers(0, 200))
def test_a_faster_pace_never_misses_more(hours: list[float], delivered: int) -> None:
    slow, fast = (forecast(due(*hours), delivered=count, now=NOW) for count in (delivered, delivered + 1))
    assert (fast.missed if fast else 0) <= (slow.missed if slow else 0)
