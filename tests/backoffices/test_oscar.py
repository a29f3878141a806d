"""django-oscar, an admin that nobody here wrote, described by a profile alone: read whole, shipped in two steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rpa.ledger.actions import State
from tests.support.mock_shop import ShopFolder
from tests.support.oscar_folder import oscar_folder, reference_of
from tests.support.oscar_shop import OscarShop

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
