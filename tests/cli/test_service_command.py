from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rpa.ledger.ledger import Ledger
from tests.cli.conftest import TWO_SHOPS
from tests.support.mock_shop import PATIENCE_S
from tests.support.project import ROOT, Project
from tests.support.service_words import command_words, plain_words

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd is a part of Linux")

SCHEDULED = f"""{TWO_SHOPS}
[[schedule]]
flow = "pending-orders"
every = "10m"
[[notify]]
name = "boss"
url_env = "BOSS_ADDRESS"
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
case "$*" in
*is-system-running*) echo {manager} ;;
*show*) [ {manager} = running ] && echo ActiveState=active ;;
esac
"""
"""A stand-in for systemctl, so that the systemd of who runs the tests is left alone."""


@pytest.fixture
def scheduled(tmp_path: Path) -> Project:
    folder = tmp_path / "店 铺 100% $x [a]{b}"
    folder.mkdir()
    made = Project(folder)
    made.write(SCHEDULED)
    return made


class Machine:
    """A project on a machine where this person's systemd runs, or does not."""

    def __init__(self, project: Project, *, manager: str) -> None:
        self.project, self.home = project, project.folder.parent / "home"
        self.programs = project.folder.parent / "bin"
        self.programs.mkdir()
        systemctl = self.programs / "systemctl"
        systemctl.write_text(SYSTEMCTL.format(manager=manager))
        systemctl.chmod(stat.S_IRWXU)

    def service(self, *words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.programs), os.environ["PATH"]])
        return self.project.rpa("service", *words, XDG_CONFIG_HOME=str(self.home), PATH=path, RPA_LANG=language)

    @property
    def asked(self) -> list[str]:
        """What was asked of systemctl so far, without questions."""
        file = self.programs / "asked"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [
            line.removeprefix("--user ") for line in lines if "is-system-running" not in line and "show" not in line
        ]

    @property
    def units(self) -> list[Path]:
        return sorted((self.home / "systemd" / "user").glob("*"))


def settings(unit: Path) -> dict[str, str]:
    """The last value of each setting of a unit, and all of Environment as words."""
    return dict(line.partition("=")[::2] for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line)


@pytest.mark.slow
def test_the_command_of_an_installed_unit_works_though_only_a_person_can_start_it(scheduled: Project) -> None:
    machine = Machine(scheduled, manager="offline")
    installed = machine.service("install", language="zh")
    assert installed.returncode == 0, installed.stderr
    [unit] = machine.units
    assert f"systemctl --user enable {unit.name}" in installed.stdout, "a person runs what cannot be run here"
    assert machine.asked == []
    lines = unit.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if line.startswith("Environment=") for word in plain_words(line[12:])]
    variables = dict(word.partition("=")[::2] for word in words)
    command = command_words(settings(unit)["ExecStart"])
    assert command[-1] == "schedule"
    (scheduled.folder / "flows").mkdir()
    (scheduled.folder / "flows" / "__init__.py").touch()  # a person's own, which is none of the program's modules
    done = subprocess.run(
        [*command, "--plan"],
        cwd=settings(unit)["WorkingDirectory"].replace("%%", "%"),
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env={**variables, "HOME": str(machine.home), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert "pending-orders" in done.stdout


@pytest.mark.slow
def test_where_systemd_runs_the_service_is_started_and_removed_again(scheduled: Project) -> None:
    machine = Machine(scheduled, manager="running")
    installed = machine.service("install")
    assert installed.returncode == 0, installed.stderr
    [unit] = machine.units
    assert machine.asked == ["daemon-reload", f"enable {unit.name}", f"restart --no-block {unit.name}"]
    assert "systemctl" not in installed.stdout, "nothing is left for a person to run"
    removed = machine.service("uninstall")
    assert removed.returncode == 0, removed.stderr
    assert machine.units == []
    assert machine.asked[3:] == [f"disable --now {unit.name}", "daemon-reload"]
    again = machine.service("uninstall")
    assert (again.returncode, len(machine.asked)) == (0, 5)
    assert "not installed" in again.stdout


@pytest.mark.slow
def test_the_key_of_the_shell_goes_nowhere_and_the_person_is_told_so(scheduled: Project) -> None:
    machine = Machine(scheduled, manager="running")
    installed = machine.service("install")
    secrets = scheduled.folder / "var" / "service.env"
    assert f"RPA_KEY, set in this shell only: write it into {secrets}" in installed.stdout
    assert secrets.stat().st_mode & 0o777 == 0o600
    written = [path for path in scheduled.folder.parent.rglob("*") if path.is_file()]
    assert [path for path in written if scheduled.key.encode() in path.read_bytes()] == []
    secrets.write_text(f"RPA_KEY='{scheduled.key}'\n", encoding="utf-8")
    assert "this shell only" not in machine.service("install").stdout
    assert "service.env" in machine.service("uninstall").stdout
    assert secrets.read_text(encoding="utf-8") == f"RPA_KEY='{scheduled.key}'\n"


def test_printing_changes_nothing(scheduled: Project) -> None:
    machine = Machine(scheduled, manager="running")
    printed = machine.service("install", "--print")
    assert "ExecStart=" in printed.stdout
    assert (machine.units, machine.asked) == ([], [])
    assert not (scheduled.folder / "var").exists()


def test_without_a_schedule_there_is_nothing_to_install(scheduled: Project) -> None:
    scheduled.write(TWO_SHOPS)
    machine = Machine(scheduled, manager="running")
    refused = machine.service("install")
    assert refused.returncode == 2
    assert "no [[schedule]]" in refused.stderr
    assert machine.units == []


@pytest.mark.slow
def test_status_is_well_only_while_the_scheduler_gives_signs_of_life(scheduled: Project) -> None:
    machine = Machine(scheduled, manager="running")
    assert machine.service("status").returncode == 3
    machine.service("install")
    silent = machine.service("status")
    assert silent.returncode == 3
    assert "never" in silent.stdout
    config = scheduled.config
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        ledger.beat("scheduler")
    alive = machine.service("status")
    assert (alive.returncode, "s ago, on" in alive.stdout) == (0, True)
