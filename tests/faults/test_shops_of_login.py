"""Several shops behind one login: each order ships once, in its own shop, whatever moves the session between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.killing import Moment, kill_until_done, moments_of
from tests.support.promises import at_most_once, ledger_agrees, reports_agree
from tests.support.shops_of_login import shops_of_login
from tests.support.small_shop import calls_now
from tests.support.ticked_shop import never_twice

if TYPE_CHECKING:
    from tests.support.mock_shop import Result
    from tests.support.small_shop import SmallShop

pytestmark = [pytest.mark.slow, pytest.mark.one_layout("douyin", reason="one login has one shop elsewhere")]

CHOOSE = "loginv2/chooseshop"


@pytest.mark.long
def test_of_three_shops_the_two_that_are_let_in_are_done_and_each_order_once(tmp_path: Path) -> None:
    with shops_of_login(tmp_path, shops=3) as shop:
        result = shop.ship()
        _each_once(shop)
        assert {result.reasons()[sn] for sn in shop.wanted} == {"shipped"}
        shops = result.json["shops"]
        assert {name: told["exit_code"] for name, told in shops.items()} == {"demo": 0, "shop2": 0, "shop3": 3}
        [refused] = shops["shop3"]["incidents"]
        assert "店铺已停用，无法登录" in refused["message"]
        assert len(shop.mock.truth()["logins"]) == 1, "a change of shops typed the password"


def test_killed_at_four_moments_of_a_change_of_shops_each_order_is_shipped_once(tmp_path: Path) -> None:
    ship = calls_now().ship
    few = (
        Moment(kind="request", endpoint=CHOOSE, nth=1),
        Moment(kind="answer", endpoint=CHOOSE, nth=1),
        Moment(kind="effect", endpoint=ship, nth=1, hold="after"),
        Moment(kind="answer", endpoint=CHOOSE, nth=2, seconds=0.2),
    )
    _kill(tmp_path, parcels=3, orders=120, moments=few)


@pytest.mark.long
def test_killed_at_twenty_five_moments_of_changes_each_order_is_shipped_once(tmp_path: Path) -> None:
    calls = calls_now()
    drawn = moments_of((CHOOSE, calls.list, calls.detail), write=calls.ship, count=25, seed=17)
    moments = [replace(each, nth=1) if each.endpoint == CHOOSE else each for each in drawn]  # a run may need but one
    _kill(tmp_path, parcels=30, orders=600, moments=moments)


def _kill(path: Path, *, parcels: int, orders: int, moments: Sequence[Moment]) -> None:
    with shops_of_login(path, shops=3, parcels=parcels, orders=orders) as shop:
        command = ("run", "ship", "--live", "--json")
        killed = kill_until_done(shop.folder, *command, mock=shop.mock, moments=moments, write=shop.calls.ship)
        assert killed.survivors == []
        assert killed.moments == list(moments), "a run ended before it was killed; the shops are too small"
        assert killed.end is not None
        assert killed.end.exit_code == 3, killed.end.stderr
        _each_once(shop)


LONG = pytest.mark.long
LIST, DETAIL, SHIP, OFFERED = "order/searchlist", "order/detail", "order/logisticsAdd", "order/sendAddressList"
TO_TICK, TICKED, TASKS = "logistics/deliverylist", "logistics/batchdelivery", "logistics/deliverytask/list"


@pytest.mark.parametrize(
    ("flow", "moved", "writes"),
    [
        ("ship", (LIST, 2, "after"), 0),
        ("ship", (DETAIL, 1, "before"), 0),  # that there is no such order, the site says without a shop's id
        pytest.param("ship", (DETAIL, 2, "before"), 1, marks=LONG),
        pytest.param("ship", (OFFERED, 1, "before"), 0, marks=LONG),
        pytest.param("ship", (SHIP, 1, "before"), 1, marks=LONG),
        pytest.param("ship", (SHIP, 1, "after"), 1, marks=LONG),
        ("ship-batch", (TO_TICK, 1, "after"), 0),
        pytest.param("ship-batch", (TO_TICK, 1, "before"), 0, marks=LONG),
        pytest.param("ship-batch", (TO_TICK, 2, "before"), 0, marks=LONG),
        pytest.param("ship-batch", (TICKED, 1, "before"), 2, marks=LONG),
        pytest.param("ship-batch", (TICKED, 1, "after"), 2, marks=LONG),
        pytest.param("ship-batch", (TASKS, 1, "before"), 2, marks=LONG),
    ],
)
def test_in_a_shop_that_another_tab_has_moved_to_nothing_is_shipped(
    tmp_path: Path, flow: str, moved: tuple[str, int, str], writes: int
) -> None:
    endpoint, at, when = moved
    with shops_of_login(tmp_path, shops=2) as shop:
        shop.mock.fault("shop-switched", endpoint=endpoint, when=when, at=at)
        result = shop.folder.run("run", flow, "demo", "--json")
        assert (result.exit_code, _cause(result)) == (3, "wrong_shop")
        assert not {"page_unreachable", "row_mismatch"} & {row["reason"] for row in result.rows}
        assert len(shop.writes()) == writes
        assert set(shop.shipped()) <= set(shop.wanted)
        shop.mock.clear_faults()
        shop.folder.configure(settle_s=0)
        shop.folder.run("run", flow, "--json")
        _each_once(shop, promised=at_most_once if flow == "ship" else never_twice)


def test_two_runs_of_one_account_never_meet_and_the_second_is_told_so(tmp_path: Path) -> None:
    with shops_of_login(tmp_path, shops=2) as shop:
        held = shop.mock.fault("freeze", endpoint=shop.calls.ship, when="before")
        with shop.folder.start("run", "ship", "demo", "--json") as first:
            shop.mock.wait_for("request", endpoint=shop.calls.ship)
            second = shop.ship("shop2")
            shop.mock.let_go(held)
            first.communicate()
        assert (first.returncode, second.exit_code) == (0, 2), second.stderr
        assert "Another run works in this shop's account" in second.stderr.replace("\n", " ")
        assert shop.ship("shop2").exit_code == 0
        _each_once(shop)


def _each_once(shop: SmallShop, *, promised: Callable[[SmallShop], None] = at_most_once) -> None:
    """Each order of all shops has one shipment, as it was wanted; ledger and reports say so, one row in a run."""
    promised(shop)
    assert shop.shipped() == sorted(shop.wanted)
    truth, rows = shop.truth(), shop.folder.rows()
    ledger_agrees(shop.folder.ledger(), truth=truth)
    reports_agree([row for row in rows if row["outcome"] in {"done", "already_done"}], truth=truth)
    assert {row["order_sn"] for row in rows if row["outcome"] in {"done", "already_done"}} == set(shop.wanted)
    most = Counter((row["run_id"], row["order_sn"]) for row in rows).most_common(1)
    assert most[0][1] == 1, "an order has two rows in one run"


def _cause(result: Result) -> Any:
    return result.json["shops"]["demo"]["incidents"][-1]["cause"]
