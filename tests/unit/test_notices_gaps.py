"""An audit that no notice tells of is noticed; one that may yet be told of, or was, is not complained about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.notices.gaps import without_notice
from rpa.ledger.claims import Claim
from rpa.ledger.coverage import Coverage
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.subjects import Observation

NOON = datetime(2026, 3, 10, 12, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOURS = (6, 22)


def seen(at: datetime = NOON, order_sn: str = "260310-1") -> Observation:
    return Observation(
        subject=order_sn, mark="under_audit", first_at=at, last_at=at, times=1, first_facts={}, last_facts={}
    )


def covered(until: datetime, *, since: datetime = NOON - timedelta(days=7)) -> Coverage:
    return Coverage(shop="demo", account="clerk-1", kind="notice", since=since, until=until, doubt="", updated_at=until)


def a_notice(state: DocumentState, *, at: datetime = NOON, kind: str = "prohibition") -> Document:
    return Document(
        id=1,
        shop="demo",
        kind="notice",
        name="1",
        state=state,
        path="",
        sha256="",
        size_bytes=None,
        facts={"kind": kind},
        issued_at=at,
        expires_at=None,
        found_at=at,
        saved_at=None,
    )


def silent(
    until: datetime,
    *,
    said: Mapping[str, Sequence[Claim]] | None = None,
    since: datetime = NOON - timedelta(days=7),
    documents: Sequence[Document] = (),
    at: datetime = NOON,
) -> list[str]:
    found = without_notice(
        [seen(at)], said=said or {}, coverage=covered(until, since=since), documents=documents, hours=HOURS
    )
    return [each.subject for each in found]


def test_an_order_under_audit_for_two_slots_without_a_notice_is_named() -> None:
    assert silent(NOON.replace(hour=13, minute=59)) == []
    assert silent(NOON.replace(hour=14, minute=0)) == ["260310-1"]


def test_at_night_the_two_slots_are_those_of_the_morning() -> None:
    late, morning = NOON.replace(hour=22, minute=5), NOON.replace(day=11, minute=0)
    assert silent(morning.replace(hour=6, minute=30), at=late) == []
    assert silent(morning.replace(hour=7), at=late) == ["260310-1"]


def test_a_notice_of_any_kind_that_names_the_order_is_enough_but_not_a_person() -> None:
    later = NOON + timedelta(hours=5)
    by_notice = Claim(subject="260310-1", says="ship", at=NOON, source="7/1", document_id=7)
    long_ago = replace(by_notice, at=NOON - timedelta(days=2))
    by_person = Claim(subject="260310-1", says="released", at=NOON, source="looked", by="li")
    assert silent(later, said={"260310-1": [by_notice]}) == []
    assert silent(later, said={"260310-1": [by_person]}) == ["260310-1"]
    assert silent(later, said={"260310-1": [long_ago]}) == ["260310-1"], "that was of an earlier audit"


def test_an_order_whose_notice_may_be_older_than_the_coverage_is_left_out() -> None:
    assert silent(NOON + timedelta(hours=5), since=NOON - timedelta(hours=23)) == []


@pytest.mark.parametrize("state", [DocumentState.FOUND, DocumentState.LOST, DocumentState.UNREADABLE])
def test_an_order_that_a_notice_not_understood_may_name_is_left_out(state: DocumentState) -> None:
    assert silent(NOON + timedelta(hours=5), documents=[a_notice(state)]) == []


def test_notices_of_another_kind_or_time_hide_nothing() -> None:
    others = [a_notice(DocumentState.LOST, kind="other"), a_notice(DocumentState.LOST, at=NOON - timedelta(days=3))]
    assert silent(NOON + timedelta(hours=5), documents=others) == ["260310-1"]


@settings(max_examples=40, deadline=None)
@given(minutes=st.integers(0, 3 * 1440), waited=st.integers(0, 2880))
def test_nothing_is_named_before_two_hours_of_the_day_have_passed(minutes: int, waited: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    if silent(at + timedelta(minutes=waited), at=at, since=at - timedelta(days=2)):
        assert waited > 60
