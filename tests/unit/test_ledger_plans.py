"""Planned runs: a record for each moment of the schedule, started once, ended once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rpa.ledger.actions import IllegalStep
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import Plan, PlannedRun, PlanState
from tests.support.ledger_clock import HandClock


def at(hour: int, minute: int = 0, *, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def wanted(moment: datetime, *, entry: str = "ship", shop: str = "demo", **more: object) -> Plan:
    values: dict[str, object] = {"due_at": moment, **more}
    return Plan(entry=entry, flow="ship", shop=shop, planned_at=moment, **values)  # type: ignore[arg-type] # any field


def planned(ledger: Ledger, moment: datetime, **more: str) -> PlannedRun:
    [new] = ledger.plan([wanted(moment, **more)])
    return new


def test_a_moment_is_planned_once_however_often_and_in_whichever_zone_it_is_asked(ledger: Ledger) -> None:
    first = ledger.plan([wanted(at(9)), wanted(at(10)), wanted(at(9))])
    assert [each.planned_at for each in first] == [at(9), at(10)]
    same = at(9).astimezone(ZoneInfo("America/New_York"))
    new = ledger.plan([wanted(at(11)), wanted(same), wanted(at(9), shop="other"), wanted(at(9), entry="again")])
    assert [(each.entry, each.shop, each.planned_at) for each in new] == [
        ("ship", "demo", at(11)),
        ("ship", "other", at(9)),
        ("again", "demo", at(9)),
    ]
    assert ledger.plan([]) == ledger.plan([wanted(at(10))]) == []
    assert len(ledger.planned_runs()) == 5


def test_moments_are_compared_as_they_are_stored(ledger: Ledger) -> None:
    moment = at(9).replace(microsecond=123_999)
    [new] = ledger.plan([wanted(moment), wanted(moment.replace(microsecond=123_000))])
    assert new.planned_at == moment.replace(microsecond=123_000)
    assert ledger.plan([wanted(moment)]) == []


def test_ten_thousand_are_planned_in_the_order_given_and_known_again(ledger: Ledger) -> None:
    many = [wanted(at(0) + timedelta(minutes=n), shop=f"s{n % 7}") for n in reversed(range(10_000))]
    new = ledger.plan(many)
    assert [(each.shop, each.planned_at) for each in new] == [(each.shop, each.planned_at) for each in many]
    assert ledger.plan(many) == []


def test_a_run_is_started_once_and_ends_once(ledger: Ledger, clock: HandClock) -> None:
    first = planned(ledger, at(9))
    assert (first.state, first.started_at, first.ended_at, first.ended) == (PlanState.PLANNED, None, None, False)
    clock.move(60)
    started = ledger.start_planned(first)
    assert (started.state, started.started_at, started.ended) == (PlanState.STARTED, clock.now(), False)
    with pytest.raises(IllegalStep, match=r"ship in demo, planned for 2026-03-10 09:00, is started"):
        ledger.start_planned(first)
    clock.move(60)
    ended = ledger.end_planned(started, state=PlanState.FINISHED, run_id="run-1", exit_code=3, detail="3 waiting")
    assert (ended.state, ended.run_id, ended.exit_code, ended.detail) == (PlanState.FINISHED, "run-1", 3, "3 waiting")
    assert (ended.started_at, ended.ended_at, ended.ended) == (started.started_at, clock.now(), True)
    for state in (PlanState.INTERRUPTED, PlanState.SKIPPED, PlanState.FINISHED):
        with pytest.raises(IllegalStep, match="is finished and cannot become"):
            ledger.end_planned(started, state=state)
    assert ledger.planned_runs() == [ended]


def test_what_was_not_started_ends_with_its_reason(ledger: Ledger) -> None:
    skipped = ledger.end_planned(planned(ledger, at(9)), state=PlanState.SKIPPED, reason="paused")
    assert (skipped.state, skipped.reason, skipped.started_at) == (PlanState.SKIPPED, "paused", None)
    with pytest.raises(IllegalStep, match="is skipped and cannot become started"):
        ledger.start_planned(skipped)
    [missed] = ledger.plan([wanted(at(10), state=PlanState.NEVER_STARTED, reason="downtime")])
    assert (missed.state, missed.reason, missed.ended, missed.ended_at is not None) == (
        PlanState.NEVER_STARTED,
        "downtime",
        True,
        True,
    )
    with pytest.raises(ValueError, match="started is no end"):
        ledger.end_planned(planned(ledger, at(11)), state=PlanState.STARTED)


def test_a_run_that_found_its_shop_taken_is_planned_again_under_the_same_record(ledger: Ledger) -> None:
    first = planned(ledger, at(9))
    with pytest.raises(IllegalStep, match="is planned and cannot become planned"):
        ledger.put_back(first)
    again = ledger.put_back(ledger.start_planned(first), detail="a run by hand")
    assert (again.id, again.state, again.started_at, again.detail) == (
        first.id,
        PlanState.PLANNED,
        None,
        "a run by hand",
    )
    assert ledger.due_planned(at(9)) == [again]
    assert ledger.start_planned(again).state is PlanState.STARTED


def test_due_is_what_is_planned_and_whose_time_has_come_longest_first(ledger: Ledger) -> None:
    late = ledger.plan([wanted(at(9), due_at=at(9, 5)), wanted(at(9, 1)), wanted(at(9, 2), due_at=at(9, 6))])
    assert [each.planned_at for each in ledger.due_planned(at(9, 5))] == [at(9, 1), at(9)]
    ledger.start_planned(late[1])
    assert [each.planned_at for each in ledger.due_planned(at(10))] == [at(9), at(9, 2)]


def test_planned_runs_are_found_by_shop_entry_state_and_span(ledger: Ledger) -> None:
    ledger.plan([wanted(at(hour), shop=shop) for hour in (8, 9, 10) for shop in ("demo", "other")])
    planned(ledger, at(9), entry="notices")
    ledger.end_planned(ledger.due_planned(at(8))[0], state=PlanState.SKIPPED, reason="paused")
    hours = [(each.shop, each.planned_at.hour) for each in ledger.planned_runs(entry="ship", limit=3)]
    assert hours == [("other", 10), ("demo", 10), ("other", 9)]
    assert [each.planned_at.hour for each in ledger.planned_runs(shop="demo", since=at(9), until=at(10))] == [10, 9, 9]
    assert [each.shop for each in ledger.planned_runs(state=PlanState.SKIPPED)] == ["demo"]
    assert ledger.newest_planned() == {
        ("ship", "demo"): at(10),
        ("ship", "other"): at(10),
        ("notices", "demo"): at(9),
    }


def test_each_shop_has_its_last_and_its_next(ledger: Ledger) -> None:
    eight, nine, ten, _ = ledger.plan([wanted(at(hour)) for hour in (8, 9, 10, 11)])
    other = planned(ledger, at(12), shop="other")
    first = ledger.end_planned(eight, state=PlanState.FINISHED, exit_code=0)
    assert ledger.last_and_next() == {"demo": (first, nine), "other": (None, other)}
    started = ledger.start_planned(nine)
    assert ledger.last_and_next(["demo", "empty"]) == {"demo": (started, ten), "empty": (None, None)}


def test_what_ended_long_ago_is_forgotten_but_not_where_the_count_of_missed_begins(ledger: Ledger) -> None:
    old = ledger.plan([wanted(at(9, day=day)) for day in (1, 2, 3, 4)])
    for each in old[:2]:
        ledger.end_planned(each, state=PlanState.FINISHED, exit_code=0)
    rare = ledger.end_planned(planned(ledger, at(9, day=1), entry="yearly"), state=PlanState.FINISHED, exit_code=0)
    assert ledger.forget_planned(at(9, day=2)) == 1
    assert ledger.forget_planned(at(9, day=9)) == 1
    left = ledger.planned_runs()
    assert [(each.entry, each.planned_at.day) for each in left] == [("ship", 4), ("ship", 3), ("yearly", 1)]
    assert ledger.newest_planned()["yearly", "demo"] == rare.planned_at
