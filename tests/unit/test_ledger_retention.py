"""What the ledger forgets in time, and what it never forgets."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event

from rpa.clock import Clock
from rpa.ledger.actions import Intent
from rpa.ledger.inbox_rows import NewRow, RowNote
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import Plan, PlanState
from tests.support.ledger_clock import HandClock

DAY_S = 24 * 3600


def arrive(ledger: Ledger, name: str, *, ended: bool = True, told: bool = True, folder: str = "inbox") -> None:
    new = [NewRow(place="2", subject=name, content={})]
    arrival = ledger.arrive(folder, name=name, sha256=name, path=name, rows=new)
    if ended:
        [row] = ledger.rows_of_arrival(arrival)
        ledger.note_rows([RowNote(row_id=row.id, outcome="done", ends=True)])
    ledger.put_away(arrival)
    if told:
        rows = ledger.rows_of_arrival(arrival)
        ledger.keep_result(arrival, result=f"{name}.result.csv", rows=rows, facts={})


def names(ledger: Ledger, *asked: str) -> list[str]:
    return [name for name in asked if ledger.known_arrival("inbox", sha256=name)]


def test_many_planned_runs_are_removed_without_keeping_others_from_writing(ledger: Ledger, clock: HandClock) -> None:
    skipped = [
        Plan(entry="ship", flow="ship", shop="demo", planned_at=moment, due_at=moment, state=PlanState.SKIPPED)
        for moment in (clock.now() + timedelta(minutes=minute) for minute in range(700))
    ]
    ledger.plan(skipped)
    steps: list[int] = []

    def note_delete(_c: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("DELETE"):
            steps.append(cursor.rowcount)

    def note_commit(_c: object) -> None:
        steps.append(0)

    event.listen(Engine, "after_cursor_execute", note_delete)
    event.listen(Engine, "commit", note_commit)
    try:
        began = clock.now()
        assert ledger.forget_planned(began + timedelta(days=30), at_most=650) == 650
        assert clock.now() - began >= timedelta(seconds=0.2), "others ask again every 0.1 s"
    finally:
        event.remove(Engine, "after_cursor_execute", note_delete)
        event.remove(Engine, "commit", note_commit)
    assert [step for step in steps if step] == [300, 300, 50]
    assert all(before * after == 0 for before, after in itertools.pairwise(steps))
    assert ledger.forget_planned(began + timedelta(days=30)) == 49
    assert ledger.planned_runs()[0].planned_at == skipped[-1].planned_at


def test_the_newest_planned_run_stays_when_it_lies_in_an_hour_that_came_twice(tmp_path: Path) -> None:
    zone = ZoneInfo("America/New_York")
    twice = datetime(2025, 11, 2, 1, 30, tzinfo=zone, fold=1)
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=Clock(zone)) as ledger:
        state = PlanState.SKIPPED
        ledger.plan([Plan(entry="ship", flow="ship", shop="demo", planned_at=twice, due_at=twice, state=state)])
        assert ledger.forget_planned(twice + timedelta(days=100)) == 0


def test_a_run_is_forgotten_when_it_did_nothing_that_its_record_must_explain(ledger: Ledger, clock: HandClock) -> None:
    def ran(*acting_on: str, shop: str = "demo", ended: bool = True) -> str:
        run = ledger.start_run(shop, flow="ship")
        ledger.begin(run, kind="ship", intents=[Intent(subject=each, payload={}) for each in acting_on])
        if ended:
            ledger.finish_run(run, state="finished")
        clock.move(600)
        return run.id

    idle = [ran(), ran()]
    open_still, acted, killed = ran(), ran("A"), ran(ended=False)
    ledger.stand("demo", report="Orders", flow="ship", run_id=open_still, rows=[_waits("B")], whole=True)
    before = clock.now()
    recent, only = ran(), ran(shop="departed")
    newest = ran()
    assert ledger.forget_runs(before, at_most=1) == 1
    assert ledger.forget_runs(before) == 1
    assert [each.id for each in ledger.runs()] == [newest, only, recent, killed, acted, open_still]
    assert ledger.forget_runs(clock.now()) == 1
    assert {each.id for each in ledger.runs()}.isdisjoint({*idle, recent})
    assert ledger.shops_ever_run() == {"demo", "departed"}
    assert [each.run_id for each in ledger.show()] == [acted]


def test_incidents_are_forgotten_so_long_after_they_were_closed(ledger: Ledger, clock: HandClock) -> None:
    for cause in ("open", "old", "new"):
        ledger.told(ledger.incident("demo", cause=cause, message="m"))
    ledger.close_incident("demo", cause="old")
    clock.move(40 * DAY_S)
    ledger.close_incident("demo", cause="new")
    clock.move(DAY_S)
    assert ledger.forget_incidents(clock.now() - timedelta(days=30)) == 1
    assert [each.cause for each in ledger.open_incidents()] == ["open"]
    assert [each.cause for each in ledger.closed_and_told()] == ["new"]


def test_an_alarm_is_forgotten_but_not_raised_again_for_an_order_still_open(ledger: Ledger, clock: HandClock) -> None:
    soon, later = clock.now() + timedelta(hours=2), clock.now() + timedelta(days=60)
    wanted = [("gone", 2, soon), ("gone", 6, soon), ("open", 2, soon), ("promised", 12, later)]
    ledger.raise_alarms("demo", wanted=wanted)
    ledger.stand("demo", report="Orders", flow="ship", run_id="r", rows=[_waits("open")], whole=True)
    clock.move(31 * DAY_S)
    assert ledger.forget_alarms(clock.now() - timedelta(days=40)) == 0
    assert ledger.forget_alarms(clock.now() - timedelta(days=30)) == 2
    assert ledger.raise_alarms("demo", wanted=wanted) == wanted[:2]


def _waits(subject: str) -> Finding:
    return Finding(subject=subject, outcome="waiting")


def test_a_file_is_forgotten_with_its_rows_when_nothing_of_it_is_left_to_do(ledger: Ledger, clock: HandClock) -> None:
    arrive(ledger, "over")
    arrive(ledger, "open", ended=False)
    arrive(ledger, "untold", told=False)
    arrive(ledger, "only", folder="other")
    clock.move(31 * DAY_S)
    arrive(ledger, "recent")
    arrive(ledger, "newest")
    assert ledger.forget_arrivals(clock.now() - timedelta(days=32)) == 0
    assert ledger.forget_arrivals(clock.now() - timedelta(days=30)) == 1
    assert names(ledger, "over", "open", "untold", "recent", "newest") == ["open", "untold", "recent", "newest"]
    assert [row.subject for row in ledger.failed_rows("inbox", since=clock.now() - timedelta(days=99))] == []
    assert [row.subject for _, row in ledger.open_rows("inbox")] == ["open"]
    clock.move(DAY_S)
    assert ledger.forget_arrivals(clock.now()) == 1
    assert ledger.newest_arrival("inbox") is not None
    assert ledger.newest_arrival("other") is not None
