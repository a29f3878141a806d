"""What holds an order after everything notices and persons said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.notices.api import Says
from flows.notices.verdicts import verdict
from flows.orders import hold_causes
from rpa.ledger.claims import Claim

START = datetime(2026, 3, 10, 10, tzinfo=UTC)
SN = "260310-000000000000001"
HOLDING = {Says.PROHIBITED, Says.UNCLEAR, Says.CLOSED}


def said(says: str, *, hour: int = 0, source: str = "", by: str = "") -> Claim:
    return Claim(subject=SN, says=says, at=START + timedelta(hours=hour), source=source or f"{hour:03}/1", by=by)


def cause(*mentions: Claim) -> str | None:
    wanted = verdict(SN, mentions)
    return None if wanted is None else wanted.cause


some = st.lists(
    st.builds(said, st.sampled_from([*Says]), hour=st.integers(0, 4), by=st.sampled_from(["", "Li"])), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(some, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(mentions: list[Claim], rng: object) -> None:
    shuffled = list(mentions)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert verdict(SN, shuffled) == verdict(SN, mentions)


@settings(max_examples=60, deadline=None)
@given(some, st.sampled_from([*HOLDING]))
def test_an_order_is_never_free_when_the_last_word_about_it_forbids(mentions: list[Claim], last: Says) -> None:
    assert verdict(SN, [said(last, hour=9), *mentions]) is not None


@settings(max_examples=60, deadline=None)
@given(some, some.map(lambda later: [one for one in later if one.says != Says.RELEASED]))
def test_closed_is_final_for_every_notice(before: list[Claim], after: list[Claim]) -> None:
    moved = [said(one.says, hour=10 + n) for n, one in enumerate(after)]
    wanted = verdict(SN, [*moved, said(Says.CLOSED, hour=9), *before])
    assert wanted is not None
    assert wanted.cause == hold_causes.CLOSED


@settings(max_examples=60, deadline=None)
@given(some)
def test_a_persons_release_ends_everything_said_until_then(mentions: list[Claim]) -> None:
    assert cause(*mentions, said(Says.RELEASED, hour=4, by="Li")) is None


@settings(max_examples=60, deadline=None)
@given(some)
def test_nothing_is_as_if_it_had_not_been_said(mentions: list[Claim]) -> None:
    without: Sequence[Claim] = [one for one in mentions if one.says != Says.NOTHING]
    assert verdict(SN, without) == verdict(SN, mentions)


def test_each_word_holds_for_its_own_cause() -> None:
    assert cause(said(Says.PROHIBITED)) == hold_causes.PROHIBITED
    assert cause(said(Says.UNCLEAR)) == hold_causes.UNCLEAR
    assert cause(said(Says.CLOSED)) == hold_causes.CLOSED
    assert cause(said(Says.SHIP)) is None
    assert cause() is None


def test_a_result_lifts_a_prohibition_and_what_was_unclear() -> None:
    assert cause(said(Says.PROHIBITED), said(Says.SHIP, hour=1)) is None
    assert cause(said(Says.UNCLEAR), said(Says.SHIP, hour=1)) is None
    assert cause(said(Says.SHIP), said(Says.PROHIBITED, hour=1)) == hold_causes.PROHIBITED


def test_a_person_can_release_even_a_closed_order_but_a_later_notice_holds_it_again() -> None:
    released = said(Says.CLOSED), said(Says.RELEASED, hour=1, by="Li")
    assert cause(*released) is None
    assert cause(*released, said(Says.PROHIBITED, hour=2)) == hold_causes.PROHIBITED


def test_at_the_same_moment_the_stricter_word_counts() -> None:
    words = [Says.SHIP, Says.PROHIBITED, Says.UNCLEAR, Says.CLOSED]
    causes = [None, hold_causes.PROHIBITED, hold_causes.UNCLEAR, hold_causes.CLOSED]
    for number in range(1, 5):
        assert cause(*(said(word) for word in reversed(words[:number]))) == causes[number - 1]


def test_a_word_that_is_not_known_holds_as_unclear() -> None:
    assert cause(said("partly")) == hold_causes.UNCLEAR


def test_a_hold_tells_since_when_and_by_which_notice() -> None:
    wanted = verdict(SN, [said(Says.PROHIBITED, source="123/2"), said(Says.PROHIBITED, hour=5, source="456/1")])
    assert wanted is not None
    last = (START + timedelta(hours=5)).isoformat()
    assert wanted.facts == {"since": START.isoformat(), "last": last, "notice": "123", "by": ""}
    assert wanted.reason == "123/2 (2026-03-10 10:00)"


def test_a_hold_tells_which_person_read_the_notice() -> None:
    wanted = verdict(SN, [said(Says.CLOSED, source="123/2", by="Li")])
    assert wanted is not None
    assert wanted.facts["by"] == "Li"


def test_a_release_ends_nothing_that_nobody_knew_when_it_was_given() -> None:
    known, unknown = said(Says.UNCLEAR, hour=1, source="1/1"), said(Says.PROHIBITED, hour=1, source="2/1")
    release = said(Says.RELEASED, hour=2, by="Li")
    heard = [
        replace(one, heard_at=START + timedelta(hours=hour)) for hour, one in ((3, known), (4, release), (5, unknown))
    ]
    assert cause(*heard[:2]) is None
    assert cause(*heard) == hold_causes.PROHIBITED
    again = replace(said(Says.RELEASED, hour=3, by="Li"), heard_at=START + timedelta(hours=6))
    assert cause(*heard, again) is None
