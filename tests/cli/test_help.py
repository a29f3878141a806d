from __future__ import annotations

import os

import pytest

from rpa.plugins import flows
from tests.support.project import ROOT, Project

COMMANDS = (
    "init",
    "login",
    "run",
    "flows",
    "report",
    "selectors",
    "ledger",
    "doctor",
    "schedule",
    "service",
    "status",
    "todo",
    "digest",
    "pause",
    "resume",
    "notify",
    "holds",
    "notices",
    "mock",
    "demo",
)


@pytest.mark.slow
def test_help_lists_every_command_in_the_users_language(project: Project) -> None:
    english, chinese = project.rpa("--help"), project.rpa("--help", RPA_LANG="zh")
    assert [name for name in COMMANDS if name not in english.stdout or name not in chinese.stdout] == []
    assert "at most once" in english.stdout
    assert "最多处理一次" in chinese.stdout


def test_a_flows_options_are_explained_whole_in_chinese_too(project: Project) -> None:
    said = project.rpa("run", "ship", "--help", RPA_LANG="zh").stdout
    assert "--sheet" in said
    assert "可多次给出" in said
    assert "只预演" in said
    assert "…" not in said


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(flows()))
def test_no_flows_help_is_cut_on_a_narrow_or_a_wide_terminal(project: Project, name: str) -> None:
    for columns in ("80", "100"):
        said = project.rpa("run", name, "--help", RPA_LANG="zh", TERMINAL_WIDTH=columns).stdout
        assert [line for line in said.splitlines() if "…" in line] == []


@pytest.mark.slow
def test_a_group_of_commands_of_another_package_lists_its_own(project: Project) -> None:
    said = project.rpa("holds", "--help").stdout
    assert [name for name in ("list", "add", "lift", "import") if f" {name} " not in said] == []
    assert "只要有一行有误" in project.rpa("holds", "import", "--help", RPA_LANG="zh").stdout.replace(" ", "")


@pytest.mark.slow
def test_a_flow_that_there_is_not_is_named_with_the_nearest_one(project: Project) -> None:
    run = project.rpa("run", "shipp", "demo")
    assert run.returncode == 2
    assert 'did you mean "ship"' in run.stderr


@pytest.mark.slow
def test_a_broken_plug_in_names_itself_and_disturbs_no_other_command(project: Project) -> None:
    info = project.folder / "site" / "factory-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: factory\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[rpa.flows]\nfactory = nowhere\n")
    path = os.pathsep.join([str(ROOT), str(info.parent)])
    said = project.rpa("--help", PYTHONPATH=path)
    assert said.returncode == 0
    assert "doctor" in said.stdout
    broken = project.rpa("factory", "--anything", PYTHONPATH=path)
    assert broken.returncode == 2
    assert "factory (entry point rpa.flows: factory" in broken.stderr
    assert "Traceback" not in broken.stderr
