"""Which orders are remembered as seen under audit, and which as free of every sign of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.gate.audits_seen import look_for_signs, note_missing_notices, remember_audits
from flows.notices.api import DOCUMENT_KIND, ReadsNotices
from flows.orders.api import ReadsSigns, Signs
from flows.orders.hold_causes import CLEAR, CLOSED, LOOKS_APART, PROHIBITED, UNDER_AUDIT
from flows.orders.model import Mark, Order
from rpa.ledger.ledger import Ledger
from rpa.run import Run
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import NOW, an_order
from tests.support.made_runs import a_run

ALL_CLEAR = {"detail": Mark.CLEAR, "detail_data": Mark.CLEAR}
SINCE = NOW - timedelta(hours=5)


@dataclass(slots=True)
class Site:
    """What the site shows of each order, a clear page unless told otherwise; and who was looked at."""

    audit: dict[str, Mapping[str, Mark]] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)

    def signs(self, order_sn: str) -> Signs:
        """As `ReadsSigns`."""
        self.looked_at.append(order_sn)
        return Signs(order_sn=order_sn, audit=self.audit.get(order_sn, ALL_CLEAR), evidence=Path("pictures/1.jpg"))


@dataclass(slots=True)
class Watched:
    """A run of a shop, its site, and what was noted."""

    run: Run
    site: Site
    notes: list[str]

    def prohibit(self, *order_sns: str, cause: str = PROHIBITED, since: datetime = SINCE) -> None:
        """A notice holds these orders."""
        for sn in order_sns:
            facts = {"since": since.isoformat()}
            self.run.ledger.hold("demo", subject=sn, reason="notice", by="audit-notices", cause=cause, facts=facts)

    def look(self, *orders: Order, at: datetime = NOW) -> None:
        """The list shows these orders."""
        look_for_signs(self.run, orders, at=at)

    def clear(self) -> dict[str, tuple[datetime, datetime]]:
        """First and last of the clear looks, by order."""
        seen = self.run.ledger.observations("demo", mark=CLEAR)
        return {sn: (one.first_at, one.last_at) for sn, one in seen.items()}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    site, notes = Site(), list[str]()
    offices: dict[type, Callable[[], Any]] = {ReadsSigns: lambda: site, ReadsNotices: lambda: None}
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        run = a_run(tmp_path, ledger=ledger, note=lambda cause, _message: notes.append(cause), offices=offices)
        yield Watched(run, site, notes)


def test_an_order_seen_under_audit_is_remembered_with_its_first_moment(watched: Watched) -> None:
    audited = an_order("A", audit=Mark.SET, ship_by=NOW)
    remember_audits(watched.run, [audited, an_order("B"), an_order("C", audit=Mark.UNREADABLE)], at=NOW)
    remember_audits(watched.run, [audited], at=NOW + LOOKS_APART)
    [(sn, seen)] = watched.run.ledger.observations("demo", mark=UNDER_AUDIT).items()
    assert (sn, seen.first_at, seen.last_at) == ("A", NOW, NOW + LOOKS_APART)
    assert seen.last_facts == {"ship_by": NOW.isoformat()}


def test_only_orders_that_a_notice_forbids_and_the_list_shows_clear_are_looked_at(watched: Watched) -> None:
    watched.prohibit("A", "B", "C")
    watched.prohibit("E", cause=CLOSED)
    watched.look(
        an_order("A"), an_order("B", audit=Mark.SET), an_order("C", doubt="differ"), an_order("D"), an_order("E")
    )
    assert watched.site.looked_at == ["A"]
    assert watched.clear() == {"A": (NOW, NOW)}
    facts = watched.run.ledger.observations("demo", mark=CLEAR)["A"].last_facts
    assert facts == {"ship_by": None, "signs": ["list", "detail", "detail_data"], "evidence": "pictures"}


def test_an_order_is_not_looked_at_again_before_it_is_of_use(watched: Watched) -> None:
    watched.prohibit("A")
    for minutes in (0, 1, 29, 30):
        watched.look(an_order("A"), at=NOW + timedelta(minutes=minutes))
    assert watched.site.looked_at == ["A", "A"]
    assert watched.clear() == {"A": (NOW, NOW + LOOKS_APART)}


@pytest.mark.parametrize("sign", [Mark.SET, Mark.UNREADABLE])
def test_one_sign_that_is_not_clear_makes_no_clear_look(watched: Watched, sign: Mark) -> None:
    watched.prohibit("A")
    watched.site.audit["A"] = {**ALL_CLEAR, "address": sign}
    watched.look(an_order("A"))
    assert watched.clear() == {}
    assert list(watched.run.ledger.observations("demo", mark=UNDER_AUDIT)) == (["A"] if sign is Mark.SET else [])


@pytest.mark.parametrize("how", ["in the list", "on its page", "in a list read by another flow"])
def test_a_sign_that_comes_back_makes_the_looks_before_it_count_no_more(watched: Watched, how: str) -> None:
    watched.prohibit("A")
    watched.look(an_order("A"))
    if how == "on its page":
        watched.site.audit["A"] = {**ALL_CLEAR, "detail": Mark.SET}
    shown = an_order("A", audit=Mark.CLEAR if how == "on its page" else Mark.SET)
    if how == "in a list read by another flow":
        remember_audits(watched.run, [shown], at=NOW + LOOKS_APART)
    else:
        watched.look(shown, at=NOW + LOOKS_APART)
    assert watched.clear() == {}


def test_a_newer_notice_makes_the_looks_before_it_count_no_more(watched: Watched) -> None:
    watched.prohibit("A")
    watched.look(an_order("A"))
    watched.prohibit("A", since=NOW + timedelta(minutes=5))
    later = NOW + timedelta(minutes=10)
    watched.look(an_order("A"), at=later)
    assert watched.clear() == {"A": (later, later)}


def test_a_hold_that_is_gone_takes_its_looks_with_it(watched: Watched) -> None:
    watched.prohibit("A")
    watched.look(an_order("A"))
    watched.run.ledger.lift("demo", subject="A", by="Li", cause=PROHIBITED)
    watched.look(an_order("A"))
    assert watched.clear() == {}
    assert watched.site.looked_at == ["A"]


@pytest.mark.parametrize(
    ("until", "doubt", "cause"),
    [
        (None, "", ["notices_never"]),
        (NOW, "", []),
        (NOW - timedelta(days=4), "", []),
        (NOW - timedelta(days=5), "", ["notices_overdue"]),
        (NOW, "an audit without a notice", ["notices_unknown"]),
    ],
)
def test_notices_that_may_be_missing_are_noted_once(
    watched: Watched, until: datetime | None, doubt: str, cause: list[str]
) -> None:
    ledger, account = watched.run.ledger, {"account": "clerk-1", "kind": DOCUMENT_KIND}
    if until is not None:
        ledger.cover("demo", since=until - timedelta(days=1), until=until, **account)
    if doubt:
        ledger.doubt_coverage("demo", doubt=doubt, at=NOW, **account)
    note_missing_notices(watched.run, now=NOW)
    assert watched.notes == cause


def test_a_notice_that_is_known_and_not_saved_is_noted(watched: Watched) -> None:
    watched.run.ledger.cover("demo", account="clerk-1", kind=DOCUMENT_KIND, since=SINCE, until=NOW)
    watched.run.ledger.find_document("demo", kind=DOCUMENT_KIND, name="1", facts={}, issued_at=SINCE)
    note_missing_notices(watched.run, now=NOW)
    assert watched.notes == ["notices_no"]
