"""What every table of the ledger is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


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
