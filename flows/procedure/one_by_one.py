"""The subject level: subjects one after the other, each click with its intent before and its proof after."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Generic

from flows.procedure.api import D, Left, Result, SiteForm
from flows.procedure.kind import AlreadyThere, Kind, Step
from flows.procedure.on_page import fill_in
from rpa.clock import Moment
from rpa.errors import AlreadyDone, InDoubt, Refused, Stopped, TooManyDoubts
from rpa.ledger.actions import State
from rpa.ledger.once import Once, Reply, Settled

if TYPE_CHECKING:
    from flows.procedure.pace import Pace
    from rpa.ledger.actions import Key

MOST_DOUBTS: Final = 3
FORM_STALE_S: Final = 10.0


class OneByOne(Generic[D]):
    """The route of subjects that have a form each. The only caller of `Once.act`."""

    def __init__(self, kind: Kind[D], once: Once, *, pace: Pace) -> None:
        self._kind = kind
        self._once = once
        self._pace = pace
        self._run = kind.run
        self._doubts = 0

    def act(self, decisions: Sequence[D]) -> Iterator[Result[D]]:
        """Act on these, one by one; read back whenever the bound is reached, and between the steps of one."""
        steps = self._kind.steps()
        for decision in decisions:
            done = self._parts_done(decision, steps)
            left = [step for step in steps if step.part not in done]
            if not left:
                yield self._left(steps[-1], decision, code=self._kind.there)
            for step in left:
                if not (yield from self._take(step, decision, is_last=step is steps[-1])):
                    break
            if self._doubts >= MOST_DOUBTS:
                message = f"{MOST_DOUBTS} orders in a row ended in doubt; look at the shop, then run again."
                raise TooManyDoubts(message)

    def _parts_done(self, decision: D, steps: Sequence[Step[D]]) -> frozenset[str]:
        """The parts that an earlier run has done, where there are several: they are never repeated.

        Of a value they are: another may be wanted now, and what the site shows already its steps find out.
        """
        if len(steps) == 1 or self._kind.supersedes:
            return frozenset()
        live = self._run.ledger.actions.live(self._run.shop.name, kind=self._kind.name, subjects=[decision.subject])
        return frozenset(action.part for action in live.values() if action.state is State.DONE)

    def _take(self, step: Step[D], decision: D, *, is_last: bool) -> Generator[Result[D], None, bool]:
        """Take the step; gives back whether the next one may be taken."""
        yield from self._with_room()
        self._pace.wait()
        if self._run.stopping():
            raise Stopped
        try:
            form = self._agreed(step, decision)
        except AlreadyThere as there:
            self._doubts = 0
            reason = self._kind.reason(self._kind.there)
            yield Left(decision=decision, reason=reason, message=str(there), part=step.part, goes_on=True)
            return True
        except (Refused, InDoubt) as error:
            self._doubts = self._doubts + 1 if isinstance(error, InDoubt) else 0
            reason = self._kind.reason(error.reason)
            yield Left(decision=decision, reason=reason, message=str(error), part=step.part, evidence=error.evidence)
            return False
        if form is None:
            yield self._left(step, decision, code="said_no")
            return False
        held = self._kind.held_meanwhile(decision)
        if held is not None:
            form.leave()
            yield Left(decision=held, part=step.part)
            return False
        return (yield from self._send(step, decision, form, is_last=is_last))

    def _with_room(self) -> Iterator[Settled]:
        """Read back until fewer are open than may be; what the site refused waits for its second look."""
        if self._once.full:
            yield from self._once.read_back()
        if self._once.full:
            yield from self._once.settle()

    def _agreed(self, step: Step[D], decision: D) -> SiteForm[D] | None:
        """The form, ready to be sent; None when the person watching said no. One that waited long is filled in anew."""
        form = fill_in(step, decision)
        asked = Moment.of(self._run.clock)
        if not self._run.person.agrees(self._kind.question(decision)):
            form.leave()
            return None
        if asked.age_s(self._run.clock) > FORM_STALE_S:
            form.leave()
            return fill_in(step, decision)
        return form

    def _send(
        self, step: Step[D], decision: D, form: SiteForm[D], *, is_last: bool
    ) -> Generator[Result[D], None, bool]:
        intent = self._kind.intent(decision, part=step.part, evidence=form.evidence)

        def click() -> Reply:
            said = form.send()
            self._pace.note_sent(too_often=said.too_often)
            return Reply(accepted=said.accepted, words=said.words, repeatable=said.repeatable)

        try:
            reply = self._once.act(intent, click)
        except AlreadyDone as already:
            form.leave()
            yield self._left(step, decision, code="unknown", message=str(already))
            return False
        except (InDoubt, Refused):
            reply = Reply(accepted=None)
        if reply.accepted and is_last:
            self._doubts = 0
            return False
        done = yield from self._ended(self._once.read_back(), key=intent.key)
        if not is_last and intent.key in self._once.open:
            done = yield from self._ended(self._once.settle(), key=intent.key)
        in_doubt = intent.key in self._once.open and reply.accepted is None
        self._doubts = self._doubts + 1 if in_doubt else 0
        return done

    def _ended(self, settled: Iterable[Settled], *, key: Key) -> Generator[Settled, None, bool]:
        """Gives each on; gives back whether the one of this key is done."""
        done = False
        for each in settled:
            done = done or (each.action.key == key and each.action.state is State.DONE)
            yield each
        return done

    def _left(self, step: Step[D], decision: D, *, code: str, message: str = "") -> Left[D]:
        return Left(decision=decision, reason=self._kind.reason(code), message=message, part=step.part)
