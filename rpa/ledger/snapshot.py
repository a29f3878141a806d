"""Snapshot with which the journal begins: all that stands in the ledger at this moment, and forbids something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rpa.ledger import action_store, hold_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.ledger.action_store import ActionStore
    from rpa.ledger.hold_store import HoldStore
    from rpa.ledger.sealed_stock_store import SealedStockStore


def what_stands(
    connection: Connection, *, holds: HoldStore, actions: ActionStore, sealed_stock: SealedStockStore
) -> Iterator[dict[str, Any]]:
    """A line for each active hold, each action that the site has not shown as done, each item that is not free."""
    for shop, hold in holds.active_anywhere(connection):
        yield hold_store.entry_of(hold, shop=shop, by=hold.held_by, held_at=hold.held_at, now=hold.held_at)
    yield from map(action_store.entry_of, actions.unsettled(connection))
    yield from sealed_stock.given_away(connection)
