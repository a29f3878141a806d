"""Report rows of a comparison: the columns of every report about orders, and beside them what the export says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.orders.held_sheet import held_sheet
from flows.orders.report import ORDER_COLUMNS, ORDER_LAYOUT, ORDER_SHEET, REASON_WORDS, OrderRow
from rpa.flow import ReportShape
from rpa.language import Text
from rpa.report.columns import Column, Sheet

if TYPE_CHECKING:
    from flows.exports.api import ExportedOrder
    from flows.exports.compare import Finding
    from flows.orders.model import Decision
    from rpa.flow import Row
    from rpa.report.columns import Row as ReportRow

_EXPORT_COLUMNS = (
    Column(key="exported_status", title=Text(en="Status in the export", zh="导出表状态"), width=20),
    Column(key="exported_audit", title=Text(en="Audit in the export", zh="导出表审核"), width=20),
    Column(key="exported_after_sale", title=Text(en="After-sale in the export", zh="导出表售后"), width=24),
)

_LAYOUT = replace(
    ORDER_LAYOUT,
    columns=(*ORDER_COLUMNS, *_EXPORT_COLUMNS),
    first=(*ORDER_LAYOUT.first[:4], *(column.key for column in _EXPORT_COLUMNS), *ORDER_LAYOUT.first[4:]),
)


def listed_row(decision: Decision, exported: ExportedOrder | None) -> Row:
    """The row of a pending order: what was decided on it, and what the export says of it."""
    return {**OrderRow.of(decision).cells(), **_said(exported)}


def exported_row(finding: Finding, exported: ExportedOrder) -> Row:
    """The row of an order that is not pending, as the export has it."""
    items = exported.items
    quantities = [item.quantity for item in items if item.quantity is not None]
    row = OrderRow(
        order_sn=finding.order_sn,
        outcome=finding.reason.outcome,
        reason=finding.reason,
        message=finding.message,
        courier=exported.courier,
        tracking_number=exported.tracking_number,
        goods_id="; ".join(item.goods_id for item in items),
        goods="; ".join(item.goods for item in items),
        spec="; ".join(item.spec for item in items),
        quantity=sum(quantities),
        amount_fen=exported.amount_fen,
        ship_by=exported.ship_by,
        shipped_at=exported.shipped_at,
    )
    return {**row.cells(), **_said(exported)}


def _said(exported: ExportedOrder | None) -> Row:
    if exported is None:
        return {column.key: "" for column in _EXPORT_COLUMNS}
    return {
        "exported_status": exported.status_text,
        "exported_audit": exported.audit_text,
        "exported_after_sale": exported.after_sale_text,
    }


def _held(rows: Iterable[ReportRow]) -> Sheet:
    return held_sheet(rows, columns=_LAYOUT.columns)


EXPORT_REPORT = ReportShape(layout=_LAYOUT, name=ORDER_SHEET, reasons=REASON_WORDS, sheets=(_held,))
"""How `export-orders` reports."""
