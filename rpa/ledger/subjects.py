"""Subjects: their fingerprints when first seen and now, and how long they have shown a mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import bindparam, delete, insert, select, update

from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger import holds
from rpa.ledger.holds import Hold, Wanted, put
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import observations, sightings
from rpa.ledger.transactions import Transactions

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from rpa.clock import Clock


Look: TypeAlias = tuple[str, dict[str, object]]

_UNCHANGED = Text(
    en="{subject} in {shop} has not changed since it was first seen; there is nothing to release",
    zh="{shop} 的订单 {subject} 自首次读取后没有变化，无需放行",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A subject that no longer looks as it did when first seen, or as a person last accepted it."""

    subject: str
    fingerprint: str
    facts: dict[str, object]
    """As first seen, or as accepted."""
    last_fingerprint: str
    last_facts: dict[str, object]
    """As seen now."""
    first_seen_at: datetime
    last_seen_at: datetime


_CHANGE = [
    sightings.c[name]
    for name in (
        "subject",
        "fingerprint",
        "facts",
        "last_fingerprint",
        "last_facts",
        "first_seen_at",
        "last_seen_at",
    )
]


def remember(
    connection: Connection, *, shop: str, seen: Iterable[tuple[str, str, Mapping[str, object]]], clock: Clock
) -> dict[str, Change]:
    """Keep the first sight of each (subject, fingerprint, facts); gives those that have changed, by subject."""
    now = {subject: (fingerprint, dict(facts)) for subject, fingerprint, facts in seen}
    changes: dict[str, Change] = {}
    for subjects in chunks(now):
        first = _first_fingerprints(connection, shop=shop, subjects=subjects)
        same = [each for each in subjects if first.get(each) == now[each][0]]
        changed = [each for each in subjects if each in first and first[each] != now[each][0]]
        _add(connection, shop=shop, new={each: now[each] for each in subjects if each not in first}, clock=clock)
        _seen_again(connection, shop=shop, subjects=same, clock=clock)
        _seen_changed(connection, shop=shop, changed={each: now[each] for each in changed}, clock=clock)
        changes |= _changes(connection, shop=shop, subjects=changed, clock=clock)
    return changes


def accept(connection: Connection, *, shop: str, subject: str, by: str, reason: str, clock: Clock) -> Change:
    """Make the newest sight the one to compare with from now on; gives what was accepted.

    Raises:
        ConfigError: the subject has not changed, or was never seen.

    """
    change = _changes(connection, shop=shop, subjects=[subject], clock=clock).get(subject)
    if change is None or change.fingerprint == change.last_fingerprint:
        raise ConfigError(_UNCHANGED.with_words(subject=subject, shop=shop))
    connection.execute(
        update(sightings)
        .where(sightings.c.shop == shop, sightings.c.subject == subject)
        .values(
            fingerprint=sightings.c.last_fingerprint,
            facts=sightings.c.last_facts,
            released_at=clock.now(),
            released_by=by,
            released_because=reason,
        )
    )
    return change


def _first_fingerprints(connection: Connection, *, shop: str, subjects: Sequence[str]) -> dict[str, str]:
    known = select(sightings.c.subject, sightings.c.fingerprint).where(
        sightings.c.shop == shop, sightings.c.subject.in_(subjects)
    )
    return {row.subject: row.fingerprint for row in connection.execute(known)}


