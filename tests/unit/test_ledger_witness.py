"""A ledger that is lost, another one or older than what lies around it is refused, until a person accepts it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rpa.errors import ConfigError
from rpa.language import Language
from rpa.ledger.actions import Intent
from rpa.ledger.identity import Mark
from rpa.ledger.ledger import Ledger
from rpa.ledger.verification import LedgerInDoubt
from rpa.ledger.witness import Witness
from tests.support.lost_ledger import CLOCK, backup, held, lose, open_ledger, put_back, refused, take, with_a_backup
from tests.unit.test_ledger_database import first_ledger, tables_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return with_a_backup(tmp_path)


def test_a_ledger_that_was_put_back_is_refused_in_words_that_name_both(path: Path) -> None:
    put_back(path)
    doubt = refused(path)
    for language in Language:
        said = doubt.in_words(language)
        assert str(path) in said
        assert "witness-ledger.json" in said
        assert "rpa ledger accept --by" in said
    assert doubt.fault == "older"


@pytest.mark.parametrize("left", [None, b""])
def test_a_ledger_that_is_gone_or_empty_is_refused_and_none_is_made(path: Path, left: bytes | None) -> None:
    lose(path)
    if left is not None:
        path.write_bytes(left)
    assert refused(path).fault == "missing"
    assert path.exists() == (left is not None)
    assert [file.name for file in path.parent.glob("ledger.sqlite3-*")] == []


@pytest.mark.parametrize("left", [b"garbage" * 2000, None])
def test_a_ledger_that_is_damaged_is_refused_with_the_way_out(path: Path, left: bytes | None) -> None:
    path.write_bytes(path.read_bytes()[:8192] if left is None else left)
    with pytest.raises(ConfigError, match="Put back the newest copy") as told:
        open_ledger(path)
    assert "rpa ledger accept" in told.value.in_words(Language.ZH)
    path.rename(path.with_name("damaged"))
    take(path)
    assert held(path) == {"A", "B"}


def test_a_database_without_a_ledger_is_as_good_as_none(path: Path) -> None:
    lose(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE something (else_ TEXT)")
    assert refused(path).fault == "missing"
    assert tables_in(path).keys() == {"something"}


def test_a_ledger_whose_newest_writes_are_gone_with_their_file_is_refused(path: Path) -> None:
    ledger = open_ledger(path)
    ledger.hold("demo", subject="C", reason="sold out", by="小王")
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), backup(path) / name)
    ledger.close()
    lose(path)
    shutil.copy(backup(path) / path.name, path)  # without its -wal
    assert refused(path).fault == "older"
    shutil.copy(backup(path) / f"{path.name}-wal", path.with_name(f"{path.name}-wal"))
    assert held(path) == {"A", "B", "C"}


def test_a_restored_ledger_is_not_mixed_with_the_newest_writes_of_a_killed_process(
    path: Path,
) -> None:
    with open_ledger(path) as ledger:
        for number in range(30):
            ledger.hold("demo", subject=f"C{number}", reason="sold out", by="小王")
    ledger = open_ledger(path)
    ledger.hold("demo", subject="D", reason="sold out", by="小王")
    wal = path.with_name(f"{path.name}-wal")
    shutil.copy(wal, backup(path) / wal.name)
    newest = path.read_bytes()
    ledger.close()
    put_back(path)
    before = path.read_bytes()
    shutil.copy(backup(path) / wal.name, wal)
    assert refused(path).fault == "older"
    assert path.read_bytes() == before
    take(path)
    assert held(path) == {"A", "B", "D", *(f"C{number}" for number in range(30))}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for witness in path.parent.glob("witness-*"):
        witness.unlink()
    lose(path)
    path.write_bytes(newest)
    shutil.copy(backup(path) / wal.name, wal)
    assert held(path) >= {"B", "D"}  # its own


def test_another_projects_ledger_is_refused(path: Path, tmp_path: Path) -> None:
    open_ledger(tmp_path / "other" / "ledger.sqlite3").close()
    lose(path)
    shutil.copy(tmp_path / "other" / "ledger.sqlite3", path)
    assert refused(path).fault == "foreign"


def test_a_ledger_of_the_release_before_is_used_and_its_holds_are_kept_twice(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    first_ledger(path, revision="0005")
    assert held(path) == {"A"}
    lose(path)
    assert refused(path).fault == "missing"
    take(path)
    assert held(path) == {"A"}


def test_the_release_befores_backup_is_refused_as_it_is(path: Path) -> None:
    lose(path)
    first_ledger(path, revision="0005")
    before = tables_in(path)
    assert refused(path).fault == "foreign"
    assert tables_in(path) == before
    take(path)
    assert held(path) == {"A", "B"}


def test_a_folder_of_the_release_before_is_used_whatever_reports_it_has(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "20260310-091500-demo-ship-0001"
    report.mkdir(parents=True)
    (report / "run.json").write_text('{"schema_version": 1, "run_id": "x"}', encoding="utf-8")
    assert held(tmp_path / "ledger.sqlite3") == set()


def test_a_ledger_and_its_folder_can_move_to_another_machine(path: Path, tmp_path: Path) -> None:
    shutil.copytree(path.parent, tmp_path / "moved")
    assert held(tmp_path / "moved" / path.name) == {"A", "B"}
    (tmp_path / "alone").mkdir()
    shutil.copy(path, tmp_path / "alone")
    assert held(tmp_path / "alone" / path.name) == {"A", "B"}


def test_one_witness_is_enough_and_old_reports_may_go(path: Path) -> None:
    reports = path.parent / "reports"
    reports.mkdir()
    with open_ledger(path) as ledger:
        run = ledger.start_run("demo", flow="ship")
        (reports / run.id).mkdir()
        mark = {"identity": ledger.mark.identity, "writes": ledger.mark.writes}
        (reports / run.id / "run.json").write_text(json.dumps({"ledger": mark}), encoding="utf-8")
    put_back(path)
    (path.parent / "witness-ledger.json").unlink()
    assert ".witness-ledger" in str(refused(path))
    shutil.rmtree(reports / ".witness-ledger")
    (reports / "history-2026").mkdir()
    assert run.id in str(refused(path))
    shutil.rmtree(reports)
    assert held(path) == {"A"}  # nothing is left that could tell


def test_a_backup_of_all_that_is_unpacked_over_it_is_refused(path: Path) -> None:
    (path.parent / "reports").mkdir()
    open_ledger(path).close()
    shutil.rmtree(backup(path))
    shutil.copytree(path.parent, backup(path))
    with open_ledger(path) as ledger:
        ledger.hold("demo", subject="C", reason="sold out", by="小王")
    shutil.copytree(backup(path), path.parent, dirs_exist_ok=True)
    assert refused(path).fault == "older"
    take(path)
    assert held(path) >= {"A", "B"}


def test_what_was_held_is_witness_enough_that_there_was_a_ledger(path: Path) -> None:
    lose(path)
    (path.parent / "witness-ledger.json").unlink()
    assert refused(path).fault == "missing"
    take(path)
    assert held(path) == {"A", "B"}


@pytest.mark.skipif(os.name != "posix", reason="on Windows nobody can remove a file that is in use")
@pytest.mark.parametrize("replaced", [False, True])
def test_a_ledger_that_is_taken_away_in_the_middle_of_a_run_begins_nothing_more(path: Path, replaced: bool) -> None:  # noqa: FBT001
    with open_ledger(path) as ledger:
        run = ledger.start_run("demo", flow="ship")
        lose(path)
        if replaced:
            shutil.copy(backup(path) / path.name, path)
        with pytest.raises(LedgerInDoubt, match="removed or replaced while it was in use"):
            ledger.begin(run, kind="ship", intents=[Intent(subject="X", payload={})])


def test_the_names_beside_the_reports_stay_few(path: Path) -> None:
    (path.parent / "reports").mkdir()
    with open_ledger(path) as one, open_ledger(path) as other:
        for number in range(5):
            one.hold("demo", subject=f"C{number}", reason="r", by="me")
            other.hold("demo", subject=f"D{number}", reason="r", by="me")
        newest = other.mark
    names = [file.name for file in (path.parent / "reports" / ".witness-ledger").iterdir()]
    assert names == [f"{newest.identity}@{newest.writes}"]


def test_an_unreadable_witness_is_no_doubt_about_a_ledger_but_one_about_none(path: Path) -> None:
    for damage in (b"\0" * 160, b"[" * 200_000):
        (path.parent / "witness-ledger.json").write_bytes(damage)
        assert held(path) == {"A", "B"}
    assert list(Witness(path).seen().marks) == [path.parent / "witness-ledger.json"]
    (path.parent / "witness-ledger.json").write_bytes(b"")
    lose(path)
    assert refused(path).fault == "missing"


def test_a_witness_never_goes_back(path: Path) -> None:
    with open_ledger(path) as ledger:
        mark = ledger.mark
    Witness(path).keep(Mark(identity=mark.identity, writes=mark.writes - 1))
    assert set(Witness(path).seen().marks.values()) == {mark}


def test_a_ledger_in_doubt_can_be_read_but_not_written_to(path: Path) -> None:
    put_back(path)
    told: list[LedgerInDoubt] = []
    with Ledger.open(path, clock=CLOCK, doubted=told.append) as ledger:
        assert ledger.holds("demo").keys() == {"A"}
        with pytest.raises(LedgerInDoubt):
            ledger.hold("demo", subject="C", reason="r", by="me")
        with pytest.raises(LedgerInDoubt):
            ledger.start_run("demo", flow="ship")
    assert [each.fault for each in told] == ["older"]
    refused(path)
