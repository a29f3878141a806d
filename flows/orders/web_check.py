"""Cross-check of an order: what the page shows and what its own request was answered must agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.orders.model import Item, Mark, Order
from rpa.browser.two_sources import paired, same_or_unreadable
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


_GOODS = ("goods_ids", "goods", "specs", "quantities", "kinds")
_COMPARED = (
    "status",
    "goods_ids",
    "specs",
    "quantities",
    "kinds",
    "amount",
    "ship_by",
    "audit",
    "after_sale",
    "tracking_number",
)


def orders_of(shown: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]]) -> Iterator[Order]:
    """One order for each number that either source has, in the answer's order; disagreement is its `doubt`."""
    for pair in paired(shown, answered, key="order_sn"):
        row, told = pair.shown, pair.told
        if row is not None and told is not None:
            row = with_quotes_checked(row, told)
            pair = replace(pair, shown=row)  # noqa: PLW2901 - the pair, its quotes checked
        source = told or row or {}
        yield _order(row or source, source, doubt=pair.doubt(_COMPARED, same=same_or_unreadable))


def _order(row: Mapping[str, Any], answer: Mapping[str, Any], *, doubt: str | None) -> Order:
    unreadable = [name for name in ("order_sn", "status", "amount") if answer[name] is UNREADABLE]
    if not _goods_readable(answer):
        unreadable.append("goods")
    if unreadable and doubt is None:
        doubt = f"not readable: {', '.join(unreadable)}"
    return Order(
        order_sn=_text(answer["order_sn"]),
        status=_text(answer["status"]) or "other",
        items=tuple(_items(answer)),
        amount_fen=answer["amount"] if isinstance(answer["amount"], int) else 0,
        ship_by=_moment(answer["ship_by"]),
        audit=_worse(row["audit"], answer["audit"]),
        after_sale=_worse(row["after_sale"], answer["after_sale"]),
        remark=_text(row["remark"]) or _text(answer["remark"]),
        flag=_text(row["flag"]) or _text(answer["flag"]),
        receiver=_text(row["receiver"]),
        region=_text(row["region"]),
        address=_text(row["address"]),
        buyer=_text(row.get("buyer")),
        presale_until=_moment(answer["presale_until"]),
        courier=_text(answer["courier"]),
        tracking_number=_text(answer["tracking_number"]),
        shipped_at=_moment(answer["shipped_at"]),
        grouped_at=_moment(answer.get("grouped_at")),
        doubt=doubt,
    )


def _worse(*marks: Any) -> Mark:
    """Set if any source says so, else unreadable if any cannot be read, else clear."""
    read = [mark_of(mark) for mark in marks]
    return next((mark for mark in (Mark.SET, Mark.UNREADABLE) if mark in read), Mark.CLEAR)


def _goods_readable(values: Mapping[str, Any]) -> bool:
    """Whether each line of goods has its id, spec and quantity, and no line is missing in a column."""
    columns = {name: values[name] for name in _GOODS}
    if not all(isinstance(column, tuple) for column in columns.values()):
        return False
    one_length = len({len(column) for column in columns.values()}) == 1
    return one_length and not any(UNREADABLE in columns[name] for name in ("goods_ids", "specs", "quantities"))


def _items(values: Mapping[str, Any]) -> Iterator[Item]:
    columns = [values[name] if isinstance(values[name], tuple) else () for name in _GOODS]
    for goods_id, goods, spec, quantity, kind in zip(*columns, strict=False):
        yield Item(
            goods_id=_text(goods_id),
            goods=_text(goods),
            spec=_text(spec),
            quantity=int(quantity) if str(quantity).isdecimal() else 0,
            physical={"physical": True, "virtual": False}.get(kind),
        )


def _text(value: Any) -> str:
    return "" if value is None or value is UNREADABLE else str(value)


def _moment(value: Any) -> Any:
    return None if value in ("", None) or value is UNREADABLE else value
