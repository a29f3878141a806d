"""The run level: what one run of one shop has decided, clicked and still has to read back, for any kind of action."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Generic, cast

from flows.gate.rules import room_left, trial_left
from flows.orders.reasons import Reason
from flows.procedure.api import D, Left, Route
from flows.procedure.kind import Kind
from rpa.errors import NeedsPerson, RpaError, Stopped, TryAgain
from rpa.language import Text
from rpa.ledger.actions import Seen, State

if TYPE_CHECKING:
    from flows.orders.reasons import Coded
    from rpa.flow import Row
    from rpa.ledger.actions import Action, Key
    from rpa.ledger.once import Look, Once, Settled

REFUSED_FOR: Final = "refused_for"
"""The fact of an action that the site refused: the code of the reason that its words stand for."""

_TRIAL_OVER = Text(
    en="The trial of this new shop is used up: look at its first {trial} on the site, then raise `trial` in rpa.toml.",
    zh="新店铺的试运行已用完：请在后台核对最初的 {trial} 项，再在 rpa.toml 中调大 trial。",
)
_SENT = Text(en="sent, not read back yet: {stop}", zh="已提交，尚未读回核对：{stop}")


class Batch(ABC, Generic[D]):
    """One run's work. Every subject decided on, and everything taken over, ends in exactly one row of the report."""

    def __init__(self, kind: Kind[D], *, route: Callable[[Once], Route[D]]) -> None:
        """`route`: the way on which this batch's subjects go to the site."""
        self.kind = kind
        self.run = kind.run
        self.once = self.run.once(kind.name, look=self._look, supersedes=kind.supersedes)
        self._trial_told = False
        self.to_act: dict[str, D] = {}
        """What was decided to be acted on and has not ended yet, by subject."""
        self._undecided: deque[D] = deque()
        self._again: dict[str, D | None] = {}
        """Proven not done, and not decided on since; with the decision that it was sent for."""
        self._tried_again: set[str] = set()
        self._parts = tuple(step.part for step in kind.steps())
        self._parts_ended: dict[str, set[str]] = {}
        """Of subjects that have not ended as a whole."""
        self.half_done: dict[str, Action] = {}
        """What was recovered as done and has steps to come, and no row yet, by subject."""
        self.begun: set[str] = set()
        """Subjects of which earlier steps are done: the limits have counted them."""
        self._route = route(self.once)

    # What each kind of batch does in its own way

    @abstractmethod
    def decide_again(self, again: Mapping[str, D | None]) -> Iterator[Row]:
        """Read these subjects again and decide on them once more; the rows of those that have ended otherwise.

        Each is taken, or told as `ended_again`: until then its row comes when the shop stops.
        """

    def ended_elsewhere(self, action: Action) -> None:
        """An earlier run's action ends here, with its own row; what else asks for the same ends with it."""

    def skip_reason(self, decision: D) -> Coded | None:
        """Why this one is not acted on now; None: it is."""
        if decision.reason is None and self.run.dry:
            return self.kind.reason("dry_run")
        return decision.reason

    def may_repeat(self, settled: Settled, *, sent_now: bool) -> bool:
        """Whether to try once more: what an earlier run sent and never arrived; what was refused for a passing reason.

        What this run sent and never arrived is left to the next one, which reads everything afresh.
        """
        if not sent_now:
            return settled.action.state is State.NOT_DONE
        passing = settled.reply is not None and (settled.reply.repeatable or settled.reply.by_another_way)
        return passing and settled.action.state is State.REFUSED

    # The steps of a run

    def recover_unfinished(self) -> Iterator[Row]:
        """Before anything else: read back what earlier runs sent without seeing the end of it."""
        yield from self.end(self.once.recover())

    def take(self, decisions: Iterable[D]) -> None:
        """Have these ended by this batch; those beyond the shop's limits wait for another run."""
        new = list(self._capped(decisions))
        for decision in new:
            self._again.pop(decision.subject, None)
            self.half_done.pop(decision.subject, None)
        self._undecided.extend(new)
        self.run.meter.add(len(new))

    def _capped(self, decisions: Iterable[D]) -> Iterator[D]:
        kind, part, decided = self.kind.name, self._parts[0], self._undone
        room = room_left(self.run, kind=kind, part=part, decided=decided)
        on_trial = room is not None and room == trial_left(self.run, kind=kind, part=part, decided=decided)
        for decision in decisions:
            if decision.reason is None and room is not None and decision.subject not in self.begun:
                room -= 1
                if room < 0:
                    self._tell_trial(over=on_trial)
                    yield replace(cast("Any", decision), reason=self.kind.reason("cap_reached"))
                    continue
            yield decision

    def _tell_trial(self, *, over: bool) -> None:
        if over and not self._trial_told:
            self._trial_told = True
            self.run.note("trial_over", _TRIAL_OVER.of(self.run.language, trial=self.run.shop.caps.trial))

    @property
    def _undone(self) -> int:
        """How many were decided to be acted on, have not been yet, and are not counted by the limits."""
        counted = self.once.open_subjects | self.begun
        new = [decision.subject for decision in self._undecided if decision.reason is None]
        return sum(subject not in counted for subject in (*self.to_act, *new))

    def report_skipped(self) -> Iterator[Row]:
        """A row for each decision with a reason against acting; in a dry run for the others too."""
        while self._undecided:
            decision = self._undecided[0]
            reason = self.skip_reason(decision)
            self._undecided.popleft()
            if reason is None:
                self.to_act[decision.subject] = decision
            else:
                yield self.counted(self.kind.row(decision, reason))

    def act_all(self) -> Iterator[Row]:
        """Act on what was decided, each subject on its way."""
        opened = self.once.open_subjects
        for result in self._route.act([each for sn, each in self.to_act.items() if sn not in opened]):
            if isinstance(result, Left):
                if not self._goes_on(result.part, done=result.goes_on):
                    yield self.left(result)
                else:
                    self._part_ended(result.decision.subject, result.part, goes_on=True)
            else:
                yield from self.end([result])

    def read_back_all(self) -> Iterator[Row]:
        """Look at the site until every action sent is proven done, refused, not done, or needs a person."""
        yield from self.end(self.once.settle())

    def retry_undone(self) -> Iterator[Row]:
        """Once more: what is proven not done and may be tried again."""
        if not self._again:
            return
        again = dict(self._again)
        self._tried_again.update(again)
        yield from self.decide_again(again)
        self._again.clear()
        yield from self.report_skipped()
        yield from self.act_all()
        yield from self.read_back_all()

    def act_and_read_back(self) -> Iterator[Row]:
        """Act on all that was decided, and once more on what is proven undone."""
        yield from self.act_all()
        yield from self.read_back_all()
        yield from self.retry_undone()

    def carefully(self, work: Iterator[Row], *, cut_off: Callable[[], None] = lambda: None) -> Iterator[Row]:
        """The rows of this work; whatever stops it, each subject that was taken has its row.

        `cut_off` is called before the rows of what was stopped.
        """
        try:
            yield from work
        except Stopped as stop:
            cut_off()
            try:
                yield from self.read_back_all()
            except (NeedsPerson, TryAgain) as worse:
                yield from self.report_interrupted(worse)
                raise
            yield from self.report_interrupted(stop)
            raise
        except (NeedsPerson, TryAgain) as stop:
            cut_off()
            yield from self.report_interrupted(stop)
            raise

    def ended_again(self, subject: str, row: Row) -> Row:
        """The row of a subject that was to be tried again, and has ended without that."""
        self._again.pop(subject, None)
        return self.counted(row)

    def report_interrupted(self, stop: RpaError) -> Iterator[Row]:
        """The shop stops: what was to be acted on, and what was sent but not read back, needs a person."""
        why, code = stop.in_words(self.run.language), stop.code
        for decision in self._undecided:
            yield self.counted(
                self.kind.row(decision, decision.reason or self.kind.reason(code), message=decision.message or why)
            )
        opened = self.once.open_subjects
        for decision in [each for sn, each in self.to_act.items() if sn not in opened]:
            part = next(part for part in self._parts if part not in self._parts_ended.get(decision.subject, ()))
            yield self.left(Left(decision=decision, reason=self.kind.reason(code), message=why, part=part))
        yield from self.report_again(self._again, code=code)
        for action in self.half_done.values():
            self.ended_elsewhere(action)
            yield self.counted(self.kind.row_of(action, reason=self.kind.reason(code), message=why))
        resting = self.once.resting
        for action in self.once.open.values():
            if action.subject not in self.to_act:
                self.ended_elsewhere(action)
            reason = self.kind.reason(self.kind.at_work if action in resting else code)
            message = _SENT.of(self.run.language, stop=why)
            yield self.counted(self.kind.row_of(action, reason=reason, message=message))

    @abstractmethod
    def report_again(self, again: Mapping[str, D | None], *, code: str) -> Iterator[Row]:
        """The rows of what was to be tried again when the shop stopped."""

    # How things end

    def _look(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """How the site shows these; with what its words for a refusal stand for."""
        looks = dict(self.look_at(actions))
        for key, look in looks.items():
            reply = self.once.reply(key)
            if look.seen is Seen.NOTHING and reply is not None and reply.accepted is False:
                meant = Reason.REFUSED_FOR_NOW if reply.repeatable else self.kind.meaning(reply.words)
                if meant is not None:
                    looks[key] = replace(look, facts={**look.facts, REFUSED_FOR: meant.value})
        return looks

    def look_at(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """How the site shows these actions, read afresh."""
        return self.kind.looks(actions)

    def end(self, settled: Iterable[Settled]) -> Iterator[Row]:
        """The rows of what was read back, less what is tried once more."""
        for each in settled:
            action = each.action
            decision = self.to_act.get(action.subject)
            self._part_ended(action.subject, action.part, goes_on=action.state is State.DONE)
            if action.subject not in self._tried_again and self.may_repeat(each, sent_now=decision is not None):
                self._again[action.subject] = decision
                self.half_done.pop(action.subject, None)
                continue
            if self._goes_on(action.part, done=action.state is State.DONE):
                if decision is None and action.subject not in self._again:
                    self.half_done[action.subject] = action
                continue
            if decision is None:
                self.ended_elsewhere(action)
            recovered = decision is None and action.state is State.DONE
            yield self.counted(self.kind.row_of(action, reason=self.kind.reason("recovered") if recovered else None))

    def left(self, left: Left[D]) -> Row:
        """The row of a subject that was not acted on, or not any further."""
        decision = left.decision
        self._part_ended(decision.subject, left.part, goes_on=left.goes_on)
        reason = left.reason or decision.reason or self.kind.reason("unknown")
        message = left.message or decision.message
        return self.counted(self.kind.row(decision, reason, message=message, part=left.part, evidence=left.evidence))

    def _goes_on(self, part: str, *, done: bool) -> bool:
        """Whether the subject has no row yet: steps after this one are still to be done."""
        return self.kind.one_row and done and part != self._parts[-1]

    def _part_ended(self, subject: str, part: str, *, goes_on: bool) -> None:
        """`goes_on`: the parts after it are still to be done, if there are any."""
        if goes_on and part != self._parts[-1]:
            self._parts_ended.setdefault(subject, set()).add(part)
        else:
            self.to_act.pop(subject, None)

    def counted(self, row: Row) -> Row:
        """The row, as one more that has ended."""
        self.run.meter.advance()
        return row
