"""One shop's file with a mistake, as a clerk and the scheduler meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from rpa.clock import Clock
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import Plan
from tests.support.in_process import rpa
from tests.support.mock_shop import PATIENCE_S, ZONE
from tests.support.project import NEEDED, PROGRAM, ROOT, Project

EAST = 'platform = "pinduoduo"\nbase_url = "http://127.0.0.1:9"\nmall_id = "9"\n'
WRONG = "east: not run until its file is put right: east.toml:4  xqzw: unknown key"


def east_is(project: Project, text: str) -> None:
    """The file as an editor replaces it."""
    file = project.folder / "shops" / "east.toml"
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def scheduled(project: Project, *, at: datetime) -> None:
    entry = f'\n[[schedule]]\nflow = "ship"\nat = ["{at:%H:%M}"]\nshops = ["east"]\non_quiet_days = true\n'
    rpa_toml = project.folder / "rpa.toml"
    rpa_toml.write_text(rpa_toml.read_text(encoding="utf-8") + entry, encoding="utf-8")


def ledger_of(project: Project) -> Ledger:
    return Ledger.open(project.folder / "var" / "ledger.sqlite3", clock=Clock(ZONE))


def told_of_east(project: Project) -> list[str]:
    with ledger_of(project) as ledger:
        return [incident.cause for incident in ledger.open_incidents("east")]


@pytest.fixture
def broken(project: Project) -> Project:
    east_is(project, EAST + 'xqzw = "1"\n')
    return project


def test_every_list_names_the_shop_its_file_and_the_mistake(broken: Project) -> None:
    said = rpa(broken, "status").stdout
    assert WRONG in said
    assert "For you: 1; `rpa todo` lists them." in said
    assert rpa(broken, "status", "--check").stdout == "1 of 3 shops are down: east. See `rpa todo`.\n"
    told = json.loads(rpa(broken, "status", "--json").stdout)["shops"]
    assert told["east"]["problem"] == WRONG.removeprefix("east: ")
    assert told["demo"]["problem"] is None
    [task] = json.loads(rpa(broken, "todo", "--json").stdout)["tasks"]
    assert (task["shops"], task["subjects"]) == (["east"], ["shops/east.toml"])
    assert task["detail"] in WRONG
    assert WRONG in rpa(broken, "digest").stdout
    examined = rpa(broken, "doctor")
    assert (examined.returncode, "Shop east" in examined.stdout) == (2, True)


@pytest.mark.slow
def test_what_needs_no_setting_of_the_shop_works_for_it_and_a_run_refuses(broken: Project) -> None:
    assert "east: paused since" in rpa(broken, "pause", "east", "--by", "Anna").stdout
    assert rpa(broken, "schedule", "--plan").returncode == 2, "nothing is planned here"
    for shops in ((), ("east",)):
        ended = rpa(broken, "run", "ship", *shops)
        assert (ended.returncode, "east.toml:4  xqzw" in ended.stderr) == (2, True)


def test_a_first_rpa_toml_beside_a_file_of_the_same_shop_is_written_all_the_same(project: Project) -> None:
    (project.folder / "rpa.toml").unlink()
    east_is(project, 'platform = "pinduoduo"\nmall_id = "42"\n')
    made = project.rpa("init", stdin="north\n\n42\nclerk-9\n\n")
    assert (made.returncode, "rpa login north" in made.stdout) == (0, True), made.stderr
    assert "north and east are one shop" in rpa(project, "status").stdout


@pytest.mark.slow
def test_a_run_that_is_due_in_it_is_skipped_and_the_exit_code_says_so(broken: Project) -> None:
    at = (datetime.now(ZONE) - timedelta(minutes=5)).replace(second=0, microsecond=0)
    scheduled(broken, at=at)
    (broken.folder / "var").mkdir()
    with ledger_of(broken) as ledger:
        ledger.plan([Plan(entry="ship", flow="ship", shop="east", planned_at=at, due_at=at)])
    ended = broken.rpa("schedule", "--once")
    assert (ended.returncode, "east  ship: Skipped" in ended.stdout) == (2, True), ended.stdout + ended.stderr
    with ledger_of(broken) as ledger:
        [run] = ledger.planned_runs(shop="east", until=at)
    assert (run.state, run.reason) == ("skipped", "bad_config")
    assert told_of_east(broken) == ["shop_file"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGTERM on Windows")
def test_while_the_scheduler_runs_somebody_is_told_of_a_mistake_and_of_its_end(broken: Project) -> None:
    scheduled(broken, at=datetime.now(ZONE) + timedelta(hours=12))
    scheduler = started(broken.folder, key=broken.key)
    limit = threading.Timer(PATIENCE_S, scheduler.kill)
    limit.start()
    try:
        assert scheduler.stdout is not None
        wait_for_line(scheduler.stdout, WRONG)
        assert told_of_east(broken) == ["shop_file"]
        east_is(broken, EAST)
        wait_for_line(scheduler.stdout, "rpa.toml was changed")
        assert told_of_east(broken) == []
        east_is(broken, EAST + 'xqzw = "1"\n')
        wait_for_line(scheduler.stdout, WRONG)
        assert told_of_east(broken) == ["shop_file"]
        scheduler.terminate()
        assert scheduler.wait() == 0
    finally:
        limit.cancel()
        scheduler.kill()
        scheduler.communicate()


def started(folder: Path, *, key: str) -> subprocess.Popen[str]:
    known = {name: os.environ[name] for name in NEEDED if name in os.environ}
    more = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "RPA_KEY": key, "COLUMNS": "200"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "schedule"],
        cwd=folder,
        env={**known, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def wait_for_line(said: IO[str], words: str) -> None:
    lines = []
    for line in said:
        lines.append(line)
        if words in line:
            return
    raise AssertionError(f"{words!r} was not said: {lines}")