def _add(connection: Connection, *, shop: str, new: Mapping[str, Look], clock: Clock) -> None:
    now = clock.now()
    rows = [
        {
            "shop": shop,
            "subject": subject,
            "fingerprint": fingerprint,
            "facts": facts,
            "last_fingerprint": fingerprint,
            "last_facts": facts,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        for subject, (fingerprint, facts) in new.items()
    ]
    if rows:
        connection.execute(insert(sightings), rows)


def _seen_again(connection: Connection, *, shop: str, subjects: Sequence[str], clock: Clock) -> None:
    """One statement for all: they look as they did, also if they looked different in between."""
    connection.execute(
        update(sightings)
        .where(sightings.c.shop == shop, sightings.c.subject.in_(subjects))
        .values(last_seen_at=clock.now(), last_fingerprint=sightings.c.fingerprint, last_facts=sightings.c.facts)
    )


def _seen_changed(connection: Connection, *, shop: str, changed: Mapping[str, Look], clock: Clock) -> None:
    if not changed:
        return
    connection.execute(
        update(sightings)
        .where(sightings.c.shop == shop, sightings.c.subject == bindparam("of"))
        .values(
            last_seen_at=clock.now(), last_fingerprint=bindparam("fingerprint_now"), last_facts=bindparam("facts_now")
        ),
        [{"of": each, "fingerprint_now": look[0], "facts_now": look[1]} for each, look in changed.items()],
    )


def _changes(connection: Connection, *, shop: str, subjects: Sequence[str], clock: Clock) -> dict[str, Change]:
    found = select(*_CHANGE).where(sightings.c.shop == shop, sightings.c.subject.in_(subjects))
    return {row["subject"]: _change(row, clock=clock) for row in connection.execute(found).mappings()}


def _change(row: RowMapping, *, clock: Clock) -> Change:
    return Change(**fields(row, zone=clock.zone))


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


_SITE_CLOCK = "site_clock"
"""An observation of the site itself: by how many seconds its clock is ahead of ours."""


class Memory(Transactions):
    """How subjects looked, which of them are held, and how the site's clock goes."""

    def see(self, shop: str, *, fingerprints: Iterable[tuple[str, str, Mapping[str, object]]]) -> dict[str, Change]:
        """Remember each (subject, fingerprint, facts) at first sight; gives those that look different now, by subject.

        A subject is given each time until it looks as before again, or a person releases it.
        """
        with self._writing() as connection:
            return remember(connection, shop=shop, seen=fingerprints, clock=self._clock)

    def release(self, shop: str, *, subject: str, by: str, reason: str) -> Change:
        """A person accepts how the subject looks now; gives what was accepted. A further change is reported again.

        Raises:
            ConfigError: it has not changed.

        """
        with self._writing() as connection:
            return accept(connection, shop=shop, subject=subject, by=by, reason=reason, clock=self._clock)

    def observe(
        self,
        shop: str,
        *,
        mark: str,
        seen: Mapping[str, Mapping[str, object]],
        at: datetime,
        gone: Iterable[str] = (),
    ) -> None:
        """Count the subjects that show this mark, each with the facts of this look; forget those that show it no more.

        One that is `gone` and `seen` begins anew.
        """
        with self._writing() as connection:
            forget(connection, shop=shop, mark=mark, subjects=gone)
            count(connection, shop=shop, mark=mark, seen=seen, at=at, clock=self._clock)

    def observations(self, shop: str, *, mark: str, subjects: Iterable[str] | None = None) -> dict[str, Observation]:
        """Since when and until when each subject has shown this mark; `subjects` None: of the whole shop."""
        with self._reading() as connection:
            return of_mark(connection, shop=shop, mark=mark, subjects=subjects, clock=self._clock)

    def hold(
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
        with self._writing() as connection:
            put(connection, shop=shop, wanted=[wanted], by=by, clock=self._clock)
            return holds.one(connection, shop=shop, subject=subject, cause=cause, clock=self._clock)

    def hold_many(
        self,
        shop: str,
        *,
        holds: Sequence[tuple[str, str]],
        by: str,
        cause: str,
        until: datetime | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Hold many subjects, each (subject, reason), for one cause: all of them, or none."""
        wanted = [
            Wanted(subject=of, cause=cause, reason=reason, until=until, facts=facts or {}) for of, reason in holds
        ]
        self.hold_all(shop, wanted=wanted, by=by)

    def hold_all(self, shop: str, *, wanted: Sequence[Wanted], by: str) -> None:
        """Have all these holds, each with its own cause and end: all of them, or none."""
        with self._writing() as connection:
            put(connection, shop=shop, wanted=wanted, by=by, clock=self._clock)

    def lift(self, shop: str, *, subject: str, by: str, cause: str | None = None, reason: str = "") -> int:
        """Lift the subject's holds of one cause (None: of all), and keep why; gives how many there were."""
        with self._writing() as connection:
            return holds.lift(
                connection, shop=shop, subject=subject, cause=cause, by=by, reason=reason, clock=self._clock
            )

    def holds(self, shop: str, *, subjects: Iterable[str] | None = None) -> dict[str, tuple[Hold, ...]]:
        """The active holds of these subjects (None: of the whole shop), oldest first, without those that are over."""
        with self._reading() as connection:
            return holds.active(connection, shop=shop, subjects=subjects, clock=self._clock)

    def keep_site_clock(self, shop: str, *, ahead: timedelta) -> None:
        """Remember how far the clock of the shop's site is ahead of ours."""
        facts = {"ahead_s": ahead.total_seconds()}
        self.observe(shop, mark=_SITE_CLOCK, seen={_SITE_CLOCK: facts}, gone=[_SITE_CLOCK], at=self._clock.now())

    def site_now(self, shop: str) -> datetime:
        """The present moment by the clock of the shop's site, as far as a run has learned it; else by ours."""
        known = self.observations(shop, mark=_SITE_CLOCK).get(_SITE_CLOCK)
        ahead = float(str(known.last_facts["ahead_s"])) if known else 0.0
        return self._clock.now() + timedelta(seconds=ahead)
