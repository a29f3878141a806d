"""Backlog: what is outstanding in each shop, each subject once, and whether it will be out in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from rpa.outcome import Outcome
from rpa.report.columns import WORST_FIRST
from rpa.report.to_do import NEAR

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import OpenItem
    from rpa.monitoring.reasons import ReasonCatalog


PACE_OVER: Final = timedelta(hours=24)
"""The pace is what was delivered in this time."""
HORIZON: Final = timedelta(hours=24)
"""Deadlines that are further away are no matter yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many subjects of a shop will miss their deadline when nothing becomes faster."""

    delivered: int
    """In the last 24 hours."""
    waiting: int
    """Subjects with a deadline within the next 24 hours, or over."""
    missed: int
    """Those of them that are sent too late, or not at all."""
    first: datetime
    """The first deadline that is missed."""

    @property
    def per_hour(self) -> float:
        """Subjects delivered in an hour."""
        return self.delivered / (PACE_OVER / timedelta(hours=1))


def forecast(deadlines: Iterable[datetime], *, delivered: int, now: datetime) -> Forecast | None:
    """What comes of these subjects when they are done nearest deadline first; None: all are in time.

    `delivered`: how many were in the last 24 hours.
    """
    waiting = sorted(deadline for deadline in deadlines if deadline - now <= HORIZON)
    missed = [
        deadline
        for number, deadline in enumerate(waiting, start=1)
        if not delivered or now + number * PACE_OVER / delivered > deadline
    ]
    return Forecast(delivered=delivered, waiting=len(waiting), missed=len(missed), first=missed[0]) if missed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopBacklog:
    """What is outstanding in one shop. Only lines with a deadline are subjects that the shop has to do."""

    lines: tuple[OpenItem, ...] = ()
    held: frozenset[str] = field(default_factory=frozenset)
    """The subjects that must not be acted on."""

    @property
    def pending(self) -> tuple[OpenItem, ...]:
        """The subjects that are still to be done."""
        return tuple(line for line in self.lines if line.deadline is not None)

    def near(self, now: datetime) -> tuple[OpenItem, ...]:
        """The pending subjects whose deadline is near, or over."""
        return tuple(line for line in self.lines if line.deadline is not None and line.deadline - now <= NEAR)

    @property
    def first_deadline(self) -> datetime | None:
        """The nearest one."""
        return min((line.deadline for line in self.lines if line.deadline is not None), default=None)

    def count(self, outcome: Outcome) -> int:
        """How many lines ended so."""
        return sum(line.outcome == outcome for line in self.lines)

    def forecast(self, *, delivered: int, now: datetime) -> Forecast | None:
        """Whether those that the program is to do will be in time; what is held waits for other things."""
        waiting = (line for line in self.pending if line.outcome == Outcome.WAITING and line.subject not in self.held)
        return forecast((line.deadline for line in waiting if line.deadline), delivered=delivered, now=now)


def backlogs_of(ledger: Ledger, *, shops: Collection[str], words: ReasonCatalog) -> dict[str, ShopBacklog]:
    """What is outstanding in each of these shops."""
    lines: dict[str, list[OpenItem]] = {name: [] for name in shops}
    for line in ledger.open_items.search(next(iter(shops)) if len(shops) == 1 else None):
        if line.shop in lines:
            lines[line.shop].append(line)
    return {name: _backlog(found, words=words) for name, found in lines.items()}


def _backlog(lines: Iterable[OpenItem], *, words: ReasonCatalog) -> ShopBacklog:
    """The worst line of each subject; of two that are as bad, the newer one. Without a subject, each is its own."""
    in_order = sorted(lines, key=lambda line: (WORST_FIRST.index(line.outcome), -line.seen_at.timestamp()))
    worst: dict[str | int, OpenItem] = {}
    for number, line in enumerate(in_order):
        worst.setdefault(line.subject or number, line)
    held = frozenset(line.subject for line in worst.values() if line.reason in words.holds(line.flow))
    return ShopBacklog(lines=tuple(worst.values()), held=held)
