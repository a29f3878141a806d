"""Workers in a shared browser, any part of it killed in the middle of a shipment: nothing is sent twice, or late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rpa.clock import Clock
from rpa.ledger.lock import RunLock
from tests.faults.crew import Crew, crew
from tests.faults.promises import at_most_once, ledger_agrees
from tests.faults.smallshop import SmallShop, small_shop

SHIP = "orders/shipping"
LIST = "recentOrderList"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """Two parcels and an order that needs none."""
    with small_shop(tmp_path / "owner", parcels=2, virtual=1, held=()) as opened:
        yield opened


@pytest.mark.parametrize("part", ["worker", "browser", "driver", "host"])
def test_whatever_is_killed_in_a_shipment_the_next_run_finds_out_and_sends_nothing_twice(
    shop: SmallShop, part: str
) -> None:
    with crew(shop.folder) as running:
        _begin_a_shipment(running, shop)
        running.kill(part)
        ended = running.told()
        assert ended["how"] in {"died", "finished"}
        assert ended["exit"] in {None, 3}, ended
        _nothing_comes(shop)
        _ship_the_rest(running, shop)


def _begin_a_shipment(running: Crew, shop: SmallShop, *, limit_s: float = 300) -> None:
    """Return when the second order's request is with the site, which holds its answer back."""
    begun_at = shop.mock.last_event()
    shop.mock.fault("freeze", endpoint=SHIP, at=2, when="after")
    running.start(limit_s=limit_s)
    shop.mock.wait_for("effect", endpoint=SHIP, order_sn=shop.wanted[1], after=begun_at)


def _nothing_comes(shop: SmallShop) -> None:
    """The shop is free, and the site's answer comes at last: a page that was still there would ask for the list now."""
    with RunLock(shop.folder.var / "locks", shop="demo", clock=Clock()):
        free_at = shop.mock.last_event()
        shop.mock.clear_faults("freeze")
        assert [each for each in shop.mock.events(after=free_at, timeout_s=2.0) if each["kind"] == "request"] == []


def _ship_the_rest(running: Crew, shop: SmallShop) -> None:
    running.start()
    ended = running.told()
    assert (ended["how"], ended["exit"]) == ("finished", 0), ended
    at_most_once(shop)
    assert shop.shipped() == sorted(shop.wanted)
    ledger_agrees(shop.folder.ledger(), truth=shop.truth())
