"""What stands open of shops and flows that left rpa.toml is over; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.ledger.plans import PlanState
from rpa.plugins import load_config
from rpa.scheduler.crash_recovery import close_departed
from tests.support.monitoring_desk import OverviewDesk, an_order, overview_desk

HOURLY = '[[schedule]]\nflow = "{flow}"\nevery = "1h"\nshops = ["demo"]\n'
ORDER = an_order(1, Reason.UNKNOWN, hours=3)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, shops=("demo", "south"), more=HOURLY.format(flow="ship")) as opened:
        yield opened


def ran_as_planned(desk: OverviewDesk, shop: str, *, flow: str) -> None:
    planned = desk.planned(shop, flow=flow)
    desk.ledger.end_planned(desk.ledger.start_planned(planned), state=PlanState.FINISHED)
    desk.move(hours=0.1)


def opened(desk: OverviewDesk) -> set[tuple[str, str]]:
    return {(each.shop, each.cause) for each in desk.ledger.open_incidents()}


def without_south(desk: OverviewDesk) -> None:
    path = desk.config.path
    path.write_text(path.read_text(encoding="utf-8").replace("[shops.south]", "[shops.north]"), encoding="utf-8")
    close_departed(load_config(path), desk.ledger)


def test_of_a_shop_that_left_nothing_stays_open_but_its_holds(desk: OverviewDesk) -> None:
    for shop in ("demo", "south"):
        for cause in ("login_needed", "page_changed:ship", "scheduler:start:ship"):
            desk.ledger.incident(shop, cause=cause, message="m")
        desk.ran(shop, ORDER)
        desk.ledger.raise_alarms(shop, wanted=[("1", 2, desk.now() + timedelta(hours=2))])
        desk.ledger.hold(shop, subject="1", cause="manual", reason="r", by="Anna")
    desk.ledger.incident("", cause="disk_low", message="m")

    without_south(desk)

    assert {shop for shop, _ in opened(desk)} == {"demo", ""}
    assert len(opened(desk)) == 4
    assert [line.shop for line in desk.ledger.outstanding()] == ["demo"]
    alarm = ("1", 2, desk.now() + timedelta(hours=2))
    assert [bool(desk.ledger.raise_alarms(shop, wanted=[alarm])) for shop in ("demo", "south")] == [False, True]
    assert list(desk.ledger.holds("south")) == ["1"]


def test_of_a_flow_that_is_not_installed_any_more_nothing_stays_open(desk: OverviewDesk) -> None:
    desk.ran("demo", ORDER)
    desk.ran("south", replace(ORDER, subject="2"), flow="uninstalled")
    desk.ledger.incident("south", cause="crashed:uninstalled", message="m")
    assert close_departed(desk.config, desk.ledger) == 1
    assert [line.flow for line in desk.ledger.outstanding()] == ["ship"]


def test_a_flow_that_is_not_scheduled_any_more_leaves_no_incident_but_its_orders(desk: OverviewDesk) -> None:
    for shop, flow in (("demo", "ship"), ("demo", "audit-notices"), ("south", "ship")):
        ran_as_planned(desk, shop, flow=flow)
        desk.ran(shop, replace(ORDER, subject=f"{shop} {flow}"), flow=flow, whole=False)
        desk.ledger.incident(shop, cause=f"page_changed:{flow}", message="m")
    desk.ledger.incident("demo", cause="page_changed:ship-batch", message="met by hand")
    desk.ledger.incident("demo", cause="scheduler:start:early", message="m")

    assert close_departed(desk.config, desk.ledger) == 3

    assert opened(desk) == {("demo", "page_changed:ship"), ("demo", "page_changed:ship-batch")}
    assert len(desk.ledger.outstanding()) == 3


def test_of_a_shop_whose_file_is_broken_everything_stays(desk: OverviewDesk) -> None:
    path = desk.config.path
    table = '[shops.south]\nplatform = "pinduoduo"\nmall_id = "south"\nlive = true\n'
    rest = path.read_text(encoding="utf-8").replace(table, "").replace('shops = ["demo"]', 'shops = ["@south"]')
    ran_as_planned(desk, "south", flow="ship")
    desk.ran("south", ORDER)
    desk.ledger.incident("south", cause="page_changed:ship", message="m")
    alarm = ("1", 2, desk.now() + timedelta(hours=2))
    desk.ledger.raise_alarms("south", wanted=[alarm])

    path.write_text(rest, encoding="utf-8")
    (path.parent / "shops").mkdir()
    for cut_off in ('groups = ["south"]\nlive = \n', ""):
        (path.parent / "shops" / "south.toml").write_text(cut_off, encoding="utf-8")
        assert close_departed(load_config(path), desk.ledger) == 0
    assert opened(desk) == {("south", "page_changed:ship")}
    assert [line.shop for line in desk.ledger.outstanding()] == ["south"]
    assert not desk.ledger.raise_alarms("south", wanted=[alarm])
