"""Report rows about orders: their columns, how a decision becomes one, and the parcels to be pulled back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Self

from flows.orders.held_sheet import HELD_COLUMNS, RELEASE_OF, held_sheet
from flows.orders.model import Decision, How, SheetRow
from flows.orders.reasons import Reason
from rpa.flow import ReportShape
from rpa.language import Language, Text
from rpa.outcome import Outcome
from rpa.report.cells import original_text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout, Row, Sheet

REASON_WORDS: Mapping[str, Text] = MappingProxyType({reason.value: reason.text for reason in Reason})
"""The sentence for each reason code, for tables and reports."""

ORDER_SHEET = Text(en="Orders", zh="订单")
"""The name of the report's first sheet."""

_ORDER_SN = Column(key="order_sn", title=Text(en="Order number", zh="订单号"), width=28)
_REASON = Column(key="reason", title=Text(en="Reason", zh="原因"), words=REASON_WORDS, width=56)
_MESSAGE = Column(key="message", title=Text(en="Details", zh="说明"), width=40)
_COURIER = Column(key="courier", title=Text(en="Courier", zh="快递公司"), width=14)
_TRACKING_NUMBER = Column(key="tracking_number", title=Text(en="Tracking number", zh="快递单号"), width=20)
_GOODS = Column(key="goods", title=Text(en="Goods", zh="商品"), width=32)
_SPEC = Column(key="spec", title=Text(en="Spec", zh="规格"), width=20)
_SHIP_BY = Column(key="ship_by", title=Text(en="Ship by", zh="最晚发货时间"), kind="time", width=20)
_SHEET = Column(key="sheet", title=Text(en="Sheet", zh="表格"), kind="path", width=28)
_SHEET_ROW = Column(key="sheet_row", title=Text(en="Sheet row", zh="表格行号"), kind="int", width=13)
_SHOP = next(column for column in RUN_COLUMNS if column.key == "shop")
_HOW_WORDS: Mapping[str, Text] = {
    How.DIALOG: Text(en="Shipping dialog", zh="发货弹窗"),
    How.NO_LOGISTICS: Text(en="No logistics", zh="无物流发货"),
    How.IMPORT: Text(en="Import", zh="批量导入"),
    How.TICKED: Text(en="Ticked rows", zh="勾选批量发货"),
}

ORDER_COLUMNS: tuple[Column, ...] = (
    *RUN_COLUMNS,
    _ORDER_SN,
    OUTCOME_COLUMN,
    _REASON,
    _MESSAGE,
    Column(key="how", title=Text(en="How", zh="发货方式"), words=_HOW_WORDS, width=14),
    _COURIER,
    _TRACKING_NUMBER,
    Column(key="goods_id", title=Text(en="Goods id", zh="商品ID"), width=16),
    _GOODS,
    _SPEC,
    Column(key="quantity", title=Text(en="Quantity", zh="数量"), kind="int", width=12),
    Column(
        key="amount_fen",
        title=Text(en="Amount (yuan)", zh="金额（元）"),
        kind="money_fen",
        other_currency=Text(en="Amount ({currency})", zh="金额（{currency}）"),
        width=17,
    ),
    _SHIP_BY,
    Column(key="shipped_at", title=Text(en="Shipped at", zh="发货时间"), kind="time", width=20),
    _SHEET,
    _SHEET_ROW,
    Column(key="evidence", title=Text(en="Evidence", zh="截图"), kind="path", width=48),
    *HELD_COLUMNS,
)
"""All columns of a report about orders, in the order of the CSV."""

ORDER_LAYOUT = Layout(
    columns=ORDER_COLUMNS,
    first=(
        *("order_sn", "outcome", "reason", "message", "shop", "courier", "tracking_number", "goods", "spec"),
        *("quantity", "amount_fen", "ship_by", "shipped_at", "how", "sheet", "sheet_row", "evidence"),
        *("held_since", "released_by", "hours_left"),
    ),
    subject="order_sn",
    deadline="ship_by",
    unseen=frozenset({Reason.SHOP_NOT_READ.value, Reason.NOT_LOOKED_UP.value}),
    asks=frozenset(
        {
            Reason.ORDER_CHANGED.value,
            Reason.HOLD_STALE.value,
            Reason.NOTICES_LOST.value,
            Reason.HANDED_OVER.value,
            Reason.VIRTUAL_NOT_LISTED.value,
            Reason.SERIAL_NUMBER.value,
        }
    ),
    holds=frozenset(reason.value for reason in RELEASE_OF),
)

PULL_BACK_REASONS = frozenset(
    {
        Reason.UNDER_AUDIT,
        Reason.AUDIT_NOTICE,
        Reason.AUDIT_CLOSED,
        Reason.AUDIT_IN_EXPORT,
        Reason.HOLD_STALE,
        Reason.AFTER_SALE,
        Reason.REFUND_ASKED,
        Reason.ADDRESS_CHANGE,
        Reason.SELLER_REMARK,
        Reason.ON_HOLD,
        Reason.ORDER_CHANGED,
        Reason.ORDER_CLOSED,
        Reason.SITE_REFUSED,
    }
)
"""With a tracking number given, the parcel is on its way though the order must not ship as it is. Not among them: what
the next run or a corrected sheet settles (`cap_reached`, `not_done`, `duplicate_row` …) and doubts, which a person
looks at first."""

