"""Fingerprints in the ledger: of the first sight, and of the newest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import bindparam, insert, select, update

from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger.fingerprints import Change
from rpa.ledger.rows import chunks
from rpa.ledger.schema import sightings
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

Look: TypeAlias = tuple[str, dict[str, object]]

_UNCHANGED = Text(
    en="{subject} in {shop} has not changed since it was first seen; there is nothing to release",
    zh="{shop} 的 {subject} 自首次读取后没有变化，无需放行",
)
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


class FingerprintStore(Store):
    """How subjects look, and which of them look different from when they were first seen."""

    def compare(self, shop: str, *, seen: Iterable[tuple[str, str, Mapping[str, object]]]) -> dict[str, Change]:
        """Remember each (subject, fingerprint, facts) at first sight; gives those that look different now, by subject.

        A subject is given each time until it looks as before again, or a person releases it.
        """
        now = {subject: (fingerprint, dict(facts)) for subject, fingerprint, facts in seen}
        changes: dict[str, Change] = {}
        with self._database.writing() as connection:
            for subjects in chunks(now):
                first = _first_fingerprints(connection, shop=shop, subjects=subjects)
                same = [each for each in subjects if first.get(each) == now[each][0]]
                changed = [each for each in subjects if each in first and first[each] != now[each][0]]
                self._insert(connection, shop=shop, new={each: now[each] for each in subjects if each not in first})
                self._seen_again(connection, shop=shop, subjects=same)
                self._seen_changed(connection, shop=shop, changed={each: now[each] for each in changed})
                changes |= self._changes(connection, shop=shop, subjects=changed)
        return changes

    def release(self, shop: str, *, subject: str, by: str, reason: str) -> Change:
        """A person accepts how the subject looks now; gives what was accepted. A further change is reported again.

        Raises:
            ConfigError: it has not changed, or was never seen.

        """
        with self._database.writing() as connection:
            change = self._changes(connection, shop=shop, subjects=[subject]).get(subject)
            if change is None or change.fingerprint == change.last_fingerprint:
                raise ConfigError(_UNCHANGED.with_words(subject=subject, shop=shop))
            connection.execute(
                update(sightings)
                .where(sightings.c.shop == shop, sightings.c.subject == subject)
                .values(
                    fingerprint=sightings.c.last_fingerprint,
                    facts=sightings.c.last_facts,
                    released_at=self._clock.now(),
                    released_by=by,
                    released_because=reason,
                )
            )
            return change

    def _insert(self, connection: Connection, *, shop: str, new: Mapping[str, Look]) -> None:
        now = self._clock.now()
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

    def _seen_again(self, connection: Connection, *, shop: str, subjects: Sequence[str]) -> None:
        """One statement for all: they look as they did, also if they looked different in between."""
        now, of = self._clock.now(), sightings.c
        again = update(sightings).where(of.shop == shop, of.subject.in_(subjects))
        connection.execute(again.values(last_seen_at=now, last_fingerprint=of.fingerprint, last_facts=of.facts))

    def _seen_changed(self, connection: Connection, *, shop: str, changed: Mapping[str, Look]) -> None:
        if not changed:
            return
        connection.execute(
            update(sightings)
            .where(sightings.c.shop == shop, sightings.c.subject == bindparam("of"))
            .values(
                last_seen_at=self._clock.now(),
                last_fingerprint=bindparam("fingerprint_now"),
                last_facts=bindparam("facts_now"),
            ),
            [{"of": each, "fingerprint_now": look[0], "facts_now": look[1]} for each, look in changed.items()],
        )

    def _changes(self, connection: Connection, *, shop: str, subjects: Sequence[str]) -> dict[str, Change]:
        found = select(*_CHANGE).where(sightings.c.shop == shop, sightings.c.subject.in_(subjects))
        return {row["subject"]: Change(**row) for row in self._rows(connection, found)}


def _first_fingerprints(connection: Connection, *, shop: str, subjects: Sequence[str]) -> dict[str, str]:
    known = select(sightings.c.subject, sightings.c.fingerprint).where(
        sightings.c.shop == shop, sightings.c.subject.in_(subjects)
    )
    return {row.subject: row.fingerprint for row in connection.execute(known)}
