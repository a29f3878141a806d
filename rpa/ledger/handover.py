"""Handover to a person: read back when the person says that it was carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rpa.ledger.actions import Action, Key, LookAt, Seen
from rpa.ledger.once import NOT_FOUND, Look, Settled

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.runs import RunRecord

Looking = Callable[[Sequence[Action]], Mapping[Key, Look]]
TakeAway = Callable[[Sequence[Action]], None]


def look_at_handed_over(ledger: Ledger, run: RunRecord, handed: Sequence[Action], *, look: Looking) -> list[Settled]:
    """Each with one more look counted: what the site shows is done, or a conflict; all else stays handed over."""
    if not handed:
        return []
    shown = look(handed)
    looks = [shown.get(each.key, NOT_FOUND) for each in handed]
    counted = [
        LookAt(action=each, seen=one.seen, settled=True, detail=one.detail, facts=one.facts)
        for each, one in zip(handed, looks, strict=True)
    ]
    after = ledger.actions.settle_many(run, counted)
    return [Settled(action=each, look=one) for each, one in zip(after, looks, strict=True)]


def settle_handed_over(
    ledger: Ledger,
    run: RunRecord,
    handed: Sequence[Action],
    *,
    look: Looking,
    take_away: TakeAway,
    clock: Clock,
    settle_s: float,
    by: str,
    reason: str,
) -> Iterator[Settled]:
    """These handed-over actions, each read back; those that need a second look come last.

    What the site shows is done, or a conflict. What two looks do not show, `settle_s` apart, was not carried out: it is
    `not_done`, on this person's word, with the last look's detail or else this reason. What cannot be read stays handed
    over. `take_away` takes from the person what was not carried out; only after that it is free.
    """
    first = look_at_handed_over(ledger, run, handed, look=look)
    yield from (each for each in first if each.look.seen is not Seen.NOTHING)
    unseen = [each.action for each in first if each.look.seen is Seen.NOTHING]
    if not unseen:
        return
    clock.wait(settle_s)
    second = look_at_handed_over(ledger, run, unseen, look=look)
    absent = [each for each in second if each.look.seen is Seen.NOTHING]
    take_away([each.action for each in absent])
    ended: dict[int, Action] = {}
    for why in dict.fromkeys(each.look.detail or reason for each in absent):
        actions = [each.action for each in absent if (each.look.detail or reason) == why]
        ended |= {each.id: each for each in ledger.actions.take_back(run, actions=actions, by=by, reason=why)}
    yield from (Settled(action=ended.get(each.action.id, each.action), look=each.look) for each in second)
