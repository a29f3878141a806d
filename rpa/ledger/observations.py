"""Observations: how often, and from when to when, a subject has shown a mark without a break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import observations

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A mark that a subject has shown at every look since the first."""

    subject: str
    mark: str
    first_at: datetime
    """The moment of the first look that showed it, by the clock that the caller gave."""
    last_at: datetime
    times: int
    first_facts: Mapping[str, object]
    last_facts: Mapping[str, object]


_OBSERVATION = [
    observations.c[name] for name in ("subject", "mark", "first_at", "last_at", "times", "first_facts", "last_facts")
]


def forget(connection: Connection, *, shop: str, mark: str, subjects: Iterable[str]) -> None:
    """The subjects show the mark no more; the next look that shows it is a first one."""
    for some in chunks(subjects):
        connection.execute(
            delete(observations).where(
                observations.c.shop == shop, observations.c.mark == mark, observations.c.subject.in_(some)
            )
        )


def count(
    connection: Connection,
    *,
    shop: str,
    mark: str,
    seen: Mapping[str, Mapping[str, object]],
    at: datetime,
    clock: Clock,
) -> None:
    """Count one more look at each subject; one that is older than the last is counted and changes no moment."""
    known = of_mark(connection, shop=shop, mark=mark, subjects=seen, clock=clock)
    _observe(connection, shop=shop, mark=mark, new={of: seen[of] for of in seen if of not in known}, at=at)
    again = [
        {
            "of": of,
            "times_now": found.times + 1,
            "last": max(at, found.last_at),
            "facts_now": dict(seen[of] if at >= found.last_at else found.last_facts),
        }
        for of, found in known.items()
    ]
    if again:
        connection.execute(
            update(observations)
            .where(observations.c.shop == shop, observations.c.mark == mark)
            .where(observations.c.subject == bindparam("of"))
            .values(times=bindparam("times_now"), last_at=bindparam("last"), last_facts=bindparam("facts_now")),
            again,
        )


def _observe(
    connection: Connection, *, shop: str, mark: str, new: Mapping[str, Mapping[str, object]], at: datetime
) -> None:
    rows = [
        {
            "shop": shop,
            "subject": subject,
            "mark": mark,
            "first_at": at,
            "last_at": at,
            "times": 1,
            "first_facts": dict(facts),
            "last_facts": dict(facts),
        }
        for subject, facts in new.items()
    ]
    if rows:
        connection.execute(insert(observations), rows)


def of_mark(
    connection: Connection, *, shop: str, mark: str, subjects: Iterable[str] | None, clock: Clock
) -> dict[str, Observation]:
    """The observations of a mark by subject, of these subjects or of all."""
    wanted = select(*_OBSERVATION).where(observations.c.shop == shop, observations.c.mark == mark)
    queries = (
        [wanted] if subjects is None else [wanted.where(observations.c.subject.in_(some)) for some in chunks(subjects)]
    )
    return {
        row["subject"]: Observation(**fields(row, zone=clock.zone))
        for query in queries
        for row in connection.execute(query).mappings()
    }
