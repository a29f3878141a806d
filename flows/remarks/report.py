"""Report rows about remarks: their columns, and how a decision or an action becomes one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from flows.procedure.reasons import words_of
from flows.remarks.model import FLAGS, Remark, RemarkDecision
from flows.remarks.reasons import RemarkReason
from rpa.flow import ReportShape
from rpa.language import Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.orders.reasons import Coded
    from rpa.ledger.actions import Action
    from rpa.outcome import Outcome

REASON_WORDS = words_of(RemarkReason)
_LAYOUT = Layout(
    columns=(
        *RUN_COLUMNS,
        Column(key="order_sn", title=Text(en="Order number", zh="订单号"), width=28),
        OUTCOME_COLUMN,
        Column(key="reason", title=Text(en="Reason", zh="原因"), words=REASON_WORDS, width=56),
        Column(key="message", title=Text(en="Details", zh="说明"), width=40),
        Column(key="remark", title=Text(en="Remark", zh="备注"), width=40),
        Column(key="flag", title=Text(en="Flag", zh="旗标"), words=FLAGS, width=10),
        Column(key="remark_before", title=Text(en="Remark before", zh="原备注"), width=40),
        Column(key="flag_before", title=Text(en="Flag before", zh="原旗标"), words=FLAGS, width=12),
        Column(key="sheet", title=Text(en="Sheet", zh="表格"), kind="path", width=28),
        Column(key="sheet_row", title=Text(en="Sheet row", zh="表格行号"), kind="int", width=13),
        Column(key="evidence", title=Text(en="Evidence", zh="截图"), kind="path", width=48),
    ),
    first=("order_sn", "outcome", "reason", "message", "remark", "flag", "remark_before", "flag_before", "shop"),
    subject="order_sn",
)
REMARK_REPORT = ReportShape(layout=_LAYOUT, name=Text(en="Remarks", zh="备注"), reasons=REASON_WORDS)
"""How flows about remarks report."""


def in_words(remark: Remark) -> str:
    """Remark and flag in one line."""
    return " ".join(filter(None, (f"⚑ {remark.flag}" if remark.flag else "", remark.text))) or "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    """How one remark ended."""

    order_sn: str
    outcome: Outcome
    reason: Coded
    message: str = ""
    remark: str = ""
    """What is wanted; where a decision leaves it as it is, what is there."""
    flag: str = ""
    remark_before: str = ""
    flag_before: str = ""
    sheet: str = ""
    sheet_row: int | None = None
    evidence: str = ""

    @classmethod
    def of(cls, decision: RemarkDecision, *, reason: Coded, message: str = "", evidence: Path | None = None) -> Self:
        """The row of a decision."""
        wanted = decision.wanted
        before = Remark.of(decision.order) if decision.order is not None else Remark(text="", flag="")
        after = wanted.over(before)
        return cls(
            order_sn=decision.subject,
            outcome=reason.outcome,
            reason=reason,
            message=message or decision.message,
            remark=after.text,
            flag=after.flag,
            remark_before=before.text,
            flag_before=before.flag,
            sheet=wanted.sheet,
            sheet_row=wanted.sheet_row,
            evidence=str(evidence.parent) if evidence else "",
        )

    @classmethod
    def of_action(cls, action: Action, *, reason: Coded, message: str) -> Self:
        """The row of an action."""
        facts: Mapping[str, Any] = action.facts
        return cls(
            order_sn=action.subject,
            outcome=reason.outcome,
            reason=reason,
            message=message,
            remark=action.payload["remark"],
            flag=action.payload["flag"],
            remark_before=facts.get("remark_before", ""),
            flag_before=facts.get("flag_before", ""),
            sheet=facts.get("sheet", ""),
            sheet_row=facts.get("sheet_row"),
            evidence=facts.get("evidence", ""),
        )

    def cells(self) -> dict[str, object]:
        """The row by column key, as `RunReport.add` takes it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
