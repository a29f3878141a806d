"""How long the saved login state of each shop will last, as far as it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from rpa.ledger.rows import fields
from rpa.ledger.schema import logins

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The saved login state of a shop."""

    shop: str
    kept_at: datetime
    ends_at: datetime | None
    """When the site will ask for a login again at the latest; None: the state does not tell."""
    detail: str


def keep(connection: Connection, *, shop: str, ends_at: datetime | None, detail: str, clock: Clock) -> Login:
    """The shop's login state, saved now."""
    values = {"kept_at": clock.now(), "ends_at": ends_at, "detail": detail}
    kept = update(logins).where(logins.c.shop == shop).values(values).returning(logins)
    row = connection.execute(kept).mappings().one_or_none()
    if row is None:
        row = connection.execute(insert(logins).values(shop=shop, **values).returning(logins)).mappings().one()
    return Login(**fields(row, zone=clock.zone))


def forget(connection: Connection, *, shop: str) -> None:
    """There is no login state of this shop any more."""
    connection.execute(delete(logins).where(logins.c.shop == shop))


def known(connection: Connection, *, clock: Clock) -> dict[str, Login]:
    """The login states by shop."""
    rows = connection.execute(select(logins).order_by(logins.c.shop)).mappings()
    return {row["shop"]: Login(**fields(row, zone=clock.zone)) for row in rows}
