from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rpa.timetable import Calendar, Entry, due_at, is_quiet, planned

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
ZONES = tuple(
    map(
        ZoneInfo,
        (
            "Asia/Shanghai",
            "America/New_York",
            "Europe/Berlin",
            "Africa/Cairo",
            "Australia/Lord_Howe",
            "America/Santiago",
            "America/St_Johns",
            "Pacific/Apia",
            "Asia/Beirut",
            "UTC",
        ),
    )
)
"""Gaps of an hour and of half an hour, at night and at midnight; a midnight that came twice (St_Johns, 2010); and a day
that was left out (Apia, 2011)."""
SPRING, AUTUMN = "2026-03-08", "2026-11-01"
"""The days on which New York changes its clocks, at two o'clock."""


def moments(entry: Entry, day: str, *, zone: ZoneInfo = SHANGHAI, days: int = 1, calendar: Any = None) -> list[str]:
    """What is planned on this day, as `HH:MM` with the offset where the zone changes it."""
    after = datetime.fromisoformat(day).replace(tzinfo=zone) - timedelta(seconds=1)
    until = (after.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
    found = planned(entry, calendar=calendar or Calendar(), zone=zone, after=after, until=until)
    form = "%H:%M" if zone is SHANGHAI and days == 1 else "%d %H:%M" if zone is SHANGHAI else "%H:%M %z"
    return [f"{each:{form}}" for each in found]


def entry(**keys: Any) -> Entry:
    return Entry(flow="ship", **keys)


def test_hours_mean_that_minute_of_each_hour() -> None:
    assert moments(entry(hours="6-8,12", minute=5), "2026-07-01") == ["06:05", "07:05", "08:05", "12:05"]


def test_times_come_in_the_order_of_the_day_each_once() -> None:
    assert moments(entry(at=["13:30", "09:00", "9:00"]), "2026-07-01") == ["09:00", "13:30"]


def test_every_counts_from_midnight_and_begins_anew_with_each_day() -> None:
    assert moments(entry(every="7h"), "2026-07-01", days=2) == [
        "01 00:00",
        "01 07:00",
        "01 14:00",
        "01 21:00",
        "02 00:00",
        "02 07:00",
        "02 14:00",
        "02 21:00",
    ]


def test_between_has_both_its_first_and_its_last_moment() -> None:
    assert moments(entry(every="4h", between="08:00-16:00"), "2026-07-01") == ["08:00", "12:00", "16:00"]
    assert moments(entry(every="8h", between="08:00-24:00"), "2026-07-01") == ["08:00", "16:00"]


def test_a_night_crosses_midnight() -> None:
    assert moments(entry(every="3h", between="21:00-06:00"), "2026-07-01") == ["00:00", "03:00", "06:00", "21:00"]


def test_days_of_the_week_are_those_of_the_calendar() -> None:
    assert moments(entry(at=["09:00"], days=["mon", "sun"]), "2026-07-01", days=14) == [
        "05 09:00",
        "06 09:00",
        "12 09:00",
        "13 09:00",
    ]


def test_a_quiet_day_has_no_moments_unless_the_entry_wants_it_or_it_is_a_promotion() -> None:
    first, second, third = (date(2026, 10, day) for day in (1, 2, 3))
    calendar = Calendar(quiet_days=frozenset({first, second}), promotion_days=frozenset({second}))
    assert [is_quiet(day, calendar) for day in (first, second, third)] == [True, False, False]
    assert moments(entry(at=["09:00"]), "2026-10-01", days=3, calendar=calendar) == ["02 09:00", "03 09:00"]
    wanted = entry(at=["09:00"], on_quiet_days=True)
    assert moments(wanted, "2026-10-01", days=3, calendar=calendar) == ["01 09:00", "02 09:00", "03 09:00"]


@pytest.mark.parametrize(("when", "days"), [("as_usual", [10, 11, 12]), ("only", [11]), ("never", [10, 12])])
def test_promotion_days_are_as_usual_the_only_ones_or_left_out(when: str, days: Sequence[int]) -> None:
    calendar = Calendar(promotion_days=frozenset({date(2026, 11, 11)}))
    found = moments(entry(at=["09:00"], promotion_days=when), "2026-11-10", days=3, calendar=calendar)
    assert found == [f"{day} 09:00" for day in days]


def test_a_wall_time_that_is_left_out_in_spring_comes_once_right_after_the_gap() -> None:
    found = moments(entry(hours="1-3", minute=30), SPRING, zone=NEW_YORK)
    assert found == ["01:30 -0500", "03:00 -0400", "03:30 -0400"]
    assert moments(entry(at=["02:10", "02:50", "03:00"]), SPRING, zone=NEW_YORK) == ["03:00 -0400"]


def test_a_wall_time_that_comes_twice_in_autumn_counts_at_the_first() -> None:
    assert moments(entry(hours="0-2", minute=30), AUTUMN, zone=NEW_YORK) == [
        "00:30 -0400",
        "01:30 -0400",
        "02:30 -0500",
    ]


def test_every_goes_on_in_real_time_where_clocks_change() -> None:
    night = entry(every="30m", between="00:30-03:00")
    assert moments(night, SPRING, zone=NEW_YORK) == ["00:30 -0500", "01:00 -0500", "01:30 -0500", "03:00 -0400"]
    assert moments(night, AUTUMN, zone=NEW_YORK) == [
        "00:30 -0400",
        "01:00 -0400",
        "01:30 -0400",
        "01:00 -0500",
        "01:30 -0500",
        "02:00 -0500",
        "02:30 -0500",
        "03:00 -0500",
    ]


def test_a_day_without_midnight_begins_when_its_clock_begins() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert moments(entry(every="8h"), "2026-04-24", zone=cairo)[:2] == ["01:00 +0300", "09:00 +0300"]


def test_a_midnight_that_comes_twice_counts_at_the_first() -> None:
    newfoundland = ZoneInfo("America/St_Johns")
    assert moments(entry(at=["00:00", "23:30"]), "2010-11-06", zone=newfoundland, days=2) == [
        "00:00 -0230",
        "23:30 -0230",
        "00:00 -0230",
        "23:30 -0330",
    ]
    second_quarter_past_eleven = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)
    hour = {"after": second_quarter_past_eleven - timedelta(hours=1), "until": second_quarter_past_eleven}
    assert instants(entry(at=["00:00"]), zone=newfoundland, **hour) == [datetime(2010, 11, 7, 2, 30, tzinfo=UTC)]


