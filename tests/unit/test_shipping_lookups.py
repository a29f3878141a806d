"""Sheet rows whose order is not pending: so many are looked for in a run, each gets its turn, none is asked twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from flows.orders.model import SheetRow
from flows.shipping.lookups import MOST_SEARCHES
from rpa.errors import RateLimited, Stopped
from tests.support.import_site import Shop, a_shop
from tests.support.made_orders import a_row, an_order

PENDING = ["S0", "S1", "S2", "S3"]
DAY_S = 24 * 3600


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_shop(tmp_path) as opened:
        yield opened


def others(count: int, *, number: str = "78") -> list[SheetRow]:
    """Rows of orders that the shop does not have, unless a test says so."""
    return [a_row(f"X{n:03d}", row=n, tracking_number=f"{number}{n:012d}") for n in range(100, 100 + count)]


def ends(shop: Shop, rows: Sequence[SheetRow]) -> dict[str, str]:
    """Why each row of the sheet ended as it did in a run of its own, and that each did once."""
    shop.rows = rows
    shop.read_sheets_again()
    shop.site.looked_up.clear()
    told = {sn: reason for sn, (reason, _) in shop.ship().items()}
    return told | left(shop, but=told)


def left(shop: Shop, *, but: dict[str, str]) -> dict[str, str]:
    decisions = [decision for _, decision in shop.run.shared.leftovers([])]
    told = {decision.order_sn: str(decision.reason) for decision in decisions}
    assert len(told) == len(decisions)
    assert not told.keys() & but
    return told


def test_what_is_pending_is_shipped_and_proven_before_anything_is_looked_for(shop: Shop) -> None:
    shipped: list[str] = []
    shop.site.at["look_up"] = lambda: shipped.extend(sn for sn in PENDING if shop.site.orders[sn].status == "shipped")
    told = ends(shop, [*others(300), *shop.rows])
    assert shipped == PENDING
    assert len(shop.site.looked_up) == MOST_SEARCHES
    assert Counter(told.values()) == {"shipped": 4, "not_in_shop": MOST_SEARCHES, "not_looked_up": 300 - MOST_SEARCHES}


def test_each_row_gets_its_turn_and_what_was_not_there_is_not_asked_for_again(shop: Shop) -> None:
    rows, asked, known = others(70), [], []
    for _ in range(4):
        told = ends(shop, rows)
        asked.append(list(shop.site.looked_up))
        known.append(Counter(told.values())["not_in_shop"])
    assert known == [30, 60, 70, 70]
    assert [len(each) for each in asked] == [30, 30, 10, 0]
    assert sorted(chain.from_iterable(asked)) == [row.order_sn for row in rows]


def test_a_row_that_says_something_else_is_looked_for_anew_as_is_one_of_yesterday(shop: Shop) -> None:
    ends(shop, others(2))
    [first, second] = others(2)
    ends(shop, [replace(first, tracking_number="78000000000999"), second])
    assert shop.site.looked_up == [first.order_sn]
    shop.site.clock.move(DAY_S)
    ends(shop, [second, a_row("NEW")])
    assert shop.site.looked_up == ["NEW", second.order_sn], "one never looked for comes first"


def test_an_order_that_comes_later_is_shipped_however_lately_it_was_missing(shop: Shop) -> None:
    rows = others(1)
    assert ends(shop, rows) == dict.fromkeys(PENDING, "no_tracking_yet") | {"X100": "not_in_shop"}
    shop.site.orders["X100"] = an_order("X100")
    assert ends(shop, rows)["X100"] == "shipped"
    assert shop.site.looked_up == []


def test_an_order_that_comes_between_list_and_search_is_shipped_by_this_very_run(shop: Shop) -> None:
    shop.site.at["look_up"] = lambda: shop.site.orders.update(X100=an_order("X100"))
    assert ends(shop, others(1))["X100"] == "shipped"


def test_rows_that_were_shipped_long_ago_are_no_reason_to_wait(shop: Shop) -> None:
    rows = others(45)
    shop.site.orders |= {row.order_sn: an_order(row.order_sn) for row in rows}
    first = ends(shop, rows)
    assert Counter(first[row.order_sn] for row in rows) == {"shipped": 45}
    again = ends(shop, rows)
    assert Counter(again[row.order_sn] for row in rows) == {"same_shipment": 45}
    assert len(shop.site.looked_up) == MOST_SEARCHES
    told = ends(shop, [*rows, a_row("NEW")])
    assert (told["NEW"], shop.site.looked_up[0]) == ("not_in_shop", "NEW"), "the others need it less"


def test_what_an_earlier_search_has_shown_is_told_until_its_turn_comes_again(shop: Shop) -> None:
    rows = others(40)
    shop.site.orders |= {row.order_sn: an_order(row.order_sn, status="closed") for row in rows}
    assert Counter(ends(shop, rows).values())["order_closed"] == MOST_SEARCHES
    shop.site.clock.move(1)
    assert Counter(ends(shop, rows).values())["order_closed"] == 40
    assert shop.site.looked_up[:10] == [row.order_sn for row in rows[MOST_SEARCHES:]]


def test_a_site_that_asks_for_fewer_calls_is_left_alone_and_nothing_is_undone(shop: Shop) -> None:
    def limited() -> None:
        raise RateLimited

    shop.site.at["look_up"] = limited
    told = ends(shop, [*others(3), *shop.rows])
    assert Counter(told.values()) == {"shipped": 4, "not_looked_up": 3}
    assert shop.notes[-1] == "rate_limited"


def test_a_run_that_is_stopped_while_it_looks_says_so_of_what_it_did_not_come_to(shop: Shop) -> None:
    def stopped() -> None:
        raise Stopped

    shop.site.at["look_up"] = stopped
    with pytest.raises(Stopped):
        ends(shop, [*others(3), *shop.rows])
    decisions = [decision for _, decision in shop.run.shared.leftovers(["demo"])]
    assert {str(decision.reason) for decision in decisions} == {"not_looked_up"}
    assert all(shop.site.orders[sn].status == "shipped" for sn in PENDING)


def test_a_closed_order_that_is_pending_when_looked_for_ships_and_ends_once(shop: Shop) -> None:
    rows = others(1)
    shop.site.orders["X100"] = an_order("X100", status="closed")
    assert ends(shop, rows)["X100"] == "order_closed"
    shop.site.at["look_up"] = lambda: shop.site.orders.update(X100=an_order("X100"))
    assert ends(shop, rows)["X100"] == "shipped"
