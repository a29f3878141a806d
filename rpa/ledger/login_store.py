"""Logins in the ledger: which shops have a saved login state, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from rpa.ledger.logins import Login
from rpa.ledger.schema import logins
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert


class LoginStore(Store):
    """The saved login states, one a shop."""

    def put(self, shop: str, *, ends_at: datetime | None, detail: str = "") -> Login:
        """The shop's login state was saved now, and lasts until then (None: it does not tell)."""
        with self._database.writing() as connection:
            values = {"kept_at": self._clock.now(), "ends_at": ends_at, "detail": detail}
            put = upsert(connection, logins, key=["shop"], changes=lambda new: {name: new[name] for name in values})
            row = connection.execute(put.values(shop=shop, **values).returning(logins)).mappings().one()
            return Login(**self._fields(row))

    def remove(self, shop: str) -> None:
        """The shop has no login state any more."""
        with self._database.writing() as connection:
            connection.execute(delete(logins).where(logins.c.shop == shop))

    def by_shop(self) -> dict[str, Login]:
        """The saved login states by shop."""
        return {row["shop"]: Login(**row) for row in self._read(select(logins).order_by(logins.c.shop))}
