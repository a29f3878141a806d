"""From what a page or an answer reads to a sign of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.orders.model import Mark, Order
from rpa.elements.values import QUOTED, UNREADABLE

_MARKS = {"clear": Mark.CLEAR, "set": Mark.SET}
_SIGNS = ("audit", "after_sale", "receiver_audit")
_QUOTABLE = ("buyer", "receiver", "region", "address", "goods", "specs", "remark", "memo")
"""What buyers and sellers write, and a page may show beside the platform's own words."""


def mark_of(value: Any) -> Mark:
    """The sign that this value stands for; anything but a plain yes or no is unreadable."""
    return _MARKS.get(value, Mark.UNREADABLE) if isinstance(value, str) else Mark.UNREADABLE


def with_quotes_checked(shown: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows, with no sign for one whose words people have written: a buyer is called so, or lives there.

    They have if every text of theirs is the same in the second source, `told`; else the sign cannot be read.
    """
    theirs = all(shown[name] == told.get(name) for name in _QUOTABLE if name in shown)
    sign = "clear" if theirs else UNREADABLE
    return {name: sign if name in _SIGNS and value == QUOTED else value for name, value in shown.items()}


def texts_of(order: Order) -> dict[str, Any]:
    """What people have written of an order, as a second source for a later look at it."""
    return {
        "buyer": order.buyer,
        "receiver": order.receiver,
        "region": order.region,
        "address": order.address,
        "goods": tuple(item.goods for item in order.items),
        "specs": tuple(item.spec for item in order.items),
        "remark": order.remark,
    }
