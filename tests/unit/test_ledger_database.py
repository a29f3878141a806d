"""The file: durable, private, at the newest schema."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import create_engine, create_mock_engine, make_url

from rpa.errors import ConfigError
from rpa.ledger import database
from rpa.ledger.actions import LIVE, Intent
from rpa.ledger.claims import Claim
from rpa.ledger.database import migrate, writing
from rpa.ledger.documents import DocumentState
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import Plan
from rpa.ledger.schema import REVISION, actions, metadata
from tests.support.ledger_clock import HandClock

MIGRATIONS = Path(database.__file__).parent / "migrations"


def open_ledger(path: Path | str) -> Ledger:
    return Ledger.open(path, clock=HandClock())


def tables_in(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Columns and indexes by table, as SQLite sees them, whatever the spelling of the statements was."""
    with closing(sqlite3.connect(path)) as connection, connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in sorted(names):
            columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
            indexes = connection.execute(f"SELECT name, [unique], partial FROM pragma_index_list('{name}')").fetchall()
            rules = connection.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index'", (name,))
            keys = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
            found[name] = [*columns, *sorted(indexes), *sorted(map(str, rules)), *keys]
    return found


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_can_read_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "var" / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        ledger.runs.start("demo", flow="ship")
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.glob("ledger.sqlite3*")}
    assert modes["ledger.sqlite3"] == modes["ledger.sqlite3-wal"] == modes["ledger.sqlite3-shm"] == 0o600
    path.chmod(0o644)
    open_ledger(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_connection_is_durable_and_holds_its_promises(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        for connection in (ledger._database._writer, ledger._database._reader):
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            values = [connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in pragmas]
            assert values == ["wal", 2, 1, 30000]
            connection.rollback()


def test_a_write_takes_the_lock_before_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger, ledger._database.writing():
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger, open_ledger(path) as other, ledger._database.writing():
        assert other.actions.search() == []


def test_the_file_of_what_is_new_is_cut_back_after_a_large_transaction(tmp_path: Path) -> None:
    wal = tmp_path / "ledger.sqlite3-wal"
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        ledger.fingerprints.compare("demo", seen=[(str(number), {"x": "x" * 1_000_000}) for number in range(20)])
        assert wal.stat().st_size > 20_000_000
        ledger.heartbeats.beat("scheduler")
        assert wal.stat().st_size <= 16 << 20


def test_half_a_character_that_a_page_cut_off_is_kept_as_a_sign(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        run = ledger.runs.start("demo", flow="ship")
        [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject="A", payload={"buyer": "王\ud83d"})])
        opened = ledger.incidents.report("demo", cause="x", message="页面提示 \ud83d", severity=Severity.WARNING)
        assert (opened.message, ledger.actions.search()[0].payload) == ("页面提示 ?", {"buyer": "王\ud83d"})
        assert action.subject == "A"


def test_what_is_stored_can_be_read_by_a_person(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="A", payload={"courier": "中通"})])
    with closing(sqlite3.connect(path)) as connection, connection:
        [row] = connection.execute("SELECT payload, state, created_at FROM actions")
    assert row == ('{"courier": "中通"}', "submitting", "2026-03-10T01:15:00.000+00:00")


def test_the_migrations_lead_to_the_tables_that_a_new_ledger_has(tmp_path: Path) -> None:
    open_ledger(tmp_path / "new.sqlite3").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    assert tables_in(tmp_path / "migrated.sqlite3") == tables_in(tmp_path / "new.sqlite3")
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [REVISION]
    open_ledger(tmp_path / "migrated.sqlite3").close()


