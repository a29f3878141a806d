"""Heartbeats in the ledger: the newest sign of life of each part of the program."""

from __future__ import annotations

import os
import socket
from datetime import datetime

from sqlalchemy import select

from rpa.ledger.heartbeats import Heartbeat
from rpa.ledger.schema import heartbeats
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert


class HeartbeatStore(Store):
    """Signs of life, one a name."""

    def beat(self, name: str, *, next_due_at: datetime | None = None, detail: str = "") -> Heartbeat:
        """A sign of life of this process under this name, now."""
        with self._database.writing() as connection:
            values = {
                "beat_at": self._clock.now(),
                "next_due_at": next_due_at,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "detail": detail,
            }
            put = upsert(connection, heartbeats, key=["name"], changes=lambda new: {each: new[each] for each in values})
            row = connection.execute(put.values(name=name, **values).returning(heartbeats)).mappings().one()
            return Heartbeat(**self._fields(row))

    def newest(self) -> dict[str, Heartbeat]:
        """The newest sign of life by name."""
        return {row["name"]: Heartbeat(**row) for row in self._read(select(heartbeats).order_by(heartbeats.c.name))}
