"""Actions in the ledger: intents in, looks and answers on top, nothing ever deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from rpa.errors import AlreadyDone, ConfigError
from rpa.ledger.actions import (
    ENOUGH_LOOKS,
    LIVE,
    MAY_HAVE_ACTED,
    UNSETTLED,
    Action,
    IllegalStep,
    Intent,
    Key,
    LookAt,
    Seen,
    State,
    answer,
)
from rpa.ledger.details import BETWEEN
from rpa.ledger.journal import note
from rpa.ledger.rows import chunks
from rpa.ledger.run_store import check_fence
from rpa.ledger.schema import actions
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection, Select

    from rpa.ledger.runs import RunRecord

_CHANGING: Final = ("state", "looks", "detail", "facts", "answered_by", "updated_at")


class ActionStore(Store):
    """What was tried on which subject, and how it ended."""

    def begin(self, run: RunRecord, *, kind: str, intents: Sequence[Intent], supersede: bool = False) -> list[Action]:
        """The intents as `submitting` actions, durable when this returns: all of them, or none.

        `supersede`: what is done of the same subjects and parts gives way; what is not proven done never does.

        Raises:
            FenceLost: a newer run of the shop has started.
            AlreadyDone: a subject has a live action of this kind; the message names all of them.

        """
        return self._begin(run, kind=kind, intents=intents, state=State.SUBMITTING, supersede=supersede)

    def hand_over(self, run: RunRecord, *, kind: str, intents: Sequence[Intent]) -> list[Action]:
        """The intents as `handed_over` actions, which a person carries out; otherwise as `begin`."""
        return self._begin(run, kind=kind, intents=intents, state=State.HANDED_OVER)

    def _begin(
        self, run: RunRecord, *, kind: str, intents: Sequence[Intent], state: State, supersede: bool = False
    ) -> list[Action]:
        try:
            with self._database.writing() as connection:
                check_fence(connection, run)
                if supersede:
                    self._supersede(connection, run.shop, kind=kind, intents=intents)
                return self._insert(connection, run, kind=kind, intents=intents, state=state)
        except IntegrityError as error:
            taken = self._taken(run.shop, kind=kind, intents=intents)
            if not taken:
                raise
            raise AlreadyDone(f"Nothing was begun in {run.shop}: {taken}") from error

    def _supersede(self, connection: Connection, shop: str, *, kind: str, intents: Sequence[Intent]) -> None:
        """What is done of these subjects and parts, as history: what is wanted now takes its place."""
        wanted, now = {intent.key for intent in intents}, self._clock.now()
        done = _of(shop, kind).where(actions.c.state == State.DONE.value)
        found = [
            each
            for some in chunks(subject for subject, _ in wanted)
            for each in self._oldest_first(connection, done.where(actions.c.subject.in_(some)).with_for_update())
            if each.key in wanted
        ]
        _update(connection, [replace(each, state=State.SUPERSEDED, updated_at=now) for each in found])

    def _taken(self, shop: str, *, kind: str, intents: Sequence[Intent]) -> str:
        wanted = {intent.key for intent in intents}
        return ", ".join(
            f"{kind} {' '.join(filter(None, each.key))} is {each.state} since run {each.run_id}"
            for each in self._live(shop, kind=kind, subjects=[subject for subject, _ in wanted])
            if each.key in wanted
        )

    def _insert(
        self, connection: Connection, run: RunRecord, *, kind: str, intents: Sequence[Intent], state: State
    ) -> list[Action]:
        """The intents as actions in this state, in the order given. The unique index rejects a second live one."""
        twice = [each for each, times in Counter(each.key for each in intents).items() if times > 1]
        if twice:
            raise ValueError(f"{kind}: the same subject and part more than once in one call: {twice}")
        now = self._clock.now()
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
        new = connection.execute(insert(actions).returning(actions), rows).mappings()
        begun = {(row["subject"], row["part"]): _action(self._fields(row)) for row in new}
        _note(connection, begun.values(), lasting=state is State.HANDED_OVER)
        return [begun[intent.key] for intent in intents]

    def settle(
        self,
        run: RunRecord,
        action: Action,
        *,
        seen: Seen,
        settled: bool,
        detail: str = "",
        facts: Mapping[str, object] | None = None,
    ) -> Action:
        """The action after one more look at the site.

        `settled`: the settle time has passed since `created_at`. `facts` join those of the intent (the moment, say).
        An empty `detail` keeps the earlier one.

        Raises:
            FenceLost: a newer run of the shop has started.
            IllegalStep: only a person may change the action now, or nobody.

        """
        look = LookAt(action=action, seen=seen, settled=settled, detail=detail, facts=facts or {})
        return self.settle_many(run, [look])[0]

    def settle_many(self, run: RunRecord, looks: Sequence[LookAt]) -> list[Action]:
        """The actions after one more look at each, in the order given: all of them, or none; raises as `settle`.

        They are judged from the states and looks that the ledger has now.
        """
        with self._database.writing() as connection:
            check_fence(connection, run)
            found = self._by_id(connection, [each.action for each in looks])
            now = self._clock.now()
            after = [
                replace(
                    found[each.action.id].looked_at(
                        each.seen, settled=each.settled, detail=each.detail, facts=each.facts
                    ),
                    updated_at=now,
                )
                for each in looks
            ]
            _update(connection, after)
            return after

    def take_back(self, run: RunRecord, *, actions: Sequence[Action], by: str, reason: str) -> list[Action]:
        """Handed-over actions as `not_done`, which frees their subjects: all of them, or none.

        For a person who says that they were not carried out, once two looks have seen nothing of them.

        Raises:
            FenceLost: a newer run of the shop has started.
            IllegalStep: one is not handed over any more, or was not looked at twice.

        """
        with self._database.writing() as connection:
            check_fence(connection, run)
            now = self._clock.now()
            after = [
                replace(each, state=_not_carried_out(each), detail=reason, answered_by=by, updated_at=now)
                for each in self._by_id(connection, actions).values()
            ]
            _update(connection, after)
            return after

    def _by_id(self, connection: Connection, wanted: Sequence[Action]) -> dict[int, Action]:
        """The actions as the ledger has them now, in the order wanted."""
        query = select(actions).with_for_update()
        found = {
            each.id: each
            for some in chunks(each.id for each in wanted)
            for each in self._oldest_first(connection, query.where(actions.c.id.in_(some)))
        }
        missing = next((each for each in wanted if each.id not in found), None)
        if missing is not None:
            raise IllegalStep(f"Action {missing.id} ({missing.kind} {missing.subject}) is not in this ledger")
        return {each.id: found[each.id] for each in wanted}

    def resolve(
        self, shop: str, *, kind: str, subject: str, state: State, by: str, reason: str, part: str = ""
    ) -> Action:
        """The subject's live action after a person's answer; the reason joins the detail.

        Hold the shop's RunLock: a run in the middle of a click must not find its action answered.

        Raises:
            ConfigError: no live action, or an answer that does not fit; the message lists those that do.

        """
        wanted = _of(shop, kind).where(actions.c.subject == subject, actions.c.part == part, actions.c.state.in_(LIVE))
        with self._database.writing() as connection:
            row = connection.execute(wanted.with_for_update()).mappings().one_or_none()
            if row is None:
                raise ConfigError(f"There is no {kind} action to answer for {subject} in {shop}; see `rpa ledger show`")
            found = _action(self._fields(row))
            try:
                answered = answer(found.state, to=state)
            except IllegalStep as error:
                raise ConfigError(f"{kind} {subject} in {shop}: {error}") from error
            detail = BETWEEN.join(filter(None, (found.detail, reason)))
            values = {"state": answered.value, "detail": detail, "answered_by": by, "updated_at": self._clock.now()}
            changed = update(actions).where(actions.c.id == found.id).values(values).returning(actions)
            after = _action(self._fields(connection.execute(changed).mappings().one()))
            _note(connection, [after])
            return after

    def submitting(self, shop: str, *, kind: str) -> list[Action]:
        """What is `submitting`, from any run, oldest first: look at the site before anything else is done."""
        return self._in_state(shop, kind=kind, state=State.SUBMITTING)

    def unknown(self, shop: str, *, kind: str) -> list[Action]:
        """What is `unknown`, from any run, oldest first: the site may show by now what became of it."""
        return self._in_state(shop, kind=kind, state=State.UNKNOWN)

    def handed_over(self, shop: str, *, kind: str) -> list[Action]:
        """What is `handed_over`, from any run, oldest first."""
        return self._in_state(shop, kind=kind, state=State.HANDED_OVER)

    def _in_state(self, shop: str, *, kind: str, state: State) -> list[Action]:
        with self._database.reading() as connection:
            return self._oldest_first(connection, _of(shop, kind).where(actions.c.state == state.value))

    def live(self, shop: str, *, kind: str, subjects: Iterable[str] | None = None) -> dict[Key, Action]:
        """The live action of each subject and part; `subjects` None: of the whole shop."""
        return {each.key: each for each in self._live(shop, kind=kind, subjects=subjects)}

    def _live(self, shop: str, *, kind: str, subjects: Iterable[str] | None) -> list[Action]:
        if subjects is None:
            with self._database.reading() as connection:
                return self._oldest_first(connection, _of(shop, kind).where(actions.c.state.in_(LIVE)))
        # Told their states, too, SQLite would read all that was ever done in the shop.
        return [each for each in self._of_subjects(shop, kind=kind, subjects=subjects) if each.state in LIVE]

    def bundled(self, shop: str, *, kind: str, bundles: Iterable[str]) -> list[Action]:
        """Live actions that share one of these bundles, oldest first."""
        wanted = _of(shop, kind).where(actions.c.state.in_(LIVE))
        with self._database.reading() as connection:
            return [
                found
                for some in chunks(each for each in bundles if each)
                for found in self._oldest_first(connection, wanted.where(actions.c.bundle.in_(some)))
            ]

    def latest(self, shop: str, *, kind: str, subjects: Iterable[str]) -> dict[Key, Action]:
        """The newest action of each subject and part, whatever its state."""
        return {each.key: each for each in self._of_subjects(shop, kind=kind, subjects=subjects)}

    def _of_subjects(self, shop: str, *, kind: str, subjects: Iterable[str]) -> list[Action]:
        """All actions of these subjects, oldest first for each subject."""
        wanted = _of(shop, kind)
        with self._database.reading() as connection:
            return [
                found
                for some in chunks(subjects)
                for found in self._oldest_first(connection, wanted.where(actions.c.subject.in_(some)))
            ]

    def count_since(self, shop: str, *, kind: str, since: datetime, part: str = "") -> int:
        """How many actions begun since then were done, or may be (`submitting`, `unknown`, `handed_over`): for caps.

        `part`: the first one of a kind that has several, so that each subject counts once.
        """
        return self._count(
            actions.c.shop == shop,
            actions.c.kind == kind,
            actions.c.part == part,
            actions.c.state.in_(MAY_HAVE_ACTED),
            actions.c.created_at >= since,
        )

    def count_done(
        self, shops: Iterable[str], *, kinds: Iterable[str], since: datetime, until: datetime
    ) -> dict[str, int]:
        """By shop, how many subjects had actions of these kinds done after `since` and by `until`: the pace."""
        of = actions.c
        done = [of.kind.in_(list(kinds)), of.state == State.DONE.value, of.updated_at > since, of.updated_at <= until]
        count = select(of.shop, func.count(of.subject.distinct())).where(*done).group_by(of.shop)
        with self._database.reading() as connection:
            found = [tuple(row) for some in chunks(shops) for row in connection.execute(count.where(of.shop.in_(some)))]
        return Counter(dict(found))

    def _count(self, *which: ColumnElement[bool]) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).where(*which)).scalar_one()

    def unsettled_subjects(self, shop: str) -> set[str]:
        """The subjects with an action of which it is not certain how it ended."""
        query = select(actions.c.subject).where(actions.c.shop == shop, actions.c.state.in_(UNSETTLED)).distinct()
        return {row["subject"] for row in self._read(query)}

    def search(
        self,
        shop: str | None = None,
        *,
        subject: str | None = None,
        state: State | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Action]:
        """Actions, newest first; `since`: changed at or after."""
        wanted = select(actions).order_by(actions.c.id.desc()).limit(limit)
        if shop is not None:
            wanted = wanted.where(actions.c.shop == shop)
        if subject is not None:
            wanted = wanted.where(actions.c.subject == subject)
        if state is not None:
            wanted = wanted.where(actions.c.state == state.value)
        if since is not None:
            wanted = wanted.where(actions.c.updated_at >= since)
        return [_action(row) for row in self._read(wanted)]

    def unsettled(self, connection: Connection) -> list[Action]:
        """All actions, of any shop, of which the site has not shown yet that they are done, oldest first."""
        return self._oldest_first(connection, select(actions).where(actions.c.state.in_(UNSETTLED)))

    def _oldest_first(self, connection: Connection, query: Select[Any]) -> list[Action]:
        return [_action(row) for row in self._rows(connection, query.order_by(actions.c.id))]


def _of(shop: str, kind: str) -> Select[Any]:
    return select(actions).where(actions.c.shop == shop, actions.c.kind == kind)


def _not_carried_out(action: Action) -> State:
    if action.state is not State.HANDED_OVER or action.looks < ENOUGH_LOOKS:
        raise IllegalStep(f"{action.kind} {action.subject} is {action.state} after {action.looks} looks; look again")
    return answer(action.state, to=State.NOT_DONE)


def _update(connection: Connection, changed: Sequence[Action]) -> None:
    """Write what may change of an action, with one statement for all."""
    rows = [{"of": each.id} | {f"to_{name}": getattr(each, name) for name in _CHANGING} for each in changed]
    if rows:
        values: dict[str, BindParameter[object]] = {name: bindparam(f"to_{name}") for name in _CHANGING}
        connection.execute(update(actions).where(actions.c.id == bindparam("of")).values(values), rows)
    _note(connection, changed)


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


def _action(row: Mapping[str, Any]) -> Action:
    return Action(**{**row, "state": State(row["state"])})
