"""Actions as values, and the steps they may take. Pure: no database, no clock, no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from rpa.errors import RpaError

Key: TypeAlias = tuple[str, str]
"""Subject and part of an action; part "": the whole subject. One action of a kind lives on each."""


class State(StrEnum):
    """Where an action stands. The value is what the ledger stores and `rpa ledger show` prints."""

    SUBMITTING = "submitting"
    """The intent is written; whether the click happened is not proven yet."""
    DONE = "done"
    """The site shows our payload."""
    REFUSED = "refused"
    """The site said no."""
    NOT_DONE = "not_done"
    """Looked often and late enough: the site did not take it."""
    CONFLICT = "conflict"
    """The site shows another payload than ours."""
    UNKNOWN = "unknown"
    """The site could not be read with certainty."""
    HANDED_OVER = "handed_over"
    """Somebody else finishes it: a person, another firm, a file that the site works through."""
    SUPERSEDED = "superseded"
    """It was done; a value that was wanted later took its place."""


LIVE: Final = frozenset({State.SUBMITTING, State.DONE, State.CONFLICT, State.UNKNOWN, State.HANDED_OVER})
"""While an action is in one of these, its subject takes no second action of the kind."""

UNSETTLED: Final = LIVE - {State.DONE}
"""The site has not shown yet that it is done, or that it never will be."""

MAY_HAVE_ACTED: Final = frozenset({State.SUBMITTING, State.DONE, State.UNKNOWN, State.HANDED_OVER, State.SUPERSEDED})
"""States that count against a cap: the site has our payload, or had it, or may have it."""

ENOUGH_LOOKS: Final = 2
"""So many looks must have seen nothing before an action counts as not done."""


class Seen(StrEnum):
    """What one look at the site showed."""

    OURS = "ours"
    OTHER = "other"
    NOTHING = "nothing"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


class IllegalStep(RpaError):
    """An action or a document cannot take this step from the state that it is in."""


BY_LOOK: Final[Mapping[State, frozenset[State]]] = {
    State.SUBMITTING: frozenset(State) - {State.HANDED_OVER, State.SUPERSEDED},
    State.UNKNOWN: frozenset({State.UNKNOWN, State.DONE, State.CONFLICT}),
    State.HANDED_OVER: frozenset({State.HANDED_OVER, State.DONE, State.CONFLICT}),
    State.DONE: frozenset(),
    State.CONFLICT: frozenset(),
    State.REFUSED: frozenset(),
    State.NOT_DONE: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""The steps that the program may take by itself, after a look. A doubt never turns into "not done" without a person."""

BY_PERSON: Final[Mapping[State, frozenset[State]]] = {
    State.SUBMITTING: frozenset({State.DONE, State.REFUSED, State.NOT_DONE, State.HANDED_OVER}),
    State.UNKNOWN: frozenset({State.DONE, State.REFUSED, State.NOT_DONE, State.HANDED_OVER}),
    State.CONFLICT: frozenset({State.DONE, State.REFUSED, State.NOT_DONE, State.HANDED_OVER}),
    State.HANDED_OVER: frozenset({State.DONE, State.REFUSED, State.NOT_DONE}),
    State.DONE: frozenset({State.NOT_DONE}),
    State.REFUSED: frozenset(),
    State.NOT_DONE: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""The answers a person may give. `done` can only be taken back (the site withdrew it), which frees the subject.
Refused, not done and superseded are history: the subject is free, a new action may begin."""


def settle(seen: Seen, *, looks: int, settled: bool, state: State = State.SUBMITTING) -> State:
    """The state after a look. `looks` counts this one; `settled`: the settle time has passed since the intent.

    Raises:
        IllegalStep: the action is in a state that only a person, or nobody, may change.

    """
    to = _submitted(seen, looks=looks, settled=settled) if state is State.SUBMITTING else _doubted(seen, state=state)
    if to not in BY_LOOK[state]:
        raise IllegalStep(f"A look that shows {seen} cannot change an action that is {state}; see `rpa ledger resolve`")
    return to


def _submitted(seen: Seen, *, looks: int, settled: bool) -> State:
    if seen is Seen.NOTHING:
        return State.NOT_DONE if settled and looks >= ENOUGH_LOOKS else State.SUBMITTING
    return _CERTAIN.get(seen, State.UNKNOWN)


def _doubted(seen: Seen, *, state: State) -> State:
    return _CERTAIN[seen] if seen in {Seen.OURS, Seen.OTHER} else state


_CERTAIN: Final = {Seen.OURS: State.DONE, Seen.OTHER: State.CONFLICT, Seen.REFUSED: State.REFUSED}


def answer(state: State, *, to: State) -> State:
    """The state after a person's answer.

    Raises:
        IllegalStep: this answer does not fit; the message lists those that do.

    """
    if to not in BY_PERSON[state]:
        fitting = ", ".join(sorted(BY_PERSON[state])) or "none, begin a new one"
        raise IllegalStep(f"An action that is {state} cannot be answered with {to}; possible: {fitting}")
    return to


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One irreversible step that is about to be taken on a subject."""

    subject: str
    payload: Mapping[str, str]
    """What is told to the site; a look compares it with what the site shows."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the accountant asks for later; JSON values."""
    part: str = ""
    """Which part of the subject, where there may be several; empty: the whole."""
    bundle: str = ""
    """What the actions of several subjects may share, to find them by; empty: nothing."""

    @property
    def key(self) -> Key:
        """Subject and part."""
        return self.subject, self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One irreversible step on one subject, as the ledger has it."""

    id: int
    shop: str
    kind: str
    subject: str
    part: str
    bundle: str
    payload: dict[str, str]
    facts: dict[str, object]
    state: State
    run_id: str
    """The run that began it."""
    fence: int
    created_at: datetime
    """When the intent was written; the settle time counts from here."""
    updated_at: datetime
    looks: int
    detail: str
    answered_by: str
    """The person who answered; empty: nobody had to."""

    @property
    def key(self) -> Key:
        """Subject and part."""
        return self.subject, self.part

    def looked_at(self, seen: Seen, *, settled: bool, detail: str, facts: Mapping[str, object]) -> Action:
        """The action after one more look; its times are as before. Raises IllegalStep."""
        looks = self.looks + 1
        state = settle(seen, looks=looks, settled=settled, state=self.state)
        return replace(self, state=state, looks=looks, detail=detail or self.detail, facts={**self.facts, **facts})

    def to_json(self) -> dict[str, object]:
        """The action as JSON values, times as ISO 8601 with offset."""
        return {
            "id": self.id,
            "shop": self.shop,
            "kind": self.kind,
            "subject": self.subject,
            "part": self.part,
            "bundle": self.bundle,
            "payload": dict(self.payload),
            "facts": dict(self.facts),
            "state": self.state.value,
            "run_id": self.run_id,
            "fence": self.fence,
            "created_at": self.created_at.isoformat(timespec="milliseconds"),
            "updated_at": self.updated_at.isoformat(timespec="milliseconds"),
            "looks": self.looks,
            "detail": self.detail,
            "answered_by": self.answered_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAt:
    """One look at one action, to be counted."""

    action: Action
    seen: Seen
    settled: bool
    """The settle time has passed since the intent."""
    detail: str = ""
    """Empty: the earlier one stays."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """They join those of the intent."""
