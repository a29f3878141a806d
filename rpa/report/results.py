"""Results of a run in each shop, as values, and as the JSON document that scripts read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpa.language import Text
from rpa.outcome import Outcome

SCHEMA_VERSION = 1
EXAMPLES_KEPT = 3

Ending = tuple[str, str]
"""(outcome code, reason code)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened to a whole shop: why it was stopped, or what a person should know."""

    cause: str
    """A reason code."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """Where a run's reports lie."""

    csv: Path
    xlsx: Path
    summary: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopResult:
    """How one run ended in one shop."""

    shop: str
    run_id: str
    flow: str
    counts: Mapping[Ending, int] = field(default_factory=dict)
    examples: Mapping[Ending, tuple[str, ...]] = field(default_factory=dict)
    """The first few subjects of each ending."""
    files: ReportFiles | None = None
    """None: the shop stopped before its report was opened."""
    further_sheets: tuple[tuple[Text, int], ...] = ()
    """The workbook's sheets beside that of all rows, with their numbers of rows."""
    incidents: tuple[Incident, ...] = ()
    popups: tuple[Mapping[str, str], ...] = ()
    """Each popup that was closed: `popup` (its name), `text`, `by` (what was on the button)."""
    own_profile: tuple[str, ...] = ()
    """What the shop's profile says otherwise than the one that came with the program."""
    stop_code: int = 0
    """The exit code of what stopped the shop; 0: it was not stopped."""

    @property
    def outcomes(self) -> dict[str, int]:
        """Rows per outcome."""
        return _summed(self.counts, part=0)

    @property
    def reasons(self) -> dict[str, int]:
        """Rows per reason."""
        return _summed(self.counts, part=1)

    @property
    def exit_code(self) -> int:
        """The highest of the rows' codes and of what stopped the shop."""
        return max(self.stop_code, *(Outcome(outcome).exit_code for outcome in self.outcomes), 0)


@dataclass(slots=True)
class Tally:
    """Counts rows by ending without keeping them."""

    counts: Counter[Ending] = field(default_factory=Counter)
    _examples: dict[Ending, list[str]] = field(default_factory=dict)

    def add(self, ending: Ending, *, subject: str) -> None:
        """Count one row; the first few subjects of an ending are kept as examples."""
        self.counts[ending] += 1
        kept = self._examples.setdefault(ending, [])
        if subject and subject not in kept and len(kept) < EXAMPLES_KEPT:
            kept.append(subject)

    @property
    def examples(self) -> dict[Ending, tuple[str, ...]]:
        """The first few subjects of each ending."""
        return {ending: tuple(subjects) for ending, subjects in self._examples.items()}


def run_document(results: Sequence[ShopResult]) -> dict[str, Any]:
    """The document that `--json` prints. `run_id` is null when several shops ran: each has its own."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": results[0].run_id if len(results) == 1 else None,
        "run_ids": [result.run_id for result in results],
        "shops": {result.shop: shop_document(result) for result in results},
        "exit_code": exit_code(results),
    }


def shop_document(result: ShopResult) -> dict[str, Any]:
    """One shop's part of the document."""
    files = result.files
    return {
        "run_id": result.run_id,
        "flow": result.flow,
        "outcomes": result.outcomes,
        "reasons": result.reasons,
        "reports": {name: str(getattr(files, name)) for name in ReportFiles.__slots__} if files else {},
        "incidents": [{"cause": incident.cause, "message": incident.message} for incident in result.incidents],
        "popups": [dict(popup) for popup in result.popups],
        "own_profile": list(result.own_profile),
        "exit_code": result.exit_code,
    }


def exit_code(results: Sequence[ShopResult]) -> int:
    """The program's exit code: the highest of the shops'."""
    return max((result.exit_code for result in results), default=0)


def _summed(counts: Mapping[Ending, int], *, part: int) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for ending, count in counts.items():
        totals[ending[part]] += count
    return dict(totals)
