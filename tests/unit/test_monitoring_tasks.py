"""The one list of what a person has to do, across shops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.ledger.incidents import Severity
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import PlanState
from rpa.ledger.runs import RunState
from rpa.monitoring.tasks import each_by_itself
from tests.support.monitoring_desk import MORNING, OverviewDesk, an_order, overview_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path) as opened:
        yield opened


def codes(desk: OverviewDesk) -> list[tuple[tuple[str, ...], str]]:
    return [(line.shops, line.code) for line in desk.to_do()]


def test_one_line_a_cause_and_shop_nearest_deadline_first(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.UNKNOWN, hours=30), an_order(2, Reason.UNKNOWN, hours=5))
    desk.ran(
        "south", an_order(3, Reason.UNKNOWN, hours=9), an_order(4, Reason.SITE_REFUSED), an_order(5, Reason.BAD_ROW)
    )
    lines = desk.to_do()
    assert [(line.shops, line.code, line.count) for line in lines] == [
        (("demo",), "unknown", 2),
        (("south",), "unknown", 1),
        (("south",), "site_refused", 1),
        (("south",), "bad_row", 1),
    ]
    assert lines[0].deadline == MORNING + timedelta(hours=5)
    assert lines[0].subjects == ("260310-000000000000002", "260310-000000000000001")
    assert lines[0].words is Reason.UNKNOWN.text


def test_what_waits_is_no_task_until_its_deadline_is_near_by_the_sites_clock(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=25), an_order(2, Reason.UNDER_AUDIT, hours=48))
    assert desk.to_do() == []
    desk.ledger.keep_site_clock("demo", ahead=timedelta(hours=2))
    assert codes(desk) == [(("demo",), "no_tracking_yet")]


def test_what_waits_for_an_answer_is_a_task_at_once(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.ORDER_CHANGED, hours=100), an_order(2, Reason.ON_HOLD, hours=100))
    assert codes(desk) == [(("demo",), "order_changed")]


def test_an_order_that_several_reports_speak_of_is_one_task_told_by_the_worst(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.UNDER_AUDIT, hours=3))
    other = an_order(1, Reason.SOURCES_DISAGREE, hours=3)
    run = desk.ledger.start_run("demo", flow="export-orders")
    desk.ledger.stand("demo", report="Another", flow="export-orders", run_id=run.id, rows=[other], whole=True)
    assert codes(desk) == [(("demo",), "sources_disagree")]


def test_sheet_rows_without_an_order_are_told_apart_by_what_is_wrong_with_them(desk: OverviewDesk) -> None:
    rows = [Finding(subject="", outcome="refused", reason="bad_row", message=f"row {number}") for number in (4, 7)]
    desk.ran("demo", *rows)
    [line] = desk.to_do()
    assert line.subjects == ("row 4", "row 7")


def test_an_incident_that_stops_a_shop_is_as_urgent_as_its_next_order(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=26))
    desk.ran("south", an_order(2, Reason.UNKNOWN, hours=27))
    desk.ledger.incident("demo", cause="login_needed", message="Not logged in", severity=Severity.CRITICAL)
    desk.ledger.incident("demo", cause="rate_limited", message="Too many calls")
    assert codes(desk) == [(("demo",), "login_needed"), (("south",), "unknown"), (("demo",), "rate_limited")]
    assert desk.to_do()[0].deadline == MORNING + timedelta(hours=26)


def test_rows_that_nobody_looked_at_are_no_tasks_beside_what_stopped_the_shop(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.SHOP_NOT_READ))
    desk.ran("south", an_order(2, Reason.SHOP_NOT_READ))
    desk.ledger.incident("demo", cause="login_needed", message="Not logged in", severity=Severity.CRITICAL)
    assert sorted(codes(desk)) == [(("demo",), "login_needed"), (("south",), "shop_not_read")]


def test_an_incident_of_a_flow_is_told_in_its_reasons_words_and_any_other_in_its_own(desk: OverviewDesk) -> None:
    desk.ledger.incident("demo", cause="page_changed:ship", message="orders.ship is not on the page")
    desk.ledger.incident("", cause="notify:boss", message="The channel boss takes no message")
    known, unknown = desk.to_do()
    assert (known.words, known.detail) == (Reason.PAGE_CHANGED.text, "orders.ship is not on the page")
    assert (unknown.shops, unknown.words.en, unknown.detail) == (("",), "The channel boss takes no message", "")


def test_alarms_are_not_told_twice_as_their_orders_stand_in_the_list(desk: OverviewDesk) -> None:
    desk.ledger.incident("demo", cause="ship_by_12h", message="3 orders")
    assert desk.to_do() == []


def test_a_run_that_never_started_is_a_task_until_a_later_one_of_its_flow_makes_up(
    desk: OverviewDesk,
) -> None:
    desk.planned("demo", hours=-2, state=PlanState.NEVER_STARTED, reason="downtime")
    desk.planned("demo", hours=-1, state=PlanState.NEVER_STARTED, reason="downtime")
    desk.planned("demo", hours=-30, state=PlanState.NEVER_STARTED, reason="downtime")
    desk.planned("demo", hours=-1, state=PlanState.SKIPPED, reason="paused", flow="pending-orders")
    [line] = desk.to_do()
    assert (line.code, line.subjects) == ("never_started:downtime", ("ship 07:15", "ship 08:15"))
    assert "`rpa schedule` was off" in line.words.en
    desk.ran("demo", flow="audit-notices")
    desk.ran("demo", state=RunState.STOPPED)
    assert len(desk.to_do()) == 1
    desk.ran("demo")
    assert desk.to_do() == []


def test_a_run_that_was_lost_late_in_the_evening_is_a_task_the_next_morning(desk: OverviewDesk) -> None:
    desk.planned("demo", hours=-10, state=PlanState.NEVER_STARTED, reason="downtime")
    [line] = desk.to_do()
    assert line.subjects == ("ship 03-09 23:15",)
    assert [run.flow for run in desk.states()["demo"].lost] == ["ship"]
    desk.ran("demo")
    assert desk.to_do() == []


def test_a_run_that_was_cut_off_is_a_task_until_the_next_one_ends(desk: OverviewDesk) -> None:
    planned = desk.ledger.start_planned(desk.planned("demo"))
    run = desk.ledger.start_run("demo", flow="ship")
    desk.ledger.end_planned(planned, state=PlanState.INTERRUPTED, reason="died", run_id=run.id)
    desk.ledger.finish_run(run, state=RunState.CRASHED)
    assert codes(desk) == [(("demo",), "interrupted:died")]
    desk.move(minutes=10)
    desk.ran("demo")
    assert desk.to_do() == []


def test_shops_that_left_the_configuration_are_nobodys_task(desk: OverviewDesk) -> None:
    desk.ran("gone", an_order(1, Reason.UNKNOWN, hours=3))
    desk.ledger.incident("gone", cause="login_needed", message="Not logged in")
    desk.planned("gone", hours=-1, state=PlanState.NEVER_STARTED)
    assert desk.to_do() == []


def test_a_cause_that_many_shops_share_is_one_line_but_each_task_can_be_listed(tmp_path: Path) -> None:
    with overview_desk(tmp_path, shops=[f"s{number}" for number in range(12)]) as desk:
        for number, shop in enumerate(desk.config.shops):
            desk.ran(shop, an_order(number, Reason.UNKNOWN, hours=20 - number))
        for shop in ("s1", "s2"):
            desk.ledger.incident(shop, cause="login_needed", message="Not logged in")
        unknown, *logins = desk.to_do()
        assert (len(unknown.shops), unknown.shops[0], unknown.count) == (12, "s11", 12)
        assert [line.shops for line in logins] == [("s1",), ("s2",)]
        assert len(each_by_itself(desk.tasks())) == 14