def test_a_ledger_of_the_first_schema_keeps_its_rows_and_learns_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    first_ledger(path)
    with open_ledger(path) as ledger:
        assert ledger.holds.active("demo").keys() == {"A"}
        [hold] = ledger.holds.active("demo")["A"]
        assert (hold.cause, hold.reason, hold.until, hold.facts) == ("person", "call back", None, {})
        [document] = ledger.documents.search("demo")
        assert (document.name, document.state, document.facts) == ("N1", DocumentState.FOUND, {"title": "通知"})
        [action] = ledger.actions.live("demo", kind="ship").values()
        assert (action.subject, action.run_id, action.payload) == ("A", "run-1", {"tracking_number": "1"})
        assert ledger.actions.bundled("demo", kind="ship", bundles=["1"]) == [action]
        said = [Claim(subject="A", says="go", at=hold.held_at)]
        ledger.documents.conclude(document, state=DocumentState.READ, claims=said)
        assert ledger.holds.lift("demo", subject="A", by="me", reason="called") == 1
    assert tables_in(path) == tables_of_a_new_ledger(tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("SELECT lifted_because FROM holds ORDER BY id").fetchall() == [("called",), ("",)]


def test_a_ledger_that_knew_no_schedule_keeps_its_incidents_and_runs(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    first_ledger(path, revision="0002")
    with open_ledger(path) as ledger:
        [run] = ledger.runs.search()
        assert (run.id, run.counts, run.finished_at) == ("run-1", {}, None)
        [incident] = ledger.incidents.still_open()
        assert (incident.cause, incident.times_seen, incident.message) == ("login_needed", 3, "过期")
        assert (incident.severity, incident.times_told, incident.told_at) == (Severity.WARNING, 0, None)
        assert ledger.incidents.mark_notified(incident).times_told == 1
        assert ledger.plans.search() == []
        moment = incident.opened_at
        [new] = ledger.plans.add([Plan(entry="ship", flow="ship", shop="demo", planned_at=moment, due_at=moment)])
        assert ledger.plans.due(moment) == [new]
    assert tables_in(path) == tables_of_a_new_ledger(tmp_path)


def first_ledger(path: Path, *, revision: str = "0001") -> None:
    """A ledger as an early schema had it, with rows in what later migrations touch or point to."""
    engine = database._engine(database._url(path))
    with writing(engine) as connection, connection.begin():
        migrate(connection, revision=revision)
        for statement in FIRST_ROWS.split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()


FIRST_ROWS = """
INSERT INTO holds (shop, subject, cause, reason, held_by, held_at, lifted_at) VALUES
    ('demo', 'A', 'person', 'call back', 'me', '2026-03-10T01:15:00.000+00:00', NULL),
    ('demo', 'B', 'person', 'over', 'me', '2026-03-10T01:15:00.000+00:00', '2026-03-10T02:15:00.000+00:00');
INSERT INTO incidents (shop, cause, message, opened_at, last_seen_at, times_seen) VALUES
    ('demo', 'login_needed', '过期', '2026-03-10T01:15:00.000+00:00', '2026-03-10T02:15:00.000+00:00', 3);
INSERT INTO documents (shop, kind, name, state, facts, found_at) VALUES
    ('demo', 'notice', 'N1', 'found', '{"title": "通知"}', '2026-03-10T01:15:00.000+00:00');
INSERT INTO runs (id, shop, flow, fence, started_at, state, host, pid, options, counts) VALUES
    ('run-1', 'demo', 'ship', 1, '2026-03-10T01:15:00.000+00:00', 'finished', 'pc', 1, '{}', '{}');
INSERT INTO actions (shop, kind, subject, payload, facts, state, run_id, fence, created_at, updated_at) VALUES
    ('demo', 'ship', 'A', '{"tracking_number": "1"}', '{}', 'done', 'run-1', 1,
     '2026-03-10T01:15:00.000+00:00', '2026-03-10T01:15:00.000+00:00')
"""


def tables_of_a_new_ledger(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    open_ledger(folder / "new.sqlite3").close()
    return tables_in(folder / "new.sqlite3")


def test_a_migration_that_is_cut_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    engine = database._engine(database._url(path))
    with writing(engine) as connection, connection.begin() as transaction:
        migrate(connection)
        assert connection.exec_driver_sql("SELECT version_num FROM ledger_version").scalar() == REVISION
        transaction.rollback()
    engine.dispose()
    assert tables_in(path) == {}


def test_a_ledger_of_an_unknown_older_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE ledger_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("INSERT INTO ledger_version VALUES ('0000')")
    before = tables_in(path)
    with pytest.raises(ConfigError, match="schema 0000"):
        open_ledger(path)
    assert tables_in(path) == before


def test_a_normal_start_does_not_load_the_migration_library(tmp_path: Path) -> None:
    program = (
        "import sys; from rpa.clock import Clock; from rpa.ledger.ledger import Ledger;"
        "[Ledger.open(sys.argv[1], clock=Clock()).close() for _ in range(2)]; sys.exit('alembic' in sys.modules)"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "ledger.sqlite3")]
    assert subprocess.run(arguments, check=False).returncode == 0


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ledger_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match=r"newer version \(schema 9999\)"):
        open_ledger(path)


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "nonsense://x", "postgresql+nodriver://u:geheim@localhost/x", "://"]
)
def test_an_address_that_cannot_keep_a_ledger_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        open_ledger(address)
    assert "geheim" not in str(refused.value)


def test_a_new_file_waits_for_the_process_that_is_making_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "ledger.sqlite3"
    with FileLock(f"{path}.setup"), pytest.raises(ConfigError, match="setup"):
        open_ledger(path)
    open_ledger(path).close()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_text("订单号,快递单号\n" * 100, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a database"):
        open_ledger(path)
    assert path.read_text(encoding="utf-8").startswith("订单号")


def test_a_sqlite_url_is_as_good_as_a_path(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as ledger:
        run = ledger.runs.start("demo", flow="ship")
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        assert ledger.runs.unfinished("demo") == [run]


def test_the_same_tables_can_be_made_in_postgresql() -> None:
    statements: list[str] = []
    dialect = make_url("postgresql://").get_dialect()()
    engine = create_mock_engine(
        "postgresql://", lambda sql, *_, **__: statements.append(str(sql.compile(dialect=dialect)))
    )
    metadata.create_all(engine, checkfirst=False)
    [index] = [each for each in statements if "one_live_action" in each]
    assert "UNIQUE" in index
    assert "WHERE state IN" in index


def test_the_database_and_the_program_agree_on_what_is_live() -> None:
    [index] = [each for each in actions.indexes if each.name == "one_live_action"]
    rule = str(index.dialect_options["sqlite"]["where"])
    assert {word.strip("(),'") for word in rule.removeprefix("state IN ").split()} == {state.value for state in LIVE}
