"""What each subject looked like when it was first seen, and which ones look different now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import bindparam, insert, select, update

from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import sightings

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
