"""What is missed, what makes up for it, and what is begun again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rpa.ledger.plans import PlannedRun, PlanState
from rpa.scheduler.planner import Missed, Times, Why, begun_again, judge, unrecorded
from rpa.timetable import Calendar, Entry
from tests.support.made_plans import a_planned_run

ZONE = ZoneInfo("America/New_York")
TIMES = Times(calendar=Calendar(), zone=ZONE)
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
HOURLY = Entry(flow="ship", every=timedelta(hours=1))
HOUR = timedelta(hours=1)


def missed(entry: Entry, *hours_ago: float, shop: str = "a", record: PlannedRun | None = None) -> list[Missed]:
    return [Missed(entry=entry, shop=shop, planned_at=NOW - ago * HOUR, record=record) for ago in hours_ago]


def recorded(hours_ago: float, *, entry: Entry = HOURLY, reason: str = "") -> PlannedRun:
    told = {"id": int(hours_ago * 100), "entry": entry.name, "flow": entry.flow, "shop": "a", "reason": reason}
    return a_planned_run(NOW - hours_ago * HOUR, **told)


def test_a_shop_that_was_never_planned_for_has_missed_nothing() -> None:
    assert unrecorded(HOURLY, recorded={}, times=TIMES, now=NOW) == []


def test_each_shop_has_missed_the_moments_since_its_own_last_one() -> None:
    since = {"a": NOW - 3 * HOUR, "b": NOW - 1 * HOUR}
    found = unrecorded(HOURLY, recorded=since, times=TIMES, now=NOW + timedelta(minutes=1))
    ago = [(each.shop, (NOW - each.planned_at) / HOUR) for each in found]
    assert ago == [("a", 2), ("a", 1), ("a", 0), ("b", 0)]


def test_of_all_entries_of_a_flow_the_newest_moment_makes_up_for_the_others() -> None:
    daily = Entry(name="daily", flow="ship", hours=(9,))
    judgement = judge([*missed(HOURLY, 3, 2), *missed(daily, 1), *missed(HOURLY, 1, shop="b")], now=NOW)
    made_up = {(plan.shop, plan.entry): plan.stands_for for plan in judgement.plans if plan.state is PlanState.PLANNED}
    assert made_up == {("a", "daily"): 3, ("b", "ship"): 1}
    assert judgement.never_started == 2
    assert {plan.reason for plan in judgement.plans if plan.state is PlanState.NEVER_STARTED} == {Why.DOWNTIME}


def test_other_flows_are_made_up_for_by_runs_of_their_own() -> None:
    notices = Entry(flow="audit-notices", every=HOUR)
    judgement = judge([*missed(HOURLY, 2, 1), *missed(notices, 2, 1)], now=NOW)
    assert sorted(plan.flow for plan in judgement.plans if plan.state is PlanState.PLANNED) == ["audit-notices", "ship"]


def test_nothing_older_than_a_day_is_made_up_for() -> None:
    judgement = judge([*missed(HOURLY, 30, 24.5)], now=NOW)
    assert {plan.state for plan in judgement.plans} == {PlanState.NEVER_STARTED}


@pytest.mark.parametrize(("late_s", "started"), [(59, True), (61, False)])
def test_without_catch_up_a_start_within_a_minute_is_still_in_time(late_s: int, *, started: bool) -> None:
    entry = Entry(flow="ship", every=HOUR, catch_up=False)
    [plan] = judge(missed(entry, late_s / 3600), now=NOW).plans
    assert (plan.state is PlanState.PLANNED) is started


def test_a_run_that_is_on_record_makes_up_as_it_is_or_is_given_up() -> None:
    newest, older = recorded(1), recorded(2)
    judgement = judge([*missed(HOURLY, 1, record=newest), *missed(HOURLY, 2, record=older)], now=NOW)
    assert (judgement.plans, judgement.given_up) == ((), (older,))


def test_lateness_is_counted_in_real_time_when_clocks_are_put_back() -> None:
    zone = ZoneInfo("America/New_York")
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=zone)
    entry = Entry(flow="ship", every=HOUR, catch_up=False)
    plans = judge([Missed(entry=entry, shop="a", planned_at=twice)], now=twice.replace(fold=1)).plans
    assert {plan.state for plan in plans} == {PlanState.NEVER_STARTED}, "it is an hour later, not no time at all"


def test_what_was_cut_off_is_begun_again_at_once_beside_the_plan() -> None:
    [plan] = begun_again([recorded(1)], entries={"ship": HOURLY}, times=TIMES, now=NOW)
    assert (plan.planned_at, plan.due_at, plan.reason) == (NOW, NOW, Why.CAUGHT_UP)


def test_what_was_begun_again_and_cut_off_again_waits_for_the_next_moment() -> None:
    aside = recorded(0.99)
    assert begun_again([aside], entries={"ship": HOURLY}, times=TIMES, now=NOW) == []


def test_a_flow_that_was_cut_off_twice_is_begun_again_once() -> None:
    assert len(begun_again([recorded(2), recorded(1)], entries={"ship": HOURLY}, times=TIMES, now=NOW)) == 1


def test_an_entry_without_catch_up_is_not_begun_again() -> None:
    entry = Entry(flow="ship", every=HOUR, catch_up=False)
    assert begun_again([recorded(1)], entries={"ship": entry}, times=TIMES, now=NOW) == []
