"""Report rows about settings of a shop: their columns, and how a decision, an account or an action becomes one."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from flows.procedure.reasons import words_of
from flows.procedure.report import SUBJECT_COLUMNS
from flows.settings.model import DEFAULT_COURIER, SHIP_FROM
from flows.settings.reasons import SettingReason
from rpa.flow import ReportShape
from rpa.language import Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.orders.reasons import Coded
    from flows.settings.model import SettingDecision
    from rpa.ledger.actions import Action
    from rpa.outcome import Outcome

WAYBILLS: Final = "waybills"
"""The kind of subject of an account for waybills; that of another setting is its name."""
REASON_WORDS = words_of(SettingReason)
_KINDS = MappingProxyType(
    {
        SHIP_FROM: Text(en="ship-from address", zh="默认发货地址"),
        DEFAULT_COURIER: Text(en="default courier", zh="默认快递公司"),
        WAYBILLS: Text(en="waybills", zh="电子面单"),
    }
)
_KIND, _SUBJECT = SUBJECT_COLUMNS
_LAYOUT = Layout(
    columns=(
        *RUN_COLUMNS,
        replace(_KIND, words=_KINDS),
        _SUBJECT,
        OUTCOME_COLUMN,
        Column(key="reason", title=Text(en="Reason", zh="原因"), words=REASON_WORDS, width=56),
        Column(key="message", title=Text(en="Details", zh="说明"), width=40),
        Column(key="wanted", title=Text(en="Expected", zh="预期"), width=40),
        Column(key="shown", title=Text(en="On the site", zh="后台"), width=40),
        Column(key="evidence", title=Text(en="Evidence", zh="截图"), kind="path", width=48),
    ),
    first=("subject_kind", "subject", "outcome", "reason", "wanted", "shown", "message", "shop"),
    subject="subject",
    asks=frozenset({SettingReason.BALANCE_LOW.value}),
)
SETTING_REPORT = ReportShape(layout=_LAYOUT, name=Text(en="Settings", zh="店铺设置"), reasons=REASON_WORDS)
"""How flows about settings report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """How one expected thing ended."""

    subject_kind: str
    subject: str
    outcome: Outcome
    reason: Coded
    message: str = ""
    wanted: str = ""
    shown: str = ""
    evidence: str = ""

    @classmethod
    def of(cls, decision: SettingDecision, *, reason: Coded, message: str = "", evidence: Path | None = None) -> Self:
        """The row of a decision."""
        setting = decision.setting
        return cls(
            subject_kind=decision.subject,
            subject=decision.subject,
            outcome=reason.outcome,
            reason=reason,
            message=message or decision.message,
            wanted=decision.wanted,
            shown=setting.text(setting.value) if setting is not None else "",
            evidence=str(evidence.parent) if evidence else "",
        )

    @classmethod
    def of_action(cls, action: Action, *, reason: Coded, message: str) -> Self:
        """The row of an action; `shown`: before it."""
        facts: Mapping[str, Any] = action.facts
        return cls(
            subject_kind=action.subject,
            subject=action.subject,
            outcome=reason.outcome,
            reason=reason,
            message=message,
            wanted=facts.get("wanted", ""),
            shown=facts.get("shown", ""),
            evidence=facts.get("evidence", ""),
        )

    def cells(self) -> dict[str, object]:
        """The row by column key, as `RunReport.add` takes it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
