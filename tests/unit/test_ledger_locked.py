"""A ledger that another program keeps locked, or whose file fails, is told in a sentence."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from rpa.errors import ConfigError, LedgerBusy, LedgerFails
from rpa.language import Language
from rpa.ledger import database
from rpa.ledger.ledger import Ledger
from rpa.scheduler.failures import in_words
from tests.support.ledger_clock import HandClock
from tests.support.mock_shop import PATIENCE_S, ShopFolder

PROGRAM = """
import sys
from rpa.ledger import database
database.BUSY_TIMEOUT_S = 0.05
from rpa.cli import main
main()
"""
"""The program, in less of a hurry to wait."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """As a viewer or a backup leaves it: nobody else can write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_ledger_is_our_error_in_both_languages_and_works_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, clock=HandClock()) as ledger:
        with locked(path), pytest.raises(LedgerBusy) as busy:
            ledger.beat("scheduler")
        assert busy.value.exit_code == 3
        assert "keeps the ledger var/ledger.sqlite3 locked" in busy.value.in_words(Language.EN)
        assert "被其他程序占用" in busy.value.in_words(Language.ZH)
        assert "LedgerBusy" not in in_words("heartbeat", busy.value).zh
        ledger.beat("scheduler")
        assert ledger.start_run("demo", flow="ship").fence == 1


def test_a_new_ledger_that_is_locked_before_it_is_set_up_is_told_so_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.touch()
    with locked(path), pytest.raises(LedgerBusy):
        Ledger.open(path, clock=HandClock())
    Ledger.open(path, clock=HandClock()).close()


def test_a_ledger_whose_file_breaks_while_open_is_told_with_what_the_system_says(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, clock=HandClock()) as ledger:
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE heartbeats")
        with pytest.raises(LedgerFails, match="no such table") as failed:
            ledger.beat("scheduler")
        assert failed.value.exit_code == 4
    path.write_bytes(b"no ledger" * 1000)
    with pytest.raises(ConfigError, match="not a database"):
        Ledger.open(path, clock=HandClock())


@pytest.mark.slow
def test_every_command_says_so_in_one_sentence(tmp_path: Path) -> None:
    folder = ShopFolder(tmp_path, url="http://127.0.0.1:9")
    with (folder.path / "rpa.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[schedule]]\nflow = "ship"\nevery = "10m"\nshops = ["demo"]\n')
    path = folder.var / "ledger.sqlite3"
    Ledger.open(path, clock=HandClock()).close()
    commands = (
        ("holds", "add", "demo", "260310-123456789012345", "--reason", "x", "--by", "x"),
        ("schedule", "--once"),
        ("run", "pending-orders", "demo"),
    )
    with locked(path):
        started = [_started(folder, *command) for command in commands]
        for process in started:
            said = "".join(process.communicate(timeout=PATIENCE_S))
            assert process.returncode == 3, said
            assert "keeps the ledger var/ledger.sqlite3 locked" in said
            assert "Traceback" not in said
            assert "sqlite3." not in said
    assert not any("Traceback" in log.read_text(encoding="utf-8") for log in folder.var.glob("log/*.log"))


@pytest.mark.slow
def test_the_doctor_tells_of_it_beside_all_else_that_it_finds(tmp_path: Path) -> None:
    folder = ShopFolder(tmp_path, url="http://127.0.0.1:9")
    path = folder.var / "ledger.sqlite3"
    Ledger.open(path, clock=HandClock()).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")  # nobody else can even read
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE one_more (name TEXT)")
        said = _started(folder, "doctor").communicate(timeout=PATIENCE_S)[0]
    assert "keeps the ledger" in " ".join(said.split())
    assert "Profile pinduoduo" in said


def _started(folder: ShopFolder, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command],
        cwd=folder.path,
        env=folder.environment(),
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
