"""Many subjects with one click: each read again before, each with an intent of its own, each settled by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from flows.orders.api import Said
from flows.procedure.api import D, D_co, Left, Result
from flows.procedure.one_by_one import MOST_DOUBTS
from rpa.clock import Moment
from rpa.errors import AlreadyDone, InDoubt, Refused, Stopped, TooManyDoubts, TryAgain
from rpa.language import Text
from rpa.ledger.once import Once, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from flows.procedure.kind import Kind
    from flows.procedure.pace import Pace
    from rpa.ledger.actions import Intent
    from rpa.ledger.once import Settled

MARKS_STALE_S: Final = 60.0
"""No mark of a subject may be older when the click comes."""
_MOST_REBUILDS: Final = 5
_BEGUN = Text(
    en="begun at {since:%Y-%m-%d %H:%M:%S} by run {run}", zh="已由运行 {run} 于 {since:%Y-%m-%d %H:%M:%S} 开始处理"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSaid(Said):
    """What the site answered to the one click. `accepted`: it took the whole, which says nothing of any subject."""

    task_id: str | None = None
    """None: not told."""


class SomeNotTaken(Exception):
    """The site does not take some of these, and nothing was sent; the others are chosen again."""

    def __init__(self, why: Mapping[str, tuple[str, str]]) -> None:
        """By subject, the code of the reason and more about it."""
        super().__init__(", ".join(why))
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread(Generic[D]):
    """What one more reading of the chosen subjects came to."""

    to_act: tuple[D, ...]
    """Those that may still be acted on, as they are now."""
    left: tuple[D, ...]
    """Those that may not, each with its reason and the time of this reading."""
    began: Moment
    """No mark is older."""
    read_at: datetime
    """By the site's clock."""


class Package(Protocol[D_co]):
    """Subjects that go to the site with one click."""

    @property
    def decisions(self) -> tuple[D_co, ...]:
        """Those in it; what was read again and is not in it goes with a later one."""

    @property
    def intents(self) -> Sequence[Intent]:
        """What the ledger keeps of each."""

    @property
    def began(self) -> Moment:
        """When they were read again."""

    @property
    def file(self) -> Path:
        """What was sent, alone in its folder with the evidence of it."""


P = TypeVar("P", bound=Package[Any])


class BulkForm(Protocol):
    """The page with the subjects chosen, not sent."""

    def send(self) -> Said:
        """The one click that cannot be undone."""


