"""Retention: what the ledger forgets in time, some rows a transaction, so that nobody else waits long to write.

What proves that something was done, and what forbids it, is never forgotten: actions and their runs, holds, notices
and mentions, items of sealed stocks. What is seen of subjects (sightings, observations) has one row a subject, however
often it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import and_, case, delete, exists, func, or_, select, tuple_

from rpa.ledger.actions import UNSETTLED, State
from rpa.ledger.document_store import document_of
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.inbox import ArrivalState
from rpa.ledger.plans import UNDER_WAY, PlanState
from rpa.ledger.rows import chunks
from rpa.ledger.schema import (
    Instant,
    actions,
    alarms,
    arrival_rows,
    arrivals,
    documents,
    fences,
    holds,
    incidents,
    mentions,
    outstanding,
    planned_runs,
    runs,
)
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table

    from rpa.clock import Clock
    from rpa.ledger.hold_store import HoldStore
    from rpa.ledger.plan_store import PlanStore
    from rpa.ledger.transactions import Transactions

T = TypeVar("T")

_AT_ONCE = 300
_LETS_OTHERS_S = 0.12
"""Between two steps: SQLite has whoever waits for the right to write ask again after a tenth of a second at most."""
_READ = [state.value for state in (DocumentState.FOUND, DocumentState.READ, DocumentState.RESOLVED)]
_OPEN = func.sum(case((actions.c.state.in_(UNSETTLED), 1), else_=0))
"""How many actions are not settled."""


class Retention(Store):
    """Removes what is over since long, and gives how much there was of it. May be stopped at any moment."""

    def __init__(self, database: Transactions, *, clock: Clock, holds: HoldStore, plans: PlanStore) -> None:
        super().__init__(database, clock=clock)
        self._holds = holds
        self._plans = plans

    def remove_plans(self, before: datetime, *, at_most: int | None = None) -> int:
        """Remove planned runs that ended and were planned for an earlier moment, but the newest of each entry and shop.

        From the newest on, what was missed is counted. `at_most`: not more than so many at this time.
        """
        ended = planned_runs.c.state.in_([each.value for each in PlanState if each not in UNDER_WAY])
        columns = (planned_runs.c.id, planned_runs.c.entry, planned_runs.c.shop, planned_runs.c.planned_at)
        with self._database.reading() as connection:
            newest = {(*of, at.astimezone(UTC)) for of, at in self._plans.newest_with(connection).items()}
            old = connection.execute(select(*columns).where(planned_runs.c.planned_at < before, ended))
            ids = [row.id for row in old if (row.entry, row.shop, row.planned_at) not in newest]
        return self._remove(ids[:at_most], of=planned_runs, only=ended)

    def remove_runs(self, before: datetime, *, at_most: int | None = None) -> int:
        """Remove runs that ended before this moment and did nothing, but the newest of each shop.

        Did nothing: they began no action, and no line of theirs stands open. `at_most`: not more than so many now.
        """
        newest = select(fences.c.fence).where(fences.c.shop == runs.c.shop).scalar_subquery()
        began = exists().where(actions.c.run_id == runs.c.id)
        left = select(outstanding.c.run_id)
        only = and_(runs.c.finished_at < before, runs.c.fence < newest, ~began, runs.c.id.not_in(left))
        query = select(runs.c.id).where(runs.c.started_at < before, only).limit(at_most)
        with self._database.reading() as connection:
            ids = list(connection.execute(query).scalars())
        return self._remove(ids, of=runs, only=only)

    def remove_incidents(self, before: datetime) -> int:
        """Remove incidents that were closed before this moment."""
        return self._remove_all(incidents, only=incidents.c.closed_at < before)

    def remove_alarms(self, before: datetime) -> int:
        """Remove alarms of earlier deadlines that were raised before this moment, and whose subject is done since."""
        key = tuple_(alarms.c.shop, alarms.c.subject, alarms.c.hours, alarms.c.deadline)
        open_still = exists().where(outstanding.c.shop == alarms.c.shop, outstanding.c.subject == alarms.c.subject)
        old = select(*key.clauses).where(alarms.c.raised_at < before, alarms.c.deadline < before, ~open_still)
        with self._database.reading() as connection:
            keys = [tuple(row) for row in connection.execute(old)]
        for some in self._in_steps(keys):
            with self._database.writing() as connection:
                connection.execute(delete(alarms).where(key.in_(some), ~open_still))
        return len(keys)

    def remove_arrivals(self, before: datetime) -> int:
        """Remove files whose last row ended before this moment, with their rows, but the newest file of each folder.

        From the newest on, an inbox is empty. A forgotten file that comes again is taken in as a new one.
        """
        newest = select(func.max(arrivals.c.id)).group_by(arrivals.c.folder)
        over = (
            arrivals.c.state == ArrivalState.ARCHIVED.value,
            arrivals.c.result != "",
            arrivals.c.ended_at < before,
            arrivals.c.id.not_in(newest),
        )
        with self._database.reading() as connection:
            ids = list(connection.execute(select(arrivals.c.id).where(*over)).scalars())
        for [each] in self._in_steps(ids, at_once=1):
            with self._database.writing() as connection:
                connection.execute(delete(arrival_rows).where(arrival_rows.c.arrival_id == each))
                connection.execute(delete(arrivals).where(arrivals.c.id == each))
        return len(ids)

    def remove_others(self, *, shops: Iterable[str], flows: Iterable[str]) -> None:
        """Remove what stands open of shops or flows other than these, and alarms of other shops."""
        here = list(shops)
        with self._database.writing() as connection:
            other = or_(outstanding.c.shop.not_in(here), outstanding.c.flow.not_in(list(flows)))
            connection.execute(delete(outstanding).where(other))
            connection.execute(delete(alarms).where(alarms.c.shop.not_in(here)))

    def replaced_documents(self, shop: str, *, kind: str, before: datetime) -> list[Document]:
        """Documents of this kind that were found before this moment, and are no more than an older state of the next.

        Not the newest, nor one that names a subject, that an active hold names in its facts, or that nobody could read.
        """
        of_kind = select(documents).where(documents.c.shop == shop, documents.c.kind == kind)
        newest = select(func.max(documents.c.id)).where(documents.c.shop == shop, documents.c.kind == kind)
        spoke = exists().where(mentions.c.document_id == documents.c.id)
        over = and_(documents.c.found_at < before, documents.c.state.in_(_READ), ~spoke)
        query = of_kind.where(over, documents.c.id < newest.scalar_subquery())
        with self._database.reading() as connection:
            held = self._holds.active_with(connection, shop)
            named = {value for each in held.values() for hold in each for value in hold.facts.values()}
            found = map(document_of, self._rows(connection, query.order_by(documents.c.id)))
            return [each for each in found if each.name not in named]

    def remove_document(self, document: Document) -> None:
        """Remove one of `replaced_documents`, when its file is gone."""
        with self._database.writing() as connection:
            connection.execute(delete(documents).where(documents.c.id == document.id))

    def long_done(self, shop: str, *, subjects: Iterable[str], before: datetime) -> list[str]:
        """Those of the subjects of which all is over: done before this moment, with nothing open, held or doubted."""
        seen = func.sum(case((actions.c.state == State.DONE.value, 1), else_=0))
        done: list[str] = []
        with self._database.reading() as connection:
            for some in chunks(subjects):
                query = (
                    select(actions.c.subject)
                    .where(actions.c.shop == shop, actions.c.subject.in_(some), ~_stands_open(shop))
                    .group_by(actions.c.subject)
                    .having(seen > 0, _OPEN == 0, _newest_change() < before)
                )
                done += connection.execute(query).scalars()
        return done

    def long_ended(self, shop: str, *, run_ids: Iterable[str], before: datetime) -> list[str]:
        """Those of the runs that ended before this moment, and with them all that they began: nothing of it is open.

        A run that the ledger does not know is not among them.
        """
        ended: list[str] = []
        with self._database.reading() as connection:
            for some in chunks(run_ids):
                at_work = (
                    select(actions.c.run_id)
                    .where(actions.c.run_id.in_(some))
                    .group_by(actions.c.run_id)
                    .having(or_(_OPEN > 0, _newest_change() >= before, func.sum(case((_stands_open(shop), 1))) > 0))
                )
                query = select(runs.c.id).where(runs.c.id.in_(some), runs.c.shop == shop, runs.c.finished_at < before)
                ended += connection.execute(query.where(runs.c.id.not_in(at_work))).scalars()
        return ended

    def _remove_all(self, table: Table, *, only: ColumnElement[bool]) -> int:
        with self._database.reading() as connection:
            ids = list(connection.execute(select(table.c.id).where(only)).scalars())
        return self._remove(ids, of=table, only=only)

    def _remove(self, ids: Sequence[int] | Sequence[str], *, of: Table, only: ColumnElement[bool]) -> int:
        gone = 0
        for some in self._in_steps(ids):
            with self._database.writing() as connection:
                gone += connection.execute(delete(of).where(of.c.id.in_(some), only)).rowcount
        return gone

    def _in_steps(self, values: Sequence[T], *, at_once: int = _AT_ONCE) -> Iterator[Sequence[T]]:
        for begin in range(0, len(values), at_once):
            if begin:
                self._clock.wait(_LETS_OTHERS_S)
            yield values[begin : begin + at_once]


def _newest_change() -> ColumnElement[datetime]:
    return func.max(actions.c.updated_at, type_=Instant)


def _stands_open(shop: str) -> ColumnElement[bool]:
    """Whether the subject of an action is not done, or held."""
    held = _subjects(holds, shop).where(holds.c.lifted_at.is_(None))
    return or_(actions.c.subject.in_(_subjects(outstanding, shop)), actions.c.subject.in_(held))


def _subjects(table: Table, shop: str) -> Select[tuple[str]]:
    return select(table.c.subject).where(table.c.shop == shop)
