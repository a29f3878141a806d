"""What stands open, who was warned of it, logins, signs of life, and the pace."""

from __future__ import annotations

import functools
import os
from datetime import timedelta

from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.runs import RunState
from tests.support.ledger_clock import HandClock


def left(ledger: Ledger, *, flow: str = "ship", whole: bool = True, reads_only: bool = False, **found: str) -> None:
    """A run of a flow that left these subjects with these outcomes; "unseen" ones it did not come to look at."""
    rows = [
        Finding(subject=subject, outcome=outcome.removeprefix("unseen "), looked=not outcome.startswith("unseen "))
        for subject, outcome in found.items()
    ]
    ledger.open_items.replace(
        "demo", report="Orders", flow=flow, run_id=f"{flow}-1", rows=rows, whole=whole, reads_only=reads_only
    )


def lines(ledger: Ledger, shop: str | None = "demo") -> dict[str, str]:
    return {f"{each.flow}:{each.subject}": each.outcome for each in ledger.open_items.search(shop)}


def test_a_line_says_everything_that_a_person_asks(ledger: Ledger, clock: HandClock) -> None:
    deadline = clock.now() + timedelta(hours=3)
    row = Finding(
        subject="A",
        outcome="waiting",
        reason="under_audit",
        message="since noon",
        deadline=deadline,
        facts={"goods": "杯子"},
    )
    ledger.open_items.replace("demo", report="Orders", flow="ship", run_id="r-1", rows=[row], whole=True)
    [line] = ledger.open_items.search()
    assert (line.shop, line.report, line.flow, line.run_id, line.seen_at) == (
        *("demo", "Orders", "ship", "r-1"),
        clock.now(),
    )
    assert (line.subject, line.outcome, line.reason, line.message) == ("A", "waiting", "under_audit", "since noon")
    assert (line.deadline, line.facts) == (deadline, {"goods": "杯子"})


def test_a_whole_look_replaces_the_earlier_one_of_its_report_and_shop_alone(ledger: Ledger) -> None:
    left(ledger, A="waiting", B="needs_person")
    ledger.open_items.replace(
        "other", report="Orders", flow="ship", run_id="r", rows=[Finding(subject="A", outcome="waiting")], whole=True
    )
    ledger.open_items.replace(
        "demo", report="Notices", flow="n", run_id="r", rows=[Finding(subject="N", outcome="needs_person")], whole=True
    )
    left(ledger, flow="ship-batch", B="done", C="refused", D="already_done")
    assert lines(ledger) == {"n:N": "needs_person", "ship-batch:C": "refused"}
    assert lines(ledger, "other") == {"ship:A": "waiting"}
    left(ledger)
    assert lines(ledger) == {"n:N": "needs_person"}


def test_a_look_that_was_cut_off_replaces_what_it_names_and_leaves_the_rest(ledger: Ledger) -> None:
    left(ledger, A="waiting", B="needs_person", C="refused")
    left(ledger, whole=False, B="done", C="waiting", D="planned")
    assert lines(ledger) == {"ship:A": "waiting", "ship:C": "waiting", "ship:D": "planned"}


def test_what_a_run_did_not_come_to_look_at_stays_as_it_was_found(ledger: Ledger) -> None:
    left(ledger, A="waiting", B="refused")
    left(ledger, whole=False, A="unseen needs_person", C="unseen needs_person", B="waiting")
    assert lines(ledger) == {"ship:A": "waiting", "ship:C": "needs_person", "ship:B": "waiting"}


def test_a_flow_that_reads_knows_less_than_one_that_acts(ledger: Ledger) -> None:
    left(ledger, A="waiting", B="needs_person", C="waiting", D="refused")
    left(ledger, flow="read", reads_only=True, A="done", B="waiting", E="waiting")
    kept = {"ship:A": "waiting", "ship:B": "needs_person", "ship:D": "refused"}
    assert lines(ledger) == {**kept, "read:E": "waiting"}, "C only waited, and is not to be seen any more"
    left(ledger, flow="read", reads_only=True, whole=False, F="waiting")
    assert lines(ledger) == {**kept, "read:E": "waiting", "read:F": "waiting"}
    left(ledger, flow="read", reads_only=True, A="done")
    assert lines(ledger) == {"ship:A": "waiting", "ship:B": "needs_person", "ship:D": "refused"}
    left(ledger, E="waiting")
    assert lines(ledger) == {"ship:E": "waiting"}


def test_two_rows_of_one_subject_are_two_lines(ledger: Ledger) -> None:
    rows = [Finding(subject="A", outcome="refused", reason=reason) for reason in ("bad_row", "duplicate_row")]
    ledger.open_items.replace("demo", report="Orders", flow="ship", run_id="r", rows=rows, whole=False)
    assert [each.reason for each in ledger.open_items.search("demo")] == ["bad_row", "duplicate_row"]


