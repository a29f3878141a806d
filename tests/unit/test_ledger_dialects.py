"""Statements of the ledger are made for SQLite and for PostgreSQL alike."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest
from sqlalchemy import ClauseElement, event
from sqlalchemy.dialects import postgresql, sqlite

from rpa.credentials import key_from, make_key
from rpa.errors import AlreadyDone
from rpa.ledger.actions import IllegalStep, Intent, Seen, State
from rpa.ledger.claims import Claim, HoldWanted
from rpa.ledger.documents import DocumentState
from rpa.ledger.holds import Wanted
from rpa.ledger.inbox import NewRow, RowNote
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import Plan, PlanState
from rpa.ledger.sealed_stock import ItemState, NewItem
from rpa.ledger.sealing import Seal
from rpa.ledger.store import Store
from rpa.outcome import Outcome
from tests.support.ledger_clock import HandClock

CLOCK = HandClock()
NOW = CLOCK.now()
LATER = NOW + timedelta(days=9)
SHOP, SHIP, INBOX = "demo", "ship", "inbox"


def use(ledger: Ledger) -> None:
    """Each method of each repository, with all that it may be asked."""
    use_runs_and_actions(ledger)
    use_holds_and_documents(ledger)
    use_sights(ledger)
    use_inbox(ledger)
    use_what_people_are_told(ledger)
    use_plans(ledger)
    use_sealed_stock(ledger)
    use_retention(ledger)


def use_runs_and_actions(ledger: Ledger) -> None:
    run = ledger.runs.start(SHOP, flow=SHIP)
    one, two = (Intent(subject=each, payload={}, bundle="P") for each in ("A", "B"))
    [begun] = ledger.actions.begin(run, kind=SHIP, intents=[one])
    with pytest.raises(AlreadyDone):
        ledger.actions.begin(run, kind=SHIP, intents=[one])
    ledger.actions.settle(run, begun, seen=Seen.OURS, settled=True)
    [begun] = ledger.actions.begin(run, kind=SHIP, intents=[one], supersede=True)
    ledger.actions.settle(run, begun, seen=Seen.UNREADABLE, settled=True)
    [handed] = ledger.actions.hand_over(run, kind=SHIP, intents=[two])
    for _ in range(2):
        ledger.actions.settle(run, handed, seen=Seen.NOTHING, settled=True)
    ledger.actions.take_back(run, actions=[handed], by="me", reason="")
    ledger.actions.resolve(SHOP, kind=SHIP, subject="A", state=State.DONE, by="me", reason="")
    for find in (ledger.actions.submitting, ledger.actions.unknown, ledger.actions.handed_over, ledger.actions.live):
        find(SHOP, kind=SHIP)
    ledger.actions.live(SHOP, kind=SHIP, subjects=["A"])
    ledger.actions.latest(SHOP, kind=SHIP, subjects=["A"])
    ledger.actions.bundled(SHOP, kind=SHIP, bundles=["P"])
    ledger.actions.count_since(SHOP, kind=SHIP, since=NOW)
    ledger.actions.count_done([SHOP], kinds=[SHIP], since=NOW, until=LATER)
    ledger.actions.search(SHOP, subject="A", state=State.DONE, since=NOW, limit=1)
    ledger.actions.unsettled_subjects(SHOP)
    ledger.runs.search(SHOP, since=NOW, limit=1)
    ledger.runs.newest([SHOP], limit=1)
    ledger.runs.search()
    ledger.runs.unfinished(SHOP)
    ledger.runs.shops()
    ledger.runs.finish(run, state="finished")


def use_holds_and_documents(ledger: Ledger) -> None:
    ledger.holds.put(SHOP, subject="A", reason="r", by="me", until=LATER)
    ledger.holds.put_many(SHOP, wanted=[Wanted(subject="A", cause="stock", reason="r")], by="me")
    ledger.holds.active(SHOP)
    ledger.holds.active(SHOP, subjects=["A"])
    document = ledger.documents.register(SHOP, kind="notice", name="N", facts={}, issued_at=NOW)
    ledger.documents.register(SHOP, kind="notice", name="N", facts={"a": 1})
    ledger.documents.save(document, path="p", sha256="s", size_bytes=1)
    claims = [Claim(subject="A", says="held", at=NOW)]
    held = HoldWanted(cause="notice", reason="r")
    causes = frozenset({"notice", "stock"})
    ledger.documents.conclude(
        document, state=DocumentState.READ, claims=claims, judge=lambda _, __: held, causes=causes
    )
    with pytest.raises(IllegalStep):
        ledger.documents.conclude(document, state=DocumentState.LOST)
    free = [Claim(subject="A", says="free", at=NOW, document_id=document.id)]
    ledger.claims.add(SHOP, claims=free, judge=lambda _, __: None, causes=causes)
    ledger.claims.of_subjects(SHOP, subjects=["A"])
    ledger.claims.of_document(document)
    ledger.documents.search(SHOP, kind="notice", states=[DocumentState.READ], names=["N"], since=NOW)
    ledger.holds.lift(SHOP, subject="A", by="me", cause="person")
    ledger.coverage.extend(SHOP, account="main", kind="notice", since=NOW, until=NOW)
    ledger.coverage.invalidate(SHOP, account="main", kind="notice", doubt="?", at=NOW)
    ledger.coverage.validate(SHOP, account="main", kind="notice")
    ledger.coverage.search(SHOP, kind="notice", account="main")


def use_sights(ledger: Ledger) -> None:
    for look in ("old", "old", "new"):
        ledger.fingerprints.compare(SHOP, seen=[("A", {"spec": look})])
    ledger.fingerprints.release(SHOP, subject="A", by="me", reason="")
    ledger.observations.record(SHOP, mark="audit", seen={"A": {}}, at=NOW, gone=["B"])
    ledger.observations.of_mark(SHOP, mark="audit", subjects=["A"])
    ledger.site_clocks.keep(SHOP, ahead=timedelta(0))
    ledger.site_clocks.now(SHOP)


def use_inbox(ledger: Ledger) -> None:
    rows = [NewRow(place="1", subject="A", content={}), NewRow(place="2", subject="", content={})]
    arrival = ledger.inbox.add(INBOX, name="a.csv", sha256="1", path="p", rows=rows)
    ledger.inbox.add(INBOX, name="a.csv", sha256="1", path="p", rows=rows, instead_of=arrival)
    ledger.inbox.update(arrival, sha256="2", rows=rows[:1], facts={"copied": "yes"})
    ledger.inbox.open_rows(INBOX)
    [row] = ledger.inbox.rows(arrival)
    for outcome in (Outcome.REFUSED, Outcome.DONE):
        ledger.inbox.update_rows([RowNote(row_id=row.id, outcome=outcome, ends=True)])
    ledger.inbox.set_facts(arrival, facts={})
    ledger.inbox.move(arrival, path="q")
    ledger.inbox.archive(arrival)
    ledger.inbox.set_result(arrival, result="r", rows=ledger.inbox.rows(arrival), facts={})
    ledger.inbox.find(INBOX, sha256="2")
    ledger.inbox.newest(INBOX)
    ledger.inbox.unfinished(INBOX)
    ledger.inbox.copied(INBOX)
    ledger.inbox.archived(INBOX, since=NOW)
    ledger.inbox.failed_rows(INBOX, since=NOW)


def use_what_people_are_told(ledger: Ledger) -> None:
    rows = [Finding(subject="A", outcome=Outcome.WAITING, reason="r")]
    for _ in range(2):
        ledger.open_items.replace(SHOP, report="orders", flow=SHIP, run_id="1", rows=rows, whole=True)
    ledger.open_items.update(ledger.open_items.search(SHOP), outcome=Outcome.WAITING, reason="s")
    ledger.open_items.remove(SHOP, subject="A")
    ledger.alarms.add(SHOP, wanted=[("A", 2, NOW)])
    ledger.alarms.was_raised(SHOP, hours=2, subjects=["A"], after=NOW, until=LATER)
    incident = ledger.incidents.report(SHOP, cause="login", message="m")
    ledger.incidents.mark_notified(incident)
    ledger.incidents.remind(incident)
    ledger.incidents.still_open(SHOP)
    ledger.incidents.close(SHOP, cause="login")
    ledger.incidents.unnotified_ends()
    ledger.incidents.mark_end_notified(incident)
    ledger.incidents.notified_since(NOW)
    ledger.heartbeats.beat("scheduler")
    ledger.heartbeats.newest()
    ledger.logins.put(SHOP, ends_at=LATER)
    ledger.logins.by_shop()
    ledger.logins.remove(SHOP)


def use_plans(ledger: Ledger) -> None:
    planned = [
        Plan(entry="morning", flow=SHIP, shop=SHOP, planned_at=at, due_at=at) for at in (NOW, NOW + timedelta(hours=1))
    ]
    first, _ = ledger.plans.add(planned)
    ledger.plans.put_back(ledger.plans.start(first))
    ledger.plans.end(ledger.plans.start(first), state=PlanState.FINISHED)
    with pytest.raises(IllegalStep):
        ledger.plans.start(first)
    ledger.plans.search(shop=SHOP, entry="morning", state=PlanState.FINISHED, since=NOW, until=LATER, limit=1)
    ledger.plans.newest()
    ledger.plans.due(LATER)
    ledger.plans.last_and_next()


def use_sealed_stock(ledger: Ledger) -> None:
    seal = Seal(key_from(make_key()), owner="stock")
    items = [NewItem(place=each, content=str(each), identity=str(each), last_four=str(each)) for each in (1, 2, 3)]
    ledger.sealed_stock.add(seal, pool="P", batch="B", items=items, by="me")
    ledger.sealed_stock.reserve("stock", pool="P", shop=SHOP, subject="A", count=2, by="me")
    ledger.sealed_stock.release("stock", shop=SHOP, subject="A", by="me", reason="")
    *_, item = ledger.sealed_stock.search("stock", last_four="3")
    ledger.sealed_stock.move("stock", items=[item], to="Q", by="me", reason="")
    given = ledger.sealed_stock.reserve("stock", pool="P", shop=SHOP, subject="A", count=2, by="me")
    ledger.sealed_stock.reveal(seal, items=given, by="me")
    ledger.sealed_stock.mark_sent("stock", items=given, by="me")
    ledger.sealed_stock.void("stock", items=given, by="me", reason="")
    with pytest.raises(IllegalStep):
        ledger.sealed_stock.move("stock", items=given, to="Q", by="me", reason="")
    ledger.sealed_stock.search("stock", pool="P", batch="B", shop=SHOP, subject="A", state=ItemState.VOID, limit=1)
    ledger.sealed_stock.by_ids("stock", ids=[item.id])
    ledger.sealed_stock.known(seal, identities=["1"])
    ledger.sealed_stock.events(given)
    ledger.sealed_stock.counts("stock")
    ledger.sealed_stock.count_sent("stock", since=NOW)


def use_retention(ledger: Ledger) -> None:
    for name in ("1", "2"):
        ledger.documents.register(SHOP, kind="export", name=name, facts={})
    [replaced] = ledger.retention.replaced_documents(SHOP, kind="export", before=LATER)
    ledger.retention.remove_document(replaced)
    ledger.retention.long_done(SHOP, subjects=["A"], before=LATER)
    ledger.retention.long_ended(SHOP, run_ids=["1"], before=LATER)
    ledger.inbox.add(INBOX, name="b.csv", sha256="3", path="p", rows=[])
    ledger.runs.start(SHOP, flow=SHIP)
    ledger.runs.finish(ledger.runs.start(SHOP, flow=SHIP), state="finished")
    for remove in (
        ledger.retention.remove_plans,
        ledger.retention.remove_runs,
        ledger.retention.remove_incidents,
        ledger.retention.remove_alarms,
        ledger.retention.remove_arrivals,
    ):
        remove(LATER)
    ledger.retention.remove_others(shops=[], flows=[])


@dataclass(frozen=True, slots=True)
class Used:
    """What was executed and called in one use of the whole ledger."""

    statements: list[ClauseElement]
    called: set[CodeType]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    statements: list[ClauseElement] = []
    path = tmp_path_factory.mktemp("used") / "ledger.sqlite3"
    with calls() as called, Ledger.open(path, clock=CLOCK) as ledger:
        engine = ledger._database.engine
        event.listen(engine, "before_execute", lambda *call: statements.append(call[1]))
        engine.dialect.name = "postgresql"  # SQLite takes what is made for it, so that all of it can be used
        use(ledger)
    return Used(statements, called)


@pytest.mark.parametrize("database", [sqlite, postgresql])
def test_each_statement_is_made_for_both_databases(used: Used, database: ModuleType) -> None:
    assert len(used.statements) > 100
    assert [each for each in used.statements if not str(each.compile(dialect=database.dialect()))] == []


def test_no_method_of_a_repository_is_left_out_here(used: Used) -> None:
    assert [name for name, code in methods() if code not in used.called] == []


@contextmanager
def calls() -> Iterator[set[CodeType]]:
    """What is called meanwhile."""
    called: set[CodeType] = set()

    def note(frame: FrameType, _kind: str, _what: object) -> None:
        called.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(before)


def methods() -> Iterator[tuple[str, CodeType]]:
    """Methods of the repositories, and the functions beside them that they are made of."""
    stores = Store.__subclasses__()
    assert len(stores) > 10
    for store in stores:
        module = sys.modules[store.__module__]
        parts: dict[str, Any] = {**vars(module), **vars(store)}
        for name, part in parts.items():
            function: Callable[..., object] | None = getattr(part, "fget", part)
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                yield f"{store.__name__}.{name}", function.__code__
