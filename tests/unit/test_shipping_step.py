"""What row, form and an order's own page must show before a click that ships, and what the page proves afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from flows.orders.model import Decision, How, Mark, Order, Parcel, Shipment
from flows.procedure.form_fields import HELD, ORDER, TO_SHIP
from flows.procedure.kind import AlreadyThere
from flows.shipping.proof import Wanted, look_at_step
from flows.shipping.step import ShipStep
from flows.shipping.words import ShippingStep
from rpa.elements.values import QUOTED
from rpa.errors import InDoubt, Refused
from rpa.ledger.actions import Seen
from tests.support.made_orders import an_order, changed

ORDER_SN = "A"
OURS = Parcel(courier="DHL", tracking_number="JD1")
OTHERS = Parcel(courier="UPS", tracking_number="1Z9")
SHIPMENT = Shipment(order_sn=ORDER_SN, how=How.DIALOG, courier="DHL", tracking_number="jd1")
NO_PARCEL = Shipment(order_sn=ORDER_SN, how=How.NO_LOGISTICS)


def a_step(trace: str, **how: Any) -> ShipStep:
    told = {"form": "f", "put": {"dialog": [{"tick": "t"}]}, "confirm": "c", "done": ["Done"], "trace": trace}
    spec = ShippingStep.model_validate(told)
    site: Any = None
    return ShipStep(site, spec=spec, **({"lists_parcels": True} | how))


def check(step: ShipStep, shown: Order, *, shipment: Shipment = SHIPMENT, before: Order | None = None) -> None:
    order = before or an_order(ORDER_SN)
    decision = Decision(order_sn=ORDER_SN, order=order, row=None, shipment=shipment, reason=None)
    step.check_row(decision, {ORDER: shown})


def shown(*parcels: Parcel, status: str = "pending", **more: Any) -> Order:
    return changed(an_order(ORDER_SN), parcels=parcels, status=status, **more)


def test_an_order_as_it_was_decided_on_may_be_clicked() -> None:
    for trace in ("parcel", "status"):
        check(a_step(trace), shown())
    check(a_step("status", after_parcel=True), shown(OURS))


@pytest.mark.parametrize(
    ("trace", "order"), [("parcel", shown(OURS)), ("status", shown(OURS, status="shipped"))], ids=["parcel", "status"]
)
def test_what_a_step_would_do_is_not_done_again(trace: str, order: Order) -> None:
    with pytest.raises(AlreadyThere):
        check(a_step(trace), order)


@pytest.mark.parametrize("order", [shown(OTHERS), shown(OURS, OTHERS), shown(OTHERS, status="shipped")])
def test_a_parcel_of_another_hand_stops_the_order(order: Order) -> None:
    for trace in ("parcel", "status"):
        with pytest.raises(Refused, match="UPS 1Z9"):
            check(a_step(trace), order)


@pytest.mark.parametrize(
    "more",
    [
        {"audit": Mark.SET},
        {"after_sale": Mark.SET},
        {"address_change": Mark.SET},
        {"status": "part"},
        {"status": "closed"},
        {"address": "elsewhere"},
        {"items": ()},
        {"remark": "wait"},
    ],
)
def test_what_speaks_against_it_refuses_it(more: dict[str, Any]) -> None:
    for trace in ("parcel", "status"):
        with pytest.raises(Refused):
            check(a_step(trace), shown(**more))


@pytest.mark.parametrize(
    "more",
    [{"doubt": "not readable: goods"}, {"audit": Mark.UNREADABLE}, {"refund": Mark.UNREADABLE}, {"status": "other"}],
)
def test_what_cannot_be_read_is_a_doubt(more: dict[str, Any]) -> None:
    for trace in ("parcel", "status"):
        with pytest.raises(InDoubt):
            check(a_step(trace), shown(**more))


def test_a_status_without_the_parcel_that_was_to_be_there_is_a_doubt() -> None:
    with pytest.raises(InDoubt, match="shows it as shipped"):
        check(a_step("status"), shown(status="shipped"))
    with pytest.raises(InDoubt, match="parcel of the step before"):
        check(a_step("status", after_parcel=True), shown())


def fill(held: str, *, to_ship: list[tuple[str, str]] | None = None) -> None:
    """The form holds this in its one box, and would ship this."""
    step, order = a_step("parcel"), an_order(ORDER_SN)
    decision = Decision(order_sn=ORDER_SN, order=order, row=None, shipment=SHIPMENT, reason=None)
    told = {} if to_ship is None else {TO_SHIP: to_ship}
    held_by = dict.fromkeys(step._spec.puts(SHIPMENT), (held,))
    step.check_filled(decision, {ORDER: shown(), HELD: held_by, **told}, told={})


def test_a_form_that_would_ship_less_than_was_ordered_is_a_doubt() -> None:
    ordered = [(item.goods_id, str(item.quantity)) for item in an_order(ORDER_SN).items]
    fill("true")
    fill("true", to_ship=ordered[::-1])
    for other in ([], [(ordered[0][0], "0")], [*ordered, *ordered]):
        with pytest.raises(InDoubt, match="would ship"):
            fill("true", to_ship=other)


def test_a_field_that_does_not_hold_what_was_filled_in_is_a_doubt() -> None:
    with pytest.raises(InDoubt):
        fill("false")


def look(trace: str, order: Order | None, *, shipment: Shipment = SHIPMENT, lists_parcels: bool = True) -> Seen:
    spec = a_step(trace)._spec
    return look_at_step(order, wanted=Wanted(step=spec, shipment=shipment, lists_parcels=lists_parcels)).seen


def test_what_the_page_shows_proves_what_was_sent() -> None:
    assert look("parcel", shown(OURS)) is Seen.OURS
    assert look("parcel", shown()) is Seen.NOTHING
    assert look("parcel", shown(OTHERS)) is Seen.OTHER
    assert look("status", shown(OURS, status="shipped")) is Seen.OURS
    assert look("status", shown(OURS)) is Seen.NOTHING
    assert look("status", shown(status="closed")) is Seen.OTHER


def test_a_status_alone_proves_no_parcel_where_the_page_lists_parcels() -> None:
    assert look("status", shown(status="shipped")) is Seen.UNREADABLE
    assert look("status", shown(status="shipped"), lists_parcels=False) is Seen.OURS
    assert look("status", shown(status="shipped"), shipment=NO_PARCEL) is Seen.OURS
    assert look("status", shown(OTHERS, status="shipped"), shipment=NO_PARCEL) is Seen.OTHER


@pytest.mark.parametrize("told", [{}, {"status": "pending"}, {"goods": "another", "status": "pending"}])
def test_a_sign_in_what_people_write_is_none_where_the_form_shows_the_order(told: dict[str, Any]) -> None:
    order = an_order(ORDER_SN)
    decision = Decision(order_sn=ORDER_SN, order=order, row=None, shipment=SHIPMENT, reason=None)
    dialog = {"audit": QUOTED, "goods": tuple(item.goods for item in order.items)}
    if "goods" in told:
        with pytest.raises(InDoubt):
            a_step("status").check_form(decision, dialog, told=told)
    else:
        a_step("status").check_form(decision, dialog, told=told)
    with pytest.raises(InDoubt):
        a_step("status").check_form(decision, dialog | {"goods": ("another",)}, told={})


def test_a_mark_that_the_form_shows_once_it_is_filled_in_refuses_the_order() -> None:
    decision = Decision(order_sn=ORDER_SN, order=an_order(ORDER_SN), row=None, shipment=SHIPMENT, reason=None)
    step = a_step("status")
    held = {HELD: dict.fromkeys(step._spec.puts(SHIPMENT), ("true",))}
    step.check_filled(decision, held, told={})
    with pytest.raises(Refused):
        step.check_filled(decision, {**held, "audit": "set"}, told={})
