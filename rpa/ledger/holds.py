"""Holds: why a subject must not be acted on until somebody lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.ledger.rows import fields
from rpa.ledger.schema import holds

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One active reason not to act on a subject."""

    subject: str
    cause: str
    """What put it on; a hold by a notice stays when a person lifts their own, and the other way round."""
    reason: str
    held_by: str
    held_at: datetime


_HOLD = [holds.c[name] for name in ("subject", "cause", "reason", "held_by", "held_at")]


def add(connection: Connection, *, shop: str, subject: str, cause: str, reason: str, by: str, clock: Clock) -> Hold:
    """Hold a subject; if this cause holds it already, the newer reason replaces the older one."""
    values = {"reason": reason, "held_by": by}
    again = update(holds).where(*_active(shop), holds.c.subject == subject, holds.c.cause == cause)
    row = connection.execute(again.values(values).returning(*_HOLD)).mappings().one_or_none()
    if row is None:
        new = {"shop": shop, "subject": subject, "cause": cause, "held_at": clock.now(), **values}
        row = connection.execute(insert(holds).values(new).returning(*_HOLD)).mappings().one()
    return _hold(row, clock=clock)


def lift(connection: Connection, *, shop: str, subject: str, cause: str | None, by: str, clock: Clock) -> int:
    """Lift the subject's holds, of one cause or of all; gives how many there were."""
    lifted = update(holds).where(*_active(shop), holds.c.subject == subject)
    if cause is not None:
        lifted = lifted.where(holds.c.cause == cause)
    return connection.execute(lifted.values(lifted_by=by, lifted_at=clock.now())).rowcount


def active(connection: Connection, *, shop: str, clock: Clock) -> dict[str, tuple[Hold, ...]]:
    """The shop's active holds by subject, oldest first."""
    found: dict[str, tuple[Hold, ...]] = {}
    query = select(*_HOLD).where(*_active(shop)).order_by(holds.c.id)
    for row in connection.execute(query).mappings():
        found[row["subject"]] = (*found.get(row["subject"], ()), _hold(row, clock=clock))
    return found


def _active(shop: str) -> tuple[ColumnElement[bool], ...]:
    return holds.c.shop == shop, holds.c.lifted_at.is_(None)


def _hold(row: RowMapping, *, clock: Clock) -> Hold:
    return Hold(**fields(row, zone=clock.zone))
