"""What is delivered: versions, the wheel, and what the documents say of the program."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+]*")
HELP_BLOCK = re.compile(r"^```\w*\n\$ (rpa [^\n]*--help)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = "import sys; sys.argv[0] = 'rpa'; from rpa.cli import main; main()"


def constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def required() -> Iterator[tuple[str, str]]:
    """Name and version of everything that the project needs here, with what that needs in turn."""
    own = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
    waiting, seen = [Requirement(line) for line in own], {PROJECT["name"]}
    while waiting:
        need = waiting.pop()
        name = canonicalize_name(need.name)
        if name in seen or not _applies(need):
            continue
        seen.add(name)
        package = importlib.metadata.distribution(name)
        yield name, package.version
        waiting += [Requirement(line) for line in package.requires or ()]


def _applies(need: Requirement) -> bool:
    return need.marker is None or need.marker.evaluate({"extra": ""})


def test_constraints_name_versions_and_no_address() -> None:
    assert [line for line in constraints() if not PINNED.fullmatch(line)] == []


def test_constraints_are_sorted_and_name_each_package_once() -> None:
    names = [canonicalize_name(line.partition("==")[0]) for line in constraints()]
    assert names == sorted(set(names))


def test_everything_in_use_is_pinned_to_the_version_in_use() -> None:
    pins: dict[str, str] = {
        canonicalize_name(name): version for name, _, version in (line.partition("==") for line in constraints())
    }
    assert {name: version for name, version in required() if pins.get(name) != version} == {}


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == PROJECT["version"]


def test_the_wheel_carries_profiles_pages_and_migrations(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    shipped = {path.relative_to(ROOT).as_posix() for path in data_files("rpa", "flows", "fixtures")}
    profiles = {f"rpa/_selectors/{path.name}" for path in (ROOT / "selectors").glob("*.toml")}
    assert profiles
    assert "fixtures/mockshop/pinduoduo/look/page.html" in shipped
    assert any(name.startswith("rpa/ledger/migrations/versions/0001") for name in shipped)
    assert (shipped | profiles) - inside == set()
    assert [name for name in inside if name.startswith(("tests/", "selectors/", "var/"))] == []


def data_files(*folders: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_the_windows_starter_has_windows_line_ends() -> None:
    text = (ROOT / "start.cmd").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 0


def test_ci_runs_what_a_person_runs() -> None:
    assert "\npython3 bootstrap.py test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_help_shown_in_the_manual_is_the_programs() -> None:
    blocks = HELP_BLOCK.findall((ROOT / "docs" / "en" / "commands.md").read_text(encoding="utf-8"))
    shown_of = {command for command, _ in blocks}
    assert {"rpa --help", "rpa run ship --help"} <= shown_of, "start a fenced block with `$ rpa --help`"
    env = {
        **os.environ,
        "RPA_LANG": "en",
        "COLUMNS": "100",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }
    for command, shown in blocks:
        words = [sys.executable, "-c", PROGRAM, *command.split()[1:]]
        said = subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, encoding="utf-8").stdout
        assert _lines(shown) == _lines(said)


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
