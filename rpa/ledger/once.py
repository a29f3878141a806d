"""At most once: intent, act, read back. A click cannot be exactly-once by itself; this comes close enough to prove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rpa.ledger import details
from rpa.ledger.actions import Action, Intent, Key, LookAt, Seen, State

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
    repeatable: bool = False
    """It refused for a passing reason: another try may end otherwise."""
    by_another_way: bool = False
    """It refused for a reason that another way to the site may not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An action that has ended, and the last look at it."""

    action: Action
    look: Look
    reply: Reply | None = None
    """What the site said to the act; None: another run did it, or nothing was said."""


NOT_FOUND = Look(seen=Seen.UNREADABLE, detail=details.NOT_FOUND.en)


class Once:
    """Acts of one kind in one shop. What it has begun stays open until the site was read back."""

    def __init__(
        self,
        ledger: Ledger,
        run: RunRecord,
        *,
        kind: str,
        clock: Clock,
        settle_s: float,
        bound: int,
        look: Callable[[Sequence[Action]], Mapping[Key, Look]],
        allowed: Callable[[], None] = lambda: None,
        supersedes: bool = False,
    ) -> None:
        """`look` reads many actions back at once; `bound`: as many may be open; `settle_s`: see `settle`.

        `allowed` is asked directly before an intent is written, and raises when no act may begin any more.
        `supersedes`: a value that is wanted takes the place of one that is done.
        """
        self._ledger = ledger
        self._run = run
        self._kind = kind
        self._clock = clock
        self._settle_time = timedelta(seconds=settle_s)
        self._bound = bound
        self._look = look
        self._allowed = allowed
        self._supersedes = supersedes
        self._open: dict[Key, Action] = {}
        self._replies: dict[Key, Reply] = {}
        self._resting: set[Key] = set()
        self._due: dict[Key, datetime] = {}
        """When a look that shows nothing may count as the last one."""

    @property
    def open(self) -> Mapping[Key, Action]:
        """What was begun, here or by an earlier run, and has not been settled, by subject and part."""
        return self._open

    @property
    def open_subjects(self) -> frozenset[str]:
        """The subjects of what is open."""
        return frozenset(subject for subject, _ in self._open)

    @property
    def full(self) -> bool:
        """Whether so many are open that they must be read back before the next act."""
        return len(self._awake) >= self._bound

    @property
    def resting(self) -> list[Action]:
        """What of the open is not looked at any more; see `rest`."""
        return [action for key, action in self._open.items() if key in self._resting]

    def reply(self, key: Key) -> Reply | None:
        """What the site said to the act on this subject and part in this run; None: nothing."""
        return self._replies.get(key)

    def rest(self, keys: Iterable[Key]) -> None:
        """What of these is open stays so, unseen by this run: the site cannot tell yet what becomes of it."""
        self._resting.update(key for key in keys if key in self._open)

    def recover(self) -> Iterator[Settled]:
        """Take over what earlier runs left open, and look at it before anything else is done; at their doubts too.

        Each that has ended is given before the next look, which may fail.
        """
        for action in self._ledger.actions.submitting(self._run.shop, kind=self._kind):
            self._open[action.key] = action
            self._due[action.key] = self._clock.now() + self._settle_time
        yield from self.read_back()
        yield from self._end_doubts()

    def _end_doubts(self) -> list[Settled]:
        """What was unknown, and the site shows by now. What it does not show stays unknown: that a person ends."""
        doubts = self._ledger.actions.unknown(self._run.shop, kind=self._kind)
        looks = self._look(doubts) if doubts else {}
        plain = [
            LookAt(action=each, seen=look.seen, settled=True, detail=look.detail, facts=look.facts)
            for each in doubts
            if (look := looks.get(each.key, NOT_FOUND)).seen in {Seen.OURS, Seen.OTHER}
        ]
        ended = self._ledger.actions.settle_many(self._run, plain) if plain else []
        return [Settled(action=each, look=looks[each.key]) for each in ended]

    def act(self, intent: Intent, act: Callable[[], Reply]) -> Reply:
        """Write the intent, then act, in that order.

        Raises AlreadyDone when the subject's part has an action that lives, and what `allowed` raises, before anything
        is written.
        """
        reply = self._act([intent], act)
        self.note_reply(intent.key, reply)
        return reply

    def act_many(self, intents: Sequence[Intent], act: Callable[[], Reply]) -> Reply:
        """Write all these intents at once, then act once for all of them; otherwise as `act`.

        A reply that refuses the whole refuses each; one that accepts the whole says nothing of any.
        """
        reply = self._act(intents, act)
        if reply.accepted is False:
            for intent in intents:
                self.note_reply(intent.key, reply)
        return reply

    def note_reply(self, key: Key, reply: Reply) -> None:
        """What the site says of one of those begun at once. Its "yes" is proven by a look alone."""
        self._replies[key] = reply

    def _act(self, intents: Sequence[Intent], act: Callable[[], Reply]) -> Reply:
        self._allowed()
        begun = self._ledger.actions.begin(self._run, kind=self._kind, intents=intents, supersede=self._supersedes)
        for action in begun:
            self._open[action.key] = action
            self._replies.pop(action.key, None)
        try:
            return act()
        finally:
            due = self._clock.now() + self._settle_time
            self._due.update(dict.fromkeys((action.key for action in begun), due))

    @property
    def _awake(self) -> dict[Key, Action]:
        return {key: action for key, action in self._open.items() if key not in self._resting}

    def read_back(self) -> list[Settled]:
        """Look at everything open that does not rest, once.

        What the site shows is settled; what it does not stays open, also what it refused: see `settle`.
        """
        awake = self._awake
        if not awake:
            return []
        looks = self._look(list(awake.values()))
        # The look may have found that some of them have to rest.
        return self.settle_with({key: looks.get(key, NOT_FOUND) for key in self._awake})

    def settle_with(self, looks: Mapping[Key, Look]) -> list[Settled]:
        """Count these looks, at whatever of it is open; what they prove is settled, all at once."""
        now = self._clock.now()
        counted = [self._counted(self._open[key], look, now=now) for key, look in looks.items() if key in self._open]
        after = self._ledger.actions.settle_many(self._run, counted) if counted else []
        return [
            Settled(
                action=action,
                look=Look(seen=each.seen, detail=each.detail, facts=each.facts),
                reply=self._replies.get(action.key),
            )
            for action, each in zip(after, counted, strict=True)
            if self._is_settled(action, now=now)
        ]

    def settle(self) -> Iterator[Settled]:
        """Look until all that is open rests; each that has ended is given before the next look, which may fail.

        What two looks, one after the settle time, do not show was refused, if the site said so, else not done.
        """
        yield from self.read_back()
        while self._awake:
            self._clock.wait(self._until_due())
            yield from self.read_back()

    def _until_due(self) -> float:
        due = max(self._due[key] for key in self._awake)
        return max((due - self._clock.now()).total_seconds(), 0.0)

    def _counted(self, action: Action, look: Look, *, now: datetime) -> LookAt:
        settled = now >= self._due[action.key]
        look = self._weighed(action, look, last=settled and action.looks >= 1)
        return LookAt(action=action, seen=look.seen, settled=settled, detail=look.detail, facts=dict(look.facts))

    def _is_settled(self, action: Action, *, now: datetime) -> bool:
        """Whether it has ended; if not, it stays open, and the next look that counts as the last one comes later."""
        if action.state is State.SUBMITTING:
            self._open[action.key] = action
            self._due[action.key] = max(self._due[action.key], now + self._settle_time / 2)
            return False
        del self._open[action.key], self._due[action.key]
        return True

    def _weighed(self, action: Action, look: Look, *, last: bool) -> Look:
        """The last look at nothing, in the light of the site's word: a "no" tells why, a "yes" forbids a repetition.

        A "no" alone frees nothing: sites refuse what they have taken, and lists are old.
        """
        reply = self._replies.get(action.key)
        if look.seen is not Seen.NOTHING or reply is None or reply.accepted is None or not last:
            return look
        if not reply.accepted:
            return Look(seen=Seen.REFUSED, detail=reply.words, facts=look.facts)
        return Look(seen=Seen.UNREADABLE, detail=details.ACCEPTED_UNSEEN.en)
