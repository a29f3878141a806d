"""django-oscar, an admin that nobody here wrote, described by a profile alone: read whole, shipped in two steps."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from rpa.clock import Clock
from rpa.ledger.actions import State
from tests.support.mock_shop import ShopFolder
from tests.support.oscar_folder import oscar_folder, reference_of
from tests.support.oscar_shop import OscarShop
from tests.support.processes import staying

pytestmark = pytest.mark.slow

EVENT, STATUS = "line_action=create_shipping_event", "order_action=change_order_status"


@pytest.fixture
def shop(tmp_path: Path, kept: Path) -> Iterator[OscarShop]:
    with OscarShop(orders=60, folder=tmp_path / "oscar", kept=kept) as running:
        yield running


def few(shop: OscarShop, count: int) -> list[str]:
    """So many orders, all others Cancelled by another hand."""
    numbers = list(shop.truth())
    for number in numbers[count:]:
        shop.set_status(number, "Cancelled")
    return numbers[:count]


def all_agree(shop: OscarShop, folder: ShopFolder, *, shipped: list[str]) -> None:
    """Each of these was shipped once, in both steps, no other one at all; ledger and reports say the same."""
    truth = shop.truth()
    for number, order in truth.items():
        references = [event.reference for event in order.events]
        assert references == ([reference_of(number)] if number in shipped else []), number
        assert (order.status == "Shipped") == (number in shipped), number
        for event in order.events:
            assert event.quantities == {line.upc: line.quantity for line in order.lines}
    done = [(action.subject, action.part) for action in folder.ledger() if action.state is State.DONE]
    assert sorted(done) == sorted((number, part) for number in shipped for part in ("event", "status"))
    for run_id in folder.run_ids():
        rows = [row["order_sn"] for row in folder.rows_of(run_id)]
        assert len(set(rows)) == len(rows), f"an order has two rows in {run_id}"
    told = [row for row in folder.rows() if row["outcome"] in {"done", "already_done"}]
    assert {row["order_sn"] for row in told} == set(shipped)
    assert all(f"{row['courier']} {row['tracking_number']}" == reference_of(row["order_sn"]) for row in told)


def test_sixty_orders_on_three_pages_are_read_whole(shop: OscarShop, tmp_path: Path) -> None:
    folder = oscar_folder(tmp_path / "owner", shop)
    read = folder.run("run", "pending-orders", "--json")
    assert read.exit_code == 0, read.stderr
    truth = shop.truth()
    assert {row["order_sn"] for row in read.rows} == truth.keys()
    for row in read.rows:
        order = truth[row["order_sn"]]
        assert row["reason"] == "listed"
        assert row["amount_fen"] == str(round(float(order.total) * 100))
        assert row["quantity"] == str(sum(line.quantity for line in order.lines))
        assert sorted(row["goods_id"].split("; ")) == sorted(line.upc for line in order.lines)


def test_orders_are_shipped_in_two_steps_once(shop: OscarShop, tmp_path: Path) -> None:
    orders = few(shop, 4)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders[:3])
    first = folder.run("run", "ship", "--json")
    assert first.exit_code == 0, first.stderr
    assert first.reasons() == {**dict.fromkeys(orders[:3], "shipped"), orders[3]: "no_tracking_yet"}
    all_agree(shop, folder, shipped=orders[:3])
    assert len(shop.posts("/orders/")) == 6
    again = folder.run("run", "ship", "--json")
    assert again.exit_code == 0, again.stderr
    assert len(shop.posts("/orders/")) == 6
    all_agree(shop, folder, shipped=orders[:3])


def test_whatever_happens_to_a_click_each_order_is_shipped_once(shop: OscarShop, tmp_path: Path) -> None:
    """Answers lost, clicks that the browser makes twice, refusals: at the first step of some orders, at the second."""
    kinds = ("lost", "repeated", "dropped", "refused")
    orders = few(shop, 2 * len(kinds) + 1)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders)
    for body, some in ((EVENT, orders), (STATUS, orders[len(kinds) :])):
        for kind, number in zip(kinds, some, strict=False):
            shop.fault(kind, path=f"/orders/{number}/", body=body)
    folder.run("run", "ship", "--json")
    end = folder.run("run", "ship", "--json")
    assert end.exit_code == 0, end.stderr
    all_agree(shop, folder, shipped=orders)


def test_what_another_hand_does_meanwhile_stops_that_order_alone(shop: OscarShop, tmp_path: Path) -> None:
    orders = few(shop, 4)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders)
    shop.add_event(orders[0], "UPS 1Z999AA10123456784")
    shop.add_event(orders[1], reference_of(orders[1]))
    ended = folder.run("run", "ship", "--json")
    assert ended.exit_code == 3, ended.stderr
    assert ended.reasons() == {
        orders[0]: "shipped_with_other_number",
        **dict.fromkeys(orders[1:], "shipped"),
    }
    truth = shop.truth()
    assert [event.reference for event in truth[orders[0]].events] == ["UPS 1Z999AA10123456784"]
    assert truth[orders[0]].status == "Pending"
    assert len(truth[orders[1]].events) == 1, "its first step was there, and was not done again"
    assert [truth[number].status for number in orders[1:]] == ["Shipped"] * 3


def test_a_session_that_ends_at_a_click_stops_the_shop_and_the_next_run_goes_on(
    shop: OscarShop, tmp_path: Path
) -> None:
    orders = few(shop, 3)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders)
    shop.fault("logged_out", path=f"/orders/{orders[1]}/", body=STATUS)
    first = folder.run("run", "ship", "--json")
    assert first.exit_code == 3, first.stderr
    end = folder.run("run", "ship", "--json")
    assert end.exit_code == 0, end.stderr
    all_agree(shop, folder, shipped=orders)


def test_on_this_machine_too_a_real_shop_asks_for_approval_and_ships_its_trial_first(
    shop: OscarShop, tmp_path: Path
) -> None:
    orders = few(shop, 7)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders, mock=None)
    refused = folder.run("run", "ship", "--json")
    assert refused.exit_code == 3, refused.stderr
    assert shop.posts("/orders/") == []
    approved = folder.run("selectors", "approve", "demo", "--yes")
    assert approved.exit_code == 0, approved.stderr
    shipped = folder.run("run", "ship", "--json")
    assert sorted(shipped.reasons().values()) == ["cap_reached"] * 2 + ["shipped"] * 5
    assert sum(order.status == "Shipped" for order in shop.truth().values()) == 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When to kill: so many seconds after the `nth` form of this kind was posted, or after the start."""

    body: str = ""
    nth: int = 1
    hung: bool = False
    """The shop has done what was posted, and does not answer: the kill comes in between."""
    seconds: float = 0.0


