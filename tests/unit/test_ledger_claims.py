"""What is said of subjects, and the holds that follow from all of it, whatever came first."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from rpa.ledger.claims import Claim, HoldWanted
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
CAUSES = frozenset({"stop", "doubt"})


def newest_word(subject: str, said: Sequence[Claim]) -> HoldWanted | None:
    """Go frees, everything else holds, by the newest word; the reason tells all that was said."""
    newest = said[-1]
    if newest.says == "go":
        return None
    words = " ".join(each.says for each in said)
    return HoldWanted(cause=newest.says, reason=f"{subject}: {words}", facts={"since": newest.at.isoformat()})


def says(word: str, *subjects: str, hour: int = 0, source: str = "") -> list[Claim]:
    at = NINE + timedelta(hours=hour)
    return [Claim(subject=each, says=word, at=at, source=source or f"notice {hour}") for each in subjects]


def conclude(ledger: Ledger, *mentions: Claim, name: str, state: DocumentState = DocumentState.READ) -> Document:
    document = ledger.find_document("demo", kind="notice", name=name, facts={})
    return ledger.conclude_document(
        document, state=state, mentions=mentions, judge=newest_word, causes=CAUSES, by="reader"
    )


def held(ledger: Ledger) -> dict[str, list[tuple[str, str]]]:
    return {of: [(hold.cause, hold.reason) for hold in holds] for of, holds in ledger.holds("demo").items()}


def lifted(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    query = "SELECT subject, cause, lifted_by, lifted_because FROM holds WHERE lifted_at IS NOT NULL ORDER BY id"
    with ledger._reading() as connection:
        return [(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(query)]


def taken_back(ledger: Ledger) -> list[str]:
    with ledger._reading() as connection:
        kept = connection.exec_driver_sql("SELECT says FROM mentions WHERE superseded_at IS NOT NULL")
        return [row.says for row in kept]


def test_a_document_holds_what_it_names_and_a_later_one_lifts_it(ledger: Ledger, clock: HandClock) -> None:
    document = conclude(ledger, *says("stop", "A", "B"), name="N1")
    assert document.state is DocumentState.READ
    assert held(ledger) == {"A": [("stop", "A: stop")], "B": [("stop", "B: stop")]}
    [hold] = ledger.holds("demo")["A"]
    assert (hold.held_by, hold.held_at, hold.facts) == ("reader", clock.now(), {"since": "2026-03-10T17:00:00+08:00"})
    conclude(ledger, *says("go", "A", hour=3), name="N2")
    assert held(ledger) == {"B": [("stop", "B: stop")]}
    assert lifted(ledger) == [("A", "stop", "reader", "notice 3")]


def test_the_judge_sees_the_words_by_when_they_were_said_not_by_when_they_came(ledger: Ledger) -> None:
    conclude(ledger, *says("go", "A", hour=3), name="N2")
    conclude(ledger, *says("stop", "A", hour=1), name="N1")
    assert held(ledger) == {}
    conclude(ledger, *says("doubt", "A", hour=5), name="N3")
    assert held(ledger) == {"A": [("doubt", "A: stop go doubt")]}


def test_the_hold_that_is_wanted_takes_the_place_of_the_others_of_its_causes_alone(ledger: Ledger) -> None:
    ledger.hold("demo", subject="A", reason="customer calls back", by="clerk")
    conclude(ledger, *says("stop", "A", "B"), name="N1")
    conclude(ledger, *says("doubt", "A", hour=1), name="N2")
    assert held(ledger) == {
        "A": [("person", "customer calls back"), ("doubt", "A: stop doubt")],
        "B": [("stop", "B: stop")],
    }
    assert lifted(ledger) == [("A", "stop", "reader", "notice 1")]


def test_a_conclusion_that_is_repeated_changes_nothing(ledger: Ledger, clock: HandClock) -> None:
    conclude(ledger, *says("stop", "A", "B"), name="N1")
    before = ledger.holds("demo"), ledger.mentions("demo", subjects="AB")
    clock.move(60)
    document = conclude(ledger, *says("stop", "A", "B"), name="N1")
    assert (ledger.holds("demo"), ledger.mentions("demo", subjects="AB")) == before
    assert [each.subject for each in ledger.mentions_of(document)] == ["A", "B"]
    assert taken_back(ledger) == []


def test_a_documents_newer_word_takes_the_place_of_its_older_one_which_is_kept(ledger: Ledger) -> None:
    unclear = conclude(ledger, *says("doubt", "A", "B"), name="N1", state=DocumentState.UNCLEAR)
    corrected = replace(says("go", "A")[0], by="小王", source="called the platform", document_id=unclear.id)
    ledger.mention("demo", mentions=[corrected], judge=newest_word, causes=CAUSES, by="小王")
    assert held(ledger) == {"B": [("doubt", "B: doubt")]}
    assert ledger.mentions("demo", subjects=["A"]) == {"A": (corrected,)}
    assert [(each.subject, each.says) for each in ledger.mentions_of(unclear)] == [("B", "doubt"), ("A", "go")]
    assert taken_back(ledger) == ["doubt"]


def test_a_persons_word_stands_beside_the_documents_and_once_however_often_said(ledger: Ledger) -> None:
    conclude(ledger, *says("stop", "A"), name="N1")
    release = replace(says("go", "A", hour=1, source="stock checked")[0], by="小王")
    precise = replace(release, at=release.at + timedelta(microseconds=300))
    for said in (release, release, precise):
        ledger.mention("demo", mentions=[said], judge=newest_word, causes=CAUSES, by="小王")
    assert held(ledger) == {}
    assert lifted(ledger) == [("A", "stop", "小王", "stock checked")]
    [first, second] = ledger.mentions("demo", subjects=["A"])["A"]
    assert (first.says, first.by, second) == ("stop", "", release)
    assert first.document_id is not None


def test_words_without_a_judge_are_kept_and_hold_nothing(ledger: Ledger) -> None:
    ledger.mention("demo", mentions=says("stop", "A"))
    assert ledger.mentions("demo", subjects=["A", "unknown"]) == {"A": tuple(says("stop", "A"))}
    assert held(ledger) == {}


def test_shops_hear_for_themselves(ledger: Ledger) -> None:
    conclude(ledger, *says("stop", "A"), name="N1")
    ledger.mention("other", mentions=says("go", "A", hour=2), judge=newest_word, causes=CAUSES, by="reader")
    assert held(ledger) == {"A": [("stop", "A: stop")]}
    assert list(ledger.mentions("other", subjects=["A"])["A"]) == says("go", "A", hour=2)


def test_two_words_of_one_document_on_one_subject_are_refused_and_nothing_is_kept(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="notice 0 says both go and otherwise of A"):
        conclude(ledger, *says("stop", "A"), *says("go", "A"), name="N1")
    assert ledger.mentions("demo", subjects=["A"]) == {}
    assert [each.state for each in ledger.documents("demo")] == [DocumentState.FOUND]
    conclude(ledger, *says("stop", "A"), *says("stop", "A"), name="N1")
    assert len(ledger.mentions("demo", subjects=["A"])["A"]) == 1


def test_a_hold_that_could_never_be_lifted_is_refused_with_all_that_led_to_it(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"the causes \['elsewhere'\] are not among those judged"):
        conclude(ledger, *says("elsewhere", "A"), name="N1")
    assert held(ledger) == {}
    assert ledger.mentions("demo", subjects=["A"]) == {}
    assert [each.state for each in ledger.documents("demo")] == [DocumentState.FOUND]


@pytest.mark.slow
def test_many_mentions_take_a_handful_of_statements(ledger: Ledger) -> None:
    statements: list[object] = []
    many = [f"S{n}" for n in range(3000)]
    event.listen(ledger._engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    conclude(ledger, *says("stop", *many), name="N1")
    conclude(ledger, *says("doubt", *many, hour=1), name="N2")
    conclude(ledger, *says("go", *many[1:], hour=2), name="N3")
    assert len(statements) < 90
    assert held(ledger) == {"S0": [("doubt", "S0: stop doubt")]}
    assert len(ledger.mentions("demo", subjects=many)) == 3000


Story = list[tuple[int, str, frozenset[str]]]
stories: st.SearchStrategy[Story] = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(["stop", "doubt", "go"]), st.frozensets(st.sampled_from("ABC"), min_size=1)
    ),
    max_size=7,
    unique_by=lambda notice: notice[0],
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_notices_in_any_order_of_arrival_give_the_holds_of_their_order_of_issue(data: st.DataObject) -> None:
    story = data.draw(stories)
    arrivals = data.draw(st.permutations(story))
    with tempfile.TemporaryDirectory() as folder:
        assert told(Path(folder) / "arrived", arrivals) == told(Path(folder) / "issued", sorted(story))


def told(path: Path, story: Sequence[tuple[int, str, frozenset[str]]]) -> dict[str, list[tuple[str, str]]]:
    with Ledger.open(path, clock=HandClock()) as ledger:
        for hour, word, subjects in story:
            conclude(ledger, *says(word, *sorted(subjects), hour=hour), name=f"N{hour}")
        return held(ledger)
