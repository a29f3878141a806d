"""What the ledger remembers of marks: since when without a break, until when, how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from rpa.ledger.ledger import Ledger
from rpa.ledger.observations import Observation
from tests.support.ledger_clock import HandClock

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as opened:
        yield opened


def look(ledger: Ledger, *subjects: str, minute: int, gone: str = "") -> None:
    seen = {each: {"minute": minute} for each in subjects}
    ledger.observations.record("demo", mark="clear", seen=seen, gone=gone, at=NINE + timedelta(minutes=minute))


def test_a_mark_keeps_its_first_look_and_its_newest(ledger: Ledger) -> None:
    look(ledger, "A", "B", minute=0)
    look(ledger, "A", minute=31)
    look(ledger, "A", minute=40)
    assert ledger.observations.of_mark("demo", mark="clear")["A"] == Observation(
        subject="A",
        mark="clear",
        first_at=NINE,
        last_at=NINE + timedelta(minutes=40),
        times=3,
        first_facts={"minute": 0},
        last_facts={"minute": 40},
    )
    assert ledger.observations.of_mark("demo", mark="clear")["B"].times == 1


def test_a_mark_that_was_gone_once_begins_anew(ledger: Ledger) -> None:
    look(ledger, "A", "B", "C", minute=0)
    look(ledger, minute=10, gone="AC")
    look(ledger, "A", "B", minute=20)
    look(ledger, "B", minute=30, gone="B")
    found = ledger.observations.of_mark("demo", mark="clear")
    assert {of: (each.first_facts["minute"], each.times) for of, each in found.items()} == {"A": (20, 1), "B": (30, 1)}


def test_an_older_look_counts_and_moves_nothing(ledger: Ledger) -> None:
    look(ledger, "A", minute=30)
    look(ledger, "A", minute=10)
    found = ledger.observations.of_mark("demo", mark="clear")["A"]
    assert (found.first_at, found.last_at, found.times) == (NINE + timedelta(minutes=30),) * 2 + (2,)
    assert found.last_facts == {"minute": 30}


def test_marks_and_shops_are_observed_for_themselves(ledger: Ledger) -> None:
    look(ledger, "A", minute=0)
    ledger.observations.record("demo", mark="under_audit", seen={"A": {}}, at=NINE)
    ledger.observations.record("other", mark="clear", seen={"A": {}}, at=NINE)
    ledger.observations.record("demo", mark="under_audit", seen={}, gone=["A"], at=NINE)
    look(ledger, "A", minute=1)
    assert ledger.observations.of_mark("demo", mark="under_audit") == {}
    assert ledger.observations.of_mark("demo", mark="clear")["A"].times == 2
    assert ledger.observations.of_mark("other", mark="clear")["A"].times == 1


def test_many_subjects_take_a_handful_of_statements(ledger: Ledger) -> None:
    statements: list[object] = []
    many = [f"S{n}" for n in range(3000)]
    event.listen(ledger._database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    look(ledger, *many, minute=0)
    look(ledger, *many, minute=1)
    assert set(ledger.observations.of_mark("demo", mark="clear", subjects=[*many[:2500], "unknown"])) == set(
        many[:2500]
    )
    assert len(statements) < 40


def test_the_clock_of_a_shops_site_is_known_as_its_last_run_read_it(ledger: Ledger) -> None:
    ours = ledger.site_clocks.now("demo")
    ledger.site_clocks.keep("demo", ahead=timedelta(days=3))
    ledger.site_clocks.keep("demo", ahead=timedelta(minutes=-7))
    assert ledger.site_clocks.now("demo") - ours == timedelta(minutes=-7)
    assert ledger.site_clocks.now("other") == ours
    assert ledger.site_clocks.now_in(["other", "demo"]) == {"other": ours, "demo": ours - timedelta(minutes=7)}