def test_a_day_that_a_zone_leaves_out_has_no_moments() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert moments(entry(at=["09:00"]), "2011-12-29", zone=apia, days=3) == ["09:00 -1000", "09:00 +1400"]


def test_a_moment_belongs_to_the_span_that_it_ends_not_to_the_one_that_it_begins() -> None:
    nine = datetime(2026, 7, 1, 9, tzinfo=SHANGHAI)
    hourly = entry(hours="8-10")
    spans = [(nine - timedelta(minutes=1), nine), (nine, nine + timedelta(minutes=1))]
    found = [list(planned(hourly, calendar=Calendar(), zone=SHANGHAI, after=a, until=b)) for a, b in spans]
    assert found == [[nine], []]


TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
EVERY = st.integers(1, 24 * 60).map(lambda minutes: {"every": timedelta(minutes=minutes)})
NIGHTS = st.tuples(TIMES, TIMES).filter(lambda span: span[0] != span[1])
KINDS = st.one_of(
    EVERY,
    st.tuples(EVERY, NIGHTS).map(lambda both: {**both[0], "between": both[1]}),
    st.lists(TIMES, min_size=1, max_size=5).map(lambda times: {"at": tuple(times)}),
    st.tuples(st.sets(st.integers(0, 23), min_size=1), st.integers(0, 59)).map(
        lambda both: {"hours": tuple(both[0]), "minute": both[1]}
    ),
)
CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 10, 3, 15, tzinfo=UTC),
    datetime(2026, 9, 6, 4, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
)
"""Instants near which one zone or another changes its clocks."""
SPANS = st.tuples(st.sampled_from(CHANGES), st.tuples(*[st.integers(-2 * 86400, 2 * 86400)] * 3)).map(
    lambda both: sorted(both[0] + timedelta(seconds=seconds) for seconds in both[1])
)


