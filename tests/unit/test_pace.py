"""The pace at which a run clicks what cannot be undone: never faster than the site takes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.procedure.pace import Pace
from rpa.errors import Stopped
from tests.support.ledger_clock import StillClock


class Limited:
    """A site that takes so many in any minute, and refuses what comes too early."""

    def __init__(self, clock: StillClock, *, most: int) -> None:
        self.clock, self.most, self.taken, self.refused = clock, most, list[float](), 0

    def takes(self) -> bool:
        now = self.clock.monotonic()
        if sum(now - at < 60 for at in self.taken) >= self.most:
            self.refused += 1
            return False
        self.taken.append(now)
        return True


def work(pace: Pace, site: Limited, *, count: int, each_s: float = 1.0) -> None:
    """Send so many, each until it is taken."""
    for _ in range(count):
        taken = False
        while not taken:
            pace.wait()
            site.clock.move(each_s)
            taken = site.takes()
            pace.note_sent(too_often=not taken)


@settings(deadline=None)
@given(most=st.integers(1, 40), count=st.integers(1, 120), each_s=st.floats(0, 20))
def test_a_known_limit_is_never_met_with_a_refusal(most: int, count: int, each_s: float) -> None:
    clock = StillClock()
    site = Limited(clock, most=most)
    work(Pace(clock, per_minute=most, stopping=lambda: False), site, count=count, each_s=each_s)
    assert (len(site.taken), site.refused) == (count, 0)


@settings(deadline=None)
@given(most=st.integers(1, 40), count=st.integers(1, 120))
def test_an_unknown_limit_refuses_once_and_is_kept_from_then_on(most: int, count: int) -> None:
    clock = StillClock()
    site = Limited(clock, most=most)
    work(Pace(clock, per_minute=None, stopping=lambda: False), site, count=count, each_s=0.5)
    assert len(site.taken) == count
    assert site.refused == (1 if count > most else 0)


def test_a_site_that_refuses_again_and_again_is_asked_less_and_less() -> None:
    clock = StillClock()
    pace, waits = Pace(clock, per_minute=600, stopping=lambda: False), []
    for _ in range(6):
        pace.note_sent(too_often=True)
        waits.append(pace.wait_s())
        pace.wait()
    assert waits == pytest.approx([5, 15, 30, 60, 60, 60])
    pace.note_sent(too_often=False)
    pace.note_sent(too_often=True)
    assert pace.wait_s() == pytest.approx(5)


def test_a_run_that_waits_stops_when_it_is_asked_to() -> None:
    clock = StillClock()
    begun = clock.monotonic()
    pace = Pace(clock, per_minute=1, stopping=lambda: clock.monotonic() - begun > 10)
    pace.note_sent(too_often=False)
    with pytest.raises(Stopped):
        pace.wait()
    assert clock.monotonic() - begun < 12


def test_a_refusal_before_anything_was_taken_says_nothing_of_how_many_are() -> None:
    clock = StillClock()
    pace = Pace(clock, per_minute=None, stopping=lambda: False)
    pace.note_sent(too_often=True)
    pace.wait()
    for _ in range(20):
        pace.note_sent(too_often=False)
        assert pace.wait_s() == 0
