"""Coverage in the ledger: how it grows and is doubted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.ledger.coverage import Coverage
from rpa.ledger.rows import fields
from rpa.ledger.schema import coverage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


def of_shop(connection: Connection, *, shop: str, kind: str, account: str | None, clock: Clock) -> list[Coverage]:
    """The shop's coverage of a kind, of one account or of all, by account."""
    wanted = select(coverage).where(coverage.c.shop == shop, coverage.c.kind == kind).order_by(coverage.c.account)
    if account is not None:
        wanted = wanted.where(coverage.c.account == account)
    return [Coverage(**fields(row, zone=clock.zone)) for row in connection.execute(wanted).mappings()]


def grow(
    connection: Connection, *, shop: str, account: str, kind: str, since: datetime, until: datetime, clock: Clock
) -> Coverage:
    """The coverage after everything in [since, until] was read.

    It grows at its end only. Where a hole lies between the old end and the new beginning, the new span alone counts.
    """
    if since > until:
        raise ValueError(f"{kind} of {shop}: a span from {since} to {until} ends before it begins")
    found = _one(connection, shop=shop, account=account, kind=kind, clock=clock)
    if found is not None and not found.empty and since <= found.until:
        since, until = found.since, max(found.until, until)
    values = {"since": since, "until": until}
    return _put(connection, found, of={"shop": shop, "account": account, "kind": kind}, values=values, clock=clock)


def doubt(
    connection: Connection, *, shop: str, account: str, kind: str, words: str, at: datetime, clock: Clock
) -> Coverage | None:
    """The coverage with this doubt, or freed of it by empty words; None: there is none, and nothing to doubt."""
    found = _one(connection, shop=shop, account=account, kind=kind, clock=clock)
    if found is None and not words:
        return None
    span = {"since": at, "until": at} if found is None else {}
    of = {"shop": shop, "account": account, "kind": kind}
    return _put(connection, found, of=of, values={**span, "doubt": words}, clock=clock)


def _one(connection: Connection, *, shop: str, account: str, kind: str, clock: Clock) -> Coverage | None:
    found = of_shop(connection, shop=shop, kind=kind, account=account, clock=clock)
    return found[0] if found else None


def _put(
    connection: Connection,
    found: Coverage | None,
    *,
    of: dict[str, str],
    values: dict[str, object] | dict[str, datetime],
    clock: Clock,
) -> Coverage:
    new = {**values, "updated_at": clock.now()}
    if found is None:
        statement = insert(coverage).values({**of, **new}).returning(coverage)
        row = connection.execute(statement).mappings().one()
    else:
        same = [coverage.c[name] == value for name, value in of.items()]
        row = connection.execute(update(coverage).where(*same).values(new).returning(coverage)).mappings().one()
    return Coverage(**fields(row, zone=clock.zone))