def instants(entry: Entry, *, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """In UTC, where comparing is right."""
    found = planned(entry, calendar=Calendar(), zone=zone, after=after, until=until)
    return [each.astimezone(UTC) for each in found]


@given(kind=KINDS, zone=st.sampled_from(ZONES), marks=SPANS)
@settings(deadline=None, max_examples=60)
def test_a_span_has_the_moments_of_its_parts_ascending_each_once(
    kind: dict[str, Any], zone: ZoneInfo, marks: list[datetime]
) -> None:
    after, mid, until = marks
    first = instants(entry(**kind), zone=zone, after=after, until=mid)
    second = instants(entry(**kind), zone=zone, after=mid, until=until)
    assert first + second == instants(entry(**kind), zone=zone, after=after, until=until)
    assert all(before < later for before, later in pairwise(first + second))
    assert all(after < each <= until for each in first + second)


@pytest.mark.slow
@given(zone=st.sampled_from(ZONES), change=st.sampled_from(CHANGES), at=st.lists(TIMES, min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_a_wall_time_comes_when_the_clock_first_shows_it_or_a_later_one_of_its_day(
    zone: ZoneInfo, change: datetime, at: list[time]
) -> None:
    minutes = [change + timedelta(minutes=number) for number in range(-4320, 4320)]
    shown = [(utc, utc.astimezone(zone).replace(tzinfo=None)) for utc in minutes]
    days = sorted({wall.date() for _, wall in shown})[1:-1]
    expected = {next(utc for utc, wall in shown if wall >= datetime.combine(day, one)) for day in days for one in at}
    first, last = (next(utc for utc, wall in shown if wall.date() == day) for day in (days[0], days[-1]))
    found = instants(entry(at=tuple(at)), zone=zone, after=first - timedelta(seconds=1), until=last)
    assert found == sorted(utc for utc in expected if utc <= last)


@given(shop=st.text(min_size=1, max_size=5), hours=st.integers(0, 10_000), jitter=st.integers(0, 3600))
def test_a_start_is_later_by_less_than_the_jitter_and_always_by_the_same(shop: str, hours: int, jitter: int) -> None:
    hourly = entry(every="2h", jitter=timedelta(seconds=jitter))
    moment = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).astimezone(NEW_YORK)
    due = due_at(hourly, shop=shop, planned_at=moment)
    late = due.astimezone(UTC) - moment.astimezone(UTC)
    assert timedelta(0) <= late <= timedelta(seconds=jitter)
    again = due_at(hourly, shop=shop, planned_at=moment.astimezone(UTC))
    assert again == due.astimezone(UTC)
    assert due.tzinfo is NEW_YORK


def test_shops_do_not_all_start_at_one_moment() -> None:
    hourly = entry(hours="9", jitter="10m")
    moment = datetime(2026, 7, 1, 9, tzinfo=SHANGHAI)
    late = sorted(due_at(hourly, shop=f"shop{n}", planned_at=moment) - moment for n in range(100))
    assert len(set(late)) == 100
    assert late[0] < timedelta(minutes=1)
    assert late[-1] > timedelta(minutes=9)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "exactly one of every"),
        ({"every": "10m", "hours": "9"}, "exactly one of every"),
        ({"every": "59s"}, 'from "1m" to "1d"'),
        ({"every": "25h"}, 'from "1m" to "1d"'),
        ({"every": "ten minutes"}, 'like "30s"'),
        ({"every": "10m", "jitter": "10m"}, "shorter than every"),
        ({"at": ["09:00"], "jitter": "2h"}, 'at most "1h"'),
        ({"at": ["24:00"]}, 'a time of day like "09:00"'),
        ({"at": ["09:00"], "minute": 5}, "minute belongs to hours"),
        ({"at": ["09:00"], "between": "08:00-10:00"}, "between belongs to every"),
        ({"hours": "22-5"}, "ends before it begins"),
        ({"hours": "6-24"}, "from 0 to 23"),
        ({"hours": "six"}, 'like "6-22"'),
        ({"hours": "9", "minute": 60}, "less than or equal to 59"),
        ({"every": "10m", "between": "08:00"}, 'two times like "08:00-23:00"'),
        ({"every": "10m", "between": "08:00-25:00"}, "a time of day"),
        ({"every": "10m", "between": "08:00-8:00"}, "begins when it ends"),
        ({"every": "10m", "days": ["monday"]}, "'mon'"),
        ({"every": "10m", "time_limit": "10s"}, 'from "1m" to "1d"'),
        ({"every": "10m", "tries": 3}, "Extra inputs"),
    ],
)
def test_an_entry_that_means_nothing_is_refused_with_a_reason(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        entry(**keys)
    assert said in str(caught.value)
