"""The hours at which notices are sent, and whether all of them are saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind
from flows.notices.coverage import Answer, Covered, answer
from flows.notices.slots import next_slot, nth_slot_after, previous_slot, slot_of, slots_between
from rpa.ledger.coverage import Coverage
from rpa.ledger.documents import Document, DocumentState

SITE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 20, 9, 30, tzinfo=SITE)
moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 31)).map(  # noqa: DTZ001 - made aware here
    lambda moment: moment.replace(tzinfo=SITE)
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SITE)


def test_notices_come_on_the_hour_from_six_to_twenty_two() -> None:
    assert slots_between(at(10, 22), at(11, 23)) == [at(11, hour) for hour in range(6, 23)]
    assert next_slot(at(10, 22)) == at(11, 6)
    assert next_slot(at(10, 9, 59)) == at(10, 10)
    assert next_slot(at(10, 10)) == at(10, 11)
    assert previous_slot(at(11, 6)) == at(10, 22)
    assert previous_slot(at(11, 6, 1)) == at(11, 6)
    assert previous_slot(at(11, 3)) == at(10, 22)
    assert slot_of(at(10, 10)) == at(10, 10)
    assert slot_of(at(10, 23, 30)) == at(10, 22)
    assert nth_slot_after(at(10, 21, 30), 2) == at(11, 6)
    with pytest.raises(ValueError, match="counted from 1"):
        nth_slot_after(NOW, 0)


def test_other_hours_can_be_named() -> None:
    assert next_slot(at(10, 12), hours=(8, 9)) == at(11, 8)
    assert previous_slot(at(10, 7), hours=(8, 9)) == at(9, 9)
    assert slots_between(at(10, 0), at(10, 23), hours=(8, 9)) == [at(10, 8), at(10, 9)]
    assert slot_of(at(10, 7), hours=(8, 9)) == at(9, 9)
    assert nth_slot_after(at(10, 7), 3, hours=(8, 9)) == at(11, 8)


@settings(max_examples=60, deadline=None)
@given(moments)
def test_a_moment_lies_between_its_slots(moment: datetime) -> None:
    before, after = previous_slot(moment), next_slot(moment)
    assert before < moment < after
    assert slots_between(before, after)[-1] == after
    assert len(slots_between(before, after)) <= 2
    assert slot_of(moment) in {before, moment}
    assert nth_slot_after(moment, 1) == after


# --- coverage


def coverage(since: datetime, until: datetime, *, doubt: str = "", account: str = "clerk-1") -> Coverage:
    return Coverage(
        shop="demo", account=account, kind=DOCUMENT_KIND, since=since, until=until, doubt=doubt, updated_at=NOW
    )


def document(
    state: DocumentState,
    sent_at: datetime | None,
    *,
    name: str = "1",
    kind: str = DOCUMENT_KIND,
    facts: Mapping[str, object] | None = None,
) -> Document:
    return Document(
        id=int(name.replace("/", "0")),
        shop="demo",
        kind=kind,
        name=name,
        state=state,
        path="",
        sha256="",
        size_bytes=None,
        facts={"kind": NoticeKind.PROHIBITION.value} if facts is None else facts,
        issued_at=sent_at,
        expires_at=None,
        found_at=NOW,
        saved_at=None,
    )


WHOLE = coverage(at(13, 9), at(20, 9))
EVERYTHING_ELSE = [DocumentState.SAVED, DocumentState.READ, DocumentState.UNCLEAR, DocumentState.UNREADABLE]


def asked(*documents: Document, coverages: tuple[Coverage, ...] = (WHOLE,)) -> Covered:
    return answer(coverages, documents, NOW)


def test_everything_saved_is_a_yes_with_its_span() -> None:
    covered = asked(*(document(state, at(19, 10)) for state in [*EVERYTHING_ELSE, DocumentState.RESOLVED]))
    assert covered.answer is Answer.YES
    assert (covered.since, covered.until) == (at(13, 9), at(20, 9))
    assert (covered.lost, covered.unsaved, covered.expiring, covered.overdue) == ((), (), (), False)


def test_notices_never_read_are_unknown() -> None:
    assert asked(coverages=()).answer is Answer.UNKNOWN
    only_doubted = asked(coverages=(coverage(at(20, 9), at(20, 9), doubt="no right"),))
    assert (only_doubted.answer, only_doubted.until, only_doubted.doubt) == (Answer.UNKNOWN, None, "no right")


def test_a_doubt_makes_it_unknown_unless_another_account_saw_everything() -> None:
    doubted = coverage(at(1, 9), at(20, 9), doubt="no notice came", account="clerk-2")
    assert asked(coverages=(doubted,)).answer is Answer.UNKNOWN
    assert asked(coverages=(doubted,)).doubt == "no notice came"
    both = asked(coverages=(doubted, WHOLE))
    assert (both.answer, both.doubt, both.since) == (Answer.YES, "", at(13, 9))


def test_a_known_notice_that_is_not_saved_is_a_no_even_in_doubt() -> None:
    unsaved = document(DocumentState.FOUND, at(19, 10), name="7/2", kind=ATTACHMENT_KIND)
    covered = asked(unsaved, document(DocumentState.FOUND, at(19, 10), name="7"))
    assert (covered.answer, covered.unsaved, covered.expiring) == (Answer.NO, ("7",), ())
    assert asked(unsaved, coverages=(coverage(at(13, 9), at(20, 9), doubt="?"),)).answer is Answer.NO


def test_what_is_five_days_old_and_not_saved_is_named_in_time() -> None:
    covered = asked(
        document(DocumentState.FOUND, at(15, 9, 30), name="5"), document(DocumentState.FOUND, at(15, 9, 31), name="6")
    )
    assert covered.unsaved == ("5", "6")
    assert covered.expiring == ("5",)


def test_five_days_without_reading_are_overdue() -> None:
    assert asked(coverages=(coverage(at(1, 9), at(15, 9, 30)),)).overdue
    assert not asked(coverages=(coverage(at(1, 9), at(15, 9, 31)),)).overdue


def test_a_lost_notice_loses_the_time_since_the_slot_before_it() -> None:
    covered = asked(document(DocumentState.LOST, at(14, 10, 0)))
    assert covered.answer is Answer.NO
    (span,) = covered.lost
    assert (span.since, span.until, span.notices) == (at(14, 9), at(14, 10), ("1",))
    assert at(14, 9) not in span
    assert at(14, 9, 1) in span
    assert at(14, 10) in span
    assert at(14, 10, 1) not in span


def test_a_notice_sent_a_little_after_its_slot_loses_the_same_time() -> None:
    (span,) = asked(document(DocumentState.LOST, at(14, 6, 2))).lost
    assert (span.since, span.until) == (at(13, 22), at(14, 6, 2))


def test_slots_are_those_of_the_site_whatever_zone_the_ledger_speaks() -> None:
    (span,) = asked(document(DocumentState.LOST, at(14, 6).astimezone(UTC))).lost
    assert (span.since, span.until) == (at(13, 22), at(14, 6))


def test_lost_spans_that_meet_are_one_and_name_each_notice_once() -> None:
    spans = asked(
        document(DocumentState.LOST, at(14, 12), name="3"),
        document(DocumentState.LOST, at(14, 10), name="1/1", kind=ATTACHMENT_KIND),
        document(DocumentState.LOST, at(14, 10), name="1"),
        document(DocumentState.LOST, at(14, 11), name="2"),
        document(DocumentState.LOST, at(14, 14), name="5"),
    ).lost
    assert [(span.since, span.until, span.notices) for span in spans] == [
        (at(14, 9), at(14, 12), ("1", "2", "3")),
        (at(14, 13), at(14, 14), ("5",)),
    ]


def test_a_lost_notice_about_something_else_loses_no_time() -> None:
    other = document(DocumentState.LOST, at(14, 10), facts={"kind": NoticeKind.OTHER.value})
    assert asked(other).answer is Answer.YES
    of_unknown_kind = document(DocumentState.LOST, at(14, 10), facts={})
    assert asked(of_unknown_kind).lost


def test_documents_of_other_kinds_do_not_matter() -> None:
    assert asked(document(DocumentState.FOUND, at(14, 10), kind="export")).answer is Answer.YES


def test_accounts_cover_together_what_they_cover_without_a_hole() -> None:
    joined = asked(coverages=(coverage(at(10, 9), at(14, 9)), coverage(at(12, 9), at(20, 9), account="clerk-2")))
    assert (joined.since, joined.until) == (at(10, 9), at(20, 9))
    apart = asked(coverages=(coverage(at(10, 9), at(11, 9)), coverage(at(12, 9), at(20, 9), account="clerk-2")))
    assert (apart.since, apart.until) == (at(12, 9), at(20, 9))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(moments, st.timedeltas(timedelta(hours=1), timedelta(days=9)), st.sampled_from(["", "?"]))),
    st.lists(st.tuples(st.sampled_from([*DocumentState]), moments), max_size=6),
)
def test_yes_is_only_said_when_nothing_is_lost_unsaved_or_in_doubt(
    spans: list[tuple[datetime, timedelta, str]], found: list[tuple[DocumentState, datetime]]
) -> None:
    covered = answer(
        [coverage(since, since + length, doubt=doubt) for since, length, doubt in spans],
        [document(state, sent_at, name=str(n)) for n, (state, sent_at) in enumerate(found)],
        NOW,
    )
    states = {state for state, _ in found}
    expected = any(not doubt for *_, doubt in spans) and not states & {DocumentState.FOUND, DocumentState.LOST}
    assert (covered.answer is Answer.YES) == expected
    assert all(span.since < span.until for span in covered.lost)
    assert all(before.until < after.since for before, after in zip(covered.lost, covered.lost[1:], strict=False))
