"""Whether an order may ship, by example and for every combination of signs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.gate.decide import decide_found
from flows.gate.may_ship import Known, address_mark, marks_against, notices_against_all, reason_to_wait, refused_for
from flows.notices.coverage import LostSpan
from flows.orders.hold_causes import (
    CLEAR,
    CLOSED,
    EXPORT,
    LOOKS_APART,
    PERSON,
    PROHIBITED,
    UNCLEAR,
    goods_subject,
    sku_subject,
)
from flows.orders.model import Mark
from flows.orders.reasons import Reason
from flows.orders.signs import SIGNS
from rpa.ledger.holds import Hold
from rpa.ledger.observations import Observation
from rpa.outcome import Outcome
from tests.support.made_orders import NOW, a_hold, a_row, an_item, an_order

HOUR = timedelta(hours=1)
SINCE = NOW - 20 * HOUR
NOTICE = {"since": SINCE.isoformat(), "notice": "400000000001"}
LOST = LostSpan(since=NOW - 3 * HOUR, until=NOW - 2 * HOUR, notices=("400000000009",))


def looks(*, first: datetime, last: datetime, subject: str = "A") -> Observation:
    facts = {"evidence": "evidence/A"}
    return Observation(
        subject=subject, mark=CLEAR, first_at=first, last_at=last, times=2, first_facts=facts, last_facts=facts
    )


def why(order: Any = None, **known: Any) -> Reason | None:
    wait = reason_to_wait(order or an_order("A"), known=Known(now=NOW, **known))
    return wait.reason if wait is not None else None


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (PROHIBITED, Reason.AUDIT_NOTICE),
        (CLOSED, Reason.AUDIT_CLOSED),
        (UNCLEAR, Reason.NOTICE_UNCLEAR),
        (EXPORT, Reason.AUDIT_IN_EXPORT),
        (PERSON, Reason.ON_HOLD),
        ("a cause of another program", Reason.ON_HOLD),
    ],
)
def test_a_hold_tells_its_cause_and_since_when(cause: str, reason: Reason) -> None:
    known = Known(now=NOW, holds={"A": (a_hold("A", cause=cause, reason="said so", facts=NOTICE),)})
    wait = reason_to_wait(an_order("A"), known=known)
    assert wait is not None
    assert (wait.reason, wait.message, wait.since) == (reason, "said so", SINCE)
    assert why(an_order("B"), holds=known.holds) is None


def test_a_hold_that_ends_by_itself_says_when() -> None:
    known = Known(now=NOW, holds={"A": (a_hold("A", reason="out of stock", until=NOW),)})
    wait = reason_to_wait(an_order("A"), known=known)
    assert wait is not None
    assert wait.message == "out of stock (until 03-10 09:15)"


def test_of_several_holds_the_most_final_is_told_with_the_words_of_all() -> None:
    causes = (PERSON, EXPORT, PROHIBITED, UNCLEAR, CLOSED)
    for number in range(1, len(causes) + 1):
        holds = tuple(a_hold("A", cause=cause, reason=cause) for cause in causes[:number])
        wait = reason_to_wait(an_order("A"), known=Known(now=NOW, holds={"A": holds}))
        assert wait is not None
        assert wait.message == "; ".join(causes[:number])
        assert wait.reason is reason_of(causes[number - 1])


def reason_of(cause: str) -> Reason | None:
    return why(holds={"A": (a_hold("A", cause=cause),)})


def test_a_hold_on_goods_or_on_one_spec_holds_every_order_with_them() -> None:
    two = an_order("A", items=(an_item(), an_item(goods_id="7", spec="白")))
    assert why(two, holds={goods_subject("7"): (a_hold(),)}) is Reason.ON_HOLD
    assert why(two, holds={sku_subject("7", "白"): (a_hold(),)}) is Reason.ON_HOLD
    assert why(two, holds={sku_subject("7", "黑"): (a_hold(),), goods_subject("8"): (a_hold(),)}) is None


def test_a_prohibition_is_stale_after_two_clear_looks_apart_and_only_then() -> None:
    held = {"A": (a_hold("A", cause=PROHIBITED, facts=NOTICE),)}
    first, last = SINCE + HOUR, SINCE + HOUR + LOOKS_APART
    stale = reason_to_wait(
        an_order("A"), known=Known(now=NOW, holds=held, clear_looks={"A": looks(first=first, last=last)})
    )
    assert stale is not None
    assert (stale.reason, stale.evidence, stale.since) == (Reason.HOLD_STALE, "evidence/A", SINCE)
    assert f"{first:%m-%d %H:%M} and {last:%m-%d %H:%M}" in stale.message
    too_near = looks(first=first, last=last - timedelta(seconds=1))
    before_the_notice = looks(first=SINCE - timedelta(seconds=1), last=last)
    for unlike in (too_near, before_the_notice):
        assert why(holds=held, clear_looks={"A": unlike}) is Reason.AUDIT_NOTICE


@pytest.mark.parametrize("cause", [CLOSED, UNCLEAR, PERSON, EXPORT])
def test_no_other_hold_is_ever_judged_stale(cause: str) -> None:
    held = {"A": (a_hold("A", cause=cause, facts=NOTICE),)}
    clear = {"A": looks(first=SINCE + HOUR, last=NOW)}
    assert why(holds=held, clear_looks=clear) is reason_of(cause)
    both = {"A": (*held["A"], a_hold("A", cause=PROHIBITED, facts=NOTICE))}
    assert why(holds=both, clear_looks=clear) is not None


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [(-24 * 60, None), (-24 * 60 + 1, Reason.NOTICES_LOST), (60, Reason.NOTICES_LOST), (61, None)],
)
def test_an_order_that_a_lost_notice_may_name_waits(minutes: int, reason: Reason | None) -> None:
    order = an_order("A", grouped_at=LOST.since + timedelta(minutes=minutes))
    assert why(order, lost=(LOST,)) is reason


@pytest.mark.parametrize(
    ("order_sn", "reason"),
    [
        ("260310-1", Reason.NOTICES_LOST),
        ("260309-1", Reason.NOTICES_LOST),
        ("260308-1", Reason.NOTICES_LOST),
        ("260307-1", None),
        ("260311-1", None),
        ("no day", Reason.NOTICES_LOST),
    ],
)
def test_where_the_site_does_not_say_when_the_group_formed_the_numbers_day_counts(
    order_sn: str, reason: Reason | None
) -> None:
    assert why(an_order(order_sn), lost=(LOST,)) is reason


def test_notices_that_cannot_be_read_are_against_every_order() -> None:
    assert notices_against_all(Known(now=NOW)) is None
    stop = notices_against_all(Known(now=NOW, unreadable_notices=("1", "2")))
    assert stop is not None
    assert (stop.reason, stop.message) == (Reason.NOTICE_UNREADABLE, "1, 2")


def test_an_address_that_another_place_shows_is_hidden() -> None:
    assert address_mark("文*路", listed="文*路", has_goods=True) is Mark.CLEAR
    assert address_mark("", listed="", has_goods=False) is Mark.CLEAR
    for address, listed, has_goods in (("", "文*路", False), ("", "", True), (None, "", False), (None, "文*路", True)):
        assert address_mark(address, listed=listed, has_goods=has_goods) is Mark.UNREADABLE


@pytest.mark.parametrize("name", SIGNS)
def test_each_sign_of_an_order_is_told_by_its_own_reason(name: str) -> None:
    wait = reason_to_wait(an_order(**{name: Mark.SET}), known=Known(now=NOW))
    assert wait is not None
    assert wait.reason is SIGNS[name].reason
    assert refused_for("it says so", words={name: ("says so",)}) is SIGNS[name].reason
    unread = reason_to_wait(an_order(**{name: Mark.UNREADABLE}), known=Known(now=NOW))
    assert unread is not None
    assert (unread.reason, name.replace("_", "-") in unread.message) == (Reason.UNREADABLE, True)


def test_the_rest_of_an_order_that_has_left_in_part_is_not_shipped() -> None:
    wait = reason_to_wait(an_order(status="part", courier="DHL", tracking_number="JD1"), known=Known(now=NOW))
    assert wait is not None
    assert (wait.reason, wait.message) == (Reason.PARTLY_SHIPPED, "DHL JD1")
    found = decide_found(an_order(status="part", courier="DHL", tracking_number="7A"), a_row())
    assert (found.reason, found.message) == (Reason.PARTLY_SHIPPED, "DHL 7A")


def test_a_refusal_in_the_sites_words_for_audits_or_after_sale_means_to_wait() -> None:
    words = {"audit": ("订单审核中", "请暂时不要发货"), "after_sale": ("订单有售后",)}
    assert refused_for("订单审核中，暂时不能发货", words=words) is Reason.UNDER_AUDIT
    assert refused_for("订单有售后", words=words) is Reason.AFTER_SALE
    assert refused_for("网络异常", words=words) is None
    assert refused_for("", words=words) is None
    assert refused_for("订单有售后", words={}) is None


marks = st.dictionaries(st.sampled_from(("list", "data", "dialog", "address")), st.sampled_from(Mark), max_size=4)


@settings(max_examples=200, deadline=None)
@given(marks, marks, st.dictionaries(st.sampled_from(sorted(SIGNS)), marks))
def test_marks_pass_only_when_every_one_was_read_and_is_clear(
    audit: dict[str, Mark], after_sale: dict[str, Mark], others: dict[str, dict[str, Mark]]
) -> None:
    signs = {**others, "audit": audit, "after_sale": after_sale}
    wait = marks_against(signs)
    clear = bool(audit and after_sale) and {mark for each in signs.values() for mark in each.values()} == {Mark.CLEAR}
    assert (wait is None) is clear
    if wait is not None and Mark.SET in audit.values():
        assert wait.reason is Reason.UNDER_AUDIT


mark = st.just(Mark.CLEAR) | st.sampled_from(Mark)
holds = st.lists(
    st.builds(
        a_hold,
        st.sampled_from(("A", "B", goods_subject("101"), sku_subject("101", "250g"), goods_subject("9"))),
        cause=st.sampled_from((PERSON, PROHIBITED, CLOSED, UNCLEAR, EXPORT)),
        facts=st.just(NOTICE),
    ),
    max_size=2,
)
told = st.dictionaries(st.sampled_from("AB"), st.just("said so"), max_size=1)
clear_looks = st.dictionaries(
    st.just("A"), st.builds(looks, first=st.just(SINCE + HOUR), last=st.sampled_from((SINCE + HOUR, NOW))), max_size=1
)
moments = st.none() | st.sampled_from((LOST.since, LOST.until, NOW))


@settings(max_examples=300, deadline=None)
@given(
    audit=mark,
    after_sale=mark,
    others=st.dictionaries(st.sampled_from(sorted(SIGNS.keys() - {"audit", "after_sale"})), mark),
    status=st.sampled_from(("pending", "part")),
    doubt=st.none() | st.just("differ"),
    grouped_at=moments,
    on=holds,
    changed=told,
    unresolved=told,
    clear=clear_looks,
    lost=st.sampled_from(((), (LOST,))),
    remark=st.sampled_from(("", "先别发")),
    presale_until=st.sampled_from((None, NOW, NOW + HOUR)),
)
def test_an_order_passes_only_when_every_sign_is_clear_and_nothing_holds_it(
    *,
    audit: Mark,
    after_sale: Mark,
    others: dict[str, Mark],
    status: str,
    doubt: str | None,
    grouped_at: datetime | None,
    on: list[Hold],
    changed: dict[str, str],
    unresolved: dict[str, str],
    clear: dict[str, Observation],
    lost: tuple[LostSpan, ...],
    remark: str,
    presale_until: datetime | None,
) -> None:
    order = an_order(
        "A",
        audit=audit,
        after_sale=after_sale,
        **others,
        status=status,
        doubt=doubt,
        grouped_at=grouped_at,
        remark=remark,
        presale_until=presale_until,
    )
    by_subject = {hold.subject: tuple(one for one in on if one.subject == hold.subject) for hold in on}
    known = Known(
        now=NOW,
        stop_words=("先别发",),
        holds=by_subject,
        changed=changed,
        unresolved=unresolved,
        clear_looks=clear,
        lost=lost,
    )
    held = any(hold.subject in {"A", goods_subject("101"), sku_subject("101", "250g")} for hold in on)
    in_lost_span = bool(lost) and (grouped_at is None or LOST.since - 24 * HOUR < grouped_at <= LOST.until)
    free = (
        (audit, after_sale, doubt, remark) == (Mark.CLEAR, Mark.CLEAR, None, "")
        and set(others.values()) <= {Mark.CLEAR}
        and status == "pending"
        and not held
        and not in_lost_span
        and "A" not in changed
        and "A" not in unresolved
        and presale_until != NOW + HOUR
    )
    wait = reason_to_wait(order, known=known)
    assert (wait is None) is free
    assert wait is None or wait.reason.outcome in {Outcome.WAITING, Outcome.NEEDS_PERSON}
