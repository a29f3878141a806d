"""Arrived files that say something else than they did when they arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from rpa.ledger.inbox import arrival_of, as_open, rows_of
from rpa.ledger.inbox_rows import Arrival, ArrivalState, NewRow, RowState
from rpa.ledger.rows import chunks
from rpa.ledger.schema import arrival_rows, arrivals

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


def archived(connection: Connection, *, folder: str, since: datetime, clock: Clock) -> list[Arrival]:
    """Arrivals since then whose file was put away, oldest first."""
    wanted = (
        select(arrivals)
        .where(arrivals.c.folder == folder, arrivals.c.state == ArrivalState.ARCHIVED.value)
        .where(arrivals.c.arrived_at >= since)
        .order_by(arrivals.c.id)
    )
    return [arrival_of(row, clock=clock) for row in connection.execute(wanted).mappings()]


def copied(connection: Connection, *, folder: str, clock: Clock) -> list[Arrival]:
    """Arrivals with the fact `copied`, oldest first."""
    copies = arrivals.c.facts["copied"].as_string()
    wanted = select(arrivals).where(arrivals.c.folder == folder, copies.is_not(None)).order_by(arrivals.c.id)
    return [arrival_of(row, clock=clock) for row in connection.execute(wanted).mappings()]


def anew(
    connection: Connection, arrival: Arrival, *, sha256: str, rows: Sequence[NewRow], facts: Mapping[str, object],
    clock: Clock,
) -> Arrival:  # fmt: skip
    """The arrival with these rows: those that read as before stay as they are, with what became of them."""
    now = clock.now()
    before = {_reads(row): row.id for row in rows_of(connection, arrival_id=arrival.id, clock=clock)}
    stay = {before[reads] for row in rows if (reads := _reads(row)) in before}
    new = [{"arrival_id": arrival.id, "updated_at": now, **as_open(row)} for row in rows if _reads(row) not in before]
    if new:  # before the others go: a number that a row had is never another's, whose run may yet note something of it
        connection.execute(insert(arrival_rows), new)
    for some in chunks(set(before.values()) - stay):
        connection.execute(delete(arrival_rows).where(arrival_rows.c.id.in_(some)))
    left = select(arrival_rows.c.id).where(
        arrival_rows.c.arrival_id == arrival.id, arrival_rows.c.state == RowState.OPEN.value
    )
    is_open = connection.execute(left.limit(1)).first() is not None
    values = {"sha256": sha256, "facts": dict(facts), "result": "", "ended_at": None if is_open else now}
    changed = update(arrivals).where(arrivals.c.id == arrival.id).values(values).returning(arrivals)
    return arrival_of(connection.execute(changed).mappings().one(), clock=clock)


def _reads(row: NewRow) -> tuple[str, str]:
    """What equal rows have in common."""
    return row.place, json.dumps(dict(row.content), sort_keys=True)
