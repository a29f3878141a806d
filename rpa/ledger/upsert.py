"""Upsert: one statement that writes a row, or changes the one that is there; for SQLite and for PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Insert, Table
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.sql.base import ReadOnlyColumnCollection
    from sqlalchemy.sql.elements import KeyedColumnElement

    NewRow: TypeAlias = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]


def upsert(
    connection: Connection,
    table: Table,
    *,
    key: Sequence[str],
    changes: Callable[[NewRow], Mapping[str, object]],
    among: ColumnElement[bool] | None = None,
) -> Insert:
    """An insert that changes the row of this key, where there is one.

    `key`: the columns of a unique index. `among`: the rows that it is of, for a partial one. `changes`: from the row
    that could not be inserted, the columns that the one which is there gets.
    """
    new: sqlite.Insert | postgresql.Insert
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # only there: it brings all that SQLAlchemy knows of it

        new = postgresql.insert(table)
    else:
        from sqlalchemy.dialects import sqlite

        new = sqlite.insert(table)
    return new.on_conflict_do_update(index_elements=list(key), index_where=among, set_=changes(new.excluded))
