"""Orders and sheet rows, made in a line: ordinary ones, unless a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.gate.decide import Rules
from flows.orders.hold_causes import PERSON
from flows.orders.model import BadRow, Item, Mark, Order, Place, SheetRow
from flows.orders.reasons import Reason
from flows.orders.signs import SIGNS
from rpa.ledger.holds import Hold

NOW = datetime(2026, 3, 10, 9, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
RULES = Rules(now=NOW)
SHEET = Path("inbox/parcels.xlsx")


def an_item(**told: Any) -> Item:
    """One physical thing."""
    ordinary: dict[str, Any] = {"goods_id": "101", "goods": "茶叶", "spec": "250g", "quantity": 1, "physical": True}
    return Item(**(ordinary | told))


def signs_in(told: dict[str, Any]) -> dict[str, Mark]:
    """Takes the signs out of what is told of an order."""
    return {name: told.pop(name) for name in SIGNS if name in told}


def an_order(order_sn: str = "A", **told: Any) -> Order:
    """A pending order that nothing speaks against."""
    ordinary: dict[str, Any] = {
        "status": "pending",
        "items": (an_item(),),
        "amount_fen": 1990,
        "ship_by": None,
        "signs": {"audit": Mark.CLEAR, "after_sale": Mark.CLEAR, **signs_in(told)},
        "remark": "",
        "flag": "",
        "receiver": "张*",
        "region": "浙江省 杭州市",
        "address": "文*路",
    }
    return Order(order_sn=order_sn, **(ordinary | told))


def changed(order: Order, **told: Any) -> Order:
    """The order, of which this is told otherwise."""
    signs = {**order.signs, **signs_in(told)}
    return replace(order, signs=signs, **told)


def a_row(order_sn: str = "A", *, row: int = 2, **told: Any) -> SheetRow:
    """A parcel that left for this order, with a number of its own."""
    ordinary = {"courier": "中通快递", "tracking_number": f"7{order_sn}"}
    return SheetRow(place=Place(sheet=SHEET, row=row), order_sn=order_sn, **(ordinary | told))


def a_bad_row(order_sn: str = "A", *, row: int = 2, reason: Reason = Reason.UNKNOWN_COURIER) -> BadRow:
    """A row that cannot be acted on."""
    return BadRow(
        place=Place(sheet=SHEET, row=row),
        order_sn=order_sn,
        courier="?",
        tracking_number="",
        reason=reason,
        message="said once",
    )


def a_hold(subject: str = "A", **told: Any) -> Hold:
    """A hold that a person put on."""
    ordinary: dict[str, Any] = {"cause": PERSON, "reason": "said by somebody", "held_by": "Li", "held_at": NOW}
    return Hold(subject=subject, **(ordinary | told))