FEW = (
    Moment(body=EVENT, nth=2, hung=True),
    Moment(body=STATUS, nth=1, hung=True),
    Moment(body=EVENT, nth=1, seconds=0.2),
    Moment(seconds=3.0),
)


def moments(count: int, *, seed: int) -> list[Moment]:
    """So many: each step held after its effect, and killed some time after it was posted; and any moment at all."""
    rng = random.Random(seed)
    drawn: list[Moment] = []
    while len(drawn) < count:
        for body in (EVENT, STATUS):
            drawn.append(Moment(body=body, nth=rng.randint(1, 2), hung=True))
            drawn.append(Moment(body=body, nth=rng.randint(1, 2), seconds=rng.uniform(0, 0.5)))
        drawn.append(Moment(seconds=rng.uniform(0.5, 6)))
    return drawn[:count]


def kill_at(moment: Moment, *, shop: OscarShop, folder: ShopFolder) -> bool:
    """Start a run and kill it at this moment; whether it was still alive then."""
    name, _, value = moment.body.partition("=")
    before = len(shop.posts())
    if moment.hung:
        shop.fault("hung", path="/orders/", body=moment.body, at=moment.nth)
    none = subprocess.DEVNULL
    process = folder.start("run", "ship", stdin=none, stdout=none, stderr=none)
    family: list[psutil.Process] = []
    try:
        while moment.body and process.poll() is None:
            if sum(value in post.fields.get(name, []) for post in shop.posts()[before:]) >= moment.nth:
                break
            Clock().wait(0.02)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moment.seconds)
        alive = process.poll() is None
        family = psutil.Process(process.pid).children(recursive=True) if alive else []
    finally:
        process.kill()
        process.communicate()
    assert staying(family) == []
    return alive


