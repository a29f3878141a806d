"""Upsert: one statement that writes a row, or changes the one that is there; for SQLite and for PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
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
    new = _insert(table, connection.dialect.name)
    return new.on_conflict_do_update(index_elements=list(key), index_where=among, set_=changes(new.excluded))


@cache
def _insert(table: Table, database: str) -> sqlite.Insert | postgresql.Insert:
    """The insert that this kind of database understands, with the columns of its new row, which take long to make."""
    if database == "postgresql":
        from sqlalchemy.dialects import postgresql  # only there: it brings all that SQLAlchemy knows of it

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
