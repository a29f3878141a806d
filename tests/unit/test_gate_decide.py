"""What is to happen to each order and each sheet row, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.gate.decide import NoLogistics, decide, decide_found, receiver_key
from flows.orders.model import Decision, How, Mark, Order, SheetRow, Shipment
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow
from tests.support.made_orders import NOW, RULES, a_bad_row, a_hold, a_row, an_item, an_order

CARD = an_item(goods_id="900", goods="视频会员", spec="月卡", physical=False)
LISTED = (NoLogistics(goods_id="900", spec="月卡", needs_proof=False),)
DELIVERED_BY_SELLER = (NoLogistics(goods_id="900", spec="月卡", needs_proof=True),)


def one(order: Order, *rows: Any, **rules: Any) -> Decision:
    """The decision on a shop's only order."""
    [decision] = decide([order], rows, rules=replace(RULES, **rules))
    return decision


def test_an_order_with_a_number_is_shipped_with_just_that_number() -> None:
    decision = one(an_order("A"), a_row("A", courier="圆通速递", tracking_number="YT1", warning="looks short"))
    shipment = Shipment(order_sn="A", how=How.DIALOG, courier="圆通速递", tracking_number="YT1")
    assert (decision.reason, decision.shipment) == (None, shipment)
    assert decision.to_ship == (an_order("A"), shipment)


def test_a_number_that_is_unusual_ships_only_when_somebody_has_accepted_it() -> None:
    row = a_row("A", courier="圆通速递", tracking_number="YT1", warning="looks short")
    decision = one(an_order("A"), row, unusual=frozenset({row.place}))
    assert (decision.reason, decision.shipment) == (Reason.UNUSUAL_NUMBER, None)
    told = OrderRow.of(decision)
    assert (told.outcome, told.tracking_number, told.message) == ("refused", "YT1", "looks short")
    under_audit = one(an_order("A", audit=Mark.SET), row, unusual=frozenset({row.place}))
    assert under_audit.reason is Reason.UNDER_AUDIT
    assert "looks short" in OrderRow.of(under_audit).message


def test_an_order_without_a_number_waits_for_one() -> None:
    decision = one(an_order())
    assert (decision.reason, decision.shipment) == (Reason.NO_TRACKING_YET, None)


def test_what_was_not_decided_to_be_shipped_cannot_be_shipped() -> None:
    with pytest.raises(ValueError, match="no_tracking_yet"):
        _ = one(an_order()).to_ship


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"doubt": "status: page 'pending', data 'shipped'"}, Reason.SOURCES_DISAGREE),
        ({"audit": Mark.UNREADABLE}, Reason.UNREADABLE),
        ({"after_sale": Mark.UNREADABLE}, Reason.UNREADABLE),
        ({"audit": Mark.SET}, Reason.UNDER_AUDIT),
        ({"after_sale": Mark.SET}, Reason.AFTER_SALE),
        ({"remark": "客户说先别发"}, Reason.SELLER_REMARK),
        ({"flag": "RED"}, Reason.SELLER_REMARK),
        ({"presale_until": NOW + timedelta(seconds=1)}, Reason.PRESALE_NOT_DUE),
    ],
)
def test_a_sign_on_the_order_keeps_it_from_being_shipped(told: dict[str, Any], reason: Reason) -> None:
    rules = {"stop_words": ("勿发", "先别发"), "stop_flags": frozenset({"RED"})}
    decision = one(an_order("A", **told), a_row("A"), **rules)
    assert (decision.reason, decision.shipment) == (reason, None)


@pytest.mark.parametrize(
    ("rule", "said", "reason"),
    [
        ("holds", (a_hold("A"),), Reason.ON_HOLD),
        ("changed", "said by somebody", Reason.ORDER_CHANGED),
        ("unresolved", "said by somebody", Reason.UNKNOWN),
    ],
)
def test_what_is_known_of_the_order_keeps_it_from_being_shipped(rule: str, said: Any, reason: Reason) -> None:
    decision = one(an_order("A"), a_row("A"), **{rule: {"A": said}})
    assert (decision.reason, decision.shipment, decision.message) == (reason, None, "said by somebody")


def test_an_earlier_doubt_is_told_before_a_hold() -> None:
    decision = one(an_order("A"), a_row("A"), holds={"A": (a_hold("A"),)}, unresolved={"A": "unknown since 03-09"})
    assert decision.reason is Reason.UNKNOWN


