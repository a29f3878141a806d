"""Result files: what became of each row of a sheet that was put away.

A workbook with text cells, no CSV: opened by a double click, a CSV shows a number of 15 digits as 4.6E+14, and saving
it destroys the number. A row that is corrected in it can be put back into the inbox as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.inbox.folder import result_of
from flows.orders.report import REASON_WORDS
from flows.sheets import marks
from rpa.language import Text
from rpa.ledger.inbox_rows import RowState
from rpa.report.cells import raw_text
from rpa.report.columns import OUTCOME_COLUMN, Column, Layout, Row, Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from rpa.config import Config
    from rpa.ledger.inbox_rows import Arrival, ArrivalRow

_STATES: Mapping[str, Text] = {
    RowState.OPEN: Text(en="Goes on", zh="继续处理"),
    RowState.ENDED: Text(en="Closed", zh="已完结"),
}
_TAKEN_IN = "taken_in"
_REASONS: Mapping[str, Text] = {
    **REASON_WORDS,
    _TAKEN_IN: Text(en="Taken in; the next run works on it.", zh="已收取，下次运行处理。"),
}
_LAYOUT = Layout(
    columns=(
        Column(key="place", title=Text(en="Sheet row", zh="表格行号"), width=13),
        Column(key="order_sn", title=Text(en="Order number", zh="订单号"), width=28),
        Column(key="courier", title=Text(en="Courier", zh="快递公司"), width=14),
        Column(key="tracking_number", title=Text(en="Tracking number", zh="快递单号"), width=20),
        Column(key="state", title=Text(en="State", zh="状态"), words=_STATES, width=12),
        OUTCOME_COLUMN,
        Column(key="reason", title=Text(en="Reason", zh="原因"), words=_REASONS, width=56),
        Column(key="message", title=Text(en="Details", zh="说明"), width=44),
        Column(key="shop", title=Text(en="Shop", zh="店铺"), width=14),
        Column(key="at", title=Text(en="When", zh="时间"), kind="time", width=20),
        Column(key="mark", title=marks.HEADER, width=24),
    ),
    subject="order_sn",
)
_NAME = Text(en="Result", zh="结果")
_COPY = Column(key="message", title=Text(en="Details", zh="说明"), width=100)
_COPY_LAYOUT = Layout(columns=(_COPY,), subject="message")
_SAME_CONTENT = Text(
    en="This file has the same content as {earlier}, which came on {at}. Nothing was done a second time; what became "
    "of its rows stands in {result}. To have it worked on all the same: rpa run ship --sheet FILE.",
    zh="此文件与 {at} 收到的 {earlier} 内容相同，未重复处理；各行结果见 {result}。"
    "如需再次处理，请运行 rpa run ship --sheet 文件。",
)
_NO_ROWS = Text(en="The sheet has headers but no rows.", zh="表格只有表头，没有数据行。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWriter:
    """Writes results for the people of one project."""

    config: Config

    def write(self, sheet: Path, *, rows: Sequence[ArrivalRow]) -> Path:
        """The result of the sheet that lies, or is going to lie, here. Raises OSError when it cannot be written."""
        if not rows:
            return self._write(sheet, layout=_COPY_LAYOUT, rows=[{"message": _NO_ROWS.of(self.config.language)}])
        return self._write(sheet, layout=_LAYOUT, rows=_cells(rows))

    def write_copy(self, sheet: Path, *, of: Arrival, earlier: Path) -> Path:
        """The result of a sheet that has the content of an earlier one. Raises OSError as `write`."""
        told = _SAME_CONTENT.of(
            self.config.language, earlier=earlier.name, at=_minute(of.arrived_at), result=result_of(earlier).name
        )
        return self._write(sheet, layout=_COPY_LAYOUT, rows=[{"message": told}])

    def _write(self, sheet: Path, *, layout: Layout, rows: Sequence[Row] | Iterator[Row]) -> Path:
        from rpa.report.workbook import write_workbook

        path = result_of(sheet)
        part = path.with_name(f".{path.name}.part")
        try:
            write_workbook(
                part,
                sheets=[Sheet(name=_NAME, layout=layout, rows=rows)],
                language=self.config.language,
                zone=self.config.zone,
                folder=self.config.folder,
            )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path


def _cells(rows: Sequence[ArrivalRow]) -> Iterator[Row]:
    for row in rows:
        content = row.content
        values = {
            "place": row.place,
            "order_sn": content["order_sn"],
            "courier": content["courier"],
            "tracking_number": content["tracking_number"],
            "state": row.state.value,
            "outcome": row.outcome,
            "reason": row.reason or content.get("reason") or _TAKEN_IN,
            "message": row.message or content.get("message"),
            "shop": row.shop,
            "at": row.updated_at,
            "mark": _mark(content),
        }
        yield {key: raw_text(value) for key, value in values.items()}


def _mark(content: Mapping[str, Any]) -> str:
    """The mark of a row that was refused by itself, whatever became of its order; empty for any other."""
    cells = {key: str(content[key]) for key in ("order_sn", "courier", "tracking_number")}
    return marks.mark_of(content["reason"], **cells) if "reason" in content else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
