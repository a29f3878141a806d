from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.ledger.actions import BY_LOOK, BY_PERSON, ENOUGH_LOOKS, LIVE, IllegalStep, Seen, State, answer, settle

LOOKS = st.tuples(st.sampled_from(Seen), st.booleans())


def look(state: State, *, seen: Seen, looks: int, settled: bool) -> State:
    try:
        return settle(seen, looks=looks, settled=settled, state=state)
    except IllegalStep:
        return state


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (Seen.OURS, State.DONE),
        (Seen.OTHER, State.CONFLICT),
        (Seen.REFUSED, State.REFUSED),
        (Seen.UNREADABLE, State.UNKNOWN),
    ],
)
def test_what_a_look_proves_is_believed_at_once(seen: Seen, state: State) -> None:
    assert settle(seen, looks=1, settled=False) is state


@pytest.mark.parametrize(("looks", "settled"), [(1, False), (1, True), (2, False), (9, False)])
def test_nothing_seen_early_or_once_leaves_the_action_open(looks: int, *, settled: bool) -> None:
    assert settle(Seen.NOTHING, looks=looks, settled=settled) is State.SUBMITTING


def test_nothing_seen_twice_after_the_settle_time_is_not_done() -> None:
    assert settle(Seen.NOTHING, looks=2, settled=True) is State.NOT_DONE


@pytest.mark.parametrize("state", [State.UNKNOWN, State.HANDED_OVER])
@pytest.mark.parametrize("seen", [Seen.NOTHING, Seen.REFUSED, Seen.UNREADABLE])
def test_a_doubt_is_not_freed_by_looking_again(state: State, seen: Seen) -> None:
    assert settle(seen, looks=99, settled=True, state=state) is state


def test_a_doubt_ends_when_the_site_shows_ours_after_all() -> None:
    assert settle(Seen.OURS, looks=2, settled=True, state=State.UNKNOWN) is State.DONE
    assert settle(Seen.OTHER, looks=2, settled=True, state=State.UNKNOWN) is State.CONFLICT


@pytest.mark.parametrize("state", [State.DONE, State.CONFLICT, State.REFUSED, State.NOT_DONE])
def test_no_look_changes_what_is_settled(state: State) -> None:
    for seen in Seen:
        with pytest.raises(IllegalStep, match=state):
            settle(seen, looks=2, settled=True, state=state)


def test_an_answer_that_does_not_fit_lists_those_that_do() -> None:
    with pytest.raises(IllegalStep, match="possible: done, not_done, refused"):
        answer(State.HANDED_OVER, to=State.UNKNOWN)


def test_done_can_only_be_taken_back_by_a_person() -> None:
    assert answer(State.DONE, to=State.NOT_DONE) is State.NOT_DONE
    assert BY_LOOK[State.DONE] == frozenset()
    with pytest.raises(IllegalStep, match="possible: not_done"):
        answer(State.DONE, to=State.REFUSED)


def test_every_state_has_its_steps_and_history_has_none() -> None:
    assert set(BY_LOOK) == set(BY_PERSON) == set(State)
    for past in set(State) - LIVE:
        assert not BY_LOOK[past]
        assert not BY_PERSON[past]


@settings(max_examples=80, deadline=None)
@given(st.lists(LOOKS, max_size=8))
def test_a_subject_is_freed_only_by_a_refusal_or_by_enough_late_looks(looks: list[tuple[Seen, bool]]) -> None:
    state = State.SUBMITTING
    for n, (seen, settled) in enumerate(looks, start=1):
        before, state = state, look(state, seen=seen, looks=n, settled=settled)
        assert state is before or state in BY_LOOK[before]
        if before in LIVE and state not in LIVE:
            assert before is State.SUBMITTING
            assert seen is Seen.REFUSED or (seen is Seen.NOTHING and settled and n >= ENOUGH_LOOKS)


def test_the_states_are_known_without_loading_a_database_library() -> None:
    program = "import sys, rpa.ledger.actions; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
