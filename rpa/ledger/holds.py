"""Holds: why a subject must not be acted on until somebody lifts it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, or_, select, update

from rpa.ledger.journal import note
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import holds

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping

    from rpa.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One active reason not to act on a subject."""

    subject: str
    cause: str
    """What put it on; a hold by a notice stays when a person lifts their own, and the other way round."""
    reason: str
    held_by: str
    held_at: datetime
    until: datetime | None = None
    """Over by itself at this moment of our clock; None: it lasts until it is lifted."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What stands behind it; JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A hold that is to be there."""

    subject: str
    cause: str
    reason: str
    until: datetime | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


_HOLD = [holds.c[name] for name in ("subject", "cause", "reason", "held_by", "held_at", "until", "facts")]


def put(connection: Connection, *, shop: str, wanted: Sequence[Wanted], by: str, clock: Clock) -> None:
    """Have all these holds; where a cause holds its subject already, the newer reason, end and facts replace its own.

    Of two for the same subject and cause the later one counts.
    """
    newest = {(each.subject, each.cause): each for each in wanted}
    subjects = [subject for subject, _ in newest]
    _end(connection, shop=shop, subjects=subjects, clock=clock)
    there = _active_rows(connection, shop=shop, subjects=subjects, clock=clock)
    _change(connection, {row["id"]: _values(newest[key], by=by) for key, row in there.items() if key in newest})
    now = clock.now()
    new = {"shop": shop, "held_at": now}
    rows = [
        {**new, "subject": each.subject, "cause": each.cause, **_values(each, by=by)}
        for key, each in newest.items()
        if key not in there
    ]
    if rows:
        connection.execute(insert(holds), rows)
    since = {key: row["held_at"] for key, row in there.items() if _differs(row, newest.get(key))}
    since |= dict.fromkeys(newest.keys() - there.keys(), now)
    kept = (entry_of(newest[key], shop=shop, by=by, held_at=at, now=now) for key, at in since.items())
    note(connection, kept, binds=True, lasting=True)


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


def _values(wanted: Wanted, *, by: str) -> dict[str, object]:
    return {"reason": wanted.reason, "held_by": by, "until": wanted.until, "facts": dict(wanted.facts)}


def _end(connection: Connection, *, shop: str, subjects: Iterable[str], clock: Clock) -> None:
    """Lift what is over: the place of its cause is free again."""
    for some in chunks(subjects):
        connection.execute(
            update(holds)
            .where(holds.c.shop == shop, holds.c.subject.in_(some), holds.c.lifted_at.is_(None))
            .where(holds.c.until <= clock.now())
            .values(lifted_at=holds.c.until)
        )


def _change(connection: Connection, changed: Mapping[int, Mapping[str, object]]) -> None:
    if changed:
        connection.execute(
            update(holds)
            .where(holds.c.id == bindparam("of"))
            .values({name: bindparam(f"new_{name}", type_=holds.c[name].type) for name in _CHANGEABLE}),
            [{"of": of, **{f"new_{name}": values[name] for name in _CHANGEABLE}} for of, values in changed.items()],
        )


_CHANGEABLE = ("reason", "held_by", "until", "facts")


def judged(
    connection: Connection,
    *,
    shop: str,
    wanted: Mapping[str, Wanted | None],
    causes: Collection[str],
    by: str,
    because: Mapping[str, str],
    clock: Clock,
) -> None:
    """Make each subject's holds of these causes the wanted one alone, or none; `because`: why the others are lifted."""
    there = _active_rows(connection, shop=shop, subjects=wanted, clock=clock)
    stay = {(each.subject, each.cause) for each in wanted.values() if each is not None}
    now = clock.now()
    ended = [key for key in there if key[1] in causes and key not in stay]
    over = [{"of": there[key]["id"], "because": because.get(key[0], "")} for key in ended]
    if over:
        lifted = update(holds).where(holds.c.id == bindparam("of"))
        connection.execute(lifted.values(lifted_by=by, lifted_at=now, lifted_because=bindparam("because")), over)
    liftings = [_lifting(shop, of, cause, by=by, reason=because.get(of, ""), now=now) for of, cause in ended]
    note(connection, liftings, binds=False)
    put(connection, shop=shop, wanted=[each for each in wanted.values() if each is not None], by=by, clock=clock)


def lift(
    connection: Connection, *, shop: str, subject: str, cause: str | None, by: str, reason: str, clock: Clock
) -> int:
    """Lift the subject's holds, of one cause or of all; gives how many there were."""
    lifted = update(holds).where(*_active(shop, clock=clock), holds.c.subject == subject)
    if cause is not None:
        lifted = lifted.where(holds.c.cause == cause)
    now = clock.now()
    values = {"lifted_by": by, "lifted_at": now, "lifted_because": reason}
    count = connection.execute(lifted.values(values)).rowcount
    if count:
        note(connection, [_lifting(shop, subject, cause, by=by, reason=reason, now=now)], binds=False)
    return count


def one(connection: Connection, *, shop: str, subject: str, cause: str, clock: Clock) -> Hold:
    """The active hold of this subject and cause; it must be there."""
    wanted = select(*_HOLD).where(holds.c.shop == shop, holds.c.lifted_at.is_(None))
    row = connection.execute(wanted.where(holds.c.subject == subject, holds.c.cause == cause)).mappings().one()
    return _hold(row, clock=clock)


def active(
    connection: Connection, *, shop: str, subjects: Iterable[str] | None, clock: Clock
) -> dict[str, tuple[Hold, ...]]:
    """The shop's active holds by subject, of these subjects or of all, oldest first."""
    found: dict[str, tuple[Hold, ...]] = {}
    query = select(*_HOLD).where(*_active(shop, clock=clock)).order_by(holds.c.id)
    for wanted in (
        [query] if subjects is None else [query.where(holds.c.subject.in_(some)) for some in chunks(subjects)]
    ):
        for row in connection.execute(wanted).mappings():
            found[row["subject"]] = (*found.get(row["subject"], ()), _hold(row, clock=clock))
    return found


def active_anywhere(connection: Connection, *, clock: Clock) -> Iterator[tuple[str, Hold]]:
    """The active holds of all shops, each with its shop."""
    lasting = or_(holds.c.until.is_(None), holds.c.until > clock.now())
    query = select(holds.c.shop, *_HOLD).where(holds.c.lifted_at.is_(None), lasting).order_by(holds.c.id)
    for row in connection.execute(query).mappings():
        values = fields(row, zone=clock.zone)
        yield values.pop("shop"), Hold(**values)


def _active_rows(
    connection: Connection, *, shop: str, subjects: Iterable[str], clock: Clock
) -> dict[tuple[str, str], RowMapping]:
    wanted = select(holds).where(*_active(shop, clock=clock))
    return {
        (row["subject"], row["cause"]): row
        for some in chunks(subjects)
        for row in connection.execute(wanted.where(holds.c.subject.in_(some))).mappings()
    }


def _active(shop: str, *, clock: Clock) -> tuple[ColumnElement[bool], ...]:
    lasting = or_(holds.c.until.is_(None), holds.c.until > clock.now())
    return holds.c.shop == shop, holds.c.lifted_at.is_(None), lasting


def _hold(row: RowMapping, *, clock: Clock) -> Hold:
    return Hold(**fields(row, zone=clock.zone))