class InBulk(ABC, Generic[D, P]):
    """The route of subjects that go together. The only caller of `Once.act_many`."""

    def __init__(self, kind: Kind[D], once: Once, *, pace: Pace) -> None:
        self.kind = kind
        self.once = once
        self.run = kind.run
        self._pace = pace
        self._doubts = 0

    # What each form of it does in its own way

    @abstractmethod
    def chosen(self, decisions: Sequence[D]) -> Sequence[D]:
        """The first of these that may go together."""

    @abstractmethod
    def read_again(self, decisions: Sequence[D]) -> Reread[D]:
        """Read these again, every mark of each, and decide on them again."""

    @abstractmethod
    def packed(self, read: Reread[D]) -> P:
        """The first of those just read again, as the site takes them."""

    @abstractmethod
    def fill_in(self, package: P) -> BulkForm:
        """Open the page with these chosen, nothing sent.

        Raises Refused when the site does not take them, SomeNotTaken, InDoubt, NotApproved.
        """

    @abstractmethod
    def question(self, package: P) -> str:
        """What is to be sent, for the person who is asked whether it may be."""

    @abstractmethod
    def is_held(self, package: P) -> bool:
        """Whether something was put against one of them since they were read again."""

    @abstractmethod
    def settled(self, package: P, said: Said, *, sent_at: datetime) -> Sequence[Settled]:
        """Those of which the site says one by one, and provably, what became of them. `sent_at`: by its clock."""

    @abstractmethod
    def note_ended(self, package: P, settled: Sequence[Settled]) -> None:
        """These of it have ended, and have their rows."""

    # The procedure

    def act(self, decisions: Sequence[D]) -> Iterator[Result[D]]:
        """Act on these, as many at a time as go together; each is settled, or looked at, before the next go."""
        left = {decision.subject: decision for decision in decisions}
        while left:
            if self.run.stopping():
                raise Stopped
            for result in self._act_on(self.chosen(list(left.values()))):
                left.pop(result.decision.subject if isinstance(result, Left) else result.action.subject, None)
                yield result
            left = {subject: each for subject, each in left.items() if (subject, "") not in self.once.open}
            if self._doubts >= MOST_DOUBTS:
                times = f"{MOST_DOUBTS} times in a row"
                raise TooManyDoubts(f"What was sent at once ended in doubt {times}; look at the shop, then run again.")

    def _act_on(self, chosen: Sequence[D]) -> Iterator[Result[D]]:
        """From the start when something has changed, or has aged, meanwhile."""
        for _ in range(_MOST_REBUILDS):
            self._pace.wait()
            read = self.read_again(chosen)
            yield from (Left(decision=each) for each in read.left)
            if not read.to_act:
                return
            package = self.packed(read)
            try:
                form = self.fill_in(package)
            except SomeNotTaken as some:
                yield from self._not_taken(package, some.why)
                chosen = [each for each in read.to_act if each.subject not in some.why]
                if not chosen:
                    return
                continue
            except (Refused, InDoubt) as error:
                self._doubts += isinstance(error, InDoubt)
                yield from self._all_left(package, code=error.reason, message=str(error))
                return
            if not self.run.person.agrees(self.question(package)):
                yield from self._all_left(package, code="said_no")
                return
            if package.began.age_s(self.run.clock) > MARKS_STALE_S:
                chosen = read.to_act[: max(len(package.decisions) // 2, 1)]
            elif self.is_held(package):
                chosen = read.to_act
            else:
                yield from self._send(package, form)
                return
        raise TryAgain(f"What was to go at once changed, or aged, {_MOST_REBUILDS} times before it could be sent.")

    def _not_taken(self, package: P, why: Mapping[str, tuple[str, str]]) -> Iterator[Left[D]]:
        for decision in package.decisions:
            if decision.subject in why:
                code, message = why[decision.subject]
                reason = self.kind.reason(code)
                yield Left(decision=decision, reason=reason, message=message, evidence=package.file)

    def _all_left(self, package: P, *, code: str, message: str = "") -> Iterator[Left[D]]:
        reason = self.kind.reason(code)
        for decision in package.decisions:
            yield Left(decision=decision, reason=reason, message=message, evidence=package.file)

    def _send(self, package: P, form: BulkForm) -> Iterator[Result[D]]:
        said: list[Said] = []
        sent_at = self.kind.now()

        def click() -> Reply:
            told = form.send()
            said.append(told)
            self._pace.note_sent(too_often=told.too_often)
            return Reply(accepted=told.accepted, words=told.words, repeatable=told.repeatable)

        try:
            self.once.act_many(package.intents, click)
        except AlreadyDone:
            yield from begun_elsewhere(self.kind, package)
            return
        except InDoubt:
            pass
        answer = said[0] if said else Said(accepted=None)
        certain = self.settled(package, answer, sent_at=sent_at)
        yield from certain
        self.note_ended(package, certain)
        seen = self.once.read_back() if self.once.open else []
        yield from seen
        self.note_ended(package, seen)
        in_doubt = bool(self.once.open) and not certain and answer.accepted is not False
        self._doubts = self._doubts + 1 if in_doubt else 0


def begun_elsewhere(kind: Kind[D], package: Package[D]) -> Iterator[Left[D]]:
    """Those that another program has begun since they were decided on; the others go into the next package."""
    run, subjects = kind.run, [decision.subject for decision in package.decisions]
    begun = run.ledger.actions.live(run.shop.name, kind=kind.name, subjects=subjects)
    for decision in package.decisions:
        action = begun.get((decision.subject, ""))
        if action is not None:
            message = _BEGUN.of(run.language, since=action.created_at, run=action.run_id)
            yield Left(decision=decision, reason=kind.reason("unknown"), message=message, evidence=package.file)
