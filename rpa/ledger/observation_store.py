"""Observations in the ledger: which subjects show a mark, counted look by look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, select

from rpa.ledger.observations import Observation
from rpa.ledger.rows import chunks
from rpa.ledger.schema import observations
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from rpa.ledger.upsert import NewRow

_OBSERVATION = [
    observations.c[name] for name in ("subject", "mark", "first_at", "last_at", "times", "first_facts", "last_facts")
]


class ObservationStore(Store):
    """How long subjects have shown a mark."""

    def record(
        self,
        shop: str,
        *,
        mark: str,
        seen: Mapping[str, Mapping[str, object]],
        at: datetime,
        gone: Iterable[str] = (),
    ) -> None:
        """Count the subjects that show this mark, each with the facts of this look; forget those that show it no more.

        One that is `gone` and `seen` begins anew. A look that is older than the last is counted and changes no moment.
        """
        here = (observations.c.shop == shop, observations.c.mark == mark)
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
            for subject, facts in seen.items()
        ]
        with self._database.writing() as connection:
            for some in chunks(gone):
                connection.execute(delete(observations).where(*here, observations.c.subject.in_(some)))
            if rows:
                counted = upsert(connection, observations, key=("shop", "mark", "subject"), changes=_counted)
                connection.execute(counted, rows)

    def of_mark(self, shop: str, *, mark: str, subjects: Iterable[str] | None = None) -> dict[str, Observation]:
        """Since when and until when each subject has shown this mark; `subjects` None: of the whole shop."""
        wanted = select(*_OBSERVATION).where(observations.c.shop == shop, observations.c.mark == mark)
        of = observations.c.subject
        queries = [wanted] if subjects is None else [wanted.where(of.in_(some)) for some in chunks(subjects)]
        with self._database.reading() as connection:
            return {row["subject"]: Observation(**row) for query in queries for row in self._rows(connection, query)}

    def of_shops(self, shops: Iterable[str], *, mark: str, subject: str) -> dict[str, Observation]:
        """Since when and until when this one subject has shown this mark, in each of these shops where it does."""
        of = observations.c
        wanted = select(of.shop, *_OBSERVATION).where(of.mark == mark, of.subject == subject)
        with self._database.reading() as connection:
            found = [row for some in chunks(shops) for row in self._rows(connection, wanted.where(of.shop.in_(some)))]
        return {row.pop("shop"): Observation(**row) for row in found}


def _counted(look: NewRow) -> dict[str, object]:
    """What one more look changes: its moment and facts count unless a newer one was there before."""
    known = observations.c
    return {
        "times": known.times + 1,
        "last_at": case((look.last_at >= known.last_at, look.last_at), else_=known.last_at),
        "last_facts": case((look.last_at >= known.last_at, look.last_facts), else_=known.last_facts),
    }
