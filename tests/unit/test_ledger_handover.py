"""Actions that a person carries out: handed over, read back, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from rpa.errors import AlreadyDone, FenceLost
from rpa.ledger.actions import Action, IllegalStep, Intent, Key, LookAt, Seen, State
from rpa.ledger.handover import TakeAway, look_at_handed_over, settle_handed_over
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look, Settled
from rpa.ledger.runs import RunRecord
from tests.support.ledger_clock import HandClock

SETTLE_S = 60.0


@pytest.fixture
def run(ledger: Ledger) -> RunRecord:
    return ledger.runs.start("demo", flow="ship")


class Site:
    """What the site shows, `later` from the second look on, `told` beside; and what was asked of it at each look."""

    def __init__(
        self,
        shows: Mapping[str, Seen],
        *,
        later: Mapping[str, Seen] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        self.shows, self.later, self.told = dict(shows), later or {}, told or {}
        self.looks: list[list[str]] = []

    def look(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        self.looks.append([each.subject for each in actions])
        seen = {
            each.key: Look(seen=self.shows.get(each.subject, Seen.NOTHING), detail=self.told.get(each.subject, ""))
            for each in actions
        }
        self.shows |= self.later
        return seen


def hand_over(ledger: Ledger, run: RunRecord, *subjects: str) -> list[Action]:
    return ledger.actions.hand_over(run, kind="ship", intents=[Intent(subject=each, payload={}) for each in subjects])


def settled(
    ledger: Ledger, run: RunRecord, site: Site, *, clock: HandClock, take_away: TakeAway = lambda _absent: None
) -> list[Settled]:
    ended = settle_handed_over(
        ledger,
        run,
        ledger.actions.handed_over("demo", kind="ship"),
        look=site.look,
        take_away=take_away,
        clock=clock,
        settle_s=SETTLE_S,
        by="wang",
        reason="the file was not uploaded",
    )
    return list(ended)


def states(ended: Sequence[Settled]) -> dict[str, State]:
    return {each.action.subject: each.action.state for each in ended}


def test_what_was_handed_over_is_kept_and_takes_no_second_action(ledger: Ledger, run: RunRecord) -> None:
    handed = hand_over(ledger, run, "A", "B")
    assert [each.state for each in handed] == [State.HANDED_OVER, State.HANDED_OVER]
    assert ledger.actions.handed_over("demo", kind="ship") == handed
    assert ledger.actions.submitting("demo", kind="ship") == []
    with pytest.raises(AlreadyDone, match="ship B is handed_over"):
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="B", payload={})])


def test_it_counts_against_the_limits(ledger: Ledger, run: RunRecord) -> None:
    hand_over(ledger, run, "A", "B")
    assert ledger.actions.count_since("demo", kind="ship", since=run.started_at) == 2


def test_all_are_handed_over_or_none(ledger: Ledger, run: RunRecord) -> None:
    hand_over(ledger, run, "B")
    with pytest.raises(AlreadyDone):
        hand_over(ledger, run, "A", "B")
    assert [each.subject for each in ledger.actions.search("demo")] == ["B"]


def test_a_run_that_was_overtaken_hands_nothing_over_and_takes_nothing_back(ledger: Ledger, run: RunRecord) -> None:
    handed = hand_over(ledger, run, "A")
    ledger.runs.start("demo", flow="ship")
    with pytest.raises(FenceLost):
        hand_over(ledger, run, "B")
    with pytest.raises(FenceLost):
        ledger.actions.take_back(run, actions=handed, by="wang", reason="")
    with pytest.raises(FenceLost):
        ledger.actions.settle_many(run, [LookAt(action=handed[0], seen=Seen.OURS, settled=True)])
    assert ledger.actions.handed_over("demo", kind="ship") == handed


def test_each_ends_as_the_site_shows_it(ledger: Ledger, run: RunRecord, clock: HandClock) -> None:
    hand_over(ledger, run, "A", "B", "C", "D")
    site = Site({"A": Seen.OURS, "B": Seen.OTHER, "C": Seen.UNREADABLE})
    assert states(settled(ledger, run, site, clock=clock)) == {
        "A": State.DONE,
        "B": State.CONFLICT,
        "C": State.HANDED_OVER,
        "D": State.NOT_DONE,
    }
    assert [each.subject for each in ledger.actions.handed_over("demo", kind="ship")] == ["C"]


def test_nothing_is_waited_for_when_all_of_it_is_there(ledger: Ledger, run: RunRecord, clock: HandClock) -> None:
    hand_over(ledger, run, "A")
    began = clock.now()
    site = Site({"A": Seen.OURS})
    settled(ledger, run, site, clock=clock)
    assert (site.looks, clock.now()) == ([["A"]], began)


def test_only_what_two_looks_a_settle_time_apart_do_not_show_is_free_again(
    ledger: Ledger, run: RunRecord, clock: HandClock
) -> None:
    hand_over(ledger, run, "A", "B", "C")
    began = clock.now()
    site = Site({"A": Seen.OURS}, later={"B": Seen.OURS})
    ended = settled(ledger, run, site, clock=clock)
    assert site.looks == [["A", "B", "C"], ["B", "C"]]
    assert (clock.now() - began).total_seconds() >= SETTLE_S
    assert states(ended) == {"A": State.DONE, "B": State.DONE, "C": State.NOT_DONE}
    assert (ended[2].action.answered_by, ended[2].action.detail) == ("wang", "the file was not uploaded")
    assert [each.state for each in hand_over(ledger, run, "C")] == [State.HANDED_OVER]


def test_what_was_not_carried_out_is_taken_away_before_it_is_free(
    ledger: Ledger, run: RunRecord, clock: HandClock
) -> None:
    hand_over(ledger, run, "A", "B")
    taken: list[str] = []

    def take_away(absent: Sequence[Action]) -> None:
        taken.extend(each.subject for each in absent)
        assert [each.subject for each in ledger.actions.handed_over("demo", kind="ship")] == ["B"], "it was free before"

    settled(ledger, run, Site({"A": Seen.OURS}), clock=clock, take_away=take_away)

    assert taken == ["B"]
    assert ledger.actions.handed_over("demo", kind="ship") == []


def test_what_a_look_told_of_it_is_why_it_was_not_carried_out(ledger: Ledger, run: RunRecord, clock: HandClock) -> None:
    hand_over(ledger, run, "A", "B")
    site = Site({}, told={"B": "the site refused it"})
    ended = settled(ledger, run, site, clock=clock)
    assert {each.action.subject: each.action.detail for each in ended} == {
        "A": "the file was not uploaded",
        "B": "the site refused it",
    }


def test_a_look_alone_ends_what_the_site_shows_and_frees_nothing(ledger: Ledger, run: RunRecord) -> None:
    handed = hand_over(ledger, run, "A", "B", "C")
    site = Site({"A": Seen.OURS, "B": Seen.OTHER})
    for _ in range(3):
        look_at_handed_over(ledger, run, handed[2:], look=site.look)
    ended = look_at_handed_over(ledger, run, handed, look=site.look)
    assert states(ended) == {"A": State.DONE, "B": State.CONFLICT, "C": State.HANDED_OVER}
    assert look_at_handed_over(ledger, run, [], look=site.look) == []


def test_what_was_not_looked_at_twice_is_not_taken_back_nor_anything_with_it(ledger: Ledger, run: RunRecord) -> None:
    handed = hand_over(ledger, run, "A", "B")
    for subjects in (handed, handed[:1]):
        ledger.actions.settle_many(run, [LookAt(action=each, seen=Seen.NOTHING, settled=True) for each in subjects])
    with pytest.raises(IllegalStep, match="ship B is handed_over after 1 looks"):
        ledger.actions.take_back(run, actions=handed, by="wang", reason="")
    assert len(ledger.actions.handed_over("demo", kind="ship")) == 2


def test_what_is_done_by_now_is_not_taken_back(ledger: Ledger, run: RunRecord) -> None:
    handed = hand_over(ledger, run, "A")
    ledger.actions.settle_many(run, [LookAt(action=handed[0], seen=Seen.OURS, settled=True)])
    with pytest.raises(IllegalStep, match="ship A is done"):
        ledger.actions.take_back(run, actions=handed, by="wang", reason="")


def test_many_looks_count_together_or_not_at_all(ledger: Ledger, run: RunRecord) -> None:
    open_, done = ledger.actions.begin(run, kind="ship", intents=[Intent(subject=each, payload={}) for each in "AB"])
    ledger.actions.settle(run, done, seen=Seen.OURS, settled=True)
    with pytest.raises(IllegalStep):
        ledger.actions.settle_many(run, [LookAt(action=each, seen=Seen.OURS, settled=True) for each in (open_, done)])
    assert ledger.actions.submitting("demo", kind="ship") == [open_]