_PULL_BACK_LAYOUT = Layout(
    columns=(
        *(_ORDER_SN, _COURIER, _TRACKING_NUMBER, _REASON),
        Column(key="since", title=Text(en="Since", zh="起始时间"), kind="time", width=20),
        *(_MESSAGE, _SHOP, _GOODS, _SPEC, _SHIP_BY, _SHEET, _SHEET_ROW),
    ),
    subject="order_sn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """How one order or one sheet row ended. Several items of an order are joined with `; `; quantity is their sum."""

    order_sn: str
    outcome: Outcome
    reason: Reason
    message: str = ""
    how: str = ""
    courier: str = ""
    """What the sheet or the shipment says, not what the site shows."""
    tracking_number: str = ""
    goods_id: str = ""
    goods: str = ""
    spec: str = ""
    quantity: int | None = None
    amount_fen: int | None = None
    ship_by: datetime | None = None
    shipped_at: datetime | None = None
    sheet: str = ""
    sheet_row: int | None = None
    evidence: str = ""
    held_since: datetime | None = None
    """By the site's clock; None for a held order: not known."""
    released_by: str = ""
    """What would release the order, as a code of `flows.orders.hold_causes.RELEASE_WORDS`; empty: it is not held."""
    hours_left: int | None = None
    """Of a held order: whole hours until it must have left."""

    @classmethod
    def of(
        cls,
        decision: Decision,
        *,
        reason: Reason | None = None,
        message: str = "",
        shipped_at: datetime | None = None,
        evidence: Path | None = None,
    ) -> Self:
        """The row of a decision. `reason` and `message`, when given, stand for what came of it afterwards.

        Raises ValueError for a decision to ship whose end is not given.
        """
        ended = reason or decision.reason
        if ended is None:
            text = f"Order {decision.order_sn} was to be shipped; say by `reason` how that ended."
            raise ValueError(text)
        order, row, told = decision.order, decision.row, decision.shipment or decision.row
        released_by = RELEASE_OF.get(ended, "")
        items = order.items if order else ()
        return cls(
            order_sn=decision.order_sn,
            outcome=ended.outcome,
            reason=ended,
            message=with_warning(message or decision.message, row.warning if isinstance(row, SheetRow) else ""),
            how=decision.shipment.how.value if decision.shipment else "",
            courier=told.courier if told else "",
            tracking_number=told.tracking_number if told else "",
            goods_id=_joined(item.goods_id for item in items),
            goods=_joined(item.goods for item in items),
            spec=_joined(item.spec for item in items),
            quantity=sum(item.quantity for item in items) if order else None,
            amount_fen=order.amount_fen if order else None,
            ship_by=order.ship_by if order else None,
            shipped_at=shipped_at or (order.shipped_at if order else None),
            sheet=str(row.place.sheet) if row else "",
            sheet_row=row.place.row if row else None,
            evidence=str(evidence or decision.evidence),
            held_since=decision.since if released_by else None,
            released_by=released_by,
            hours_left=decision.hours_left if released_by else None,
        )

    def cells(self) -> dict[str, object]:
        """The row by column key, as `RunReport.add` takes it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def with_warning(message: str, warning: str) -> str:
    """What is told of an order, and what is odd about its sheet row, once."""
    return " ".join(dict.fromkeys(filter(None, (message, warning))))


def in_words(decision: Decision, *, language: Language) -> str:
    """What is to be sent for an order, in one line, for the person who is asked whether it may be."""
    order, shipment = decision.to_ship
    goods = "; ".join(f"{item.goods} {item.spec} ×{item.quantity}" for item in order.items)
    way = "" if shipment.how is How.DIALOG else _HOW_WORDS[shipment.how].of(language)
    how = " ".join(filter(None, (way, shipment.courier, shipment.tracking_number)))
    odd = decision.row.warning if isinstance(decision.row, SheetRow) else ""
    return " · ".join(filter(None, (order.order_sn, goods, how, odd)))


def pull_back_sheet(rows: Iterable[Row]) -> Sheet:
    """The sheet of the parcels that must be pulled back: a tracking number was given, the order did not ship."""
    return Sheet(name=Text(en="Pull back", zh="拦截清单"), layout=_PULL_BACK_LAYOUT, rows=_to_pull_back(rows))


def _to_pull_back(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if row["tracking_number"] and row["reason"] in PULL_BACK_REASONS:
            yield {**row, "since": _since(row)}


def _since(row: Row) -> str:
    """When the sheet said that the parcel had left: the file's time, or the run's start where that is earlier."""
    started_at = datetime.fromisoformat(row["started_at"])
    try:
        written_at = datetime.fromtimestamp(Path(original_text(row["sheet"])).stat().st_mtime, tz=started_at.tzinfo)
    except OSError:
        return row["started_at"]
    return min(written_at.replace(microsecond=0), started_at).isoformat() if row["sheet"] else row["started_at"]


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def held_orders_sheet(rows: Iterable[Row]) -> Sheet:
    """The sheet of the orders that are held."""
    return held_sheet(rows, columns=ORDER_COLUMNS)


ORDER_REPORT = ReportShape(
    layout=ORDER_LAYOUT, name=ORDER_SHEET, reasons=REASON_WORDS, sheets=(pull_back_sheet, held_orders_sheet)
)
"""How flows about orders report."""
