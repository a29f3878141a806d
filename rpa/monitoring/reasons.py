"""Reason catalog: what the installed flows say of their rows, which reasons ask a person, which hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from rpa.discovery import advice, delivery_kinds, words_of
from rpa.language import Text
from rpa.ledger.plans import PlanState
from rpa.plugins import flows

if TYPE_CHECKING:
    from rpa.flow import ReportShape
    from rpa.kind_words import KindWords
    from rpa.ledger.plans import PlannedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCatalog:
    """The words of all flows together."""

    reports: Mapping[str, ReportShape]
    """How each flow reports, by its name; those that write come first."""
    advice: Mapping[str, Text]
    """What to do about incidents that have no sentence, by their cause."""
    delivery_kinds: frozenset[str]
    """The kinds of actions that deliver what has a deadline."""
    delivery: KindWords
    """What people read of them."""

    @classmethod
    def of_flows(cls) -> Self:
        """Those of the flows that are installed. Raises ConfigError when one cannot be imported."""
        found = sorted(flows().values(), key=lambda flow: (not flow.writes, flow.name))
        kinds = delivery_kinds()
        return cls(
            reports={flow.name: flow.report for flow in found},
            advice=advice(),
            delivery_kinds=kinds,
            delivery=words_of(kinds),
        )

    def asks(self, flow: str) -> frozenset[str]:
        """The reasons of this flow's waiting rows that only a person's answer ends."""
        return self.reports[flow].layout.asks if flow in self.reports else frozenset()

    def holds(self, flow: str) -> frozenset[str]:
        """The reasons of this flow's rows that must not be acted on."""
        return self.reports[flow].layout.holds if flow in self.reports else frozenset()

    def unseen(self, flow: str) -> frozenset[str]:
        """The reasons of this flow's rows that say only that nobody looked."""
        return self.reports[flow].layout.unseen if flow in self.reports else frozenset()

    def sentence(self, code: str, *, flow: str = "") -> Text | None:
        """What this code means and what to do, in that flow's words if it has some; None: no flow knows it."""
        own = [self.reports[flow]] if flow in self.reports else []
        return next((report.reasons[code] for report in (*own, *self.reports.values()) if code in report.reasons), None)


STATES: Final[Mapping[PlanState, Text]] = {
    PlanState.NEVER_STARTED: Text(en="Never started", zh="未启动"),
    PlanState.INTERRUPTED: Text(en="Cut off", zh="中途中断"),
    PlanState.SKIPPED: Text(en="Skipped", zh="已跳过"),
}
"""What became of it, worst first."""

_REASONS: Final[Mapping[str, Text]] = {
    "downtime": Text(en="this computer or `rpa schedule` was off", zh="关机或 rpa schedule 未运行"),
    "not_startable": Text(en="it could not be started; see the log", zh="无法启动，见日志"),
    "paused": Text(en="paused", zh="已暂停"),
    "needs_person": Text(en="a person is needed in the shop first", zh="店铺需先人工处理"),
    "bad_config": Text(en="the shop's file has a mistake; `rpa doctor` tells which", zh="店铺配置有误，见 rpa doctor"),
    "disk_full": Text(en="the disk is full; make room", zh="磁盘已满，请清理"),
    "overtaken": Text(en="overtaken by the next one", zh="被下一次取代"),
    "busy": Text(en="the shop was busy", zh="店铺正忙"),
    "withdrawn": Text(en="no longer planned", zh="已不在计划中"),
    "stopped": Text(en="`rpa schedule` was stopped", zh="rpa schedule 被停止"),
    "scheduler_gone": Text(en="`rpa schedule` ended without a word", zh="rpa schedule 意外退出"),
    "time_limit": Text(en="it ran longer than its time limit", zh="超过时间限制"),
    "caught_up": Text(en="makes up for a run that was cut off", zh="补跑此前中断的任务"),
    "clock_set": Text(en="once more, as the clock had been ahead", zh="时钟曾超前，到点再次运行"),
    "died": Text(en="its process ended in the middle; see the log", zh="进程中途退出，见日志"),
}


def why(planned: PlannedRun) -> Text | None:
    """Why it did not run; a code without words as it is; None: nothing is known."""
    code = planned.reason
    return _REASONS.get(code, Text(en=code, zh=code)) if code else None
