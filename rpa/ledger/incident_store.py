"""Incidents in the ledger: opened, counted, notified of, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from rpa.ledger.incidents import Incident, Severity
from rpa.ledger.schema import incidents
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_OPEN = incidents.c.closed_at.is_(None)


class IncidentStore(Store):
    """What needs a person; of a shop and cause at most one is open."""

    def report(self, shop: str, *, cause: str, message: str, severity: Severity = Severity.WARNING) -> Incident:
        """Open an incident, or count the open one of this cause again; `times_seen == 1`: it is new, tell somebody."""
        with self._database.writing() as connection:
            now = self._clock.now()
            newest = {"message": message, "severity": severity.value, "last_seen_at": now}
            counted = upsert(
                connection,
                incidents,
                key=("shop", "cause"),
                among=_OPEN,
                changes=lambda new: {
                    **{name: new[name] for name in newest},
                    "times_seen": incidents.c.times_seen + 1,
                },
            )
            values = {**newest, "shop": shop, "cause": cause, "opened_at": now, "times_seen": 1}
            row = connection.execute(counted.values(values).returning(incidents)).mappings().one()
            return _incident(self._fields(row))

    def close(self, shop: str, *, cause: str) -> Incident | None:
        """Close the open incident of this cause; None: there was none."""
        with self._database.writing() as connection:
            closed = update(incidents).where(incidents.c.shop == shop, incidents.c.cause == cause, _OPEN)
            closed = closed.values(closed_at=self._clock.now())
            row = connection.execute(closed.returning(incidents)).mappings().one_or_none()
            return None if row is None else _incident(self._fields(row))

    def still_open(self, shop: str | None = None) -> list[Incident]:
        """Open incidents of a shop (None: of all), oldest first."""
        return self._oldest_first(_OPEN, *([] if shop is None else [incidents.c.shop == shop]))

    def mark_notified(self, incident: Incident) -> Incident:
        """The incident after somebody was told of it, once more, now."""
        return self._update(incident, {"told_at": self._clock.now(), "times_told": incidents.c.times_told + 1})

    def remind(self, incident: Incident) -> Incident:
        """The incident as one that somebody is to be told of now: what it tells is news."""
        return self._update(incident, {"told_at": None})

    def mark_end_notified(self, incident: Incident) -> Incident:
        """The closed incident after somebody was told that it is over, now."""
        return self._update(incident, {"closing_told_at": self._clock.now()})

    def _update(self, incident: Incident, values: Mapping[str, object]) -> Incident:
        changed = update(incidents).where(incidents.c.id == incident.id).values(dict(values)).returning(incidents)
        with self._database.writing() as connection:
            return _incident(self._fields(connection.execute(changed).mappings().one()))

    def unnotified_ends(self) -> list[Incident]:
        """Closed ones of which somebody was told, but not yet that they are over; oldest first."""
        told = incidents.c.told_at.is_not(None)
        return self._oldest_first(incidents.c.closed_at.is_not(None), told, incidents.c.closing_told_at.is_(None))

    def notified_since(self, moment: datetime) -> list[Incident]:
        """Those, open or closed, of which or of whose end somebody was told at this moment or later; oldest first."""
        return self._oldest_first(or_(incidents.c.told_at >= moment, incidents.c.closing_told_at >= moment))

    def _oldest_first(self, *which: ColumnElement[bool]) -> list[Incident]:
        """In order here: asked for it, SQLite would read all incidents, which lie in this order."""
        return sorted(map(_incident, self._read(select(incidents).where(*which))), key=lambda incident: incident.id)


def _incident(row: Mapping[str, Any]) -> Incident:
    return Incident(**{**row, "severity": Severity(row["severity"])})
