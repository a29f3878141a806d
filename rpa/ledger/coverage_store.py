"""Coverage in the ledger: how it grows, and why it is not certain."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from rpa.ledger.coverage import Coverage
from rpa.ledger.schema import coverage
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


class CoverageStore(Store):
    """One span a shop, account and kind, in which every document that was issued is known."""

    def search(self, shop: str, *, kind: str, account: str | None = None) -> list[Coverage]:
        """The spans in which every document of this kind is known, of one account or of each, by account."""
        wanted = select(coverage).where(coverage.c.shop == shop, coverage.c.kind == kind)
        if account is not None:
            wanted = wanted.where(coverage.c.account == account)
        return [Coverage(**row) for row in self._read(wanted.order_by(coverage.c.account))]

    def extend(self, shop: str, *, account: str, kind: str, since: datetime, until: datetime) -> Coverage:
        """Everything of this kind in [since, until] is known now; gives the span that results.

        It grows at its end only. Where a hole lies between old end and new beginning, the new span alone counts.

        Raises:
            ValueError: the span ends before it begins.

        """
        if since > until:
            raise ValueError(f"{kind} of {shop}: a span from {since} to {until} ends before it begins")
        with self._database.writing() as connection:
            row = connection.execute(_one(shop, account=account, kind=kind)).mappings().one_or_none()
            found = None if row is None else Coverage(**self._fields(row))
            if found is not None and not found.empty and since <= found.until:
                since, until = found.since, max(found.until, until)
            new = {"shop": shop, "account": account, "kind": kind, "since": since, "until": until}
            return self._put(connection, new, changing=("since", "until"))

    def invalidate(self, shop: str, *, account: str, kind: str, doubt: str, at: datetime) -> Coverage:
        """The coverage with this doubt that it is complete; without any yet, an empty span at this moment has it."""
        new = {"shop": shop, "account": account, "kind": kind, "since": at, "until": at, "doubt": doubt}
        with self._database.writing() as connection:
            return self._put(connection, new, changing=("doubt",))

    def validate(self, shop: str, *, account: str, kind: str) -> Coverage | None:
        """The coverage freed of its doubt; None: there is none, and nothing to doubt."""
        of = (coverage.c.shop == shop, coverage.c.account == account, coverage.c.kind == kind)
        with self._database.writing() as connection:
            freed = update(coverage).where(*of).values(doubt="", updated_at=self._clock.now()).returning(coverage)
            row = connection.execute(freed).mappings().one_or_none()
            return None if row is None else Coverage(**self._fields(row))

    def _put(self, connection: Connection, new: dict[str, object], *, changing: tuple[str, ...]) -> Coverage:
        """The row, new or changed in these columns."""
        put = upsert(
            connection,
            coverage,
            key=("shop", "account", "kind"),
            changes=lambda row: {name: row[name] for name in (*changing, "updated_at")},
        )
        values = {**new, "updated_at": self._clock.now()}
        row = connection.execute(put.values(values).returning(coverage)).mappings().one()
        return Coverage(**self._fields(row))


def _one(shop: str, *, account: str, kind: str) -> Select[Any]:
    return select(coverage).where(coverage.c.shop == shop, coverage.c.account == account, coverage.c.kind == kind)
