"""Notification policy: when to tell of an incident, and what to fold into one message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rpa.ledger.incidents import Severity
from rpa.monitoring.levels import told_within

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident

REMINDERS: Final = (timedelta(hours=2), timedelta(hours=8), timedelta(hours=24))
"""How long after each telling of an incident the next one comes; the last of them for all further ones."""
RETURNS: Final = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""How long after its last telling a cause that was over, and is back in its shop, is told: by how often it was."""
MEMORY: Final = timedelta(hours=24)
"""For so long a cause that was told counts as one that comes back."""
TOGETHER: Final = timedelta(minutes=10)
"""Further shops with a cause that was just told wait for so long, and are told together."""


def rank(severity: Severity) -> int:
    """0 for the least grave."""
    return list(Severity).index(severity)


class Kind(StrEnum):
    """Why a message is sent."""

    FIRST = "first"
    AGAIN = "again"
    SOLVED = "solved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message to be: one cause, in one shop or in many."""

    kind: Kind
    cause: str
    incidents: tuple[Incident, ...]
    """Oldest first, one a shop."""

    @property
    def severity(self) -> Severity:
        """The gravest of them."""
        return max((each.severity for each in self.incidents), key=rank)


def due(incident: Incident, *, now: datetime, before: Iterable[Incident] = ()) -> Kind | None:
    """Whether to tell of an open incident now: at once, and again after 2 h, 8 h, then every 24 h; None: not now.

    `before`: incidents of this shop and cause that were told and are over. After them it is told later, so that what
    comes and goes all night is no message each time; an alarm before a deadline not so late that no time is left. What
    a clock that was far ahead says was told then is as good as long ago: nothing stays silent until that moment.
    """
    if incident.told_at is not None:
        wait = _nth(REMINDERS, incident.times_told)
        return Kind.AGAIN if abs(now - incident.told_at) >= wait else None
    told = [each.told_at for each in before if each.told_at is not None and abs(now - each.told_at) < MEMORY]
    wait = _nth(RETURNS, len(told)) if told else timedelta(0)
    if told and abs(now - max(told)) < min(wait, told_within(incident.cause) or wait):
        return None
    return Kind.FIRST


def due_now(
    opened: Sequence[Incident], *, closed: Sequence[Incident], told: Sequence[Incident], now: datetime
) -> list[Telling]:
    """What to tell now, gravest first.

    `opened`: the incidents that are open; `closed`: those whose end nobody was told of; `told`: all, open or closed,
    that were told, or whose end was told, in the last 24 h.
    """
    groups: dict[tuple[Kind, str], list[Incident]] = {}
    for incident in opened:
        kind = due(incident, now=now, before=[each for each in told if _same(each, incident)])
        if kind is not None:
            groups.setdefault((kind, incident.cause), []).append(incident)
    for incident in closed:
        groups.setdefault((Kind.SOLVED, incident.cause), []).append(incident)
    tellings = [
        Telling(kind=kind, cause=cause, incidents=tuple(sorted(group, key=lambda each: (each.opened_at, each.id))))
        for (kind, cause), group in groups.items()
        if not _just_told(kind, cause=cause, told=told, now=now)
    ]
    return sorted(tellings, key=lambda telling: -rank(telling.severity))


def _same(one: Incident, other: Incident) -> bool:
    return one.shop == other.shop and one.cause == other.cause


def _just_told(kind: Kind, *, cause: str, told: Sequence[Incident], now: datetime) -> bool:
    moments = (each.closing_told_at if kind is Kind.SOLVED else each.told_at for each in told if each.cause == cause)
    return any(moment is not None and timedelta(0) <= now - moment < TOGETHER for moment in moments)


def _nth(waits: Sequence[timedelta], number: int) -> timedelta:
    return waits[min(number, len(waits)) - 1]
