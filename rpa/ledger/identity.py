"""Identity of a ledger: made with it, and how many transactions have written to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, insert, select, update

from rpa.ledger.schema import acceptances, origin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

Fault = Literal["missing", "foreign", "older", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A ledger at one moment of its life."""

    identity: str
    writes: int


def mark_of(connection: Connection) -> Mark | None:
    """How this ledger stands now; None: nobody has said yet which one it is."""
    row = connection.execute(select(origin.c.identity, origin.c.writes)).one_or_none()
    return None if row is None else Mark(identity=row.identity, writes=row.writes)


def begin(connection: Connection, *, writes: int = 0) -> Mark:
    """Give the ledger an identity that no other has."""
    mark = Mark(identity=str(uuid.uuid4()), writes=writes)
    connection.execute(delete(origin))
    connection.execute(insert(origin).values(identity=mark.identity, writes=mark.writes))
    return mark


def count(connection: Connection) -> Mark:
    """One more transaction has written; asked last in it, as others wait for this row until it ends."""
    counted = update(origin).values(writes=origin.c.writes + 1).returning(origin.c.identity, origin.c.writes)
    row = connection.execute(counted).one()
    return Mark(identity=row.identity, writes=row.writes)


def stood_for(connection: Connection) -> frozenset[str]:
    """The identities of the ledgers in whose place a person put this one."""
    return frozenset(connection.execute(select(acceptances.c.identity)).scalars())


def stand_for(
    connection: Connection, marks: Iterable[Mark], *, found: Fault, by: str, reason: str, at: datetime
) -> None:
    """Keep that a person put this ledger in the place of these, and why."""
    said = {"found": found, "accepted_by": by, "reason": reason, "accepted_at": at}
    rows = [{"identity": each.identity, "writes": each.writes, **said} for each in marks]
    connection.execute(insert(acceptances), rows or [{"identity": "", "writes": 0, **said}])


def fault_of(marks: Iterable[Mark], *, mark: Mark | None, stands_for: frozenset[str]) -> tuple[Fault, Mark] | None:
    """What is wrong with a ledger, by what others saw of it, and who saw most; None: nothing.

    Ask the others first: whoever writes tells them after the ledger.
    """
    unmet = [each for each in marks if each.identity not in stands_for]
    strangers = [each for each in unmet if mark is None or each.identity != mark.identity]
    if strangers:
        return "foreign", max(strangers, key=lambda each: each.writes)
    newer = [each for each in unmet if mark is not None and each.writes > mark.writes]
    return ("older", max(newer, key=lambda each: each.writes)) if newer else None
