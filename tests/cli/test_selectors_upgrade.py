"""`rpa selectors upgrade`: what would change is shown first, and written only after a yes."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

import pytest

from rpa.elements.registry import load_profile
from tests.support.project import Project

pytestmark = pytest.mark.slow

OLD = Path(__file__).parents[1] / "support" / "schema1"


def old_profile(folder: Path, name: str = "pinduoduo") -> Path:
    """A profile of one's own, as releases before had it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_bytes(lzma.decompress((OLD / f"{name}.toml.xz").read_bytes()))
    return path


def test_only_a_yes_writes_and_then_nothing_is_left_to_do(project: Project) -> None:
    path = old_profile(project.folder / "selectors")
    before = path.read_bytes()
    run = project.rpa("selectors", "upgrade", "real", stdin="n\n")
    assert (run.returncode, path.read_bytes()) == (0, before)
    assert "-schema = 1\n  +schema = 2\n" in run.stdout
    assert f"Not written: {path}" in run.stdout
    run = project.rpa("selectors", "upgrade", "real", stdin="y\n")
    assert f"Written: {path}" in run.stdout
    assert load_profile("pinduoduo", folder=path.parent).name == "pinduoduo"
    written = path.read_bytes()
    run = project.rpa("selectors", "upgrade", "--yes")
    assert f"{path} is written as profiles are today." in run.stdout
    assert path.read_bytes() == written != before


def test_a_check_writes_nothing_and_its_exit_code_tells(project: Project) -> None:
    mine, other = old_profile(project.folder / "selectors"), old_profile(project.folder / "mine", "oscar")
    before = mine.read_bytes(), other.read_bytes()
    assert project.rpa("selectors", "upgrade", "--check", "--yes").returncode == 2
    run = project.rpa("selectors", "upgrade", "--check", "mine/oscar.toml")
    assert run.returncode == 2
    assert str(mine) not in run.stdout
    assert (mine.read_bytes(), other.read_bytes()) == before
    project.rpa("selectors", "upgrade", "--yes", "real", "mine/oscar.toml")
    assert project.rpa("selectors", "upgrade", "--check", "real", "mine/oscar.toml").returncode == 0


def test_what_cannot_be_written_is_told_with_the_lines_to_paste(project: Project) -> None:
    path = old_profile(project.folder / "selectors")
    path.write_text(re.sub(r"(?m)^how = .*\n", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    run = project.rpa("selectors", "upgrade", "--yes", "real")
    assert "has no field how of dialog ship" in run.stdout
    assert '[[shipping.steps]]\nopen = "orders.ship"' in run.stdout
    assert "[[shipping.steps]]" not in path.read_text(encoding="utf-8")


def test_where_nothing_is_ones_own_nothing_is_to_be_done(project: Project) -> None:
    for names in ([], ["real"]):
        run = project.rpa("selectors", "upgrade", "--check", *names)
        assert run.returncode == 0
        assert "There is no profile of your own here" in run.stdout
    run = project.rpa("selectors", "upgrade", "nowhere.toml")
    assert run.returncode == 2
    assert "There is no file nowhere.toml" in run.stderr


def test_a_run_with_an_old_profile_stops_and_says_what_to_do(project: Project) -> None:
    old_profile(project.folder / "selectors")
    for language, words in (
        ("en", "is written as profiles were before (schema = 1)"),
        ("zh", "是旧格式（schema = 1）"),
    ):
        project.write((project.folder / "rpa.toml").read_text().replace('language = "en"', f'language = "{language}"'))
        run = project.rpa("run", "pending-orders", "real")
        assert run.returncode == 2
        assert words in run.stderr.replace("\n", "")
        assert "rpa selectors upgrade" in run.stderr.replace("\n", "")
