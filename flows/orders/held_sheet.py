"""The report's sheet of held orders: since when, why, what would release them, how long there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.orders.hold_causes import RELEASE_WORDS
from flows.orders.reasons import Reason
from rpa.language import Text
from rpa.report.columns import Column, Layout, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASE_OF: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.UNDER_AUDIT: "audit_end",
        Reason.AUDIT_NOTICE: "result_notice",
        Reason.AUDIT_CLOSED: "nothing",
        Reason.AUDIT_IN_EXPORT: "newer_export",
        Reason.HOLD_STALE: "lift_stale",
        Reason.NOTICE_UNCLEAR: "notices_resolve",
        Reason.NOTICE_UNREADABLE: "notices_resolve",
        Reason.NOTICES_LOST: "notices_resolve",
        Reason.ON_HOLD: "person",
        Reason.ORDER_CHANGED: "ledger_resolve",
        Reason.AFTER_SALE: "after_sale_end",
        Reason.REFUND_ASKED: "after_sale_end",
        Reason.ADDRESS_CHANGE: "address_answered",
        Reason.SELLER_REMARK: "remark",
    }
)
"""What would release an order that ended for this reason, as a code of `RELEASE_WORDS`; only held orders have one."""

HELD_COLUMNS: tuple[Column, ...] = (
    Column(key="held_since", title=Text(en="Held since", zh="拦截起始时间"), kind="time", width=20),
    Column(key="released_by", title=Text(en="Released by", zh="解除条件"), words=RELEASE_WORDS, width=40),
    Column(key="hours_left", title=Text(en="Hours to ship-by", zh="距最晚发货（小时）"), kind="int", width=18),
)
"""The columns that only the rows of held orders fill."""

_SHOWN = (
    *("order_sn", "held_since", "reason", "message", "released_by", "hours_left", "ship_by"),
    *("shop", "tracking_number", "goods", "spec", "evidence"),
)


def held_sheet(rows: Iterable[Row], *, columns: Sequence[Column]) -> Sheet:
    """The sheet of a report's held orders, in columns of that report."""
    by_key = {column.key: column for column in columns}
    layout = Layout(columns=tuple(by_key[key] for key in _SHOWN), subject="order_sn")
    return Sheet(name=Text(en="Held", zh="已拦截"), layout=layout, rows=_held(rows))


def _held(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if row.get("released_by"):
            yield row
