"""How long a shop rests whose login is in trouble."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rpa.ledger.ledger import Ledger
from rpa.scheduler.run_queue import resting
from tests.support.ledger_clock import HandClock

HOUR = timedelta(hours=1)


class Office:
    """One shop's incidents, and what is stored of its login."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.ledger = Ledger.open(folder / "ledger.sqlite3", clock=self.clock)
        self.secrets = folder / "secrets"
        self.secrets.mkdir()

    def stopped(self, cause: str = "login_needed", *, times: int = 1) -> None:
        for _ in range(times):
            self.ledger.incidents.report("demo", cause=cause, message="Log in.")

    def keep_password(self) -> None:
        """As somebody did the day before."""
        kept, at = self.secrets / "demo.password", self.clock.now() - timedelta(days=1)
        kept.write_bytes(b"sealed")
        os.utime(kept, times=(at.timestamp(),) * 2)

    def rests_for(self) -> timedelta:
        """Until when it rests, to the hour, from now on."""
        begun, rested = self.clock.now(), timedelta(0)
        while resting(self.ledger.incidents.still_open(), accounts={}, secrets=self.secrets, now=begun + rested):
            rested += HOUR
        return rested


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    with made.ledger:
        yield made


def test_each_try_that_fails_makes_the_rest_longer_up_to_half_a_day(office: Office) -> None:
    rests = []
    for _ in range(6):
        office.stopped()
        rests.append(office.rests_for() / HOUR)
    assert rests == [1, 2, 4, 8, 12, 12]


def test_a_session_that_was_lost_is_no_reason_to_rest_where_a_password_is_stored(office: Office) -> None:
    office.keep_password()
    office.stopped()
    assert office.rests_for() == timedelta(0), "the next run logs in by itself"
    office.stopped()
    assert office.rests_for() == HOUR, "the password did not help"


def test_what_a_password_does_not_end_lets_the_shop_rest_at_once(office: Office) -> None:
    office.keep_password()
    office.stopped("challenge")
    assert office.rests_for() == HOUR


def test_an_account_logged_in_elsewhere_is_left_alone_until_somebody_logs_in(office: Office) -> None:
    office.keep_password()
    office.stopped("logged_in_elsewhere")
    later = office.clock.now() + timedelta(days=400)
    assert resting(office.ledger.incidents.still_open(), accounts={}, secrets=office.secrets, now=later) == {
        "demo": "Log in."
    }
    (office.secrets / "demo.state").write_bytes(b"sealed")
    assert resting(office.ledger.incidents.still_open(), accounts={}, secrets=office.secrets, now=later) == {}


def test_a_long_trouble_overflows_nothing(office: Office) -> None:
    office.stopped(times=50)
    assert office.rests_for() == 12 * HOUR


def test_what_is_no_trouble_of_the_login_lets_nobody_rest(office: Office) -> None:
    office.stopped("page_changed:ship")
    assert office.rests_for() == timedelta(0)
