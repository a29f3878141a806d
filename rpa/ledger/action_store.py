"""The actions table: intents in, looks and answers on top, nothing ever deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, select, update

from rpa.errors import ConfigError
from rpa.ledger.actions import (
    ENOUGH_LOOKS,
    LIVE,
    MAY_HAVE_ACTED,
    Action,
    IllegalStep,
    Intent,
    LookAt,
    State,
    answer,
)
from rpa.ledger.journal import note
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import actions

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Connection, RowMapping, Select

    from rpa.clock import Clock
    from rpa.ledger.runs import RunRecord

_CHANGING: Final = ("state", "looks", "detail", "facts", "answered_by", "updated_at")


def write_intents(
    connection: Connection, *, run: RunRecord, kind: str, intents: Sequence[Intent], state: State, clock: Clock
) -> list[Action]:
    """The intents as actions in this state, in the order given. The unique index rejects a second live one."""
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
            "bundle": intent.bundle,
            "payload": dict(intent.payload),
            "facts": dict(intent.facts),
            "state": state.value,
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
    new = connection.execute(insert(actions).returning(actions), rows)
    begun = {(row["subject"], row["part"]): _action(row, clock=clock) for row in new.mappings()}
    _note(connection, begun.values(), lasting=state is State.HANDED_OVER)
    return [begun[intent.subject, intent.part] for intent in intents]


def _note(connection: Connection, changed: Iterable[Action], *, lasting: bool = False) -> None:
    """Keep these in the journal. What is handed over can be carried out days later, whatever the site shows till then.

    What is being submitted is not waited for: until somebody accepts another ledger, the site shows what became of it.
    """
    binding = [each for each in changed if each.state in LIVE]
    freeing = [each for each in changed if each.state not in LIVE]
    note(connection, map(entry_of, binding), binds=True, lasting=lasting)
    note(connection, map(entry_of, freeing), binds=False)


def entry_of(action: Action) -> dict[str, object]:
    """The action as a line of the journal."""
    return {"do": "action", **action.to_json()}


def count_looks(connection: Connection, looks: Sequence[LookAt], *, clock: Clock) -> list[Action]:
    """The actions after one more look each, judged from the states and looks that the ledger has now."""
    found = _by_id(connection, [each.action for each in looks], clock=clock)
    now = clock.now()
    after = [
        replace(
            found[each.action.id].looked_at(each.seen, settled=each.settled, detail=each.detail, facts=each.facts),
            updated_at=now,
        )
        for each in looks
    ]
    _write(connection, after)
    return after


def end_handed_over(
    connection: Connection, handed: Sequence[Action], *, by: str, reason: str, clock: Clock
) -> list[Action]:
    """The actions as not done: a person says that what was handed over was not carried out.

    Raises:
        IllegalStep: one is not handed over any more, or fewer than two looks have seen nothing of it.

    """
    now = clock.now()
    after = [
        replace(each, state=_not_carried_out(each), detail=reason, answered_by=by, updated_at=now)
        for each in _by_id(connection, handed, clock=clock).values()
    ]
    _write(connection, after)
    return after


def _not_carried_out(action: Action) -> State:
    if action.state is not State.HANDED_OVER or action.looks < ENOUGH_LOOKS:
        raise IllegalStep(f"{action.kind} {action.subject} is {action.state} after {action.looks} looks; look again")
    return answer(action.state, to=State.NOT_DONE)


def _by_id(connection: Connection, wanted: Sequence[Action], *, clock: Clock) -> dict[int, Action]:
    """The actions as the ledger has them now, in the order wanted."""
    query = select(actions).with_for_update()
    found = {
        each.id: each
        for some in chunks(each.id for each in wanted)
        for each in _all(connection, query.where(actions.c.id.in_(some)), clock=clock)
    }
    missing = next((each for each in wanted if each.id not in found), None)
    if missing is not None:
        raise IllegalStep(f"Action {missing.id} ({missing.kind} {missing.subject}) is not in this ledger")
    return {each.id: found[each.id] for each in wanted}


def _write(connection: Connection, changed: Sequence[Action]) -> None:
    """Write what may change of an action, with one statement for all."""
    rows = [{"of": each.id} | {f"to_{name}": getattr(each, name) for name in _CHANGING} for each in changed]
    if rows:
        values: dict[str, BindParameter[object]] = {name: bindparam(f"to_{name}") for name in _CHANGING}
        connection.execute(update(actions).where(actions.c.id == bindparam("of")).values(values), rows)
    _note(connection, changed)


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
    after = _action(connection.execute(changed.returning(actions)).mappings().one(), clock=clock)
    _note(connection, [after])
    return after


def unsettled(connection: Connection, *, clock: Clock) -> list[Action]:
    """All actions, of any shop, of which the site has not shown yet that they are done, oldest first."""
    open_states = LIVE - {State.DONE}
    return _all(connection, select(actions).where(actions.c.state.in_(open_states)), clock=clock)


def in_state(connection: Connection, *, shop: str, kind: str, state: State, clock: Clock) -> list[Action]:
    """The actions that are in this state, whichever run began them, oldest first."""
    return _all(connection, _of(shop, kind).where(actions.c.state == state.value), clock=clock)


def live(connection: Connection, *, shop: str, kind: str, subjects: Iterable[str] | None, clock: Clock) -> list[Action]:
    """Live actions of these subjects (None: of all), oldest first for each subject."""
    if subjects is None:
        return _all(connection, _of(shop, kind).where(actions.c.state.in_(LIVE)), clock=clock)
    # Told their states, too, SQLite would read all that was ever done in the shop.
    found = _in_chunks(connection, _of(shop, kind), subjects=subjects, clock=clock)
    return [each for each in found if each.state in LIVE]


def bundled(connection: Connection, *, shop: str, kind: str, bundles: Iterable[str], clock: Clock) -> list[Action]:
    """Live actions that share one of these, oldest first."""
    wanted = _of(shop, kind).where(actions.c.state.in_(LIVE))
    return [
        found
        for some in chunks(each for each in bundles if each)
        for found in _all(connection, wanted.where(actions.c.bundle.in_(some)), clock=clock)
    ]


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


def count_done(connection: Connection, *, shop: str | None, kind: str, since: datetime, until: datetime) -> int:
    """How many actions became done after `since` and by `until`."""
    counted = select(func.count()).where(
        actions.c.kind == kind,
        actions.c.state == State.DONE.value,
        actions.c.updated_at > since,
        actions.c.updated_at <= until,
    )
    if shop is not None:
        counted = counted.where(actions.c.shop == shop)
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
