"""A ledger that cannot be had leaves no connection to its file: on Windows nobody could move it away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as NoneLeft

from rpa.errors import ConfigError
from rpa.ledger.ledger import Ledger
from rpa.ledger.verification import Opened
from tests.support.ledger_clock import HandClock
from tests.support.processes import open_in

NO_LEDGERS = {
    "newer": "UPDATE ledger_version SET version_num = '9999'",
    "older": "UPDATE ledger_version SET version_num = '0000'",
    "of something else": "ALTER TABLE ledger_version RENAME version_num TO number",
}


@pytest.mark.parametrize("change", NO_LEDGERS.values(), ids=NO_LEDGERS)
def test_a_ledger_that_is_refused_is_closed_again(tmp_path: Path, change: str) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(path, clock=HandClock()).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    with pytest.raises(ConfigError):
        Ledger.open(path, clock=HandClock())
    assert open_in(tmp_path) == []


def test_a_ledger_whose_set_up_cannot_be_locked_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3.setup").mkdir()
    with pytest.raises(ConfigError):
        Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock())
    assert open_in(tmp_path) == []


def test_a_ledger_that_gets_one_connection_only_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(path, clock=HandClock()).close()
    engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, pool_timeout=0)
    with pytest.raises(NoneLeft):
        Ledger(Opened(engine=engine, witness=None, journal=None), clock=HandClock())
    assert open_in(tmp_path) == []
