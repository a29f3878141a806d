"""Incidents: one per cause while it lasts, so that one expired session is one alert and not six hundred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.ledger.rows import fields
from rpa.ledger.schema import incidents

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that needs a person, from the first time it was seen until it was closed."""

    id: int
    shop: str
    """Empty: it concerns the whole program."""
    cause: str
    message: str
    """The newest one."""
    opened_at: datetime
    last_seen_at: datetime
    times_seen: int
    """1: it is new, tell somebody."""
    closed_at: datetime | None


def seen(connection: Connection, *, shop: str, cause: str, message: str, clock: Clock) -> Incident:
    """Open an incident, or count the open one of this cause once more."""
    now = clock.now()
    again = update(incidents).where(
        incidents.c.shop == shop, incidents.c.cause == cause, incidents.c.closed_at.is_(None)
    )
    counted = {"message": message, "last_seen_at": now, "times_seen": incidents.c.times_seen + 1}
    row = connection.execute(again.values(counted).returning(incidents)).mappings().one_or_none()
    if row is None:
        new = {"shop": shop, "cause": cause, "message": message, "opened_at": now, "last_seen_at": now, "times_seen": 1}
        row = connection.execute(insert(incidents).values(new).returning(incidents)).mappings().one()
    return _incident(row, clock=clock)


def close(connection: Connection, *, shop: str, cause: str, clock: Clock) -> Incident | None:
    """Close the open incident of this cause; None: there was none."""
    closed = (
        update(incidents)
        .where(incidents.c.shop == shop, incidents.c.cause == cause, incidents.c.closed_at.is_(None))
        .values(closed_at=clock.now())
        .returning(incidents)
    )
    row = connection.execute(closed).mappings().one_or_none()
    return None if row is None else _incident(row, clock=clock)


def still_open(connection: Connection, *, shop: str | None, clock: Clock) -> list[Incident]:
    """Open incidents of a shop, or of all, oldest first."""
    wanted = select(incidents).where(incidents.c.closed_at.is_(None)).order_by(incidents.c.id)
    if shop is not None:
        wanted = wanted.where(incidents.c.shop == shop)
    return [_incident(row, clock=clock) for row in connection.execute(wanted).mappings()]


def _incident(row: RowMapping, *, clock: Clock) -> Incident:
    return Incident(**fields(row, zone=clock.zone))
