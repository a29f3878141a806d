"""One irreversible step: intent, act, read back, against a site that a test speaks for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.errors import AlreadyDone, FenceLost, TryAgain
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look, Once, Reply
from tests.support.ledger_clock import HandClock
from tests.support.once_desk import NO, NOTHING_SAID, SETTLE_S, YES, Desk, ends


@pytest.fixture
def desk(ledger: Ledger, clock: HandClock) -> Desk:
    return Desk(ledger, clock)


def test_the_intent_is_on_disk_before_the_act(desk: Desk, tmp_path: Path) -> None:
    seen: list[State] = []

    def act() -> Reply:
        with Ledger.open(tmp_path / "ledger.sqlite3", clock=desk.clock) as beside:
            seen.extend(each.state for each in beside.actions.submitting("demo", kind="ship"))
        return YES

    desk.once.act(Intent(subject="A", payload={}), act)
    assert seen == [State.SUBMITTING]


def test_what_the_site_shows_is_done(desk: Desk) -> None:
    desk.send("A", said=YES, shown=Seen.OURS)
    assert ends(desk.once.read_back()) == {"A": State.DONE}
    assert (desk.state(), dict(desk.once.open)) == (State.DONE, {})


@pytest.mark.parametrize("shown", [None, Seen.OURS, Seen.OTHER, Seen.UNREADABLE])
def test_a_subject_that_may_have_been_acted_on_is_never_acted_on_again(desk: Desk, shown: Seen | None) -> None:
    desk.send("A", said=YES, shown=shown)
    list(desk.once.settle())
    with pytest.raises(AlreadyDone):
        desk.send("A")
    assert desk.site.sent == ["A"]


@pytest.mark.parametrize("said", [YES, NO, NOTHING_SAID])
def test_the_site_shown_counts_more_than_what_it_said(desk: Desk, said: Reply) -> None:
    desk.send("A", said=said, shown=Seen.OURS)
    desk.send("B", said=said, shown=Seen.OTHER)
    assert ends(desk.once.read_back()) == {"A": State.DONE, "B": State.CONFLICT}


def test_a_refusal_is_final_when_two_looks_show_nothing_and_keeps_its_words(desk: Desk) -> None:
    desk.send("A", said=NO)
    assert desk.once.read_back() == []
    [settled] = desk.once.settle()
    assert (settled.action.state, settled.action.detail, settled.reply) == (State.REFUSED, "not today", NO)


def test_a_refusal_of_what_the_site_shows_later_was_none(desk: Desk) -> None:
    desk.send("A", said=NO)
    assert desk.once.read_back() == []
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.settle()) == {"A": State.DONE}


@pytest.mark.parametrize(("shown", "end"), [(Seen.OURS, State.DONE), (Seen.OTHER, State.CONFLICT)])
def test_a_doubt_ends_when_a_later_run_sees_what_became_of_it(desk: Desk, shown: Seen, end: State) -> None:
    desk.send("A", said=YES)
    list(desk.once.settle())
    later = Desk(desk.ledger, desk.clock, site=desk.site)
    desk.site.shows["A"] = Look(seen=shown)
    assert ends(later.once.recover()) == {"A": end}
    assert (later.state(), dict(later.once.open)) == (end, {})


@pytest.mark.parametrize("shown", [Seen.NOTHING, Seen.UNREADABLE])
def test_a_doubt_of_which_the_site_shows_nothing_stays_one(desk: Desk, shown: Seen) -> None:
    desk.send("A", said=YES)
    list(desk.once.settle())
    later = Desk(desk.ledger, desk.clock, site=desk.site)
    desk.site.shows["A"] = Look(seen=shown)
    assert list(later.once.recover()) == []
    assert (later.state(), dict(later.once.open)) == (State.UNKNOWN, {})
    with pytest.raises(AlreadyDone):
        later.send("A")


def test_accepted_but_not_shown_in_time_is_unknown_and_not_repeated(desk: Desk) -> None:
    desk.send("A", said=YES)
    assert ends(desk.once.settle()) == {"A": State.UNKNOWN}
    with pytest.raises(AlreadyDone):
        desk.send("A")


def test_nothing_said_and_nothing_shown_after_the_settle_time_was_not_done(desk: Desk) -> None:
    desk.send("A")
    began = desk.clock.now()
    assert ends(desk.once.settle()) == {"A": State.NOT_DONE}
    assert desk.site.looks >= 2
    assert (desk.clock.now() - began).total_seconds() >= SETTLE_S


def test_what_was_not_done_may_be_sent_again(desk: Desk) -> None:
    desk.send("A")
    list(desk.once.settle())
    desk.send("A", said=YES, shown=Seen.OURS)
    assert ends(desk.once.settle()) == {"A": State.DONE}


def test_the_settle_time_counts_from_the_end_of_the_act(desk: Desk) -> None:
    desk.send("A", takes_s=SETTLE_S - 10)
    desk.once.read_back()
    desk.clock.move(SETTLE_S - 10)
    assert desk.once.read_back() == []
    assert desk.state() is State.SUBMITTING


@pytest.mark.parametrize(("said", "end"), [(NOTHING_SAID, State.NOT_DONE), (YES, State.UNKNOWN)])
def test_two_looks_in_one_breath_prove_no_more_than_one(desk: Desk, said: Reply, end: State) -> None:
    desk.send("A", said=said)
    desk.clock.move(10 * SETTLE_S)
    assert [*desk.once.read_back(), *desk.once.read_back()] == []
    desk.clock.move(SETTLE_S / 2)
    assert ends(desk.once.read_back()) == {"A": end}


def test_an_effect_that_comes_late_is_found(desk: Desk) -> None:
    desk.send("A", said=YES)
    assert desk.once.read_back() == []
    desk.clock.move(SETTLE_S - 1)
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.settle()) == {"A": State.DONE}


def test_what_cannot_be_read_back_is_unknown(desk: Desk) -> None:
    desk.send("A", said=YES, shown=Seen.UNREADABLE)
    assert ends(desk.once.read_back()) == {"A": State.UNKNOWN}


def test_a_subject_that_the_look_leaves_out_is_unknown(ledger: Ledger, clock: HandClock) -> None:
    desk = Desk(ledger, clock)
    blind = Once(ledger, desk.run, kind="ship", clock=clock, settle_s=1, bound=1, look=lambda _actions: {})
    blind.act(Intent(subject="A", payload={}), lambda: YES)
    assert ends(blind.read_back()) == {"A": State.UNKNOWN}


def test_an_act_that_breaks_off_stays_open_until_it_was_read_back(desk: Desk) -> None:
    def breaks_off() -> Reply:
        raise TryAgain("the window is gone")

    with pytest.raises(TryAgain):
        desk.once.act(Intent(subject="A", payload={}), breaks_off)
    assert list(desk.once.open) == [("A", "")]
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.read_back()) == {"A": State.DONE}


def test_no_more_than_the_bound_are_open_unseen(desk: Desk) -> None:
    desk.send("A", said=YES)
    assert not desk.once.full
    desk.send("B", said=YES)
    assert desk.once.full
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    desk.once.read_back()
    assert not desk.once.full


def test_one_look_reads_everything_back_that_is_open(desk: Desk) -> None:
    desk.send("A", said=YES, shown=Seen.OURS)
    desk.send("B", said=YES, shown=Seen.OURS)
    assert ends(desk.once.read_back()) == {"A": State.DONE, "B": State.DONE}
    assert desk.site.looks == 1


def test_what_rests_stays_open_unseen_and_holds_up_nothing_else(ledger: Ledger, clock: HandClock) -> None:
    desk = Desk(ledger, clock)
    desk.send("A", said=YES)
    desk.once.rest([("A", ""), ("not begun", "")])
    desk.send("B", said=YES, shown=Seen.OURS)
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert not desk.once.full
    assert ends(desk.once.settle()) == {"B": State.DONE}
    assert [each.key for each in desk.once.resting] == list(desk.once.open) == [("A", "")]
    assert desk.state("A") is State.SUBMITTING
    with pytest.raises(AlreadyDone):
        desk.send("A")
    assert ends(Desk(ledger, clock, site=desk.site).once.recover()) == {"A": State.DONE}


def test_with_nothing_open_the_site_is_not_asked(desk: Desk) -> None:
    assert [*desk.once.read_back(), *desk.once.settle(), *desk.once.recover()] == []
    assert desk.site.looks == 0


def test_what_an_earlier_run_sent_is_found_done(ledger: Ledger, clock: HandClock) -> None:
    earlier = Desk(ledger, clock)
    earlier.send("A", said=YES, shown=Seen.OURS)
    later = Desk(ledger, clock, site=earlier.site)
    assert ends(later.once.recover()) == {"A": State.DONE}


def test_what_an_earlier_run_did_not_send_is_not_done_only_after_the_settle_time(
    ledger: Ledger, clock: HandClock
) -> None:
    Desk(ledger, clock).send("A")
    later = Desk(ledger, clock)
    assert list(later.once.recover()) == []
    with pytest.raises(AlreadyDone):
        later.send("A")
    began = clock.now()
    assert ends(later.once.settle()) == {"A": State.NOT_DONE}
    assert (clock.now() - began).total_seconds() >= SETTLE_S
    assert later.site.sent == []


def test_a_run_that_was_overtaken_acts_no_more(ledger: Ledger, clock: HandClock) -> None:
    sleeper = Desk(ledger, clock)
    Desk(ledger, clock)
    with pytest.raises(FenceLost):
        sleeper.send("A")
    assert sleeper.site.sent == []


REPLIES = st.sampled_from((YES, NO, NOTHING_SAID))
SHOWN = st.sampled_from((None, Seen.OURS, Seen.OTHER, Seen.UNREADABLE))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), REPLIES, SHOWN, st.booleans()), max_size=8))
def test_whatever_the_site_does_nothing_is_sent_twice_that_may_have_arrived(
    steps: list[tuple[str, Reply, Seen | None, bool]],
) -> None:
    clock = HandClock()
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.sqlite3", clock=clock) as ledger:
        desk = Desk(ledger, clock, bound=100)
        arrived: set[str] = set()
        for subject, said, shown, restart in steps:
            if restart:
                desk = Desk(ledger, clock, bound=100, site=desk.site)
                list(desk.once.recover())
            try:
                desk.send(subject, said=said, shown=shown)
            except AlreadyDone:
                continue
            assert subject not in arrived
            if shown is not None:
                arrived.add(subject)
        list(desk.once.settle())
        assert ledger.actions.submitting("demo", kind="ship") == []
