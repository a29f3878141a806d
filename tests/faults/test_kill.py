"""`rpa run ship` killed without warning, at any moment, and started again: every order is shipped exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from rpa.report.open_reports import mark_open
from tests.support.killing import Killed, Moment, kill_until_done, moments_of
from tests.support.promises import at_most_once, careful, ledger_agrees, reports_agree
from tests.support.small_shop import SmallShop, calls_now, small_shop

pytestmark = pytest.mark.slow


@pytest.mark.each_platform
def test_killed_at_four_moments_every_order_is_shipped_once(tmp_path: Path) -> None:
    ship = calls_now().ship
    few = (
        Moment(kind="request", endpoint=ship, nth=2, hold="before"),
        Moment(kind="effect", endpoint=ship, nth=2, hold="after"),
        Moment(kind="answer", endpoint=ship, nth=2),
        Moment(kind="request", nth=9, seconds=0.3),
    )
    _kill(tmp_path, parcels=7, virtual=5, moments=few)


@pytest.mark.each_platform
@pytest.mark.long
@pytest.mark.parametrize(("parcels", "virtual"), [(48, 10), (0, 50)], ids=["dialog", "no_logistics"])
def test_killed_at_twenty_five_moments_every_order_is_shipped_once(tmp_path: Path, parcels: int, virtual: int) -> None:
    calls = calls_now()
    moments = moments_of((calls.list, calls.detail), write=calls.ship, count=25, seed=25)
    _kill(tmp_path, parcels=parcels, virtual=virtual, moments=moments)


def test_what_was_settled_right_before_a_kill_is_not_missing_from_that_run_s_report(shop: SmallShop) -> None:
    """As a kill between the ledger's last entries and the report's last rows leaves it."""
    first = shop.ship()
    [run_id] = shop.folder.run_ids()
    report = shop.folder.var / "reports" / run_id
    (report / "summary.json").unlink()
    mark_open(report, shop="demo")
    lines = (report / "report.csv").read_bytes().split(b"\r\n")
    (report / "report.csv").write_bytes(b"\r\n".join(line for line in lines if b'"done"' not in line))

    again = shop.ship()

    careful(shop, again)
    keys = ("order_sn", "outcome", "reason", "how", "tracking_number", "goods_id", "amount_fen", "shop", "flow")
    told = [{key: row[key] for key in keys} for row in shop.folder.rows_of(run_id)]
    assert sorted(told, key=str) == sorted(({key: row[key] for key in keys} for row in first.rows), key=str)


def _kill(path: Path, *, parcels: int, virtual: int, moments: Sequence[Moment]) -> None:
    with small_shop(path, parcels=parcels, virtual=virtual) as shop:
        killed = kill_until_done(
            shop.folder, "run", "ship", "--live", "--json", mock=shop.mock, moments=moments, write=shop.calls.ship
        )
        assert killed.moments == list(moments), "a run ended before it was killed; the shop is too small"
        _nothing_lost(shop, killed)


def _nothing_lost(shop: SmallShop, killed: Killed) -> None:
    """Exactly one accepted shipment each; ledger and the reports of all runs say the same; nobody clicks on."""
    assert killed.survivors == []
    assert killed.end is not None
    assert killed.end.exit_code == 0, killed.end.stderr
    at_most_once(shop)
    assert shop.shipped() == sorted(shop.wanted)
    truth, rows = shop.truth(), shop.folder.rows()
    ledger_agrees(shop.folder.ledger(), truth=truth)
    reports_agree([row for row in rows if row["order_sn"] not in shop.wanted], truth=truth)
    for row in rows:
        if row["outcome"] in {"done", "already_done"}:
            [shipment] = truth[row["order_sn"]]["shipments"]
            assert shipment["tracking_number"] == row["tracking_number"]
    told = {row["order_sn"] for row in rows if row["outcome"] in {"done", "already_done"}}
    assert told == set(shop.wanted), "an order was shipped, and no report says so"
    most = Counter((row["run_id"], row["order_sn"]) for row in rows).most_common(1)
    assert most[0][1] == 1, "an order has two rows in one run"
