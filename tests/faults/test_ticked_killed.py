"""`rpa run ship-batch` killed without warning around a task of ticked rows: no order is shipped twice, none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from rpa.ledger.actions import State
from tests.support.killing import Moment, kill_until_done, moments_of
from tests.support.promises import ledger_agrees, reports_agree
from tests.support.small_shop import CLASSIC
from tests.support.ticked_shop import never_twice, ship_batch, ticked_shop

pytestmark = [pytest.mark.slow, pytest.mark.one_layout(CLASSIC, reason="these pages have one look")]

SHIP, TASK, TASKS = "batchdelivery", "deliverytask/detail", "deliverytask/list"
_ROWS_A_TASK, _ROWS_A_SECOND = 4, 30
_SHIPPED = {"done", "already_done"}
FEW = (
    Moment(kind="request", endpoint=SHIP, hold="before"),
    Moment(kind="effect", endpoint=SHIP, nth=2, hold="after"),
    Moment(kind="answer", endpoint=SHIP),
    Moment(kind="answer", endpoint=TASK),
)


def test_killed_at_four_moments_around_a_task_each_order_is_shipped_once(tmp_path: Path) -> None:
    _kill(tmp_path, parcels=14, moments=FEW, busy=False)


@pytest.mark.long
def test_killed_at_twenty_five_moments_around_a_task_each_order_is_shipped_once(tmp_path: Path) -> None:
    moments = [*FEW, *moments_of(("searchlist", "deliverylist", TASK, TASKS), write=SHIP, count=21, seed=17)]
    _kill(tmp_path, parcels=110, moments=moments, busy=True)


def _kill(path: Path, *, parcels: int, moments: Sequence[Moment], busy: bool) -> None:
    """Tasks of a few rows, worked through slowly; while it is busy, an order of each is refused for that."""
    with ticked_shop(path, parcels=parcels, orders=900, import_rows_per_s=_ROWS_A_SECOND) as shop:
        shop.folder.configure(import_chunk=_ROWS_A_TASK)
        if busy:
            shop.mock.fault("task-partial", k=_ROWS_A_TASK, times=0)
        killed = kill_until_done(
            shop.folder, "run", "ship-batch", "--live", "--json", mock=shop.mock, moments=moments, write=SHIP
        )
        assert killed.moments == list(moments), "a run ended before it was killed; the shop is too small"
        assert killed.survivors == []
        shop.mock.clear_faults()
        last = ship_batch(shop) if busy else killed.end
        assert last is not None
        assert last.exit_code == 0, last.stderr
        never_twice(shop)
        assert shop.shipped() == sorted(shop.wanted)
        truth, rows, actions = shop.truth(), shop.folder.rows(), shop.folder.ledger()
        ledger_agrees(actions, truth=truth)
        reports_agree([row for row in rows if row["outcome"] in _SHIPPED], truth=truth)
        assert {action.state for action in actions} <= {State.DONE, State.REFUSED, State.NOT_DONE}
        assert Counter(each.subject for each in actions if each.state is State.DONE) == Counter(shop.wanted)
        assert {row["order_sn"] for row in rows if row["outcome"] in _SHIPPED} == set(shop.wanted)
        [(_, most)] = Counter((row["run_id"], row["order_sn"]) for row in rows).most_common(1)
        assert most == 1, "an order has two rows in one run"