def test_a_notice_that_cannot_be_read_stops_what_would_be_shipped_and_nothing_else() -> None:
    unread = {"unreadable_notices": ("400000000001",)}
    stopped = one(an_order("A"), a_row("A"), **unread)
    assert (stopped.reason, stopped.message) == (Reason.NOTICE_UNREADABLE, "400000000001")
    assert stopped.shipment is None
    assert one(an_order("A", items=(CARD,)), no_logistics=LISTED, **unread).reason is Reason.NOTICE_UNREADABLE
    assert one(an_order("A"), **unread).reason is Reason.NO_TRACKING_YET
    assert one(an_order("A"), a_bad_row("A"), **unread).reason is Reason.UNKNOWN_COURIER


def test_a_held_order_says_since_when_and_how_many_hours_are_left() -> None:
    held = {"A": (a_hold("A", held_at=NOW - timedelta(days=1)),)}
    order = an_order("A", ship_by=NOW + timedelta(hours=5, minutes=59))
    decision = one(order, a_row("A"), holds=held)
    assert (decision.since, decision.hours_left) == (NOW - timedelta(days=1), 5)
    late = one(replace(order, ship_by=NOW - timedelta(minutes=1)), a_row("A"), holds=held)
    assert late.hours_left == -1
    assert one(an_order("A"), a_row("A"), holds=held).hours_left is None


def test_other_remarks_and_flags_hold_nothing() -> None:
    rules = {"stop_words": ("勿发",), "stop_flags": frozenset({"RED"})}
    assert one(an_order("A", remark="送小票", flag="GREEN"), a_row("A"), **rules).reason is None


def test_a_presale_is_shipped_from_its_very_moment_on() -> None:
    assert one(an_order("A", presale_until=NOW), a_row("A")).reason is None


def test_a_bad_row_gives_its_order_its_own_reason() -> None:
    decision = one(an_order("A"), a_bad_row("A", reason=Reason.NUMBER_DAMAGED))
    assert (decision.reason, decision.message, decision.shipment) == (Reason.NUMBER_DAMAGED, "said once", None)


def test_a_second_parcel_of_an_order_is_refused_on_its_own_line() -> None:
    first, second = decide([an_order("A")], [a_row("A"), a_row("A", row=3, tracking_number="8")], rules=RULES)
    assert (first.reason, second.reason) == (None, Reason.SEVERAL_PARCELS)
    assert (second.order, second.shipment) == (None, None)


def test_a_good_row_below_a_bad_one_is_not_lost() -> None:
    first, second = decide([an_order("A")], [a_bad_row("A"), a_row("A", row=3)], rules=RULES)
    assert (first.reason, second.reason) == (None, Reason.UNKNOWN_COURIER)


def test_listed_goods_need_no_parcel() -> None:
    decision = one(an_order("A", items=(CARD, CARD)), no_logistics=LISTED)
    assert decision.shipment == Shipment(order_sn="A", how=How.NO_LOGISTICS)


def test_a_number_in_the_sheet_counts_for_listed_goods_too() -> None:
    shipment = one(an_order("A", items=(CARD,)), a_row("A"), no_logistics=LISTED).shipment
    assert shipment is not None
    assert (shipment.how, shipment.tracking_number) == (How.DIALOG, "7A")


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ((replace(CARD, spec="年卡"),), Reason.VIRTUAL_NOT_LISTED),
        ((replace(CARD, goods_id="9001"),), Reason.VIRTUAL_NOT_LISTED),
        ((CARD, replace(CARD, goods_id="901")), Reason.VIRTUAL_NOT_LISTED),
        ((CARD, an_item()), Reason.VIRTUAL_NOT_LISTED),
        ((replace(CARD, physical=True),), Reason.GOODS_PHYSICAL),
        ((replace(CARD, physical=None),), Reason.GOODS_PHYSICAL),
        ((), Reason.NO_TRACKING_YET),
    ],
)
def test_no_parcel_is_needed_for_exactly_the_listed_goods_only(items: tuple[Any, ...], reason: Reason) -> None:
    decision = one(an_order("A", items=items), no_logistics=LISTED)
    assert (decision.reason, decision.shipment) == (reason, None)


