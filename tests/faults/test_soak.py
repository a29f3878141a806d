"""`rpa schedule` for a long time in four shops among random troubles: no memory grows, no process is left, no doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.clock import Clock
from rpa.ledger.actions import State
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlanState
from tests.support.mock_shop import ZONE
from tests.support.soaking import Soak, missing, run_for, soaked, survivors

pytestmark = pytest.mark.slow

_MB_AN_HOUR = 200.0
"""The growth above which memory counts as growing; the noise of a browser with more or fewer windows is below."""


@pytest.mark.long
@pytest.mark.parametrize("minutes", [3, 22])
def test_a_run_a_minute_for_a_long_time_leaves_truth_and_ledger_agreed(tmp_path: Path, minutes: int) -> None:
    with soaked(tmp_path, seed=minutes) as soak:
        process = run_for(soak, minutes=minutes)

        _tell(soak, minutes)
        assert process.returncode in {0, 3}
        assert survivors(soak.family) == []
        for shop in soak.shops:
            _truth_is_the_ledger(soak, shop.name)
            assert missing(shop) == []
        _every_planned_run_ended(soak)
        if minutes >= 20:
            assert soak.slope < _MB_AN_HOUR


def _tell(soak: Soak, minutes: int) -> None:
    """What anyone may want to know of a soak, with `pytest -s`."""
    lasting = [megabytes for _, megabytes in soak.memory]
    print(f"\n{minutes} min, {len(soak.faults)} troubles; with the workers {soak.peak_mb:.0f} MB at most;")
    print(f"scheduler and browser {min(lasting):.0f} … {max(lasting):.0f} MB, {soak.slope:+.0f} MB/h")


def _truth_is_the_ledger(soak: Soak, name: str) -> None:
    [shop] = [each for each in soak.shops if each.name == name]
    wanted = {sn: number for sn, _, number in shop.parcels}
    with Ledger.open(soak.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        actions = ledger.show(name)
    done = {action.subject for action in actions if action.state is State.DONE}
    shipped = set()
    for sn, order in shop.mock.truth()["orders"].items():
        assert len(order["shipments"]) <= 1, f"{sn} was shipped {len(order['shipments'])} times"
        for shipment in order["shipments"]:
            assert shipment["tracking_number"] == wanted[sn]
            shipped.add(sn)
    assert done == shipped, "truth and ledger differ"
    assert {action.state for action in actions} <= {State.DONE, State.REFUSED, State.NOT_DONE}


def _every_planned_run_ended(soak: Soak) -> None:
    with Ledger.open(soak.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        planned = ledger.planned_runs()
        assert planned, "nothing was planned"
        assert [each for each in planned if each.state is PlanState.STARTED] == []
        assert ledger.unfinished_runs(soak.shops[0].name) == []
