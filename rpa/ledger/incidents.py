"""Incidents: one per cause while it lasts, so that one expired session is one alert and not six hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, or_, select, update

from rpa.ledger.rows import fields
from rpa.ledger.schema import incidents

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

    from rpa.clock import Clock


class Severity(StrEnum):
    """How much of a hurry an incident is; each level includes the next in what people ask to be told."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    """Nothing goes on in this shop until a person has looked."""


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
    severity: Severity = Severity.WARNING
    """The newest one."""
    told_at: datetime | None = None
    """When somebody was last told of it; None: nobody was."""
    times_told: int = 0
    closing_told_at: datetime | None = None
    """When somebody was told that it is over."""


def seen(connection: Connection, *, shop: str, cause: str, message: str, severity: Severity, clock: Clock) -> Incident:
    """Open an incident, or count the open one of this cause once more."""
    now = clock.now()
    again = update(incidents).where(
        incidents.c.shop == shop, incidents.c.cause == cause, incidents.c.closed_at.is_(None)
    )
    newest = {"message": message, "severity": severity.value, "last_seen_at": now}
    counted = {**newest, "times_seen": incidents.c.times_seen + 1}
    row = connection.execute(again.values(counted).returning(incidents)).mappings().one_or_none()
    if row is None:
        new = {**newest, "shop": shop, "cause": cause, "opened_at": now, "times_seen": 1}
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
    wanted = select(incidents).where(incidents.c.closed_at.is_(None))
    if shop is not None:
        wanted = wanted.where(incidents.c.shop == shop)
    return _oldest_first(connection, wanted, clock=clock)


def told(connection: Connection, incident: Incident, *, clock: Clock) -> Incident:
    """The incident after somebody was told of it once more."""
    values = {"told_at": clock.now(), "times_told": incidents.c.times_told + 1}
    return _changed(connection, incident, values=values, clock=clock)


def tell_anew(connection: Connection, incident: Incident, *, clock: Clock) -> Incident:
    """The incident as one that somebody is to be told of now."""
    return _changed(connection, incident, values={"told_at": None}, clock=clock)


def told_closed(connection: Connection, incident: Incident, *, clock: Clock) -> Incident:
    """The incident after somebody was told that it is over."""
    return _changed(connection, incident, values={"closing_told_at": clock.now()}, clock=clock)


def _changed(connection: Connection, incident: Incident, *, values: Mapping[str, object], clock: Clock) -> Incident:
    changed = update(incidents).where(incidents.c.id == incident.id).values(dict(values)).returning(incidents)
    return _incident(connection.execute(changed).mappings().one(), clock=clock)


def solved(connection: Connection, *, clock: Clock) -> list[Incident]:
    """Closed ones of which somebody was told, but not yet that they are over; oldest first."""
    wanted = select(incidents).where(
        incidents.c.closed_at.is_not(None), incidents.c.told_at.is_not(None), incidents.c.closing_told_at.is_(None)
    )
    return _oldest_first(connection, wanted, clock=clock)


def told_since(connection: Connection, moment: datetime, *, clock: Clock) -> list[Incident]:
    """Those, open or closed, of which or of whose end somebody was told at this moment or later; oldest first."""
    wanted = select(incidents).where(or_(incidents.c.told_at >= moment, incidents.c.closing_told_at >= moment))
    return _oldest_first(connection, wanted, clock=clock)


def _oldest_first(connection: Connection, wanted: Select[tuple[object, ...]], *, clock: Clock) -> list[Incident]:
    """In order here: asked for it, SQLite would read all incidents, which lie in this order."""
    found = [_incident(row, clock=clock) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda incident: incident.id)


def _incident(row: RowMapping, *, clock: Clock) -> Incident:
    return Incident(**{**fields(row, zone=clock.zone), "severity": Severity(row["severity"])})
