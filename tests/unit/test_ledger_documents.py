"""What the ledger remembers of documents: found, saved, understood, in that order and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rpa.ledger.actions import IllegalStep
from rpa.ledger.documents import CONCLUSIONS, Document, DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock

FOUND, SAVED, READ = DocumentState.FOUND, DocumentState.SAVED, DocumentState.READ
UNCLEAR, UNREADABLE = DocumentState.UNCLEAR, DocumentState.UNREADABLE
LOST, RESOLVED = DocumentState.LOST, DocumentState.RESOLVED


def find(ledger: Ledger, name: str = "N1", **facts: object) -> Document:
    return ledger.find_document("demo", kind="notice", name=name, facts=facts)


def save(ledger: Ledger, document: Document, *, sha256: str = "aa") -> Document:
    return ledger.save_document(document, path=f"notices/{document.name}", sha256=sha256, size_bytes=17)


def bring_to(ledger: Ledger, state: DocumentState) -> Document:
    """A document in this state, by steps that are allowed."""
    document = find(ledger, state.value)
    if state is FOUND:
        return document
    if state is not LOST:
        document = save(ledger, document)
    if state is SAVED:
        return document
    before = UNCLEAR if state is RESOLVED else state
    document = ledger.conclude_document(document, state=before)
    return document if state is before else ledger.conclude_document(document, state=state)


def test_a_document_is_found_once_and_keeps_its_state_and_first_moments(ledger: Ledger, clock: HandClock) -> None:
    found_at = clock.now()
    issued_at, expires_at = found_at - timedelta(hours=2), found_at + timedelta(days=7)
    first = ledger.find_document("demo", kind="notice", name="N1", facts={"title": "通知"}, issued_at=issued_at)
    assert (first.state, first.path, first.sha256, first.size_bytes) == (FOUND, "", "", None)
    assert (first.issued_at, first.expires_at, first.found_at, first.saved_at) == (issued_at, None, found_at, None)
    save(ledger, first)
    clock.move(60)
    again = ledger.find_document(
        "demo", kind="notice", name="N1", facts={"read": True}, issued_at=clock.now(), expires_at=expires_at
    )
    assert again == replace(
        first,
        state=SAVED,
        path="notices/N1",
        sha256="aa",
        size_bytes=17,
        saved_at=found_at,
        facts={"title": "通知", "read": True},
        expires_at=expires_at,
    )
    assert ledger.documents("demo") == [again]


def test_the_same_name_in_another_shop_or_of_another_kind_is_another_document(ledger: Ledger) -> None:
    ids = {ledger.find_document(shop, kind=kind, name="1", facts={}).id for shop in "ab" for kind in "xy"}
    assert len(ids) == 4


def test_what_is_saved_again_with_the_same_content_stays_as_it_is(ledger: Ledger, clock: HandClock) -> None:
    saved = save(ledger, find(ledger))
    clock.move(60)
    assert ledger.save_document(saved, path="elsewhere", sha256="aa", size_bytes=17) == saved
    read = ledger.conclude_document(saved, state=READ)
    assert save(ledger, saved) == read


@pytest.mark.parametrize("state", [SAVED, READ, UNCLEAR, UNREADABLE, RESOLVED])
def test_what_is_on_disk_is_never_replaced_by_other_content(ledger: Ledger, state: DocumentState) -> None:
    document = bring_to(ledger, state)
    with pytest.raises(IllegalStep, match=rf"notice {state} of demo is {state} with hash aa; .* bb"):
        save(ledger, document, sha256="bb")
    assert ledger.documents("demo") == [document]


def test_a_lost_document_that_turns_up_after_all_can_be_saved(ledger: Ledger) -> None:
    assert save(ledger, bring_to(ledger, LOST)).state is SAVED


@pytest.mark.parametrize("state", DocumentState)
def test_only_legal_conclusions_are_taken_whatever_the_caller_believes(ledger: Ledger, state: DocumentState) -> None:
    taken = set()
    for to in DocumentState:
        document = bring_to(ledger, state)
        believed = replace(document, state=SAVED)
        try:
            taken.add(ledger.conclude_document(believed, state=to, facts={"to": to.value}).state)
        except IllegalStep as error:
            assert f"is {state} and cannot become {to}" in str(error)  # noqa: PT017 - both outcomes are the promise
            assert ledger.documents("demo", names=[state.value]) == [document]
        with ledger._writing() as connection:
            connection.exec_driver_sql("DELETE FROM documents")
    assert taken == CONCLUSIONS[state]


def test_nothing_read_or_resolved_is_doubted_again_and_nothing_found_counts_as_done() -> None:
    assert CONCLUSIONS[READ] == {READ}
    assert CONCLUSIONS[RESOLVED] == {RESOLVED}
    assert not any(FOUND in each or SAVED in each for each in CONCLUSIONS.values())
    assert RESOLVED not in CONCLUSIONS[FOUND] | CONCLUSIONS[SAVED]
    assert LOST not in CONCLUSIONS[SAVED]


def test_facts_of_a_conclusion_join_those_of_the_first_sight(ledger: Ledger) -> None:
    document = save(ledger, find(ledger, title="通知"))
    assert ledger.conclude_document(document, state=UNREADABLE, facts={"why": "password"}).facts == {
        "title": "通知",
        "why": "password",
    }


def test_a_document_of_another_ledger_is_told_apart(ledger: Ledger) -> None:
    stranger = replace(find(ledger), id=99)
    with pytest.raises(IllegalStep, match="notice N1 of demo is not in this ledger"):
        save(ledger, stranger)
    with pytest.raises(IllegalStep, match="not in this ledger"):
        ledger.conclude_document(stranger, state=READ)


def test_documents_are_listed_oldest_issued_first_and_by_what_is_asked_for(ledger: Ledger, clock: HandClock) -> None:
    for name, hours in {"new": 1, "old": 9, "middle": 5}.items():
        issued_at = clock.now() - timedelta(hours=hours)
        ledger.find_document("demo", kind="notice", name=name, facts={}, issued_at=issued_at)
    find(ledger, "undated")
    ledger.find_document("demo", kind="export", name="E", facts={}, issued_at=clock.now())
    ledger.find_document("other", kind="notice", name="O", facts={}, issued_at=clock.now())
    save(ledger, find(ledger, "old"))

    def names(shop: str | None = "demo", *, kind: str | None = "notice", **asked: object) -> list[str]:
        return [each.name for each in ledger.documents(shop, kind=kind, **asked)]  # type: ignore[arg-type]

    assert names() == ["old", "middle", "new", "undated"]
    assert names(kind=None) == ["old", "middle", "new", "E", "undated"]
    assert names(None, kind=None) == ["old", "middle", "new", "E", "O", "undated"]
    assert names(states=[SAVED]) == ["old"]
    assert names(states=[]) == []
    assert names(names=["undated", "old", "no such"]) == ["old", "undated"]
    assert names(names=[f"N{n}" for n in range(2500)] + ["new", "old"]) == ["old", "new"]
    assert names(since=clock.now() - timedelta(hours=5)) == ["middle", "new"]