def test_goods_that_the_seller_delivers_wait_for_the_proof() -> None:
    order = an_order("A", items=(CARD,))
    proven = a_row("A", courier="", tracking_number="", proof="delivered at 9:00")
    assert one(order, no_logistics=DELIVERED_BY_SELLER).reason is Reason.NO_PROOF
    assert one(order, replace(proven, proof=""), no_logistics=DELIVERED_BY_SELLER).reason is Reason.NO_PROOF
    assert one(order, proven, no_logistics=DELIVERED_BY_SELLER).reason is None


def shared(*orders: Order, **rules: Any) -> list[Reason | None]:
    rows = [a_row(order.order_sn, row=n, tracking_number="SF1") for n, order in enumerate(orders)]
    return [each.reason for each in decide(orders, rows, rules=replace(RULES, **rules))]


def test_one_parcel_may_carry_several_orders_of_one_receiver() -> None:
    assert shared(*(an_order(sn) for sn in "ABCDE")) == [None] * 5


def test_one_number_on_too_many_orders_ships_none_of_them() -> None:
    assert shared(*(an_order(sn) for sn in "ABCDEF")) == [Reason.NUMBER_SHARED] * 6


@pytest.mark.parametrize("told", [{"receiver": "李*"}, {"region": "广东省 深圳市"}])
def test_one_number_for_two_receivers_ships_neither(told: dict[str, str]) -> None:
    assert shared(an_order("A"), an_order("B", **told)) == [Reason.NUMBER_SHARED] * 2


def test_a_number_that_another_receiver_has_got_already_is_refused() -> None:
    known = {"SF1": (receiver_key(an_order(receiver="李*")),)}
    assert shared(an_order("A"), shipped_numbers=known) == [Reason.NUMBER_SHARED]


def test_orders_shipped_earlier_count_for_the_limit_of_a_number() -> None:
    known = {"SF1": (receiver_key(an_order()),) * 4}
    assert shared(an_order("A"), shipped_numbers=known) == [None]
    assert shared(an_order("A"), an_order("B"), shipped_numbers=known) == [Reason.NUMBER_SHARED] * 2


def test_a_number_that_a_held_order_of_another_receiver_has_too_is_refused() -> None:
    held = an_order("B", receiver="李*", audit=Mark.SET)
    assert shared(an_order("A"), held) == [Reason.NUMBER_SHARED, Reason.UNDER_AUDIT]


def test_an_order_already_sent_is_not_counted_twice_for_its_number() -> None:
    known = {"SF1": (receiver_key(an_order()),)}
    reasons = shared(
        an_order("A"), an_order("B"), shipped_numbers=known, unresolved={"B": "done"}, most_orders_per_number=2
    )
    assert reasons == [None, Reason.UNKNOWN]


def found(row: SheetRow, **told: Any) -> Reason | None:
    return decide_found(an_order("A", **told), row).reason


def test_an_order_shipped_with_this_number_is_done_already() -> None:
    shipped = {"status": "shipped", "courier": "中通快递", "tracking_number": "7a"}
    assert found(a_row("A"), **shipped) is Reason.SAME_SHIPMENT


@pytest.mark.parametrize("told", [{"tracking_number": "8A"}, {"courier": "圆通速递"}, {"tracking_number": ""}])
def test_an_order_shipped_otherwise_is_never_corrected(told: dict[str, str]) -> None:
    shipped = {"status": "shipped", "courier": "中通快递", "tracking_number": "7A"} | told
    assert found(a_row("A"), **shipped) is Reason.SHIPPED_WITH_OTHER_NUMBER


def test_a_row_of_a_closed_order_is_refused() -> None:
    assert found(a_row("A"), status="closed") is Reason.ORDER_CLOSED


def test_a_row_of_an_order_in_a_status_that_nobody_described_needs_a_person() -> None:
    assert found(a_row("A"), status="other") is Reason.UNKNOWN


def test_a_bad_row_of_a_shipped_order_keeps_its_own_reason() -> None:
    assert decide_found(an_order("A", status="shipped"), a_bad_row("A")).reason is Reason.UNKNOWN_COURIER


def test_an_order_that_ended_without_a_sheet_row_says_what_the_site_shows() -> None:
    shipped = decide_found(an_order("A", status="shipped", courier="中通快递", tracking_number="780700001"), None)
    assert (shipped.reason, shipped.message) == (Reason.SAME_SHIPMENT, "中通快递 780700001")
    assert decide_found(an_order("A", status="closed"), None).reason is Reason.ORDER_CLOSED
    assert decide_found(an_order("A", status="other"), None).reason is Reason.UNKNOWN
