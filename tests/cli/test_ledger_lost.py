"""A ledger that is lost or put back from a backup: the commands refuse it, warn of it, and accept it."""

from __future__ import annotations

import json
import shutil

import pytest

from rpa.ledger.shop_lock import RunLock
from rpa.scheduler.instance_lock import InstanceLock
from tests.support.holds import ONE, REASON, TWO, holds
from tests.support.in_process import rpa
from tests.support.project import Project

ACCEPT = ("ledger", "accept", "--by=小王", "--reason=the disk died")


@pytest.fixture
def restored(project: Project) -> Project:
    """The first order's hold is in the backup that was put back, the second one's is not."""
    ledger = project.config.var / "ledger.sqlite3"
    rpa(project, "holds", "add", "demo", ONE, REASON, "--by=小王")
    shutil.copy(ledger, project.folder / "backup")
    rpa(project, "holds", "add", "demo", TWO, REASON, "--by=小王")
    shutil.copy(project.folder / "backup", ledger)
    return project


@pytest.mark.slow
def test_nothing_that_writes_starts_with_a_ledger_older_than_what_lies_around_it(restored: Project) -> None:
    commands = (
        ("run", "ship", "demo"),
        ("run", "pending-orders", "demo"),
        ("holds", "add", "demo", TWO, REASON),
        ("holds", "lift", "demo", ONE, REASON),
        ("ledger", "resolve", "demo", ONE, "--done", REASON),
    )
    for words in commands:
        run = rpa(restored, *words)
        assert run.returncode == 2, run.stderr
        assert "is older than what lies around it" in run.stderr
        assert "rpa ledger accept --by NAME" in run.stderr
    assert not (restored.config.var / "reports").exists()


def test_what_only_reads_warns(restored: Project) -> None:
    run = rpa(restored, "holds", "list", "--json")
    assert [each["subject"] for each in json.loads(run.stdout)] == [ONE]
    assert "is older than what lies around it" in run.stderr
    for words in (("status",), ("todo",), ("ledger", "show")):
        assert "is older than what lies around it" in rpa(restored, *words).stderr


def test_a_person_accepts_it_and_what_was_held_is_held_again(restored: Project) -> None:
    assert "--reason" in rpa(restored, "ledger", "accept", "--by=小王").stderr
    run = rpa(restored, *ACCEPT)
    assert run.returncode == 0, run.stderr
    assert "Accepted by 小王: the disk died. Back from journal-ledger.jsonl: 1 holds, 0 actions." in run.stdout
    assert holds(restored).keys() == {ONE, TWO}
    assert rpa(restored, *ACCEPT).returncode == 2


def test_nobody_is_asked_to_hold_anew_unless_the_journal_is_lost_too(restored: Project) -> None:
    (restored.config.var / "journal-ledger.jsonl").unlink()
    (restored.config.var / "ledger.sqlite3").unlink()
    assert "Hold again what must not be shipped" in rpa(restored, *ACCEPT).stdout


def test_it_is_not_accepted_while_something_is_running(restored: Project) -> None:
    config = restored.config
    with RunLock(config.var / "locks", shop="demo", clock=config.clock):
        assert "Another run of shop demo" in rpa(restored, *ACCEPT).stderr
    with InstanceLock(config):
        assert "A scheduler of" in rpa(restored, *ACCEPT).stderr


@pytest.mark.slow
def test_the_doctor_and_the_scheduler_tell_of_a_ledger_that_is_missing(restored: Project) -> None:
    (restored.config.var / "ledger.sqlite3").unlink()
    assert "rpa ledger accept" in " ".join(rpa(restored, "doctor").stdout.split()), (
        "wherever the table breaks its lines"
    )
    with (restored.folder / "rpa.toml").open("a", encoding="utf-8") as file:
        file.write('[[schedule]]\nname = "read"\nflow = "pending-orders"\nevery = "30m"\n')
    run = restored.rpa("schedule", "--once")
    assert run.returncode == 2
    assert "is missing or empty" in run.stderr
    assert not (restored.config.var / "ledger.sqlite3").exists()
