"""Workers in a shared browser, any part of it killed in the middle of a shipment: nothing is sent twice, or late."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fixtures.mockshop.harness import MockError
from rpa.clock import Clock
from rpa.ledger.shop_lock import RunLock
from tests.support.crew import Crew, crew
from tests.support.processes import ENDS_IN_S, staying
from tests.support.promises import at_most_once, ledger_agrees
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

SHIP = "orders/shipping"
_LONG_ENOUGH_S = 1.5
"""A page asks for the list again within a few hundredths of a second."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """Two parcels and an order that needs none."""
    with small_shop(tmp_path / "owner", parcels=2, virtual=1, held=()) as opened:
        yield opened


@pytest.mark.parametrize("parts", [("worker", "browser"), pytest.param(("driver", "host"), marks=pytest.mark.long)])
def test_whatever_is_killed_in_a_shipment_the_next_run_finds_out_and_resends_nothing(
    tmp_path: Path, parts: tuple[str, str]
) -> None:
    with small_shop(tmp_path, parcels=3, virtual=1, held=()) as shop, crew(shop.folder) as running:
        for part, requests, order_sn in zip(parts, (2, 1), shop.wanted[1:], strict=False):
            _begin_a_shipment(running, shop, requests=requests, order_sn=order_sn)
            running.kill(part)
            ended = running.told()
            assert (ended["how"], ended["exit"]) == (("died", None) if part == "worker" else ("finished", 3)), ended
            _nothing_comes(shop)
        _ship_the_rest(running, shop)
        profiles = list(shop.folder.var.glob("tmp/rpa-*/playwright_chromiumdev_profile-*"))
        assert len(profiles) == 1, "what killed browsers left is gone, the one in use is not"


@pytest.mark.parametrize("how", ["killed", pytest.param("window closed", marks=pytest.mark.long)])
def test_without_their_scheduler_workers_end_the_order_in_hand_and_nobody_stays(shop: SmallShop, how: str) -> None:
    with crew(shop.folder) as running:
        _begin_a_shipment(running, shop)
        parent = running.part("parent")
        if how == "killed":
            parent.kill()
        else:
            os.killpg(parent.pid, signal.SIGHUP)
        running.is_gone()
        shop.mock.clear_faults("freeze")
        assert running.orphans() == []
        assert shop.shipped() == sorted(shop.wanted[:2]), "the order in hand, and no other"
        assert all(action.state == "done" for action in shop.folder.ledger())
    with crew(shop.folder) as next_one:
        _ship_the_rest(next_one, shop)


@pytest.mark.long
def test_a_page_is_closed_when_its_worker_is_killed_after_the_scheduler(shop: SmallShop) -> None:
    with crew(shop.folder) as running:
        _begin_a_shipment(running, shop)
        host = running.part("host")
        running.kill("parent", "worker")
        host.wait(ENDS_IN_S)
        _nothing_comes(shop)


@pytest.mark.long
def test_what_hangs_after_its_scheduler_was_killed_is_ended_by_the_next_one(shop: SmallShop) -> None:
    with crew(shop.folder) as running:
        _begin_a_shipment(running, shop)
        running.freeze("worker", "host", "browser")
        running.kill("parent")
        with crew(shop.folder) as next_one:
            assert running.orphans() == []
            shop.mock.clear_faults("freeze")
            _ship_the_rest(next_one, shop)


@pytest.mark.long
def test_a_run_that_hangs_in_a_shipment_is_killed_with_its_page(shop: SmallShop) -> None:
    with crew(shop.folder, stop_within_s=1) as running:
        _begin_a_shipment(running, shop)
        running.freeze("worker")
        running.ask_to_stop()
        assert running.told()["how"] == "killed"
        _nothing_comes(shop)
        _ship_the_rest(running, shop)


def test_a_run_that_takes_too_long_is_asked_to_stop_a_hung_one_dies_with_its_family(
    shop: SmallShop,
) -> None:
    with crew(shop.folder, stop_within_s=1) as running:
        running.start(limit_s=0.1)
        asked = running.told()
        assert (asked["how"], asked["exit"]) in {("finished", 3), ("killed", None)}
        pid = running.start(limit_s=1, how="frozen")
        hung = running.told()
        assert (hung["how"], hung["exit"]) == ("killed", None)
        assert "longer than 0:00:01" in hung["detail"]
        assert not psutil.pid_exists(pid)
    assert shop.shipped() == []


def test_a_shop_that_another_process_has_is_told_as_busy(shop: SmallShop) -> None:
    with crew(shop.folder) as running:
        with RunLock(shop.folder.var / "locks", shop="demo", clock=Clock()):
            running.start()
            busy = running.told()
        assert (busy["how"], busy["exit"]) == ("busy", None)
        assert f"pid {os.getpid()}" in busy["detail"]


@pytest.mark.long
def test_a_worn_browser_is_replaced_between_runs_and_no_run_begins_in_it(shop: SmallShop) -> None:
    shop.folder.add_shop("second", url=shop.mock.url.replace("127.0.0.1", "localhost"))
    with crew(shop.folder, recycle_after_runs=1) as running:
        running.start("pending-orders", "demo")
        running.start("pending-orders", "second")
        first = running.part("browser")
        assert (running.told()["shop"], running.told()["shop"]) == ("demo", "second")
        assert staying([first]) == []


def _begin_a_shipment(running: Crew, shop: SmallShop, *, requests: int = 2, order_sn: str = "") -> None:
    """Return when this order's request, the `requests`-th of the run, is with the site, which holds its answer back."""
    begun_at = shop.mock.last_event()
    shop.mock.fault("freeze", endpoint=SHIP, at=requests, when="after")
    running.start()
    shop.mock.wait_for("effect", endpoint=SHIP, order_sn=order_sn or shop.wanted[1], after=begun_at)


def _nothing_comes(shop: SmallShop) -> None:
    """The shop is free, and the site's answer comes at last: a page that was still there would ask for the list now."""
    with RunLock(shop.folder.var / "locks", shop="demo", clock=Clock()):
        free_at = shop.mock.last_event()
        shop.mock.clear_faults("freeze")
        with pytest.raises(MockError, match="No request"):
            shop.mock.wait_for("request", after=free_at, timeout_s=_LONG_ENOUGH_S)


def _ship_the_rest(running: Crew, shop: SmallShop) -> None:
    running.start()
    ended = running.told()
    assert (ended["how"], ended["exit"]) == ("finished", 0), ended
    at_most_once(shop)
    assert shop.shipped() == sorted(shop.wanted)
    ledger_agrees(shop.folder.ledger(), truth=shop.truth())
