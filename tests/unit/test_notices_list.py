"""How far the notices count as known after their list was read: never past one that may have been missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.notices.api import DOCUMENT_KIND, Notice, NoticesPage, ReadsNotices
from flows.notices.reading import NoticeBatch
from rpa.ledger.coverage import Coverage
from rpa.ledger.ledger import Ledger
from rpa.run import Run
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import NOW
from tests.support.made_runs import a_run


def a_notice(number: int) -> Notice:
    sent_at = NOW - timedelta(hours=number)
    return Notice(notice_id=f"{number}", title="活动通知", category="1", sent_at=sent_at, unread=True, files=0)


def page(*numbers: int, total: int) -> NoticesPage:
    return NoticesPage(notices=tuple(map(a_notice, numbers)), total=total)


def reaches_now(covered: Coverage) -> bool:
    return NOW - timedelta(seconds=5) < covered.until <= NOW


@dataclass(slots=True)
class Site:
    """The list's pages, as each reading of it shows them."""

    readings: list[Sequence[NoticesPage]] = field(default_factory=list)

    def account(self) -> str:
        """As `ReadsNotices`."""
        return "clerk-1"

    def now(self) -> datetime:
        """As `ReadsNotices`."""
        return NOW

    def newest(self) -> Iterator[NoticesPage]:
        """As `ReadsNotices`."""
        yield from self.readings.pop(0)


@dataclass(slots=True)
class Desk:
    """A shop whose list of notices is read."""

    run: Run
    site: Site
    notes: list[str]

    def read(self, *readings: Sequence[NoticesPage]) -> list[Coverage]:
        self.site.readings = list(readings)
        NoticeBatch(self.run).read_list()
        return self.run.ledger.coverage("demo", kind=DOCUMENT_KIND)

    def known(self) -> set[str]:
        return {each.name for each in self.run.ledger.documents("demo")}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site, notes = Site(), list[str]()
    told: dict[str, Any] = {
        "note": lambda cause, _message: notes.append(cause),
        "offices": {ReadsNotices: lambda: site},
    }
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        yield Desk(a_run(tmp_path, ledger=ledger, flow="audit-notices", **told), site, notes)


def test_a_list_read_to_its_end_covers_up_to_now(desk: Desk) -> None:
    [covered] = desk.read([page(1, 2, total=4), page(1, 2, 3, 4, total=4)])
    assert reaches_now(covered)
    assert desk.notes == []


def test_what_comes_while_the_list_is_read_misses_nothing(desk: Desk) -> None:
    [covered] = desk.read([page(1, 2, total=4), page(2, 3, total=5), page(3, 4, total=5)])
    assert reaches_now(covered)
    assert desk.known() == {"1", "2", "3", "4"}


def test_a_notice_that_leaves_the_list_while_it_is_read_hides_none(desk: Desk) -> None:
    [covered] = desk.read([page(1, 2, total=4), page(4, total=3)], [page(2, 3, 4, total=3)])
    assert reaches_now(covered)
    assert desk.known() == {"1", "2", "3", "4"}


@pytest.mark.parametrize("total", [0, 5])
def test_a_list_that_is_never_as_long_as_it_says_covers_nothing(desk: Desk, total: int) -> None:
    assert desk.read(*[[page(1, 2, total=total)]] * 3) == []
    assert desk.known() == {"1", "2"}
    assert desk.notes == ["notice_list_not_whole"]


def test_a_notice_that_comes_to_the_list_hours_after_it_was_sent_is_found(desk: Desk) -> None:
    desk.read([page(1, 24, total=2)])
    desk.read([page(1, 20, 24, total=3)])
    assert desk.known() == {"1", "20", "24"}


def test_a_page_from_before_the_time_in_question_is_far_enough(desk: Desk) -> None:
    [covered] = desk.read([page(1, 24 * 8, total=500)])
    assert reaches_now(covered)
