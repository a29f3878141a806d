"""Snapshot with which the journal begins: all that stands in the ledger at this moment, and forbids something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rpa.ledger import action_store, holds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


def what_stands(connection: Connection, *, clock: Clock) -> Iterator[dict[str, Any]]:
    """A line for each active hold, and for each action of which the site has not shown that it is done."""
    for shop, hold in holds.active_anywhere(connection, clock=clock):
        yield holds.entry_of(hold, shop=shop, by=hold.held_by, held_at=hold.held_at, now=hold.held_at)
    yield from map(action_store.entry_of, action_store.unsettled(connection, clock=clock))