def kill_again_and_again(shop: OscarShop, path: Path, *, orders: list[str], at: Sequence[Moment]) -> None:
    folder = oscar_folder(path, shop, orders=orders)
    for moment in at:
        assert kill_at(moment, shop=shop, folder=folder), f"it ended before {moment}: the shop is too small"
        shop.stop()  # ends the request that hangs
        shop.start()
    end = folder.run("run", "ship", "--json")
    assert end.exit_code == 0, end.stderr
    all_agree(shop, folder, shipped=orders)
    again = folder.run("run", "ship", "--json")
    assert again.exit_code == 0, again.stderr
    all_agree(shop, folder, shipped=orders)


def test_killed_at_four_moments_each_order_is_shipped_once(shop: OscarShop, tmp_path: Path) -> None:
    kill_again_and_again(shop, tmp_path / "owner", orders=few(shop, 9), at=FEW)


@pytest.mark.long
def test_killed_at_twenty_five_moments_each_order_is_shipped_once(shop: OscarShop, tmp_path: Path) -> None:
    kill_again_and_again(shop, tmp_path / "owner", orders=few(shop, 40), at=moments(25, seed=16))


def test_an_order_that_was_begun_is_counted_once_by_limits_and_numbers(shop: OscarShop, tmp_path: Path) -> None:
    [order] = few(shop, 1)
    folder = oscar_folder(tmp_path / "owner", shop, orders=[order], max_per_day=1, max_orders_per_number=1)
    shop.fault("logged_out", path=f"/orders/{order}/", body=STATUS)
    assert folder.run("run", "ship", "--json").exit_code == 3
    end = folder.run("run", "ship", "--json")
    assert end.reasons() == {order: "shipped"}
    all_agree(shop, folder, shipped=[order])


def test_a_status_that_another_hand_took_back_is_told(shop: OscarShop, tmp_path: Path) -> None:
    [order] = few(shop, 1)
    folder = oscar_folder(tmp_path / "owner", shop, orders=[order])
    shop.add_event(order, reference_of(order))
    assert folder.run("run", "ship", "--json").reasons() == {order: "shipped"}
    shop.set_status(order, "Pending")
    again = folder.run("run", "ship", "--json")
    assert again.reasons() == {order: "unknown"}
    assert len(shop.posts("/orders/")) == 1


def test_what_was_begun_is_told_though_its_order_was_cancelled_meanwhile(shop: OscarShop, tmp_path: Path) -> None:
    orders = few(shop, 2)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders)
    assert kill_at(Moment(body=EVENT, nth=1, hung=True), shop=shop, folder=folder)
    shop.stop()
    shop.start()
    [begun] = [number for number, order in shop.truth().items() if order.events]
    folder.write_sheet([])
    shop.set_status(begun, "Cancelled")
    end = folder.run("run", "ship", "--json")
    assert end.reasons() == {begun: "order_closed", **{each: "no_tracking_yet" for each in orders if each != begun}}
    row = end.row(begun)
    assert f"{row['courier']} {row['tracking_number']}" == reference_of(begun)


def test_a_run_killed_at_the_second_step_says_not_that_it_shipped(shop: OscarShop, tmp_path: Path) -> None:
    orders = few(shop, 2)
    folder = oscar_folder(tmp_path / "owner", shop, orders=orders)
    assert kill_at(Moment(body=STATUS, nth=1, hung=True), shop=shop, folder=folder)
    shop.stop()
    shop.start()
    assert folder.run("run", "ship", "--json").exit_code == 0
    killed, _ = folder.run_ids()
    assert [row["reason"] for row in folder.rows_of(killed)] == ["crashed"]
    all_agree(shop, folder, shipped=orders)
