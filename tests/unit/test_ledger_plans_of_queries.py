"""What is asked at every run, every minute or every night is found by an index, however much the ledger has."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from rpa.credentials import key_from, make_key
from rpa.ledger.actions import Intent, Seen
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlanState
from rpa.ledger.sealed_stock import NewItem
from rpa.ledger.sealing import Seal
from tests.support.ledger_clock import HandClock

CLOCK = HandClock()
NOW = CLOCK.now()
LATER = NOW + timedelta(days=1)
SHOP = "demo"
MANY = [SHOP, "other"]

ASKED: dict[str, tuple[Callable[[Ledger], object], str]] = {
    "live actions of orders": (lambda ledger: ledger.actions.live(SHOP, kind="ship", subjects=["1", "2"]), "subject=?"),
    "newest actions of orders": (
        lambda ledger: ledger.actions.latest(SHOP, kind="ship", subjects=["1", "2"]),
        "subject=?",
    ),
    "actions of a parcel": (lambda ledger: ledger.actions.bundled(SHOP, kind="ship", bundles=["1"]), "bundle=?"),
    "open actions": (lambda ledger: ledger.actions.submitting(SHOP, kind="ship"), "state=?"),
    "the day's cap": (lambda ledger: ledger.actions.count_since(SHOP, kind="ship", since=NOW), "created_at>?"),
    "the pace": (lambda ledger: ledger.actions.count_done(MANY, kinds=["ship"], since=NOW, until=NOW), "updated_at<?"),
    "what a killed run did": (lambda ledger: ledger.actions.search(SHOP, since=NOW), "updated_at>?"),
    "runs that never ended": (lambda ledger: ledger.runs.unfinished(SHOP), "state=?"),
    "the day's runs": (lambda ledger: ledger.runs.search(SHOP, since=NOW), "started_at>?"),
    "the newest runs": (lambda ledger: ledger.runs.search(SHOP, limit=3), "runs USING INDEX"),
    "the newest runs of each": (lambda ledger: ledger.runs.newest(MANY, limit=3), "runs USING INDEX"),
    "the sites' clocks": (lambda ledger: ledger.site_clocks.now_in(MANY), "(shop=? AND mark=? AND subject=?)"),
    "what is due": (lambda ledger: ledger.plans.due(NOW), "due_at<?"),
    "what is running": (lambda ledger: ledger.plans.search(state=PlanState.STARTED), "state=?"),
    "what never started": (
        lambda ledger: ledger.plans.search(state=PlanState.NEVER_STARTED, since=NOW),
        "state=? AND planned_at>?",
    ),
    "last and next": (lambda ledger: ledger.plans.last_and_next(MANY), "shop=?"),
    "open incidents": (lambda ledger: ledger.incidents.still_open(), "one_open_incident"),
    "incidents told lately": (lambda ledger: ledger.incidents.notified_since(NOW), "told_at>?"),
    "ends of incidents to tell": (lambda ledger: ledger.incidents.unnotified_ends(), "incidents_to_end"),
    "inbox rows that failed": (
        lambda ledger: ledger.inbox.failed_rows("inbox", since=NOW),
        "(arrival_id=? AND state=?)",
    ),
    "planned runs to forget": (lambda ledger: ledger.retention.remove_plans(LATER), "planned_at<?"),
    "runs to forget": (lambda ledger: ledger.retention.remove_runs(NOW), "actions_by_run (run_id=?)"),
    "pictures that are over": (
        lambda ledger: ledger.retention.long_done(SHOP, subjects=["1"], before=NOW),
        "subject=?",
    ),
    "tables that are over": (
        lambda ledger: ledger.retention.replaced_documents(SHOP, kind="export", before=NOW),
        "mentions_by_document",
    ),
    "items for an order": (
        lambda ledger: ledger.sealed_stock.reserve("stock", pool="P", shop=SHOP, subject="1", count=1, by="me"),
        "sealed_by_pool",
    ),
    "items of an order": (lambda ledger: ledger.sealed_stock.search(shop=SHOP, subject="1"), "subject=?"),
    "the stock's pace": (lambda ledger: ledger.sealed_stock.count_sent("stock", since=NOW), "sent_at>?"),
    "imports that are over": (lambda ledger: ledger.retention.long_ended(SHOP, run_ids=["1"], before=NOW), "run_id=?"),
}
GROWING = (
    "actions",
    "runs",
    "planned_runs",
    "incidents",
    "arrival_rows",
    "mentions",
    "sightings",
    "observations",
    "sealed_items",
)
FROM_ONE_INDEX = ("COVERING INDEX sqlite_autoindex_planned_runs", "INDEX one_open_incident")
"""What reads one index only: of the open ones, or, once a night, the newest planned run of each entry and shop."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("asked") / "ledger.sqlite3"
    with Ledger.open(made, clock=CLOCK) as ledger:
        run = ledger.runs.start(SHOP, flow="ship")
        [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject="1", payload={})])
        ledger.actions.settle(run, action, seen=Seen.OURS, settled=True)
        items = [NewItem(place=each, content=str(each), identity=str(each), last_four=str(each)) for each in range(9)]
        ledger.sealed_stock.add(Seal(key_from(make_key()), owner="stock"), pool="P", batch="B", items=items, by="me")
    return made


@pytest.fixture
def plans(path: Path) -> Iterator[list[str]]:
    """How SQLite finds what is asked of the ledger meanwhile."""
    steps: list[str] = []
    with closing(sqlite3.connect(path)) as other:

        def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, _m: object) -> None:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                steps.extend(row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {statement}", values))

        event.listen(Engine, "before_cursor_execute", note)
        yield steps
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_again_and_again_is_found_by_an_index(what: str, path: Path, plans: list[str]) -> None:
    ask, by = ASKED[what]
    with Ledger.open(path, clock=CLOCK) as ledger:
        plans.clear()
        ask(ledger)
    assert any(by in step for step in plans), plans
    read = [step for step in plans if step.split()[0] == "SCAN" and step.split()[1] in GROWING]
    assert [step for step in read if not any(index in step for index in FROM_ONE_INDEX)] == []
