"""A row is ticked only while row and data say of its order what was decided on, and nothing against it."""

from __future__ import annotations

from typing import Any

import pytest

from flows.ticked.row_check import refuse_row
from rpa.errors import InDoubt, Refused
from tests.support.made_orders import an_order

ORDER = an_order("S1")
GOODS = {
    "goods_ids": tuple(item.goods_id for item in ORDER.items),
    "specs": tuple(item.spec for item in ORDER.items),
    "quantities": tuple(str(item.quantity) for item in ORDER.items),
}
CLEAR = {"audit": "clear", "after_sale": "clear"}
SHOWN = {**CLEAR, "region": ORDER.region, "address": ORDER.address, "specs": GOODS["specs"]}
TOLD = {**SHOWN, **GOODS, "status": "pending", "receiver": ORDER.receiver}


def why_not(shown: dict[str, Any] | None = None, told: dict[str, Any] | None = None) -> str:
    try:
        refuse_row(ORDER, SHOWN | (shown or {}), TOLD | (told or {}))
    except (Refused, InDoubt) as error:
        return error.reason
    return ""


def test_a_row_of_which_both_say_the_same_is_ticked() -> None:
    assert why_not() == ""


@pytest.mark.parametrize(
    ("shown", "told", "reason"),
    [
        ({"audit": "set"}, {}, "under_audit"),
        ({}, {"audit": "set"}, "under_audit"),
        ({"after_sale": "set"}, {}, "after_sale"),
        ({}, {"after_sale": "set"}, "after_sale"),
        ({"refund": "set"}, {}, "refund_asked"),
        ({"address_change": "set"}, {}, "address_change"),
        ({}, {"serial_number": "set"}, "serial_number"),
        ({}, {"status": "closed"}, "order_closed"),
        ({}, {"status": "part"}, "partly_shipped"),
        ({}, {"status": "shipped"}, "row_mismatch"),
        ({"address": "别处"}, {}, "order_changed"),
        ({}, {"address": "别处"}, "order_changed"),
        ({}, {"receiver": "别人"}, "order_changed"),
        ({}, {"address": ""}, "unreadable"),
        ({"specs": ("别的",)}, {}, "order_changed"),
        ({}, {"quantities": ("7",)}, "row_mismatch"),
        ({"audit": "quoted", "receiver": "风控审核中"}, {}, "unreadable"),
    ],
)
def test_a_row_that_is_marked_or_another_by_now_is_not(
    shown: dict[str, Any], told: dict[str, Any], reason: str
) -> None:
    assert why_not(shown, told) == reason