def test_what_a_person_dealt_with_is_gone_from_every_report_of_the_shop(ledger: Ledger) -> None:
    left(ledger, A="needs_person", B="waiting")
    ledger.open_items.replace(
        "other", report="Orders", flow="ship", run_id="r", rows=[Finding(subject="A", outcome="waiting")], whole=True
    )
    ledger.open_items.remove("demo", subject="A")
    assert lines(ledger, None) == {"ship:B": "waiting", "ship:A": "waiting"}
    assert lines(ledger) == {"ship:B": "waiting"}


def test_many_lines_are_replaced_at_once(ledger: Ledger) -> None:
    many = [f"S{n}" for n in range(3000)]
    for subjects, outcome, whole in ((many, "waiting", True), (many[:2500], "done", False)):
        rows = [Finding(subject=each, outcome=outcome) for each in subjects]
        ledger.open_items.replace("demo", report="Orders", flow="ship", run_id="r", rows=rows, whole=whole)
    assert len(ledger.open_items.search()) == 500


def test_an_alarm_is_raised_once_for_a_level_and_a_deadline(ledger: Ledger, clock: HandClock) -> None:
    by = clock.now() + timedelta(hours=5, microseconds=123_456)
    first = [("A", 12, by), ("A", 6, by), ("B", 12, by)]
    assert ledger.alarms.add("demo", wanted=[*first, first[0]]) == first
    assert ledger.alarms.add("demo", wanted=first) == []
    later = by + timedelta(hours=1)
    assert ledger.alarms.add("demo", wanted=[*first, ("A", 12, later)]) == [("A", 12, later)]
    assert ledger.alarms.add("other", wanted=first[:1]) == first[:1]
    assert ledger.alarms.add("demo", wanted=[]) == []


def test_the_newest_login_of_each_shop_is_known_until_it_is_lost(ledger: Ledger, clock: HandClock) -> None:
    ends_at = clock.now() + timedelta(days=10)
    ledger.logins.put("other", ends_at=None)
    ledger.logins.put("demo", ends_at=None, detail="first")
    clock.move(60)
    newest = ledger.logins.put("demo", ends_at=ends_at)
    assert (newest.kept_at, newest.ends_at, newest.detail) == (clock.now(), ends_at, "")
    assert ledger.logins.by_shop()["demo"] == newest
    ledger.logins.remove("demo")
    assert ledger.logins.by_shop().keys() == {"other"}


def test_a_sign_of_life_replaces_the_one_before(ledger: Ledger, clock: HandClock) -> None:
    ledger.heartbeats.beat("scheduler", next_due_at=clock.now(), detail="2 workers")
    clock.move(30)
    newest = ledger.heartbeats.beat("scheduler")
    assert (newest.beat_at, newest.next_due_at, newest.detail, newest.pid) == (clock.now(), None, "", os.getpid())
    ledger.heartbeats.beat("digest")
    assert ledger.heartbeats.newest().keys() == {"digest", "scheduler"}
    assert ledger.heartbeats.newest()["scheduler"] == newest


def test_runs_are_listed_newest_first(ledger: Ledger, clock: HandClock) -> None:
    for shop in ("demo", "other", "demo"):
        run = ledger.runs.start(shop, flow="ship")
        ledger.runs.finish(run, state=RunState.FINISHED, counts={"done": 2})
        clock.move(60)
    newest, middle, oldest = ledger.runs.search()
    assert [newest.shop, middle.shop, oldest.shop] == ["demo", "other", "demo"]
    assert (newest.counts, newest.finished_at, newest.state) == ({"done": 2}, newest.started_at, RunState.FINISHED)
    assert ledger.runs.search("demo") == [newest, oldest]
    assert ledger.runs.search("demo", limit=1) == ledger.runs.search("demo", since=newest.started_at) == [newest]
    assert ledger.runs.search(since=middle.started_at) == [newest, middle]


def test_the_pace_counts_what_became_done_in_a_span(ledger: Ledger, clock: HandClock) -> None:
    begun = clock.now()
    for shop, subjects in (("demo", "AB"), ("other", "A")):
        run = ledger.runs.start(shop, flow="ship")
        for subject in subjects:
            [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject=subject, payload={})])
            clock.move(60)
            ledger.actions.settle(run, action, seen=Seen.OURS, settled=True)
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="open", payload={})])
    end = clock.now()
    of_all = functools.partial(ledger.actions.count_done, ["demo", "other", "empty"], kinds=["ship"], until=end)
    assert of_all(since=begun) == {"demo": 2, "other": 1}
    assert of_all(since=begun)["empty"] == 0
    assert of_all(since=begun, kinds=["audit"]) == {}
    assert of_all(since=begun, kinds=["audit", "ship"])["demo"] == 2
    assert of_all(since=begun + timedelta(minutes=1)) == {"demo": 1, "other": 1}
    ledger.actions.resolve(
        "demo", kind="ship", subject="B", state=State.NOT_DONE, by="me", reason="the site withdrew it"
    )
    assert ledger.actions.count_done(["demo"], kinds=["ship"], since=begun, until=end) == {"demo": 1}
