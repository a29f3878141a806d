"""How each shop is doing, and whether somebody should look now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.cli.status_table import shop_table
from rpa.errors import ConfigError
from rpa.kind_words import GENERAL
from rpa.language import Language
from rpa.ledger.incidents import Severity
from rpa.ledger.plans import PlanState
from rpa.ledger.runs import RunState
from rpa.monitoring.health import allowed_down, complaint, scheduler_of
from rpa.monitoring.shops import Condition
from rpa.monitoring.status_json import document
from rpa.pauses import Pauses
from rpa.scheduler.instance_lock import InstanceLock
from tests.support.monitoring_desk import MORNING, OverviewDesk, an_order, overview_desk

PLANNED = '[[schedule]]\nflow = "ship"\nevery = "30m"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more=PLANNED) as opened:
        yield opened


def test_what_is_pending_held_and_due_is_counted_once_an_order(desk: OverviewDesk) -> None:
    desk.ran(
        "demo",
        an_order(1, Reason.NO_TRACKING_YET, hours=30),
        an_order(2, Reason.UNDER_AUDIT, hours=3),
        an_order(3, Reason.UNKNOWN, hours=-1),
        an_order(4, Reason.NOT_IN_SHOP),
    )
    state = desk.states()["demo"]
    assert (len(state.backlog.pending), len(state.backlog.held), state.near) == (3, 1, 2)
    assert state.backlog.first_deadline == MORNING - timedelta(hours=1)
    assert not desk.states()["south"].backlog.pending


def test_the_last_run_is_told_with_its_end_and_the_next_one_with_its_time(desk: OverviewDesk) -> None:
    desk.ran("demo", flow="audit-notices")
    desk.move(minutes=1)
    desk.ran("demo", an_order(1, Reason.UNKNOWN), state=RunState.STOPPED)
    coming = desk.planned("demo", hours=0.5)
    desk.planned("demo", hours=1.5, flow="audit-notices")
    state = desk.states()["demo"]
    assert state.last is not None
    assert (state.last.flow, state.last.state, state.last.counts) == ("ship", RunState.STOPPED, {"waiting": 1})
    assert state.next == coming
    assert desk.states()["south"].last is None


def test_a_shop_that_nobody_has_run_yet_is_fine(desk: OverviewDesk) -> None:
    assert {state.condition for state in desk.states().values()} == {Condition.FINE}


def test_a_shop_is_down_when_a_person_is_needed_at_once(desk: OverviewDesk) -> None:
    desk.ledger.incidents.report("south", cause="login_needed", message="Not logged in", severity=Severity.CRITICAL)
    desk.ledger.incidents.report("demo", cause="rate_limited", message="Too many calls")
    desk.ledger.incidents.report("demo", cause="ship_by_2h", message="3 orders", severity=Severity.CRITICAL)
    states = desk.states()
    assert {name: state.condition for name, state in states.items()} == {
        "south": Condition.DOWN,
        "demo": Condition.TROUBLED,
    }
    assert list(states) == ["south", "demo"]


def test_a_shop_is_down_after_three_runs_in_a_row_that_did_not_come_to_their_end(desk: OverviewDesk) -> None:
    for state in (RunState.FINISHED, RunState.STOPPED, RunState.CRASHED):
        desk.ran("demo", state=state)
        desk.move(minutes=1)
    assert desk.states()["demo"].condition is Condition.TROUBLED
    desk.ran("demo", state=RunState.CRASHED)
    assert desk.states()["demo"].down
    desk.move(minutes=1)
    desk.ran("demo")
    assert desk.states()["demo"].condition is Condition.FINE


def test_planned_runs_that_could_not_even_begin_count_as_failed(desk: OverviewDesk) -> None:
    for _ in range(3):
        planned = desk.ledger.plans.start(desk.planned("demo"))
        desk.move(minutes=10)
        desk.ledger.plans.end(planned, state=PlanState.FINISHED, exit_code=2)
    state = desk.states()["demo"]
    assert state.last is not None
    assert (state.last.state, state.down) == (RunState.CRASHED, True)


def test_orders_that_need_a_person_are_no_failure_of_the_run(desk: OverviewDesk) -> None:
    for _ in range(3):
        planned = desk.ledger.plans.start(desk.planned("demo"))
        run_id = desk.ran("demo", an_order(1, Reason.UNKNOWN))
        desk.ledger.plans.end(planned, state=PlanState.FINISHED, exit_code=3, run_id=run_id)
        desk.move(minutes=10)
    assert desk.states()["demo"].failed_in_a_row == 0


def test_a_paused_shop_is_not_down_for_the_runs_that_the_pause_stopped(desk: OverviewDesk) -> None:
    for _ in range(3):
        desk.ran("demo", state=RunState.STOPPED)
        desk.move(minutes=1)
    Pauses(desk.config.folder, desk.config.var).pause("demo", by="me", reason="stocktaking", at=desk.now())
    state = desk.states()["demo"]
    assert (state.condition, state.down) == (Condition.PAUSED, False)


def test_orders_that_the_pace_will_not_reach_are_foretold_but_not_held_ones(desk: OverviewDesk) -> None:
    desk.shipped("demo", 24)
    desk.move(minutes=1)
    desk.ran(
        "demo",
        an_order(1, Reason.NO_TRACKING_YET, hours=1.5),
        an_order(2, Reason.NO_TRACKING_YET, hours=1.6),
        an_order(3, Reason.UNDER_AUDIT, hours=1),
    )
    state = desk.states()["demo"]
    assert state.forecast is not None
    assert (state.forecast.delivered, state.forecast.waiting, state.forecast.missed) == (24, 2, 1)
    assert state.condition is Condition.TROUBLED


def test_the_pace_is_told_by_our_clock_and_deadlines_by_the_sites(desk: OverviewDesk) -> None:
    desk.shipped("demo", 24)
    desk.move(minutes=1)
    desk.ledger.site_clocks.keep("demo", ahead=timedelta(days=-200))
    before = MORNING - timedelta(days=200)
    desk.ran("demo", *(an_order(number, Reason.NO_TRACKING_YET, hours=1.5, at=before) for number in (1, 2)))
    forecast = desk.states()["demo"].forecast
    assert forecast is not None
    assert (forecast.delivered, forecast.missed) == (24, 1)


def test_nothing_is_foretold_of_a_shop_in_preview(tmp_path: Path) -> None:
    preview = '[shops.trial]\nplatform = "pinduoduo"\nmall_id = "2"\n'
    with overview_desk(tmp_path, more=preview) as desk:
        desk.ran("trial", an_order(1, Reason.DRY_RUN, hours=3), an_order(2, Reason.NO_TRACKING_YET, hours=3))
        state = desk.states()["trial"]
        assert (state.preview, state.forecast, state.near) == (True, None, 2)


@pytest.mark.parametrize(("language", "words"), [(Language.EN, "trouble · preview"), (Language.ZH, "有问题 · 预演")])
def test_a_shop_in_preview_with_an_incident_is_told_as_both(tmp_path: Path, language: Language, words: str) -> None:
    preview = '[shops.trial]\nplatform = "pinduoduo"\nmall_id = "2"\n'
    with overview_desk(tmp_path, shops=(), more=preview) as desk:
        desk.ledger.incidents.report("trial", cause="page_changed", message="m")
        states = [*desk.states().values()]
        table = shop_table(states, words=GENERAL, language=language, now=desk.now())
        [row] = zip(*(column.cells for column in table.columns), strict=True)
        assert str(row[1]) == words


def test_the_json_document_tells_all_of_each_shop(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.UNDER_AUDIT, hours=3))
    desk.ledger.logins.put("demo", ends_at=MORNING + timedelta(hours=5))
    desk.planned("demo", hours=0.5)
    desk.planned("demo", hours=-0.5, state=PlanState.NEVER_STARTED, reason="downtime", flow="audit-notices")
    desk.ledger.incidents.report("demo", cause="rate_limited", message="Too many calls")
    made = document(
        list(desk.states().values()),
        scheduler=scheduler_of(desk.config, desk.ledger, now=desk.now()),
        program=(),
        complaint=None,
        language=desk.config.language,
        now=desk.now(),
    )
    demo = made["shops"]["demo"]
    assert (demo["pending"], demo["held"], demo["due_within_24h"]) == (1, 1, 1)
    assert demo["first_ship_by"] == "2026-03-10T12:15:00+08:00"
    assert demo["login"]["ends_at"] == "2026-03-10T14:15:00+08:00"
    assert (demo["last_run"]["flow"], demo["next_run"]["due_at"]) == ("ship", "2026-03-10T09:45:00+08:00")
    assert [run["flow"] for run in demo["lost_runs"]] == ["audit-notices"]
    assert [incident["cause"] for incident in demo["incidents"]] == ["rate_limited"]
    assert made["shops"]["south"]["condition"] == "fine"


def wrong(desk: OverviewDesk, *, allowed: int = 0) -> str:
    """Why somebody should look; empty: all is well."""
    scheduler = scheduler_of(desk.config, desk.ledger, now=desk.now())
    found = complaint(scheduler, list(desk.states().values()), allowed=allowed)
    return found.en if found else ""


def test_a_scheduler_without_a_sign_of_life_for_three_minutes_is_missed(desk: OverviewDesk) -> None:
    assert "never run here" in wrong(desk)
    desk.ledger.heartbeats.beat("scheduler")
    desk.move(minutes=3)
    assert wrong(desk) == ""
    desk.move(seconds=1)
    assert "no sign of life since 2026-03-10 09:15" in wrong(desk)


def test_between_calls_of_schedule_once_nobody_is_missed_until_a_run_is_an_hour_late(desk: OverviewDesk) -> None:
    presence = InstanceLock(desk.config)
    presence.call(desk.ledger)
    presence.beat(desk.ledger, next_due_at=None, running=())
    desk.planned("demo", hours=0.5)
    desk.move(minutes=4)
    assert "no sign of life since 2026-03-10 09:15" in wrong(desk), "this call was cut off"
    presence.call_over(desk.ledger)
    desk.move(minutes=85)
    assert wrong(desk) == ""
    desk.move(minutes=1)
    assert "overdue: 1, the first ship in demo since 03-10 09:45" in wrong(desk)


def test_nobody_misses_a_scheduler_where_nothing_is_planned(tmp_path: Path) -> None:
    with overview_desk(tmp_path) as desk:
        assert wrong(desk) == ""


def test_runs_that_are_ten_minutes_overdue_are_told_unless_their_shop_is_at_work(desk: OverviewDesk) -> None:
    desk.planned("demo", hours=-9 / 60)
    desk.ledger.heartbeats.beat("scheduler")
    assert wrong(desk) == ""
    desk.move(minutes=1)
    assert "overdue: 1, the first ship in demo since 03-10 09:06" in wrong(desk)
    desk.ledger.plans.start(desk.planned("demo", flow="audit-notices"))
    assert wrong(desk) == ""


def test_shops_that_are_down_are_told_above_the_number_that_may_be(desk: OverviewDesk) -> None:
    desk.ledger.heartbeats.beat("scheduler")
    desk.ledger.incidents.report("south", cause="challenge", message="A challenge", severity=Severity.CRITICAL)
    assert wrong(desk) == "1 of 2 shops are down: south. See `rpa todo`."
    assert wrong(desk, allowed=1) == ""


@pytest.mark.parametrize(("text", "allowed"), [("0", 0), ("3", 3), ("1%", 3), ("0.5%", 1), ("100%", 300), (" 2% ", 6)])
def test_how_many_shops_may_be_down_is_a_number_or_a_share(text: str, allowed: int) -> None:
    assert allowed_down(text, shops=300) == allowed


@pytest.mark.parametrize("text", ["", "-1", "few", "1.5", "%", "1 %"])
def test_what_is_neither_a_number_nor_a_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="3 or 1%"):
        allowed_down(text, shops=300)
