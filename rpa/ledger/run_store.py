"""Runs in the ledger, and their fences: who may still write for a shop."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from rpa.errors import FenceLost
from rpa.ledger.runs import RunRecord, RunState
from rpa.ledger.schema import fences, runs
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import Connection


class RunStore(Store):
    """Runs of the shops, from their start to their end."""

    def start(self, shop: str, *, flow: str, options: Mapping[str, object] | None = None) -> RunRecord:
        """A new run with the shop's next fence; earlier runs of the shop can write no more. Hold the shop's RunLock."""
        with self._database.writing() as connection:
            now, fence = self._clock.now(), _next_fence(connection, shop=shop)
            new = {
                "id": f"{now:%Y%m%d-%H%M%S}-{_plain(shop)}-{_plain(flow)}-{fence:04x}",
                "shop": shop,
                "flow": flow,
                "fence": fence,
                "started_at": now,
                "state": RunState.RUNNING.value,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "options": dict(options or {}),
                "counts": {},
            }
            row = connection.execute(insert(runs).values(new).returning(runs)).mappings().one()
            return _run(self._fields(row))

    def finish(self, run: RunRecord, *, state: RunState | str, counts: Mapping[str, object] | None = None) -> RunRecord:
        """The run with its end: finished, stopped, or crashed (for one that a later run found). The first end stays."""
        running = update(runs).where(runs.c.id == run.id, runs.c.state == RunState.RUNNING.value)
        values = {"state": RunState(state).value, "counts": dict(counts or {})}
        with self._database.writing() as connection:
            connection.execute(running.values(**values, finished_at=self._clock.now()))
            row = connection.execute(select(runs).where(runs.c.id == run.id)).mappings().one()
            return _run(self._fields(row))

    def unfinished(self, shop: str) -> list[RunRecord]:
        """Runs that never ended, oldest first. Asked under the shop's RunLock, before `start`, all have crashed."""
        running = select(runs).where(runs.c.shop == shop, runs.c.state == RunState.RUNNING.value)
        return sorted(map(_run, self._read(running)), key=lambda run: run.fence)

    def search(
        self, shop: str | None = None, *, since: datetime | None = None, limit: int | None = None
    ) -> list[RunRecord]:
        """Runs of a shop (None: of all), newest first; `since`: started at or after."""
        query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc())
        if shop is not None:
            query = select(runs).where(runs.c.shop == shop).order_by(runs.c.fence.desc())
        if since is not None:
            query = query.where(runs.c.started_at >= since)
        return [_run(row) for row in self._read(query.limit(limit))]

    def newest(self, shops: Iterable[str], *, limit: int) -> dict[str, list[RunRecord]]:
        """So many of the newest runs of each of these shops, newest first."""
        of_shop = select(runs).where(runs.c.shop == bindparam("of_shop")).order_by(runs.c.fence.desc()).limit(limit)
        with self._database.reading() as connection:
            return {shop: [_run(row) for row in self._rows(connection, of_shop, of_shop=shop)] for shop in shops}

    def shops(self) -> set[str]:
        """Every shop in which a run was ever begun."""
        return {row["shop"] for row in self._read(select(fences.c.shop))}


def check_fence(connection: Connection, run: RunRecord) -> None:
    """Make sure, until the transaction ends, that this run may still write.

    Raises:
        FenceLost: a newer run of the shop has started, or this one was ended by somebody else.

    """
    newest = select(fences.c.fence).where(fences.c.shop == run.shop).with_for_update()
    fence = connection.execute(newest).scalar_one_or_none()
    if fence != run.fence:
        raise FenceLost(f"Run {run.id} (fence {run.fence}) was overtaken by a newer run (fence {fence}) of {run.shop}")
    state = connection.execute(select(runs.c.state).where(runs.c.id == run.id)).scalar_one()
    if state != RunState.RUNNING.value:
        raise FenceLost(f"Run {run.id} was ended as {state}; it must not act any more")


def _next_fence(connection: Connection, *, shop: str) -> int:
    """The shop's next fence, taken: from now on every earlier run's writes are rejected."""
    grown = upsert(connection, fences, key=["shop"], changes=lambda _: {"fence": fences.c.fence + 1})
    fence: int = connection.execute(grown.values(shop=shop, fence=1).returning(fences.c.fence)).scalar_one()
    return fence


def _plain(name: str) -> str:
    """The name as part of a folder's name on every system."""
    return re.sub(r"[^\w-]+", "-", name)


def _run(row: Mapping[str, Any]) -> RunRecord:
    return RunRecord(**{**row, "state": RunState(row["state"])})
