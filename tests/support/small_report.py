"""A report with few columns, for tests of how reports are written."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rpa.clock import Clock
from rpa.language import Language, Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout
from rpa.report.finishing import ReportStyle, RunIdentity
from rpa.report.run_report import RunReport

ZONE = ZoneInfo("Asia/Shanghai")
LAYOUT = Layout(
    columns=(
        *RUN_COLUMNS,
        Column(key="order_sn", title=Text(en="Order number", zh="订单号")),
        OUTCOME_COLUMN,
        Column(key="reason", title=Text(en="Reason", zh="原因"), words={"shipped": Text(en="Shipped.", zh="已发货。")}),
        Column(key="tracking_number", title=Text(en="Tracking number", zh="快递单号")),
        Column(key="amount_fen", title=Text(en="Amount", zh="金额"), kind="money_fen"),
    ),
    first=("order_sn", "outcome"),
    subject="order_sn",
)
STYLE = ReportStyle(layout=LAYOUT, name=Text(en="Orders", zh="订单"), language=Language.ZH, zone=ZONE)


def small_report(var: Path, *, run_id: str = "run-1", style: ReportStyle = STYLE) -> RunReport:
    run = RunIdentity(
        run_id=run_id, shop="demo", platform="pinduoduo", flow="ship", started_at=datetime(2025, 3, 1, tzinfo=ZONE)
    )
    return RunReport(var, run=run, style=style, clock=Clock(zone=ZONE))


def small_row(number: int = 0, **cells: object) -> dict[str, object]:
    return {"order_sn": f"250301-{number:015d}", "outcome": "done", "reason": "shipped", **cells}
