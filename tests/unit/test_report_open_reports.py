"""Which reports are open: each killed run's report is completed, and nobody looks through years of whole ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rpa.report.finishing import finish_crashed, unfinished
from rpa.report.open_reports import is_open, keep_searched, mark_open
from tests.support.mock_shop import PATIENCE_S
from tests.support.small_report import STYLE, small_report, small_row

MOMENTS = range(12)
ENDS_ITSELF = 0
KILLED = 9


def writing(var: Path, *, killed_at: int) -> subprocess.Popen[bytes]:
    """A run that is gone just before it touches a file of its report for the n-th time."""
    program = f"""
import os, sys
sys.path[:0] = {[str(Path(__file__).parents[2]), *sys.path]!r}
from pathlib import Path
from tests.support.small_report import small_report, small_row
left = {killed_at}
def kill(event, args):
    global left
    named = event in ("open", "os.mkdir", "os.rename", "os.remove") and isinstance(args[0], (str, os.PathLike))
    if named and {str(var / "reports")!r} in str(args[0]) and "xlsx" not in str(args[0]):
        if not left:
            os._exit({KILLED})
        left -= 1
sys.addaudithook(kill)
with small_report(Path({str(var)!r})) as report:
    report.add(small_row(1))
"""
    return subprocess.Popen([sys.executable, "-c", program])


@pytest.mark.slow
def test_a_report_is_completed_whenever_its_run_is_killed(tmp_path: Path) -> None:
    for moment in MOMENTS:
        assert list(unfinished(tmp_path / str(moment), shop="demo")) == []
    programs = [writing(tmp_path / str(moment), killed_at=moment) for moment in MOMENTS]
    ended = [program.wait(timeout=PATIENCE_S) for program in programs]
    assert (ended[0], ended[-1]) == (KILLED, ENDS_ITSELF)
    found = 0
    for var in (tmp_path / str(moment) for moment in MOMENTS):
        for folder, run in unfinished(var, shop="demo"):
            assert run.run_id == folder.name
            finish_crashed(folder, style=STYLE)
            found += 1
        begun = [path.parent for path in var.glob("reports/*/run.json")]
        assert [folder for folder in begun if is_open(folder, shop="demo")] == []
        assert list(unfinished(var, shop="demo")) == []
        assert list(var.glob("reports/.open/demo/*")) == []
    assert found >= 4


def test_reports_of_older_versions_are_looked_through_once_and_never_again(tmp_path: Path) -> None:
    def killed_in_an_older_version(run_id: str) -> None:
        with small_report(tmp_path, run_id=run_id) as report:
            report.add(small_row(1))
        (report.folder / "summary.json").unlink()

    killed_in_an_older_version("run-1")
    assert list(unfinished(tmp_path, shop="other")) == []
    [(folder, _)] = unfinished(tmp_path, shop="demo")
    assert folder.name == "run-1"
    finish_crashed(folder, style=STYLE)
    killed_in_an_older_version("run-2")
    assert list(unfinished(tmp_path, shop="demo")) == []


def test_a_run_that_goes_on_in_another_shop_is_left_alone(tmp_path: Path) -> None:
    with small_report(tmp_path) as report:
        assert list(unfinished(tmp_path, shop="other")) == []
        assert is_open(report.folder, shop="demo")
    assert not is_open(report.folder, shop="demo")


@pytest.mark.parametrize("left", ["", '{"run_id": "run-1"', "{}"])
@pytest.mark.parametrize("marked", [True, False])
def test_a_report_lost_whole_in_a_power_cut_does_not_keep_the_shop_from_running(
    tmp_path: Path, left: str, *, marked: bool
) -> None:
    with small_report(tmp_path) as report:
        pass
    (report.folder / "summary.json").unlink()
    (report.folder / "run.json").write_text(left)
    if marked:
        keep_searched(tmp_path / "reports")
        mark_open(report.folder, shop="demo")
    for _ in range(2):
        assert list(unfinished(tmp_path, shop="demo")) == []
