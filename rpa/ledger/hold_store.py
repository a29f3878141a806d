"""Holds in the ledger: put on, judged, lifted, and over by themselves; nothing ever deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select, update

from rpa.ledger.holds import Hold, Wanted
from rpa.ledger.journal import note
from rpa.ledger.rows import chunks
from rpa.ledger.schema import holds
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping

_HOLD = [holds.c[name] for name in ("subject", "cause", "reason", "held_by", "held_at", "until", "facts")]
_STANDS = holds.c.lifted_at.is_(None)
_CHANGEABLE = ("reason", "held_by", "until", "facts")


class HoldStore(Store):
    """What must not be acted on: one active hold a subject and cause."""

    def put(
        self,
        shop: str,
        *,
        subject: str,
        reason: str,
        by: str,
        cause: str = "person",
        until: datetime | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> Hold:
        """Hold a subject until it is lifted, or until that moment; one hold a cause, its newest reason counts."""
        wanted = Wanted(subject=subject, cause=cause, reason=reason, until=until, facts=facts or {})
        of = (holds.c.shop == shop, holds.c.subject == subject, holds.c.cause == cause)
        with self._database.writing() as connection:
            self._put(connection, shop=shop, wanted=[wanted], by=by)
            return Hold(**self._fields(connection.execute(select(*_HOLD).where(*of, _STANDS)).mappings().one()))

    def put_many(self, shop: str, *, wanted: Sequence[Wanted], by: str) -> None:
        """Have all these holds, each with its own cause and end: all of them, or none."""
        with self._database.writing() as connection:
            self._put(connection, shop=shop, wanted=wanted, by=by)

    def _put(self, connection: Connection, *, shop: str, wanted: Sequence[Wanted], by: str) -> None:
        """Where a cause holds its subject already, the newer reason, end and facts replace its own.

        Of two for the same subject and cause the later one counts.
        """
        newest = {(each.subject, each.cause): each for each in wanted}
        subjects = [subject for subject, _ in newest]
        self._end(connection, shop=shop, subjects=subjects)
        there = self._active_rows(connection, shop=shop, subjects=subjects)
        now = self._clock.now()
        rows = [
            {
                "shop": shop,
                "subject": each.subject,
                "cause": each.cause,
                "reason": each.reason,
                "held_by": by,
                "held_at": now,
                "until": each.until,
                "facts": dict(each.facts),
            }
            for each in newest.values()
        ]
        if rows:
            key, changes = ("shop", "subject", "cause"), _CHANGEABLE
            put = upsert(
                connection, holds, key=key, among=_STANDS, changes=lambda new: {name: new[name] for name in changes}
            )
            connection.execute(put, rows)
        since = {key: row["held_at"] for key, row in there.items() if _differs(row, newest.get(key))}
        since |= dict.fromkeys(newest.keys() - there.keys(), now)
        kept = (entry_of(newest[key], shop=shop, by=by, held_at=at, now=now) for key, at in since.items())
        note(connection, kept, binds=True, lasting=True)

    def _end(self, connection: Connection, *, shop: str, subjects: Iterable[str]) -> None:
        """Lift what is over: the place of its cause is free again."""
        for some in chunks(subjects):
            over = update(holds).where(holds.c.shop == shop, holds.c.subject.in_(some), _STANDS)
            connection.execute(over.where(holds.c.until <= self._clock.now()).values(lifted_at=holds.c.until))

    def judge(
        self,
        connection: Connection,
        *,
        shop: str,
        wanted: Mapping[str, Wanted | None],
        causes: Collection[str],
        by: str,
        because: Mapping[str, str],
    ) -> None:
        """Make each subject's holds of these causes the wanted one alone, or none; `because`: why others are lifted."""
        there = self._active_rows(connection, shop=shop, subjects=wanted)
        stay = {(each.subject, each.cause) for each in wanted.values() if each is not None}
        now = self._clock.now()
        ended = [key for key in there if key[1] in causes and key not in stay]
        over = [{"of": there[key]["id"], "because": because.get(key[0], "")} for key in ended]
        if over:
            lifted = update(holds).where(holds.c.id == bindparam("of"))
            connection.execute(lifted.values(lifted_by=by, lifted_at=now, lifted_because=bindparam("because")), over)
        liftings = [_lifting(shop, of, cause, by=by, reason=because.get(of, ""), now=now) for of, cause in ended]
        note(connection, liftings, binds=False)
        self._put(connection, shop=shop, wanted=[each for each in wanted.values() if each is not None], by=by)

    def lift(self, shop: str, *, subject: str, by: str, cause: str | None = None, reason: str = "") -> int:
        """Lift the subject's holds of one cause (None: of all), and keep why; gives how many there were."""
        with self._database.writing() as connection:
            lifted = update(holds).where(*self._active(shop), holds.c.subject == subject)
            if cause is not None:
                lifted = lifted.where(holds.c.cause == cause)
            now = self._clock.now()
            values = {"lifted_by": by, "lifted_at": now, "lifted_because": reason}
            count = connection.execute(lifted.values(values)).rowcount
            if count:
                note(connection, [_lifting(shop, subject, cause, by=by, reason=reason, now=now)], binds=False)
            return count

    def active(self, shop: str, *, subjects: Iterable[str] | None = None) -> dict[str, tuple[Hold, ...]]:
        """The active holds of these subjects (None: of the whole shop), oldest first, without those that are over."""
        with self._database.reading() as connection:
            return self.active_with(connection, shop, subjects=subjects)

    def active_with(
        self, connection: Connection, shop: str, *, subjects: Iterable[str] | None = None
    ) -> dict[str, tuple[Hold, ...]]:
        """As `active`, in the transaction of this connection."""
        found: dict[str, tuple[Hold, ...]] = {}
        query = select(*_HOLD).where(*self._active(shop)).order_by(holds.c.id)
        queries = [query] if subjects is None else [query.where(holds.c.subject.in_(some)) for some in chunks(subjects)]
        for wanted in queries:
            for row in self._rows(connection, wanted):
                found[row["subject"]] = (*found.get(row["subject"], ()), Hold(**row))
        return found

    def active_anywhere(self, connection: Connection) -> Iterator[tuple[str, Hold]]:
        """The active holds of all shops, each with its shop."""
        query = select(holds.c.shop, *_HOLD).where(_STANDS, self._lasting).order_by(holds.c.id)
        for row in self._rows(connection, query):
            yield row.pop("shop"), Hold(**row)

    def _active_rows(
        self, connection: Connection, *, shop: str, subjects: Iterable[str]
    ) -> dict[tuple[str, str], RowMapping]:
        wanted = select(holds).where(*self._active(shop))
        return {
            (row["subject"], row["cause"]): row
            for some in chunks(subjects)
            for row in connection.execute(wanted.where(holds.c.subject.in_(some))).mappings()
        }

    def _active(self, shop: str) -> tuple[ColumnElement[bool], ...]:
        return holds.c.shop == shop, _STANDS, self._lasting

    @property
    def _lasting(self) -> ColumnElement[bool]:
        return or_(holds.c.until.is_(None), holds.c.until > self._clock.now())


