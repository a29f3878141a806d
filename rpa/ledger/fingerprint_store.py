"""Fingerprints in the ledger: of the first sight, and of the newest."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
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

Facts: TypeAlias = Mapping[str, object]

_UNCHANGED = Text(
    en="{subject} in {shop} has not changed since it was first seen; there is nothing to release",
    zh="{shop} 的 {subject} 自首次读取后没有变化，无需放行",
)
_CHANGE = [
    sightings.c[name]
    for name in (
        "subject",
        "facts",
        "last_facts",
        "first_seen_at",
        "last_seen_at",
    )
]


class FingerprintStore(Store):
    """How subjects look, and which of them look different from when they were first seen."""

    def compare(
        self, shop: str, *, seen: Iterable[tuple[str, Facts]], same: Callable[[Facts, Facts], bool] = operator.eq
    ) -> dict[str, Change]:
        """Remember each (subject, facts) at first sight; gives those that look different now, by subject.

        A subject is given each time until it looks as before again, or a person releases it. `same`: whether facts,
        remembered and seen, say the same.
        """
        now = {subject: dict(facts) for subject, facts in seen}
        changes: dict[str, Change] = {}
        with self._database.writing() as connection:
            for subjects in chunks(now):
                first = _first_facts(connection, shop=shop, subjects=subjects)
                alike = [each for each in subjects if each in first and same(first[each], now[each])]
                changed = [each for each in subjects if each in first and each not in set(alike)]
                self._insert(connection, shop=shop, new={each: now[each] for each in subjects if each not in first})
                self._seen_again(connection, shop=shop, subjects=alike)
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
            if change is None or change.facts == change.last_facts:
                raise ConfigError(_UNCHANGED.with_words(subject=subject, shop=shop))
            connection.execute(
                update(sightings)
                .where(sightings.c.shop == shop, sightings.c.subject == subject)
                .values(
                    facts=sightings.c.last_facts,
                    released_at=self._clock.now(),
                    released_by=by,
                    released_because=reason,
                )
            )
            return change

    def _insert(self, connection: Connection, *, shop: str, new: Mapping[str, Facts]) -> None:
        now = self._clock.now()
        rows = [
            {
                "shop": shop,
                "subject": subject,
                "facts": facts,
                "last_facts": facts,
                "first_seen_at": now,
                "last_seen_at": now,
            }
            for subject, facts in new.items()
        ]
        if rows:
            connection.execute(insert(sightings), rows)

    def _seen_again(self, connection: Connection, *, shop: str, subjects: Sequence[str]) -> None:
        """One statement for all: they look as they did, also if they looked different in between."""
        now, of = self._clock.now(), sightings.c
        again = update(sightings).where(of.shop == shop, of.subject.in_(subjects))
        connection.execute(again.values(last_seen_at=now, last_facts=of.facts))

    def _seen_changed(self, connection: Connection, *, shop: str, changed: Mapping[str, Facts]) -> None:
        if not changed:
            return
        connection.execute(
            update(sightings)
            .where(sightings.c.shop == shop, sightings.c.subject == bindparam("of"))
            .values(last_seen_at=self._clock.now(), last_facts=bindparam("facts_now")),
            [{"of": each, "facts_now": facts} for each, facts in changed.items()],
        )

    def _changes(self, connection: Connection, *, shop: str, subjects: Sequence[str]) -> dict[str, Change]:
        found = select(*_CHANGE).where(sightings.c.shop == shop, sightings.c.subject.in_(subjects))
        return {row["subject"]: Change(**row) for row in self._rows(connection, found)}


def _first_facts(connection: Connection, *, shop: str, subjects: Sequence[str]) -> dict[str, Facts]:
    known = select(sightings.c.subject, sightings.c.facts).where(
        sightings.c.shop == shop, sightings.c.subject.in_(subjects)
    )
    return {row.subject: row.facts for row in connection.execute(known)}
