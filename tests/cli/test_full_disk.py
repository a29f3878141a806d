"""A disk without room: what is clicked could not be written down first, so nothing is clicked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import rpa.cli as rpa_cli
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.pauses import Pauses
from rpa.scheduler.background import watch_room
from tests.support.in_process import rpa
from tests.support.project import Project


@pytest.fixture
def leave(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Has the system tell of so many free gigabytes."""

    def leave_gb(free: float) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free * 1e9))

    return leave_gb


@pytest.mark.slow
def test_by_hand_nothing_is_begun_that_writes_but_a_rehearsal_is(
    project: Project, leave: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RPA_KEY", project.key)
    leave(0.1)
    elsewhere = str(tmp_path / "no-such-sheet.csv")
    live = rpa(project, "run", "ship", "demo", "--live", "--sheet", elsewhere)
    dry = rpa(project, "run", "ship", "demo", "--dry-run", "--sheet", elsewhere)
    assert (live.returncode, dry.returncode) == (2, 2)
    assert "Only 0.10 GB are left on the disk" in live.stderr
    assert "a --dry-run is possible meanwhile" in live.stderr
    assert "no-such-sheet.csv" in dry.stderr
    assert not (project.folder / "var" / "reports").exists()


def test_little_room_is_an_incident_until_there_is_room_again(
    project: Project, leave: Callable[[float], None], tmp_path: Path
) -> None:
    found = []
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=project.config.clock) as ledger:
        for free_gb in (5.0, 1.0, 0.1, 0.5, 2.0):
            leave(free_gb)
            watch_room(project.config, ledger)
            found.append([(each.cause, each.severity) for each in ledger.open_incidents("")])
    low, full = ("disk_low", Severity.WARNING), ("disk_full", Severity.CRITICAL)
    assert found == [[], [low], [low, full], [low], []], "that it is full is told though it was told that it is low"


@pytest.fixture
def unwritable(project: Project) -> Project:
    """The folder for what is kept cannot be written to by anybody, whoever runs the test."""
    (project.folder / "var").write_text("no folder", encoding="utf-8")
    return project


def test_a_pause_that_cannot_be_kept_is_said_not_to_hold_and_what_does(unwritable: Project) -> None:
    run = rpa(unwritable, "pause")
    assert run.returncode == 2
    assert "does not hold. A file named STOP in" in run.stderr
    (unwritable.folder / "STOP").touch()
    held = Pauses(unwritable.folder, unwritable.config.var).of("demo")
    assert held is not None
    assert held.stop_file == unwritable.folder / "STOP"


@pytest.mark.slow
def test_what_the_system_refuses_is_one_sentence_and_no_exit_code_of_a_run(unwritable: Project) -> None:
    run = unwritable.rpa("run", "pending-orders")
    assert run.returncode == 4
    [said] = run.stderr.splitlines()
    assert "See that the disk has room" in said
    assert str(unwritable.folder / "var") in said


def test_a_crash_is_no_row_that_was_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rpa_cli, "app", {}.popitem)
    with pytest.raises(SystemExit) as ended:
        rpa_cli.main()
    assert ended.value.code == 4
    assert "KeyError" in capsys.readouterr().err
