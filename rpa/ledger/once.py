"""At most once: intent, act, read back. A click cannot be exactly-once by itself; this comes close enough to prove."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rpa.ledger.actions import Action, Intent, Seen, State

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.runs import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the site shows of one subject, read afresh."""

    seen: Seen
    detail: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the site said to the act itself."""

    accepted: bool | None
    """None: nothing that can be read."""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An action that has ended, and the last look at it."""

    action: Action
    look: Look


class Once:
    """Acts of one kind in one shop. What it has begun stays open until the site was read back."""

    def __init__(
        self, ledger: Ledger, run: RunRecord, *, kind: str, clock: Clock, settle_s: float, bound: int,
        look: Callable[[Sequence[Action]], Mapping[str, Look]],
    ) -> None:  # fmt: skip
        """`look` reads many subjects back at once; `bound`: as many may be open; `settle_s`: see `settle`."""
        self._ledger = ledger
        self._run = run
        self._kind = kind
        self._clock = clock
        self._settle_time = timedelta(seconds=settle_s)
        self._bound = bound
        self._look = look
        self._open: dict[str, Action] = {}
        self._replies: dict[str, Reply] = {}
        self._due: dict[str, datetime] = {}
        """When a look that shows nothing may count as the last one."""

    @property
    def open(self) -> Mapping[str, Action]:
        """What was begun, here or by an earlier run, and has not been settled, by subject."""
        return self._open

    @property
    def full(self) -> bool:
        """Whether so many are open that they must be read back before the next act."""
        return len(self._open) >= self._bound

    def recover(self) -> list[Settled]:
        """Take over what earlier runs left open, and look at it before anything else is done."""
        for action in self._ledger.open_actions(self._run.shop, kind=self._kind):
            self._open[action.subject] = action
            self._due[action.subject] = self._clock.now() + self._settle_time
        return self.read_back()

    def act(self, intent: Intent, act: Callable[[], Reply]) -> Reply:
        """Write the intent, then act, in that order. Raises AlreadyDone when the subject has an action that lives."""
        [action] = self._ledger.begin(self._run, kind=self._kind, intents=[intent])
        self._open[intent.subject] = action
        try:
            reply = act()
        finally:
            self._due[intent.subject] = self._clock.now() + self._settle_time
        self._replies[intent.subject] = reply
        return reply

    def read_back(self) -> list[Settled]:
        """Look at everything open, once. What the site shows or refused is settled; what it does not stays open."""
        if not self._open:
            return []
        looks = self._look(list(self._open.values()))
        ended = [self._settle(action, looks.get(action.subject)) for action in list(self._open.values())]
        return [each for each in ended if each is not None]

    def settle(self) -> list[Settled]:
        """Look until nothing is open: what two looks, one after the settle time, do not show was not done."""
        ended = self.read_back()
        while self._open:
            self._clock.wait(self._until_due())
            ended += self.read_back()
        return ended

    def _until_due(self) -> float:
        due = max(self._due[subject] for subject in self._open)
        return max((due - self._clock.now()).total_seconds(), 0.0)

    def _settle(self, action: Action, look: Look | None) -> Settled | None:
        look = look or Look(seen=Seen.UNREADABLE, detail="it was not found when it was read back")
        now, due = self._clock.now(), self._due[action.subject]
        look = self._weighed(action, look, last=now >= due and action.looks >= 1)
        after = self._ledger.settle(
            self._run, action, seen=look.seen, settled=now >= due, detail=look.detail, facts=dict(look.facts)
        )
        if after.state is State.SUBMITTING:
            self._open[action.subject] = after
            self._due[action.subject] = max(due, now + self._settle_time / 2)
            return None
        del self._open[action.subject], self._due[action.subject]
        return Settled(action=after, look=look)

    def _weighed(self, action: Action, look: Look, *, last: bool) -> Look:
        """A look at nothing, in the light of the site's word: its "no" ends it, its "yes" forbids a repetition."""
        reply = self._replies.get(action.subject)
        if look.seen is not Seen.NOTHING or reply is None or reply.accepted is None:
            return look
        if not reply.accepted:
            return Look(seen=Seen.REFUSED, detail=reply.words, facts=look.facts)
        return Look(seen=Seen.UNREADABLE, detail="the site accepted it but does not show it") if last else look
