"""What the ledger remembers of coverage: one span in which nothing is missing, never more than was read."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.ledger.coverage import Coverage
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


def cover(ledger: Ledger, since: int, until: int, *, account: str = "main") -> tuple[int, int]:
    """The span that results, in hours after nine."""
    moments = NINE + timedelta(hours=since), NINE + timedelta(hours=until)
    found = ledger.cover("demo", account=account, kind="notice", since=moments[0], until=moments[1])
    assert found in ledger.coverage("demo", kind="notice", account=account)
    return hours(found)


def hours(found: Coverage) -> tuple[int, int]:
    hour = timedelta(hours=1)
    return (found.since - NINE) // hour, (found.until - NINE) // hour


def doubt(ledger: Ledger, words: str, *, hour: int = 0) -> Coverage | None:
    return ledger.doubt_coverage("demo", account="main", kind="notice", doubt=words, at=NINE + timedelta(hours=hour))


def test_a_span_grows_at_its_end_and_never_shrinks(ledger: Ledger) -> None:
    assert cover(ledger, 0, 10) == (0, 10)
    assert cover(ledger, 8, 14) == (0, 14)
    assert cover(ledger, 14, 15) == (0, 15)
    assert cover(ledger, 3, 12) == (0, 15)
    assert cover(ledger, -9, 16) == (0, 16)


def test_after_a_hole_the_new_span_alone_counts(ledger: Ledger) -> None:
    cover(ledger, 0, 10)
    assert cover(ledger, 11, 20) == (11, 20)


def test_accounts_kinds_and_shops_are_covered_for_themselves(ledger: Ledger) -> None:
    cover(ledger, 0, 10)
    cover(ledger, 5, 6, account="clerk")
    ledger.cover("demo", account="main", kind="export", since=NINE, until=NINE)
    ledger.cover("other", account="main", kind="notice", since=NINE, until=NINE)
    assert cover(ledger, 9, 12) == (0, 12)
    found = ledger.coverage("demo", kind="notice")
    assert [(each.account, hours(each)) for each in found] == [("clerk", (5, 6)), ("main", (0, 12))]
    assert [hours(each) for each in ledger.coverage("demo", kind="export")] == [(0, 0)]
    assert [hours(each) for each in ledger.coverage("other", kind="notice")] == [(0, 0)]
    assert ledger.coverage("demo", kind="notice", account="nobody") == []


def test_a_doubt_stays_while_the_span_grows_until_it_is_cleared(ledger: Ledger, clock: HandClock) -> None:
    cover(ledger, 0, 10)
    clock.move(60)
    doubted = doubt(ledger, "no notice of order A came", hour=11)
    assert doubted
    assert (hours(doubted), doubted.updated_at) == ((0, 10), clock.now())
    cover(ledger, 9, 12)
    [found] = ledger.coverage("demo", kind="notice")
    assert (found.doubt, hours(found)) == ("no notice of order A came", (0, 12))
    doubt(ledger, "")
    assert [each.doubt for each in ledger.coverage("demo", kind="notice")] == [""]


def test_a_doubt_before_anything_was_read_covers_nothing(ledger: Ledger) -> None:
    assert doubt(ledger, "") is None
    assert ledger.coverage("demo", kind="notice") == []
    first = doubt(ledger, "the right is missing", hour=20)
    assert first
    assert (first.empty, first.doubt, hours(first)) == (True, "the right is missing", (20, 20))
    assert cover(ledger, 0, 22) == (0, 22)
    assert not ledger.coverage("demo", kind="notice")[0].empty


def test_a_span_that_ends_before_it_begins_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"notice of demo: a span from .* ends before it begins"):
        cover(ledger, 2, 1)
    assert ledger.coverage("demo", kind="notice") == []


spans = st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda span: (span[0], span[0] + span[1]))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(spans, min_size=1, max_size=8))
def test_no_hour_is_claimed_that_was_not_read(read: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "l", clock=HandClock()) as ledger:
        since, until = [cover(ledger, *each) for each in read][-1]
    known = {hour for first, last in read for hour in range(first, last)}
    assert set(range(since, until)) <= known
    assert read[-1][1] <= until