def _differs(row: RowMapping, wanted: Wanted | None) -> bool:
    """Whether the hold says something else now; its facts alone, which each look at the site renews, are no news."""
    return wanted is not None and (row["reason"], row["until"]) != (wanted.reason, wanted.until)


def entry_of(hold: Hold | Wanted, *, shop: str, by: str, held_at: datetime, now: datetime) -> dict[str, object]:
    """The hold as a line of the journal."""
    return {
        "do": "hold",
        "shop": shop,
        "subject": hold.subject,
        "cause": hold.cause,
        "reason": hold.reason,
        "by": by,
        "held_at": held_at.isoformat(),
        "until": None if hold.until is None else hold.until.isoformat(),
        "facts": dict(hold.facts),
        "at": _moment(now),
    }


def _lifting(shop: str, subject: str, cause: str | None, *, by: str, reason: str, now: datetime) -> dict[str, object]:
    """A lifting as a line of the journal; no cause: of all holds."""
    return {
        "do": "lift",
        "shop": shop,
        "subject": subject,
        "cause": cause,
        "by": by,
        "reason": reason,
        "at": _moment(now),
    }


def _moment(now: datetime) -> str:
    """In UTC and to the microsecond: text order is time order."""
    return now.astimezone(UTC).isoformat(timespec="microseconds")
