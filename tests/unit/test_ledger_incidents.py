"""Incidents: how severe, whom somebody told, and that they are over. One a cause while it lasts: test_ledger_memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.report.results import Incident
from rpa.runner.follow_up import keep_ending, login_ends
from tests.support.ledger_clock import HandClock

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING


def ended(ledger: Ledger, cause: str | None, *, flow: str = "ship", shop: str = "demo") -> None:
    keep_ending(ledger, shop, flow=flow, stop=None if cause is None else Incident(cause=cause, message="why"))


def causes(ledger: Ledger, shop: str = "demo") -> dict[str, Severity]:
    return {each.cause: each.severity for each in ledger.open_incidents(shop)}


def test_the_newest_severity_counts(ledger: Ledger) -> None:
    assert ledger.incident("demo", cause="late", message="12 h").severity is WARNING
    assert ledger.incident("demo", cause="late", message="2 h", severity=CRITICAL).severity is CRITICAL
    [incident] = ledger.open_incidents("demo")
    assert (incident.severity, incident.times_seen) == (CRITICAL, 2)


def test_each_telling_is_counted_and_its_moment_kept(ledger: Ledger, clock: HandClock) -> None:
    incident = ledger.incident("demo", cause="late", message="m")
    assert (incident.told_at, incident.times_told) == (None, 0)
    clock.move(60)
    first = ledger.told(incident)
    clock.move(60)
    again = ledger.told(first)
    assert (first.times_told, again.times_told, again.told_at) == (1, 2, clock.now())
    assert ledger.incident("demo", cause="late", message="m").times_told == 2


def test_only_what_was_told_is_told_to_be_over_and_only_once(ledger: Ledger) -> None:
    for cause in ("told", "untold"):
        ledger.incident("demo", cause=cause, message="m")
    ledger.told(ledger.open_incidents("demo")[0])
    assert ledger.closed_and_told() == []
    for cause in ("told", "untold"):
        ledger.close_incident("demo", cause=cause)
    [over] = ledger.closed_and_told()
    assert over.cause == "told"
    assert ledger.told_closed(over).closing_told_at is not None
    assert ledger.closed_and_told() == []
    assert ledger.incident("demo", cause="told", message="m").times_told == 0, "it opened anew"


@pytest.mark.parametrize("code", ["login_needed", "challenge", "logged_in_elsewhere", "wrong_shop", "rate_limited"])
def test_what_stops_a_whole_shop_is_one_incident_whichever_flow_meets_it(ledger: Ledger, code: str) -> None:
    ended(ledger, code)
    ended(ledger, code, flow="audit-notices")
    assert causes(ledger) == {code: WARNING if code == "rate_limited" else CRITICAL}
    assert ledger.open_incidents("demo")[0].times_seen == 2
    ended(ledger, None, flow="pending-orders")
    assert causes(ledger) == {}


def test_what_stops_a_flow_lasts_until_this_flow_comes_to_its_end(ledger: Ledger) -> None:
    ended(ledger, "crashed")
    ended(ledger, "page_changed")
    ended(ledger, "page_changed", flow="audit-notices")
    ended(ledger, "page_changed", shop="other")
    ledger.incident("demo", cause="ship_by_2h", message="not ours to close")
    alarm = {"ship_by_2h": WARNING}
    assert causes(ledger) == {
        "crashed:ship": CRITICAL,
        "page_changed:ship": WARNING,
        "page_changed:audit-notices": WARNING,
        **alarm,
    }
    ended(ledger, None)
    assert causes(ledger) == {"page_changed:audit-notices": WARNING, **alarm}
    assert causes(ledger, "other") == {"page_changed:ship": WARNING}


def test_a_stop_that_was_asked_for_is_no_incident_and_proves_nothing(ledger: Ledger) -> None:
    ended(ledger, "login_needed")
    ended(ledger, "stopped")
    assert causes(ledger) == {"login_needed": CRITICAL}


def test_a_login_ends_with_the_first_of_its_cookies_that_ends(clock: HandClock) -> None:
    def state(**expires: float) -> bytes:
        cookies = ", ".join(f'{{"name": "{name}", "expires": {end}}}' for name, end in expires.items())
        return f'{{"cookies": [{cookies}]}}'.encode()

    now = clock.now()
    soon, late, past = (int((now + timedelta(days=days)).timestamp()) for days in (1, 9, -1))

    def end(state: bytes) -> datetime | None:
        return login_ends(state, cookies=("PASS", "SID"), now=now)

    assert end(state(PASS=late, SID=soon, other=soon - 60)) == datetime.fromtimestamp(soon, UTC)
    assert end(state(PASS=late, SID=past)) == datetime.fromtimestamp(late, UTC)
    assert end(state(PASS=-1, other=soon)) is None
    assert end(b"{}") is None
