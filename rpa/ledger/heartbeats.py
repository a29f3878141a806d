"""Signs of life: when a part of the program last said that it works, and when it will say so again."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from rpa.ledger.rows import fields
from rpa.ledger.schema import heartbeats, logins

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The newest sign of life of one part of the program."""

    name: str
    beat_at: datetime
    next_due_at: datetime | None
    """When it has something to do next; None: nothing is planned."""
    host: str
    pid: int
    detail: str


def beat(connection: Connection, name: str, *, next_due_at: datetime | None, detail: str, clock: Clock) -> Heartbeat:
    """A sign of life of this process, now."""
    values = {
        "beat_at": clock.now(),
        "next_due_at": next_due_at,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "detail": detail,
    }
    beaten = update(heartbeats).where(heartbeats.c.name == name).values(values).returning(heartbeats)
    row = connection.execute(beaten).mappings().one_or_none()
    if row is None:
        new = insert(heartbeats).values(name=name, **values).returning(heartbeats)
        row = connection.execute(new).mappings().one()
    return Heartbeat(**fields(row, zone=clock.zone))


def newest(connection: Connection, *, clock: Clock) -> dict[str, Heartbeat]:
    """The newest sign of life by name."""
    rows = connection.execute(select(heartbeats).order_by(heartbeats.c.name)).mappings()
    return {row["name"]: Heartbeat(**fields(row, zone=clock.zone)) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The saved login state of a shop."""

    shop: str
    kept_at: datetime
    ends_at: datetime | None
    """When the site will ask for a login again at the latest; None: the state does not tell."""
    detail: str


def keep(connection: Connection, *, shop: str, ends_at: datetime | None, detail: str, clock: Clock) -> Login:
    """The shop's login state, saved now."""
    values = {"kept_at": clock.now(), "ends_at": ends_at, "detail": detail}
    kept = update(logins).where(logins.c.shop == shop).values(values).returning(logins)
    row = connection.execute(kept).mappings().one_or_none()
    if row is None:
        row = connection.execute(insert(logins).values(shop=shop, **values).returning(logins)).mappings().one()
    return Login(**fields(row, zone=clock.zone))


def forget(connection: Connection, *, shop: str) -> None:
    """There is no login state of this shop any more."""
    connection.execute(delete(logins).where(logins.c.shop == shop))


def known(connection: Connection, *, clock: Clock) -> dict[str, Login]:
    """The login states by shop."""
    rows = connection.execute(select(logins).order_by(logins.c.shop)).mappings()
    return {row["shop"]: Login(**fields(row, zone=clock.zone)) for row in rows}
