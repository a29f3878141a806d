"""Runs and their fences: who may still write for a shop."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.errors import FenceLost
from rpa.ledger.rows import fields
from rpa.ledger.schema import fences, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from rpa.clock import Clock


class RunState(StrEnum):
    """Where a run stands; `running` with no living process is a crash not yet marked."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One flow once in one shop."""

    id: str
    """Readable, and in time order: 20260310-091500-demo-ship-001a, the fence (hexadecimal) at the end."""
    shop: str
    flow: str
    fence: int
    """Grows with each run of the shop; only the newest may act."""
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    host: str
    pid: int
    options: dict[str, object]
    counts: dict[str, object]


def start(connection: Connection, *, shop: str, flow: str, options: Mapping[str, object], clock: Clock) -> RunRecord:
    """Take the shop's next fence; from now on every earlier run's writes are rejected."""
    now, fence = clock.now(), _next_fence(connection, shop=shop)
    new = {
        "id": f"{now:%Y%m%d-%H%M%S}-{_plain(shop)}-{_plain(flow)}-{fence:04x}",
        "shop": shop,
        "flow": flow,
        "fence": fence,
        "started_at": now,
        "state": RunState.RUNNING.value,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "options": dict(options),
        "counts": {},
    }
    return _run(connection.execute(insert(runs).values(new).returning(runs)).mappings().one(), clock=clock)


def _plain(name: str) -> str:
    """The name as part of a folder's name on every system."""
    return re.sub(r"[^\w-]+", "-", name)


def _next_fence(connection: Connection, *, shop: str) -> int:
    grown = update(fences).where(fences.c.shop == shop).values(fence=fences.c.fence + 1).returning(fences.c.fence)
    fence: int | None = connection.execute(grown).scalar_one_or_none()
    if fence is None:
        connection.execute(insert(fences).values(shop=shop, fence=1))
        return 1
    return fence


def finish(
    connection: Connection, run: RunRecord, *, state: RunState, counts: Mapping[str, object], clock: Clock
) -> RunRecord:
    """Record how a run ended, once: a run marked as crashed by a later one stays so. Gives the record as it stands."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run.id, runs.c.state == RunState.RUNNING.value)
        .values(state=state.value, counts=dict(counts), finished_at=clock.now())
    )
    return _run(connection.execute(select(runs).where(runs.c.id == run.id)).mappings().one(), clock=clock)


def unfinished(connection: Connection, *, shop: str, clock: Clock) -> list[RunRecord]:
    """The shop's runs that are still `running`, oldest first."""
    running = select(runs).where(runs.c.shop == shop, runs.c.state == RunState.RUNNING.value)
    found = [_run(row, clock=clock) for row in connection.execute(running).mappings()]
    return sorted(found, key=lambda run: run.fence)


def search(
    connection: Connection, *, shop: str | None, since: datetime | None, limit: int | None, clock: Clock
) -> list[RunRecord]:
    """Runs of a shop, or of all, newest first; `since`: started at or after."""
    query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc())
    if shop is not None:
        query = select(runs).where(runs.c.shop == shop).order_by(runs.c.fence.desc())
    if since is not None:
        query = query.where(runs.c.started_at >= since)
    return [_run(row, clock=clock) for row in connection.execute(query.limit(limit)).mappings()]


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


def _run(row: RowMapping, *, clock: Clock) -> RunRecord:
    return RunRecord(**{**fields(row, zone=clock.zone), "state": RunState(row["state"])})
