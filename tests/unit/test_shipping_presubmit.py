"""What must hold of the row, the dialog and its data directly before an order is shipped."""

from __future__ import annotations

from typing import Any

import pytest

from flows.orders.model import How, Shipment
from flows.orders.reasons import Reason
from flows.shipping.presubmit import (
    refuse_changed,
    refuse_held,
    refuse_held_data,
    refuse_other_fields,
    refuse_other_goods,
)
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, Refused
from tests.support.made_orders import an_item, an_order

ORDER = an_order("A", items=(an_item(), an_item(goods_id="102", spec="白", quantity=2)), remark="送小票", flag="GREEN")
GOODS = {"goods_ids": ("101", "102"), "specs": ("250g", "白"), "quantities": ("1", "2")}
ROW = {
    "status": "pending",
    "receiver": "张*",
    "region": "浙江省 杭州市",
    "address": "文*路",
    "remark": "送小票",
    "flag": "GREEN",
    **GOODS,
}
DATA = {"audit": "clear", "after_sale": "clear", "address": "文*路", "status": "pending"}
PARCEL = Shipment(order_sn="A", how=How.DIALOG, courier="中通快递", tracking_number="7A")
NO_PARCEL = Shipment(order_sn="A", how=How.NO_LOGISTICS)


def test_an_order_as_it_was_decided_on_passes() -> None:
    refuse_held({"audit": "clear", "after_sale": "clear"}, where="list")
    refuse_held_data(ORDER, DATA)
    refuse_changed(ORDER, ROW)
    refuse_other_goods(ORDER, GOODS, data=GOODS)
    refuse_other_fields(PARCEL, {"how": "dialog", "courier": "中通快递", "tracking_number": "7a"})
    refuse_other_fields(NO_PARCEL, {"how": "no_logistics", "courier": "", "tracking_number": ""})


@pytest.mark.parametrize(("name", "reason"), [("audit", Reason.UNDER_AUDIT), ("after_sale", Reason.AFTER_SALE)])
def test_a_mark_that_is_set_now_refuses_and_one_that_cannot_be_read_is_a_doubt(name: str, reason: Reason) -> None:
    marks: dict[str, Any] = {"audit": "clear", "after_sale": "clear"}
    with pytest.raises(Refused) as refused:
        refuse_held(marks | {name: "set"}, where="dialog")
    with pytest.raises(InDoubt) as doubt:
        refuse_held(marks | {name: UNREADABLE}, where="dialog")
    assert (refused.value.reason, doubt.value.reason) == (reason, Reason.UNREADABLE)


