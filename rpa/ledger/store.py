"""Store: what every repository of the ledger has, the open database and the clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

    from rpa.clock import Clock
    from rpa.ledger.transactions import Transactions


class Store:
    """The repository of one thing. Each call is one transaction.

    A method that takes a `connection` works inside the transaction of whoever calls it.
    """

    def __init__(self, database: Transactions, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def _read(self, query: Select[Any]) -> list[dict[str, Any]]:
        """The rows of one query, as `_rows` gives them."""
        with self._database.reading() as connection:
            return self._rows(connection, query)

    def _rows(self, connection: Connection, query: Select[Any], **values: object) -> list[dict[str, Any]]:
        """The rows by column, times in the clock's zone. `values`: of the query's parameters, if it has some."""
        found = connection.execute(query, values)
        names, zone = tuple(found.keys()), self._clock.zone
        return [
            dict(
                zip(names, [each.astimezone(zone) if isinstance(each, datetime) else each for each in row], strict=True)
            )
            for row in found
        ]

    def _fields(self, row: RowMapping) -> dict[str, Any]:
        zone = self._clock.zone
        return {name: value.astimezone(zone) if isinstance(value, datetime) else value for name, value in row.items()}
