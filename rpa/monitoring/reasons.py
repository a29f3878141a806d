"""What the installed flows say of their rows: the words for reasons, which of them ask a person, which hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from rpa.discovery import flows

if TYPE_CHECKING:
    from rpa.flow import ReportShape
    from rpa.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of all flows together."""

    reports: Mapping[str, ReportShape]
    """How each flow reports, by its name; those that write come first."""
    kinds: tuple[str, ...]
    """The kinds of actions that flows do."""

    @classmethod
    def of_flows(cls) -> Self:
        """Those of the flows that are installed. Raises ConfigError when one cannot be imported."""
        found = sorted(flows().values(), key=lambda flow: (not flow.writes, flow.name))
        return cls(
            reports={flow.name: flow.report for flow in found},
            kinds=tuple(dict.fromkeys(kind for flow in found for kind in flow.settled)),
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
