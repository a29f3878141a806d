"""The actions table: intents in, looks and answers on top, nothing ever deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from rpa.errors import ConfigError
from rpa.ledger.actions import LIVE, MAY_HAVE_ACTED, Action, IllegalStep, Intent, Seen, State, answer, settle
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import actions

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

    from rpa.clock import Clock
    from rpa.ledger.runs import RunRecord


def write_intents(
    connection: Connection, *, run: RunRecord, kind: str, intents: Sequence[Intent], clock: Clock
) -> list[Action]:
    """The intents as actions that are `submitting`, in the order given. The unique index rejects a second live one."""
    twice = [each for each, times in Counter((each.subject, each.part) for each in intents).items() if times > 1]
    if twice:
        raise ValueError(f"{kind}: the same subject and part more than once in one call: {twice}")
    now = clock.now()
    rows = [
        {
            "shop": run.shop,
            "kind": kind,
            "subject": intent.subject,
            "part": intent.part,
            "payload": dict(intent.payload),
            "facts": dict(intent.facts),
            "state": State.SUBMITTING.value,
            "run_id": run.id,
            "fence": run.fence,
            "created_at": now,
            "updated_at": now,
            "looks": 0,
        }
        for intent in intents
    ]
    if not rows:
        return []
    new = connection.execute(insert(actions).returning(actions, sort_by_parameter_order=True), rows)
    return [_action(row, clock=clock) for row in new.mappings()]


def count_look(
    connection: Connection,
    action: Action,
    *,
    seen: Seen,
    settled: bool,
    detail: str,
    facts: Mapping[str, object],
    clock: Clock,
) -> Action:
    """The action after one more look, judged from the state and looks that the ledger has now."""
    found = _one(connection, select(actions).where(actions.c.id == action.id).with_for_update(), clock=clock)
    if found is None:
        raise IllegalStep(f"Action {action.id} ({action.kind} {action.subject}) is not in this ledger")
    looks = found.looks + 1
    state = settle(seen, looks=looks, settled=settled, state=found.state)
    values = {"state": state.value, "looks": looks, "detail": detail or found.detail, "facts": found.facts | {**facts}}
    return _change(connection, found, values=values, clock=clock)


def write_answer(
    connection: Connection,
    *,
    shop: str,
    kind: str,
    subject: str,
    part: str,
    state: State,
    by: str,
    reason: str,
    clock: Clock,
) -> Action:
    """The live action of this subject after a person's answer; the reason joins the detail.

    Raises:
        ConfigError: there is no live action, or the answer does not fit its state.

    """
    wanted = _of(shop, kind).where(actions.c.subject == subject, actions.c.part == part, actions.c.state.in_(LIVE))
    found = _one(connection, wanted.with_for_update(), clock=clock)
    if found is None:
        raise ConfigError(f"There is no {kind} action to answer for {subject} in {shop}; see `rpa ledger show`")
    try:
        answered = answer(found.state, to=state)
    except IllegalStep as error:
        raise ConfigError(f"{kind} {subject} in {shop}: {error}") from error
    detail = "; ".join(filter(None, (found.detail, reason)))
    values = {"state": answered.value, "detail": detail, "answered_by": by}
    return _change(connection, found, values=values, clock=clock)


def _change(connection: Connection, action: Action, *, values: Mapping[str, object], clock: Clock) -> Action:
    changed = update(actions).where(actions.c.id == action.id).values(**values, updated_at=clock.now())
    return _action(connection.execute(changed.returning(actions)).mappings().one(), clock=clock)


def still_open(connection: Connection, *, shop: str, kind: str, clock: Clock) -> list[Action]:
    """What is `submitting`, whichever run began it, oldest first."""
    return _all(connection, _of(shop, kind).where(actions.c.state == State.SUBMITTING.value), clock=clock)


def live(connection: Connection, *, shop: str, kind: str, subjects: Iterable[str] | None, clock: Clock) -> list[Action]:
    """Live actions of these subjects (None: of all), oldest first for each subject."""
    wanted = _of(shop, kind).where(actions.c.state.in_(LIVE))
    if subjects is None:
        return _all(connection, wanted, clock=clock)
    return _in_chunks(connection, wanted, subjects=subjects, clock=clock)


def of_subjects(connection: Connection, *, shop: str, kind: str, subjects: Iterable[str], clock: Clock) -> list[Action]:
    """All actions of these subjects, whatever their state, oldest first for each subject."""
    return _in_chunks(connection, _of(shop, kind), subjects=subjects, clock=clock)


def _in_chunks(
    connection: Connection, wanted: Select[tuple[object, ...]], *, subjects: Iterable[str], clock: Clock
) -> list[Action]:
    return [
        found
        for some in chunks(subjects)
        for found in _all(connection, wanted.where(actions.c.subject.in_(some)), clock=clock)
    ]


def count_since(connection: Connection, *, shop: str, kind: str, since: datetime) -> int:
    """How many actions begun since then may have reached the site."""
    counted = select(func.count()).where(
        actions.c.shop == shop,
        actions.c.kind == kind,
        actions.c.state.in_(MAY_HAVE_ACTED),
        actions.c.created_at >= since,
    )
    return connection.execute(counted).scalar_one()


def search(
    connection: Connection,
    *,
    shop: str | None,
    subject: str | None,
    state: State | None,
    since: datetime | None,
    limit: int | None,
    clock: Clock,
) -> list[Action]:
    """Actions that changed since then, newest first."""
    wanted = select(actions).order_by(actions.c.id.desc()).limit(limit)
    if shop is not None:
        wanted = wanted.where(actions.c.shop == shop)
    if subject is not None:
        wanted = wanted.where(actions.c.subject == subject)
    if state is not None:
        wanted = wanted.where(actions.c.state == state.value)
    if since is not None:
        wanted = wanted.where(actions.c.updated_at >= since)
    return [_action(row, clock=clock) for row in connection.execute(wanted).mappings()]


def _of(shop: str, kind: str) -> Select[tuple[object, ...]]:
    return select(actions).where(actions.c.shop == shop, actions.c.kind == kind)


def _all(connection: Connection, query: Select[tuple[object, ...]], *, clock: Clock) -> list[Action]:
    return [_action(row, clock=clock) for row in connection.execute(query.order_by(actions.c.id)).mappings()]


def _one(connection: Connection, query: Select[tuple[object, ...]], *, clock: Clock) -> Action | None:
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _action(row, clock=clock)


def _action(row: RowMapping, *, clock: Clock) -> Action:
    return Action(**{**fields(row, zone=clock.zone), "state": State(row["state"])})
