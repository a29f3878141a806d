"""What holds for every shop, every sheet and every set of rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.gate.decide import NoLogistics, Rules, decide, receiver_key
from flows.orders.model import BadRow, Decision, How, Mark, Order, SheetRow
from tests.support.made_orders import NOW, a_bad_row, a_hold, a_row, an_item, an_order

NUMBERS = ("A", "B", "C", "D", "E")
PARCELS = ("SF1", "SF2", "SF3", "SF4", "")
RECEIVERS = ("张*", "李*")
LISTED = tuple(NoLogistics(goods_id=goods, spec="月卡", needs_proof=goods == "901") for goods in ("900", "901"))
Row = SheetRow | BadRow

CARD, SENT_BY_SELLER = (an_item(goods_id=goods, spec="月卡", physical=False) for goods in ("900", "901"))
BASKETS = (
    (an_item(),),
    (CARD,),
    (SENT_BY_SELLER,),
    (CARD, CARD),
    (CARD, an_item()),
    (CARD, replace(CARD, goods_id="9")),
    (replace(CARD, spec="年卡"),),
    (replace(CARD, physical=True),),
    (replace(CARD, physical=None), CARD),
    (),
)
TROUBLES: tuple[dict[str, Any], ...] = (
    {"audit": Mark.SET},
    {"audit": Mark.UNREADABLE},
    {"after_sale": Mark.SET},
    {"after_sale": Mark.UNREADABLE},
    {"doubt": "sources differ"},
    {"remark": "先别发 谢谢"},
    {"flag": "RED"},
    {"presale_until": NOW + timedelta(hours=1)},
    {"audit": Mark.SET, "remark": "先别发"},
)

sns = st.sampled_from(NUMBERS)
few = st.dictionaries(sns, st.just("said so"), max_size=1)
holds = st.dictionaries(sns, st.just((a_hold(),)), max_size=1)
orders = st.lists(
    st.builds(
        lambda sn, items, receiver, told: an_order(sn, items=items, receiver=receiver, **told),
        sns,
        st.sampled_from(BASKETS),
        st.sampled_from(RECEIVERS),
        st.just({}) | st.just({}) | st.sampled_from(TROUBLES),
    ),
    unique_by=lambda order: order.order_sn,
    min_size=2,
)
good = st.builds(
    a_row,
    st.sampled_from((*NUMBERS, "elsewhere")),
    tracking_number=st.sampled_from(PARCELS),
    proof=st.sampled_from(("", "seen")),
)
sheets = st.lists(good | good | good | st.builds(a_bad_row, sns), min_size=2, max_size=8)
rules = st.builds(
    Rules,
    now=st.just(NOW),
    stop_words=st.just(("先别发",)),
    stop_flags=st.just(frozenset({"RED"})),
    no_logistics=st.just(LISTED),
    most_orders_per_number=st.integers(1, 3),
    holds=holds,
    changed=few,
    unresolved=few,
    shipped_numbers=st.dictionaries(
        st.just("SF1"), st.lists(st.sampled_from(RECEIVERS).map(lambda name: f"{name}|浙江省 杭州市"), max_size=2)
    ),
)
always = settings(max_examples=100, deadline=None)


def shipped(decisions: Sequence[Decision]) -> list[Decision]:
    return [each for each in decisions if each.shipment is not None]


@always
@given(orders, sheets, rules)
def test_every_order_is_decided_once_and_in_its_order(given: list[Order], rows: list[Row], told: Rules) -> None:
    decided = [each.order for each in decide(given, rows, rules=told) if each.order is not None]
    assert decided == given


@always
@given(orders, sheets, rules)
def test_every_row_of_an_order_ends_in_one_decision(given: list[Order], rows: list[Row], told: Rules) -> None:
    here = {order.order_sn for order in given}
    ended = Counter(id(each.row) for each in decide(given, rows, rules=told) if each.row is not None)
    assert ended == Counter(id(row) for row in rows if row.order_sn in here)


@always
@given(orders, sheets, rules)
def test_what_speaks_against_an_order_is_stronger_than_any_sheet(
    given: list[Order], rows: list[Row], told: Rules
) -> None:
    kept = {*told.holds, *told.changed, *told.unresolved}
    for decision in shipped(decide(given, rows, rules=told)):
        order, _ = decision.to_ship
        assert (order.doubt, order.audit, order.after_sale) == (None, Mark.CLEAR, Mark.CLEAR)
        assert order.order_sn not in kept
        assert (order.remark, order.flag) == ("", "")
        assert order.presale_until is None


@pytest.mark.slow
@always
@given(orders, sheets, rules)
def test_nothing_is_shipped_with_a_reason_against_it(given: list[Order], rows: list[Row], told: Rules) -> None:
    assert all((each.shipment is None) is (each.reason is not None) for each in decide(given, rows, rules=told))


@always
@given(orders, sheets, rules)
def test_a_number_comes_from_a_good_row_of_its_own_order(given: list[Order], rows: list[Row], told: Rules) -> None:
    for decision in shipped(decide(given, rows, rules=told)):
        order, shipment = decision.to_ship
        assert shipment.order_sn == order.order_sn
        if shipment.how is How.DIALOG:
            said = {(row.courier, row.tracking_number) for row in rows if row.order_sn == order.order_sn}
            assert (shipment.courier, shipment.tracking_number) in said
            assert shipment.tracking_number


@always
@given(orders, sheets, rules)
def test_a_number_goes_to_one_receiver_and_to_few_orders(given: list[Order], rows: list[Row], told: Rules) -> None:
    receivers: dict[str, list[str]] = {number: list(keys) for number, keys in told.shipped_numbers.items()}
    sent = set()
    for decision in shipped(decide(given, rows, rules=told)):
        order, shipment = decision.to_ship
        if shipment.tracking_number:
            sent.add(shipment.tracking_number)
            receivers.setdefault(shipment.tracking_number, []).append(receiver_key(order))
    assert all(len(set(receivers[number])) == 1 for number in sent)
    assert all(len(receivers[number]) <= told.most_orders_per_number for number in sent)


@always
@given(orders, sheets, rules)
def test_without_a_parcel_only_listed_things_that_are_none_leave(
    given: list[Order], rows: list[Row], told: Rules
) -> None:
    for decision in shipped(decide(given, rows, rules=told)):
        order, shipment = decision.to_ship
        if shipment.how is How.NO_LOGISTICS:
            assert order.items
            assert all(item.physical is False for item in order.items)
            assert all(item.goods_id in {"900", "901"} and item.spec == "月卡" for item in order.items)
            proven = isinstance(decision.row, SheetRow) and decision.row.proof
            assert proven or all(item.goods_id != "901" for item in order.items)


@always
@given(orders, sheets, rules, st.randoms(use_true_random=False))
def test_the_order_in_which_orders_were_read_decides_nothing(
    given: list[Order], rows: list[Row], told: Rules, chance: Random
) -> None:
    mixed = list(given)
    chance.shuffle(mixed)
    by_order = {each.order_sn: each for each in decide(given, rows, rules=told) if each.order is not None}
    again = {each.order_sn: each for each in decide(mixed, rows, rules=told) if each.order is not None}
    assert again == by_order


@always
@given(orders, sheets, rules, sns)
def test_a_hold_on_one_order_ships_no_other(given: list[Order], rows: list[Row], told: Rules, held: str) -> None:
    before = {each.order_sn for each in shipped(decide(given, rows, rules=told))}
    holding = replace(told, holds={**told.holds, held: (a_hold(held),)})
    after = {each.order_sn for each in shipped(decide(given, rows, rules=holding))}
    assert after == before - {held}
