"""A ledger that is lost or put back from a backup, beside what a person was told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rpa.ledger.acceptance import accept
from rpa.ledger.ledger import Ledger
from rpa.ledger.verification import LedgerInDoubt, check_ledger
from tests.support.ledger_clock import HandClock

CLOCK = HandClock()


def open_ledger(path: Path) -> Ledger:
    return Ledger.open(path, clock=CLOCK)


def backup(path: Path) -> Path:
    return path.parent.parent / "backup"


def put_back(path: Path) -> None:
    """The ledger alone, as it was in the backup."""
    lose(path)
    shutil.copy(backup(path) / path.name, path)


def lose(path: Path) -> None:
    for file in path.parent.glob("ledger.sqlite3*"):
        file.unlink()


def take(path: Path) -> None:
    accept(path, by="小王", reason="the disk died", clock=CLOCK)


def refused(path: Path) -> LedgerInDoubt:
    with pytest.raises(LedgerInDoubt) as doubt:
        open_ledger(path)
    with pytest.raises(LedgerInDoubt):
        check_ledger(path)
    assert doubt.value.exit_code == 2
    return doubt.value


def held(path: Path) -> set[str]:
    with open_ledger(path) as ledger:
        return set(ledger.holds.active("demo"))


def with_a_backup(folder: Path) -> Path:
    """A ledger in which A is held, and that a backup was made of before B was."""
    path = folder / "var" / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        ledger.holds.put("demo", subject="A", reason="call back", by="小王")
    shutil.copytree(path.parent, backup(path))
    with open_ledger(path) as ledger:
        ledger.holds.put("demo", subject="B", reason="sold out", by="小王")
    return path