@pytest.mark.parametrize(
    "now",
    [
        {"receiver": "李*"},
        {"region": "广东省 深圳市"},
        {"address": "另*路"},
        {"quantities": ("1", "3")},
        {"specs": ("250g", "黑")},
        {"goods_ids": ("101",)},
        {"quantities": UNREADABLE},
    ],
)
def test_goods_or_buyer_that_changed_since_are_refused(now: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_changed(ORDER, ROW | now)
    assert refused.value.reason == Reason.ORDER_CHANGED


@pytest.mark.parametrize("now", [{"remark": "先别发"}, {"flag": "RED"}])
def test_a_remark_written_since_is_refused(now: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_changed(ORDER, ROW | now)
    assert refused.value.reason == Reason.SELLER_REMARK


def test_a_remark_taken_away_changes_nothing() -> None:
    refuse_changed(ORDER, ROW | {"remark": "", "flag": ""})


def test_an_order_that_the_platform_closed_meanwhile_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        refuse_changed(ORDER, ROW | {"status": "closed"})
    with pytest.raises(Refused) as in_data:
        refuse_held_data(ORDER, DATA | {"status": "closed", "after_sale": "set"})
    assert refused.value.reason == in_data.value.reason == Reason.ORDER_CLOSED


@pytest.mark.parametrize("hidden", ["", None, UNREADABLE])
def test_an_address_that_is_hidden_in_the_dialogs_data_is_a_doubt(hidden: Any) -> None:
    with pytest.raises(InDoubt) as doubt:
        refuse_held_data(ORDER, DATA | {"address": hidden})
    assert doubt.value.reason == Reason.UNREADABLE


def test_an_audit_that_is_seen_too_is_told_rather_than_the_hidden_address() -> None:
    with pytest.raises(Refused) as refused:
        refuse_held_data(ORDER, DATA | {"address": "", "audit": "set"})
    assert refused.value.reason == Reason.UNDER_AUDIT


@pytest.mark.parametrize("status", ["shipped", UNREADABLE])
def test_an_order_that_is_not_pending_any_more_is_a_doubt(status: Any) -> None:
    with pytest.raises(InDoubt):
        refuse_changed(ORDER, ROW | {"status": status})
    with pytest.raises(InDoubt):
        refuse_held_data(ORDER, DATA | {"status": status})


@pytest.mark.parametrize(
    ("dialog", "data", "error"),
    [
        ({"quantities": ("1", "3")}, {"quantities": ("1", "3")}, Refused),
        ({"quantities": ("1", "3")}, {}, InDoubt),
        ({}, {"goods_ids": ("101",)}, InDoubt),
        ({"goods_ids": ("101", "102", "103")}, {"goods_ids": ("101", "102", "103")}, Refused),
        ({"specs": ()}, {"specs": ()}, Refused),
    ],
)
def test_a_dialog_with_other_goods_is_refused(
    dialog: dict[str, Any], data: dict[str, Any], error: type[Refused | InDoubt]
) -> None:
    with pytest.raises(error):
        refuse_other_goods(ORDER, GOODS | dialog, data=GOODS | data)


@pytest.mark.parametrize(
    "read", [{"how": "no_logistics"}, {"courier": "圆通速递"}, {"tracking_number": "7"}, {"tracking_number": ""}]
)
def test_a_form_that_reads_otherwise_than_it_was_filled_in_is_a_doubt(read: dict[str, str]) -> None:
    with pytest.raises(InDoubt):
        refuse_other_fields(PARCEL, {"how": "dialog", "courier": "中通快递", "tracking_number": "7A"} | read)


def test_a_form_set_to_a_parcel_is_not_sent_without_one() -> None:
    with pytest.raises(InDoubt):
        refuse_other_fields(NO_PARCEL, {"how": "dialog", "courier": "", "tracking_number": ""})


def test_a_courier_that_the_dialog_does_not_offer_is_refused_without_a_doubt() -> None:
    with pytest.raises(Refused) as refused:
        refuse_other_fields(PARCEL, {"how": "dialog", "courier": "", "tracking_number": "7A"})
    assert refused.value.reason == Reason.UNKNOWN_COURIER


# A site shows less in some places


def test_a_place_is_held_to_what_it_tells() -> None:
    refuse_held({}, where="dialog")
    refuse_held_data(ORDER, {"status": "pending"})
    refuse_changed(ORDER, {})
    refuse_other_goods(ORDER, {}, data={})
    refuse_other_goods(ORDER, {"goods_ids": ("102", "101")}, data={"specs": ("白", "250g"), "quantities": ("2", "1")})
    refuse_other_fields(PARCEL, {})
    refuse_other_fields(PARCEL, {"tracking_number": "7a"})


@pytest.mark.parametrize(
    ("dialog", "data", "error"),
    [
        ({"goods_ids": ("101", "103")}, {}, InDoubt),
        ({}, {"goods_ids": ("101", "103")}, InDoubt),
        ({"goods_ids": ("101", "103")}, {"specs": ("250g", "白")}, InDoubt),
        ({"goods_ids": ("101", "103")}, {"goods_ids": ("103", "101"), "quantities": ("1", "2")}, Refused),
        ({"goods_ids": ("101", "103")}, GOODS, InDoubt),
        ({"goods_ids": UNREADABLE}, {}, InDoubt),
    ],
)
def test_other_goods_are_a_doubt_unless_two_places_agree_on_them(
    dialog: dict[str, Any], data: dict[str, Any], error: type[Refused | InDoubt]
) -> None:
    with pytest.raises(error):
        refuse_other_goods(ORDER, dialog, data=data)


@pytest.mark.parametrize("read", [{"how": "no_logistics"}, {"courier": "圆通速递"}, {"tracking_number": "7"}])
def test_each_field_that_a_form_has_is_held_to_the_parcel(read: dict[str, str]) -> None:
    with pytest.raises(InDoubt):
        refuse_other_fields(PARCEL, read)


@pytest.mark.parametrize("row", [{"goods_ids": ("101",)}, {"address": "另*路"}, {"status": "closed"}, {"flag": "RED"}])
def test_each_field_that_a_row_has_is_held_to_the_order(row: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        refuse_changed(ORDER, row)
