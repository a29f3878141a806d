"""Runs, their names and their fences."""

from __future__ import annotations

from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunState
from tests.support.ledger_clock import HandClock


def test_run_ids_are_readable_and_in_order_of_time_and_fence(ledger: Ledger, clock: HandClock) -> None:
    ids = [ledger.runs.start("demo", flow="ship", options={"dry_run": True}).id for _ in range(2)]
    clock.move(1)
    ids.append(ledger.runs.start("demo", flow="ship").id)
    assert ids[0] == "20260310-091500-demo-ship-0001"
    assert ids == sorted(ids)


def test_a_run_id_is_a_folder_name_on_every_system(ledger: Ledger) -> None:
    assert ledger.runs.start("我的店/一:号", flow="ship").id == "20260310-091500-我的店-一-号-ship-0001"


def test_fences_grow_for_each_shop_alone(ledger: Ledger) -> None:
    fences = [ledger.runs.start(shop, flow="ship").fence for shop in ("a", "a", "b", "a")]
    assert fences == [1, 2, 1, 3]


def test_the_first_end_of_a_run_stays(ledger: Ledger, clock: HandClock) -> None:
    run = ledger.runs.start("demo", flow="ship")
    clock.move(5)
    crashed = ledger.runs.finish(run, state="crashed", counts={"done": 3})
    assert (crashed.state, crashed.counts, crashed.finished_at) == (RunState.CRASHED, {"done": 3}, clock.now())
    assert ledger.runs.finish(run, state="finished") == crashed
    assert ledger.runs.unfinished("demo") == []


def test_the_newest_runs_of_each_shop_are_found_newest_first(ledger: Ledger) -> None:
    first, second = (ledger.runs.start("demo", flow="ship") for _ in range(2))
    other = ledger.runs.start("other", flow="ship")
    shops = ["demo", "other", "empty"]
    assert ledger.runs.newest(shops, limit=5) == {"demo": [second, first], "other": [other], "empty": []}
    assert ledger.runs.newest(["demo"], limit=1) == {"demo": [second]}
