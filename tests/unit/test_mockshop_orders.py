"""The generated orders and the lists over them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import generate, parcels
from fixtures.mockshop.shop.goods import HOLD_REMARKS
from fixtures.mockshop.shop.order_index import PENDING, SHIP_BY_FIRST, SORTS, TABS, OrderIndex
from fixtures.mockshop.shop.orders import STATUSES, from_json, to_json

ORDERS = generate(orders=120, seed=1, now=DEFAULT_NOW)


def test_the_same_numbers_give_the_same_shop() -> None:
    assert generate(orders=120, seed=1, now=DEFAULT_NOW) == ORDERS
    assert generate(orders=120, seed=2, now=DEFAULT_NOW) != ORDERS


def test_a_demo_shop_has_every_kind_of_order() -> None:
    now = int(DEFAULT_NOW.timestamp())
    pending = [order for order in ORDERS if order.status == "pending"]
    assert {order.status for order in ORDERS} == set(STATUSES)
    assert 0.80 <= len(pending) / len(ORDERS) <= 0.90
    assert len({order.order_sn for order in ORDERS}) == 120
    signs = {
        "virtual": [order for order in pending if order.virtual],
        "mixed": [order for order in pending if len({item.virtual for item in order.items}) == 2],
        "several": [order for order in pending if len(order.items) > 1],
        "audit": [order for order in pending if order.audit],
        "after_sale": [order for order in pending if order.after_sale],
        "remark": [order for order in pending if order.remark in HOLD_REMARKS],
        "presale": [order for order in pending if order.presale_until > now],
        "near": [order for order in pending if 0 < order.ship_by - now <= 3 * 3600],
    }
    assert [sign for sign, orders in signs.items() if not orders] == []


def test_parcels_are_for_most_of_what_may_be_shipped_and_for_nothing_else() -> None:
    by_sn = {order.order_sn: order for order in ORDERS}
    rows = parcels(ORDERS, seed=1)
    eligible = [
        order
        for order in ORDERS
        if not order.held
        and not order.presale_until
        and order.remark not in HOLD_REMARKS
        and not any(item.virtual for item in order.items)
    ]
    assert {sn for sn, _, _ in rows} <= {order.order_sn for order in eligible}
    assert 0.65 <= len(rows) / len(eligible) <= 0.95
    for _, courier, number in rows:
        buyers = {replace(by_sn[sn], order_sn="").address for sn, *parcel in rows if parcel == [courier, number]}
        assert len(buyers) == 1


def test_an_order_survives_its_way_through_json() -> None:
    assert [from_json(to_json(order)) for order in ORDERS] == ORDERS


_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 29),
        st.fixed_dictionaries(
            {
                "status": st.sampled_from(STATUSES),
                "ship_by": st.integers(0, 50),
                "shipped_at": st.integers(0, 50),
            }
        ),
    ),
    max_size=20,
)


@given(_CHANGES)
@settings(max_examples=25, deadline=None)
def test_the_lists_follow_every_change_as_if_they_were_sorted_anew(
    changes: list[tuple[int, dict[str, object]]],
) -> None:
    orders = list(ORDERS[:30])
    index = OrderIndex(orders)
    for n, fields in changes:
        new = replace(orders[n], **fields)  # type: ignore[arg-type]
        index.replace(orders[n], new)
        orders[n] = new
    anew = OrderIndex(orders)
    for tab in TABS:
        for sort in SORTS:
            pages = [each.page(tab=tab, sort=sort, start=0, size=30) for each in (index, anew)]
            assert pages[0] == pages[1]
    due = [order for order in orders if order.status == "pending" and order.ship_by < 25]
    assert index.pending_due_before(25) == len(due)
    assert len(index.page(tab=PENDING, sort=SHIP_BY_FIRST, start=5, size=10)) == min(
        10, max(0, index.count(PENDING) - 5)
    )
