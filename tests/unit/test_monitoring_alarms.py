"""Alarms before orders are late: each order and level once, however often the ledger is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.ledger.incidents import Severity
from rpa.ledger.open_items import Finding
from rpa.monitoring.alarms import raise_due
from tests.support.monitoring_desk import MORNING, OverviewDesk, an_order, overview_desk

QUIET = '[calendar]\nquiet_days = ["2026-03-10"]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more=QUIET) as opened:
        yield opened


def alarms(desk: OverviewDesk) -> list[tuple[str, str, int]]:
    """Shop, cause and how often it was seen, of each open incident, after one more look."""
    raise_due(desk.config, desk.ledger)
    return [(each.shop, each.cause, each.times_seen) for each in desk.ledger.open_incidents()]


def test_each_level_opens_one_incident_a_shop_when_an_order_comes_within_its_hours(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=13), an_order(2, Reason.UNDER_AUDIT, hours=13))
    assert alarms(desk) == []
    desk.move(hours=1)
    assert [alarms(desk) for _ in range(3)] == [[("demo", "ship_by_12h", 1)]] * 3
    desk.move(hours=6)
    assert alarms(desk) == [("demo", "ship_by_12h", 1), ("demo", "ship_by_6h", 1)]
    desk.move(hours=4)
    raise_due(desk.config, desk.ledger)
    found = {each.cause: each for each in desk.ledger.open_incidents()}
    assert {cause: each.severity for cause, each in found.items()} == {
        "ship_by_12h": Severity.WARNING,
        "ship_by_6h": Severity.WARNING,
        "ship_by_2h": Severity.CRITICAL,
    }
    assert found["ship_by_2h"].message == (
        "Orders to be shipped within 2 h that are not: 2, the first by 03-10 22:15; held: 1: 260310-000000000000001, "
        "260310-000000000000002. See `rpa todo demo`."
    )


def test_an_order_that_is_first_seen_late_is_told_at_its_own_level_alone(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=5))
    desk.ran("south", an_order(2, Reason.NO_TRACKING_YET, hours=-1))
    assert alarms(desk) == [("demo", "ship_by_6h", 1), ("south", "ship_by_2h", 1)]


def test_all_levels_are_over_when_the_orders_are_shipped(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12))
    alarms(desk)
    desk.move(hours=10)
    assert len(alarms(desk)) == 2
    desk.ran("demo")
    assert alarms(desk) == []


def test_the_wider_level_stays_open_while_its_orders_come_nearer(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12))
    alarms(desk)
    desk.move(hours=12.5)
    assert ("demo", "ship_by_12h", 2) in alarms(desk)


def test_an_order_that_comes_back_unchanged_is_not_told_again(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12))
    alarms(desk)
    desk.ran("demo")
    alarms(desk)
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12))
    assert alarms(desk) == []
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=11))
    assert alarms(desk) == [("demo", "ship_by_12h", 1)]


def test_a_further_order_renews_the_message_of_the_open_incident(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12))
    alarms(desk)
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12), an_order(2, Reason.NO_TRACKING_YET, hours=11))
    assert alarms(desk) == [("demo", "ship_by_12h", 2)]
    [incident] = desk.ledger.open_incidents()
    assert ": 2, the first by 03-10 20:15" in incident.message


def test_an_order_unshippable_for_days_keeps_the_alarm_of_no_later_one_silent(desk: OverviewDesk) -> None:
    def is_to_be_told(*orders: Finding) -> bool:
        desk.ran("demo", an_order(1, Reason.UNDER_AUDIT, hours=1, at=MORNING), *orders)
        raise_due(desk.config, desk.ledger)
        [told] = [each for each in desk.ledger.open_incidents() if each.cause == "ship_by_2h"]
        return told.told_at is None

    assert is_to_be_told()
    desk.ledger.told(desk.ledger.open_incidents()[-1])
    desk.move(hours=0.5)
    later = an_order(2, Reason.NO_TRACKING_YET, hours=1.5, at=desk.now())
    held = an_order(3, Reason.UNDER_AUDIT, hours=1.5, at=desk.now())
    assert not is_to_be_told(held, later), "many that come one after the other are told together"
    desk.move(hours=0.5)
    assert not is_to_be_told(held)
    assert is_to_be_told(held, later)
    desk.ledger.told(desk.ledger.open_incidents()[-1])
    desk.move(hours=20)
    assert not is_to_be_told(held, later)


def test_alarms_that_a_clock_far_ahead_noted_are_not_told_again_and_again(desk: OverviewDesk) -> None:
    late = an_order(1, Reason.NO_TRACKING_YET, hours=1, at=MORNING)
    desk.move(hours=30)
    desk.ran("demo", late)
    raise_due(desk.config, desk.ledger)
    desk.move(hours=-30)
    [told] = desk.ledger.open_incidents()
    desk.ledger.told(told)
    desk.move(hours=3)
    raise_due(desk.config, desk.ledger)
    [told] = desk.ledger.open_incidents()
    assert told.told_at is not None


def test_deadlines_are_judged_by_the_sites_clock(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=12.5))
    assert alarms(desk) == []
    desk.ledger.keep_site_clock("demo", ahead=timedelta(minutes=31))
    assert alarms(desk) == [("demo", "ship_by_12h", 1)]


def test_no_hours_mean_no_alarms(tmp_path: Path) -> None:
    with overview_desk(tmp_path, more="[watch]\nship_by_alarms_h = []\n") as desk:
        desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=1, at=MORNING))
        assert alarms(desk) == []
