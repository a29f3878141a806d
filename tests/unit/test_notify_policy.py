"""When to tell, and what to fold."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rpa.ledger.incidents import Incident, Severity
from rpa.notify.policy import Kind, Telling, due, due_now

EVENING = datetime(2026, 3, 10, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def incident(
    number: int = 1,
    *,
    shop: str = "demo",
    cause: str = "login_needed",
    severity: Severity = Severity.CRITICAL,
    told_at: datetime | None = None,
    times_told: int = 0,
    closed_at: datetime | None = None,
    closing_told_at: datetime | None = None,
) -> Incident:
    return Incident(
        id=number,
        shop=shop,
        cause=cause,
        message="Not logged in.",
        opened_at=EVENING,
        last_seen_at=EVENING,
        times_seen=1,
        closed_at=closed_at,
        severity=severity,
        told_at=told_at,
        times_told=times_told or int(told_at is not None),
        closing_told_at=closing_told_at,
    )


def told(number: int = 1, *, shop: str = "demo", at: datetime = EVENING, times: int = 1) -> Incident:
    return incident(number, shop=shop, told_at=at, times_told=times)


def test_a_new_incident_is_told_at_once() -> None:
    assert due(incident(), now=EVENING) is Kind.FIRST


def test_reminders_come_after_2_hours_then_8_then_every_24() -> None:
    for times, wait in ((1, 2 * HOUR), (2, 8 * HOUR), (3, 24 * HOUR), (9, 24 * HOUR)):
        one = told(times=times)
        assert due(one, now=EVENING + wait - MINUTE) is None
        assert due(one, now=EVENING + wait) is Kind.AGAIN


def test_a_night_of_twelve_hours_has_three_tellings() -> None:
    one, tellings = incident(), 0
    for minutes in range(0, 12 * 60, 10):
        now = EVENING + minutes * MINUTE
        if due(one, now=now):
            tellings += 1
            one = told(at=now, times=tellings)
    assert tellings == 3


def test_a_cause_that_comes_back_is_told_later_each_time() -> None:
    gone = [incident(number, told_at=EVENING - 5 * MINUTE * number, closed_at=EVENING) for number in (1, 2, 3)]
    back = incident(9)
    for times, wait in ((1, 30 * MINUTE), (2, 2 * HOUR), (3, 8 * HOUR)):
        newest = EVENING - 5 * MINUTE
        assert due(back, now=newest + wait - MINUTE, before=gone[:times]) is None
        assert due(back, now=newest + wait, before=gone[:times]) is Kind.FIRST


def test_a_deadline_alarm_that_comes_back_is_told_while_half_of_its_hours_are_left() -> None:
    gone = [incident(number, cause="ship_by_2h", told_at=EVENING, closed_at=EVENING) for number in (1, 2, 3)]
    back = incident(9, cause="ship_by_2h")
    assert due(back, now=EVENING + 30 * MINUTE, before=gone[:1]) is Kind.FIRST
    assert due(back, now=EVENING + 59 * MINUTE, before=gone) is None
    assert due(back, now=EVENING + 60 * MINUTE, before=gone) is Kind.FIRST


def test_what_was_told_the_day_before_counts_as_new() -> None:
    gone = incident(told_at=EVENING - 24 * HOUR, closed_at=EVENING - 23 * HOUR)
    assert due(incident(2), now=EVENING, before=[gone]) is Kind.FIRST
    lately = incident(3, told_at=EVENING - HOUR, closed_at=EVENING)
    assert due(incident(2), now=EVENING, before=[gone, gone, lately]) is Kind.FIRST


def test_many_shops_with_one_cause_are_one_telling_and_other_causes_their_own() -> None:
    many = [incident(number, shop=f"shop-{number}") for number in range(37)]
    other = incident(99, shop="shop-1", cause="crashed:ship", severity=Severity.WARNING)
    tellings = due_now([other, *many], closed=[], told=[], now=EVENING)
    assert [(telling.cause, len(telling.incidents)) for telling in tellings] == [
        ("login_needed", 37),
        ("crashed:ship", 1),
    ]


def test_further_shops_wait_a_little_and_are_told_together() -> None:
    first, later = told(1, shop="a"), [incident(number, shop=f"b{number}") for number in range(2, 30)]
    opened = [first, *later]
    assert due_now(opened, closed=[], told=[first], now=EVENING + 9 * MINUTE) == []
    (telling,) = due_now(opened, closed=[], told=[first], now=EVENING + 10 * MINUTE)
    assert len(telling.incidents) == 28


def test_other_causes_do_not_wait_for_each_other() -> None:
    first, other = told(1, shop="a"), incident(2, shop="b", cause="challenge")
    (telling,) = due_now([first, other], closed=[], told=[first], now=EVENING + MINUTE)
    assert telling.incidents == (other,)


def test_the_end_is_told_at_once_and_further_ends_together() -> None:
    closed = incident(told_at=EVENING, closed_at=EVENING + MINUTE)
    (telling,) = due_now([], closed=[closed], told=[closed], now=EVENING + MINUTE)
    assert telling == Telling(kind=Kind.SOLVED, cause="login_needed", incidents=(closed,))
    said = incident(told_at=EVENING, closed_at=EVENING, closing_told_at=EVENING)
    next_one = incident(2, shop="b", told_at=EVENING, closed_at=EVENING + MINUTE)
    assert due_now([], closed=[next_one], told=[said, next_one], now=EVENING + 2 * MINUTE) == []
    assert due_now([], closed=[next_one], told=[said, next_one], now=EVENING + 10 * MINUTE)


def test_a_clock_that_was_set_back_neither_repeats_nor_silences() -> None:
    one = told(at=EVENING)
    assert due(one, now=EVENING - HOUR) is None
    new = incident(2, shop="b")
    assert due_now([one, new], closed=[], told=[one], now=EVENING - HOUR)


def test_the_gravest_is_told_first_and_a_folded_telling_is_as_grave_as_its_gravest() -> None:
    mild = incident(1, cause="ship_by_12h", severity=Severity.INFO)
    mixed = [incident(2, severity=Severity.WARNING), incident(3, shop="b", severity=Severity.CRITICAL)]
    tellings = due_now([mild, *mixed], closed=[], told=[], now=EVENING)
    assert [telling.severity for telling in tellings] == [Severity.CRITICAL, Severity.INFO]


def test_what_a_clock_far_ahead_told_silences_nothing_after_it_is_set_right() -> None:
    ahead = EVENING + 24 * 400 * HOUR
    assert due(told(at=ahead), now=EVENING) is Kind.AGAIN
    assert due(incident(2), now=EVENING, before=[told(at=ahead)]) is Kind.FIRST
