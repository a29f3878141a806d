"""The ledger: one object for a process, each method one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from rpa.errors import AlreadyDone
from rpa.ledger import action_store, runs
from rpa.ledger.actions import Action, Intent, LookAt, Seen, State
from rpa.ledger.document_store import Paperwork
from rpa.ledger.inbox import Intake
from rpa.ledger.open_items import Oversight
from rpa.ledger.plans import Planning
from rpa.ledger.retention import Retention
from rpa.ledger.runs import RunRecord, RunState
from rpa.ledger.subjects import Memory


class Ledger(Paperwork, Memory, Planning, Oversight, Intake, Retention):
    """What was tried on which subject, and how it ended. Use it in one thread; other processes may have it open too."""

    def start_run(self, shop: str, *, flow: str, options: Mapping[str, object] | None = None) -> RunRecord:
        """A new run with the shop's next fence; earlier runs of the shop can write no more. Hold the shop's RunLock."""
        with self._writing() as connection:
            return runs.start(connection, shop=shop, flow=flow, options=options or {}, clock=self._clock)

    def finish_run(
        self, run: RunRecord, *, state: RunState | str, counts: Mapping[str, object] | None = None
    ) -> RunRecord:
        """The run with its end: finished, stopped, or crashed (for one that a later run found). The first end stays."""
        with self._writing() as connection:
            return runs.finish(connection, run, state=RunState(state), counts=counts or {}, clock=self._clock)

    def unfinished_runs(self, shop: str) -> list[RunRecord]:
        """Runs that never ended, oldest first. Asked under the shop's RunLock, before `start_run`, all have crashed."""
        with self._reading() as connection:
            return runs.unfinished(connection, shop=shop, clock=self._clock)

    def runs(
        self, shop: str | None = None, *, since: datetime | None = None, limit: int | None = None
    ) -> list[RunRecord]:
        """Runs of a shop (None: of all), newest first; `since`: started at or after."""
        with self._reading() as connection:
            return runs.search(connection, shop=shop, since=since, limit=limit, clock=self._clock)

    def begin(self, run: RunRecord, *, kind: str, intents: Sequence[Intent]) -> list[Action]:
        """The intents as `submitting` actions, durable when this returns: all of them, or none.

        Raises:
            FenceLost: a newer run of the shop has started.
            AlreadyDone: a subject has a live action of this kind; the message names all of them.

        """
        return self._begin(run, kind=kind, intents=intents, state=State.SUBMITTING)

    def hand_over(self, run: RunRecord, *, kind: str, intents: Sequence[Intent]) -> list[Action]:
        """The intents as `handed_over` actions, which a person carries out; otherwise as `begin`."""
        return self._begin(run, kind=kind, intents=intents, state=State.HANDED_OVER)

    def _begin(self, run: RunRecord, *, kind: str, intents: Sequence[Intent], state: State) -> list[Action]:
        clock = self._clock
        try:
            with self._writing() as connection:
                runs.check_fence(connection, run)
                return action_store.write_intents(
                    connection, run=run, kind=kind, intents=intents, state=state, clock=clock
                )
        except IntegrityError as error:
            taken = self._taken(run.shop, kind=kind, intents=intents)
            if not taken:
                raise
            raise AlreadyDone(f"Nothing was begun in {run.shop}: {taken}") from error

    def _taken(self, shop: str, *, kind: str, intents: Sequence[Intent]) -> str:
        wanted = {(intent.subject, intent.part) for intent in intents}
        with self._reading() as connection:
            live = action_store.live(
                connection, shop=shop, kind=kind, subjects=[subject for subject, _ in wanted], clock=self._clock
            )
        return ", ".join(
            f"{kind} {each.subject} is {each.state} since run {each.run_id}"
            for each in live
            if (each.subject, each.part) in wanted
        )

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

        `settled`: the settle time has passed since `created_at`. `facts` join those of the intent (the ship time, say).
        An empty `detail` keeps the earlier one.

        Raises:
            FenceLost: a newer run of the shop has started.
            IllegalStep: only a person may change the action now, or nobody.

        """
        look = LookAt(action=action, seen=seen, settled=settled, detail=detail, facts=facts or {})
        return self.settle_many(run, [look])[0]

    def settle_many(self, run: RunRecord, looks: Sequence[LookAt]) -> list[Action]:
        """The actions after one more look at each, in the order given: all of them, or none; raises as `settle`."""
        with self._writing() as connection:
            runs.check_fence(connection, run)
            return action_store.count_looks(connection, looks, clock=self._clock)

    def take_back(self, run: RunRecord, *, actions: Sequence[Action], by: str, reason: str) -> list[Action]:
        """Handed-over actions as `not_done`, which frees their subjects: all of them, or none.

        For a person who says that they were not carried out, once two looks have seen nothing of them.

        Raises:
            FenceLost: a newer run of the shop has started.
            IllegalStep: one is not handed over any more, or was not looked at twice.

        """
        with self._writing() as connection:
            runs.check_fence(connection, run)
            return action_store.end_handed_over(connection, actions, by=by, reason=reason, clock=self._clock)

    def resolve(
        self, shop: str, *, kind: str, subject: str, state: State, by: str, reason: str, part: str = ""
    ) -> Action:
        """The subject's live action after a person's answer.

        Hold the shop's RunLock: a run in the middle of a click must not find its action answered.

        Raises:
            ConfigError: no live action, or an answer that does not fit; the message lists those that do.

        """
        with self._writing() as connection:
            return action_store.write_answer(
                connection,
                shop=shop,
                kind=kind,
                subject=subject,
                part=part,
                state=state,
                by=by,
                reason=reason,
                clock=self._clock,
            )

    def open_actions(self, shop: str, *, kind: str) -> list[Action]:
        """What is `submitting`, from any run, oldest first: look at the site before anything else is done."""
        with self._reading() as connection:
            return action_store.in_state(connection, shop=shop, kind=kind, state=State.SUBMITTING, clock=self._clock)

    def unknown(self, shop: str, *, kind: str) -> list[Action]:
        """What is `unknown`, from any run, oldest first: the site may show by now what became of it."""
        with self._reading() as connection:
            return action_store.in_state(connection, shop=shop, kind=kind, state=State.UNKNOWN, clock=self._clock)

    def handed_over(self, shop: str, *, kind: str) -> list[Action]:
        """What is `handed_over`, from any run, oldest first."""
        with self._reading() as connection:
            return action_store.in_state(connection, shop=shop, kind=kind, state=State.HANDED_OVER, clock=self._clock)

    def live(self, shop: str, *, kind: str, subjects: Iterable[str] | None = None) -> dict[str, Action]:
        """The newest live action by subject; `subjects` None: of the whole shop."""
        with self._reading() as connection:
            found = action_store.live(connection, shop=shop, kind=kind, subjects=subjects, clock=self._clock)
        return {each.subject: each for each in found}

    def bundled(self, shop: str, *, kind: str, bundles: Iterable[str]) -> list[Action]:
        """Live actions that share one of these bundles, oldest first."""
        with self._reading() as connection:
            return action_store.bundled(connection, shop=shop, kind=kind, bundles=bundles, clock=self._clock)

    def latest(self, shop: str, *, kind: str, subjects: Iterable[str]) -> dict[str, Action]:
        """The newest action by subject, whatever its state."""
        with self._reading() as connection:
            found = action_store.of_subjects(connection, shop=shop, kind=kind, subjects=subjects, clock=self._clock)
        return {each.subject: each for each in found}

    def count_done_since(self, shop: str, *, kind: str, since: datetime) -> int:
        """How many actions begun since then are done, or may be (`submitting`, `unknown`, `handed_over`): for caps."""
        with self._reading() as connection:
            return action_store.count_since(connection, shop=shop, kind=kind, since=since)

    def done_between(self, shop: str | None, *, kind: str, since: datetime, until: datetime) -> int:
        """How many actions of a shop (None: of all) became done after `since` and by `until`: the pace."""
        with self._reading() as connection:
            return action_store.count_done(connection, shop=shop, kind=kind, since=since, until=until)

    def show(
        self,
        shop: str | None = None,
        *,
        subject: str | None = None,
        state: State | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Action]:
        """Actions, newest first; `since`: changed at or after."""
        with self._reading() as connection:
            return action_store.search(
                connection, shop=shop, subject=subject, state=state, since=since, limit=limit, clock=self._clock
            )
