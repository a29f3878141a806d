"""What the ledger remembers besides actions: how subjects looked, holds, incidents."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from rpa.errors import ConfigError
from rpa.ledger.holds import Wanted
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock


def look(ledger: Ledger, **fingerprints: str) -> set[str]:
    seen = [(subject, {"spec": mark}) for subject, mark in fingerprints.items()]
    return set(ledger.fingerprints.compare("demo", seen=seen))


def test_the_first_sight_is_no_change_and_the_same_again_is_none(ledger: Ledger) -> None:
    assert look(ledger, A="red", B="blue") == set()
    assert look(ledger, A="red", B="blue", C="new") == set()


def test_a_change_is_reported_against_the_first_sight_until_it_is_released(ledger: Ledger, clock: HandClock) -> None:
    look(ledger, A="red", B="blue")
    first_seen_at = clock.now()
    clock.move(60)
    assert look(ledger, A="green", B="blue") == {"A"}
    assert look(ledger, A="yellow") == {"A"}
    change = ledger.fingerprints.release("demo", subject="A", by="小王", reason="买家改规格")
    assert (change.facts, change.last_facts) == ({"spec": "red"}, {"spec": "yellow"})
    assert (change.first_seen_at, change.last_seen_at) == (first_seen_at, clock.now())
    assert look(ledger, A="yellow") == set()


def test_a_change_after_a_release_is_reported_again(ledger: Ledger) -> None:
    look(ledger, A="red")
    look(ledger, A="green")
    ledger.fingerprints.release("demo", subject="A", by="me", reason="fine")
    assert look(ledger, A="red") == {"A"}
    assert ledger.fingerprints.release("demo", subject="A", by="me", reason="back").facts == {"spec": "green"}


def test_what_has_changed_back_is_no_change_and_cannot_be_released(ledger: Ledger) -> None:
    look(ledger, A="red")
    look(ledger, A="green")
    assert look(ledger, A="red") == set()
    with pytest.raises(ConfigError, match="A in demo has not changed"):
        ledger.fingerprints.release("demo", subject="A", by="me", reason="?")
    with pytest.raises(ConfigError, match="Z in demo has not changed"):
        ledger.fingerprints.release("demo", subject="Z", by="me", reason="?")


def test_shops_remember_for_themselves(ledger: Ledger) -> None:
    look(ledger, A="red", B="blue")
    assert ledger.fingerprints.compare("other", seen=[("A", {"spec": "green"}), ("B", {"spec": "blue"})]) == {}
    changed = [("A", {"spec": "yellow"}), ("B", {"spec": "yellow"})]
    look(ledger, A="white", B="blue")
    assert set(ledger.fingerprints.compare("other", seen=changed)) == {"A", "B"}
    assert ledger.fingerprints.release("demo", subject="A", by="me", reason="fine").last_facts == {"spec": "white"}
    assert set(ledger.fingerprints.compare("other", seen=changed)) == {"A", "B"}
    look(ledger, B="blue")
    assert ledger.fingerprints.release("other", subject="B", by="me", reason="fine").last_facts == {"spec": "yellow"}


def test_many_sightings_take_a_handful_of_statements(ledger: Ledger) -> None:
    statements: list[object] = []
    many = [(f"S{n}", {"n": n}) for n in range(3000)]
    event.listen(ledger._database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    ledger.fingerprints.compare("demo", seen=many)
    changed = ledger.fingerprints.compare("demo", seen=[(subject, {"n": facts["n"] + 1}) for subject, facts in many])
    assert len(changed) == 3000
    assert len(statements) < 60


def test_a_hold_lasts_until_its_own_cause_lifts_it(ledger: Ledger, clock: HandClock) -> None:
    ledger.holds.put("demo", subject="A", reason="客户要改地址", by="小王")
    ledger.holds.put("demo", subject="A", reason="订单禁止发货通知", by="rpa", cause="notice")
    assert ledger.holds.lift("demo", subject="A", by="rpa", cause="notice") == 1
    [hold] = ledger.holds.active("demo")["A"]
    assert (hold.cause, hold.reason, hold.held_by, hold.held_at) == ("person", "客户要改地址", "小王", clock.now())
    assert ledger.holds.lift("demo", subject="A", by="小王") == 1
    assert ledger.holds.active("demo") == {}
    assert ledger.holds.lift("demo", subject="A", by="小王") == 0


def test_holding_again_replaces_the_reason_and_lifted_ones_do_not_come_back(ledger: Ledger) -> None:
    ledger.holds.put("demo", subject="A", reason="old", by="me")
    ledger.holds.lift("demo", subject="A", by="me")
    ledger.holds.put("demo", subject="A", reason="first", by="me")
    ledger.holds.put("demo", subject="A", reason="second", by="you")
    ledger.holds.put("other", subject="A", reason="elsewhere", by="me")
    assert [(hold.reason, hold.held_by) for hold in ledger.holds.active("demo")["A"]] == [("second", "you")]


def test_a_hold_with_an_end_is_over_at_that_moment_and_can_begin_anew(ledger: Ledger, clock: HandClock) -> None:
    until = clock.now() + timedelta(minutes=10)
    kept = ledger.holds.put("demo", subject="sku", reason="stock-out", by="me", until=until, facts={"sheet": "缺货"})
    ledger.holds.put("demo", subject="sku", reason="notice", by="rpa", cause="notice")
    assert (kept.until, kept.facts) == (until, {"sheet": "缺货"})
    assert ledger.holds.active("demo")["sku"][0] == kept
    clock.move(600)
    assert [hold.cause for hold in ledger.holds.active("demo")["sku"]] == ["notice"]
    assert ledger.holds.lift("demo", subject="sku", by="me", cause="person") == 0
    clock.move(60)
    again = ledger.holds.put("demo", subject="sku", reason="stock-out again", by="you")
    assert (again.held_at, again.until, again.facts) == (clock.now(), None, {})
    assert {hold.reason for hold in ledger.holds.active("demo")["sku"]} == {"notice", "stock-out again"}
    assert ended(ledger) == [("stock-out", "", "", until)]


def test_holding_again_replaces_the_end_and_the_facts_but_not_the_beginning(ledger: Ledger, clock: HandClock) -> None:
    held_at = clock.now()
    ledger.holds.put("demo", subject="A", reason="r", by="me", until=held_at + timedelta(minutes=1), facts={"a": 1})
    clock.move(30)
    longer = ledger.holds.put(
        "demo", subject="A", reason="r", by="me", until=held_at + timedelta(hours=1), facts={"b": 2}
    )
    assert (longer.held_at, longer.until, longer.facts) == (held_at, held_at + timedelta(hours=1), {"b": 2})
    assert ledger.holds.active("demo") == {"A": (longer,)}


def test_why_a_hold_was_lifted_is_kept(ledger: Ledger, clock: HandClock) -> None:
    ledger.holds.put("demo", subject="A", reason="call back", by="me")
    ledger.holds.lift("demo", subject="A", by="you", reason="called")
    assert ended(ledger) == [("call back", "you", "called", clock.now())]


def test_many_are_held_together_or_not_at_all(ledger: Ledger, clock: HandClock) -> None:
    ledger.holds.put("demo", subject="S1", reason="mine", by="me")
    ledger.holds.put("demo", subject="S2", reason="older", by="me", cause="stock")
    until, facts = clock.now() + timedelta(days=1), {"file": "holds.csv"}
    stock = partial(Wanted, cause="stock", until=until, facts=facts)
    many = [stock(subject=f"S{n}", reason=f"row {n}") for n in range(2500)]
    ledger.holds.put_many("demo", wanted=many, by="you")
    held = ledger.holds.active("demo")
    assert [(hold.cause, hold.reason) for hold in held["S1"]] == [("person", "mine"), ("stock", "row 1")]
    assert [(hold.reason, hold.held_by, hold.until, hold.facts) for hold in held["S2"]] == [
        ("row 2", "you", until, facts)
    ]
    assert len(held) == 2500
    with pytest.raises(StatementError):
        ledger.holds.put_many(
            "demo", wanted=[Wanted(subject="T", cause="stock", reason="a", facts={"no json": object()})], by="you"
        )
    assert ledger.holds.active("demo") == held


def ended(ledger: Ledger) -> list[tuple[str, str, str, datetime]]:
    query = "SELECT reason, lifted_by, lifted_because, lifted_at FROM holds WHERE lifted_at IS NOT NULL ORDER BY id"
    with ledger._database.reading() as connection:
        rows = connection.exec_driver_sql(query)
        return [(row[0], row[1], row[2], datetime.fromisoformat(row[3])) for row in rows]


def test_one_cause_is_one_incident_while_it_lasts(ledger: Ledger, clock: HandClock) -> None:
    first = ledger.incidents.report("demo", cause="login_needed", message="expired")
    clock.move(60)
    again = ledger.incidents.report("demo", cause="login_needed", message="still expired")
    assert (again.id, again.times_seen, again.message) == (first.id, 2, "still expired")
    assert (again.opened_at, again.last_seen_at) == (first.opened_at, clock.now())
    ledger.incidents.report("demo", cause="captcha", message="slider")
    ledger.incidents.report("other", cause="login_needed", message="expired")
    assert [each.cause for each in ledger.incidents.still_open("demo")] == ["login_needed", "captcha"]
    assert len(ledger.incidents.still_open()) == 3


def test_a_closed_incident_opens_anew(ledger: Ledger, clock: HandClock) -> None:
    first = ledger.incidents.report("demo", cause="login_needed", message="expired")
    closed = ledger.incidents.close("demo", cause="login_needed")
    assert closed
    assert (closed.id, closed.closed_at) == (first.id, clock.now())
    assert ledger.incidents.still_open() == []
    assert ledger.incidents.close("demo", cause="login_needed") is None
    assert ledger.incidents.report("demo", cause="login_needed", message="expired").times_seen == 1


def test_holds_of_some_subjects_are_found_among_many(ledger: Ledger) -> None:
    many = [Wanted(subject=f"S{n}", cause="person", reason="sold out") for n in range(1200)]
    ledger.holds.put_many("demo", wanted=many, by="you")
    assert ledger.holds.active("demo", subjects=["S3", "S700", "none"]).keys() == {"S3", "S700"}
    assert len(ledger.holds.active("demo", subjects=[f"S{n}" for n in range(1200)])) == 1200
    assert ledger.holds.active("demo", subjects=[]) == {}
