"""Alarms in the ledger: of which subjects somebody was warned, how many hours before which deadline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import insert, select

from rpa.ledger.rows import chunks
from rpa.ledger.schema import alarms
from rpa.ledger.schema.columns import stored
from rpa.ledger.store import Store

Alarm: TypeAlias = tuple[str, int, datetime]
"""(subject, hours before the deadline, the deadline)."""


class AlarmStore(Store):
    """Alarms of the shops, each raised once."""

    def add(self, shop: str, *, wanted: Sequence[Alarm]) -> list[Alarm]:
        """Keep these; gives those that were never raised before, in the order given."""
        with self._database.writing() as connection:
            known = select(alarms.c.subject, alarms.c.hours, alarms.c.deadline).where(alarms.c.shop == shop)
            raised = {
                _key((row.subject, row.hours, row.deadline))
                for some in chunks(subject for subject, _, _ in wanted)
                for row in connection.execute(known.where(alarms.c.subject.in_(some)))
            }
            new: dict[tuple[str, int, str], Alarm] = {}
            for alarm in wanted:
                if _key(alarm) not in raised:
                    new.setdefault(_key(alarm), alarm)
            now = self._clock.now()
            rows = [
                {"shop": shop, "subject": subject, "hours": hours, "deadline": deadline, "raised_at": now}
                for subject, hours, deadline in new.values()
            ]
            if rows:
                connection.execute(insert(alarms), rows)
        return list(new.values())

    def was_raised(self, shop: str, *, hours: int, subjects: Iterable[str], after: datetime, until: datetime) -> bool:
        """Whether one of these subjects came within so many hours of its deadline in this time: after < t <= until."""
        of_level = select(alarms.c.subject).where(alarms.c.shop == shop, alarms.c.hours == hours)
        lately = of_level.where(alarms.c.raised_at > after, alarms.c.raised_at <= until).limit(1)
        with self._database.reading() as connection:
            queries = (lately.where(alarms.c.subject.in_(some)) for some in chunks(subjects))
            return any(connection.execute(query).first() for query in queries)


def _key(alarm: Alarm) -> tuple[str, int, str]:
    """What makes an alarm the same."""
    subject, hours, deadline = alarm
    return subject, hours, stored(deadline)
