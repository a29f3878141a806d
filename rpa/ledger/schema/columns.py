"""What every table of the ledger is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, String, TypeDecorator, event, text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect

metadata = MetaData()


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows where this holds, in each kind of database that knows such indexes.

    PostgreSQL is told once tables are made there: SQLAlchemy imports all that it knows of a database that is named.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


@event.listens_for(metadata, "before_create")
def _say_where(target: MetaData, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql":
        for index in (index for table in target.tables.values() for index in table.indexes):
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


def stored(moment: datetime) -> str:
    """The text that keeps this moment: what is the same text is the same moment to the ledger."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class Instant(TypeDecorator[datetime]):
    """An aware datetime as ISO 8601 text in UTC with offset, one width for all, so that text order is time order."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - its signature
        """The text to store."""
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """The aware datetime, in UTC."""
        return None if value is None else datetime.fromisoformat(value)
