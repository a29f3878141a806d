"""Where a scheduler's processes keep temporary files, and what becomes of those that a killed one left."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rpa.scheduler.leftovers import workshop

WAITS = "import sys; sys.stdin.read()"


def leave(folder: Path) -> None:
    """What a killed browser leaves."""
    profile = folder / "playwright_chromiumdev_profile-abc" / "Default"
    profile.mkdir(parents=True)
    (profile / "Cache").write_bytes(b"x" * 1000)
    (folder / "SingletonLock").symlink_to("/nowhere")
    (folder / "loose").touch()


def test_what_a_killed_scheduler_left_is_gone_at_the_next_start_with_or_without_its_record(tmp_path: Path) -> None:
    recorded, forgotten = tmp_path / "tmp" / "rpa-recorded", tmp_path / "tmp" / "rpa-forgotten"
    sockets = tmp_path / "elsewhere" / "rpa-sockets"
    for folder in (recorded, forgotten, sockets):
        leave(folder)
    told = {"pid": 1, "folder": str(recorded), "sockets": str(sockets)}
    (tmp_path / "scheduler.json").write_text(json.dumps(told))
    with workshop(tmp_path / "scheduler.json") as place:
        assert list((tmp_path / "tmp").iterdir()) == [place.folder]
        assert not sockets.exists()
        leave(place.folder)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not place.sockets.exists()
    assert not (tmp_path / "scheduler.json").exists()


def test_a_process_that_works_in_a_forgotten_folder_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "tmp" / "rpa-forgotten"
    folder.mkdir(parents=True)
    command = [sys.executable, "-c", WAITS, "rpa.scheduler.worker", folder.name]
    stranger = [sys.executable, "-c", WAITS, "rpa.scheduler.worker", "rpa-another"]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE) as left,
        subprocess.Popen(stranger, stdin=subprocess.PIPE) as other,
    ):
        with workshop(tmp_path / "scheduler.json"):
            assert left.poll() is not None
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("told", ["", "[]", '{"folder": 1}', '{"pid": 1, "folder": "/usr"}'])
def test_a_record_that_names_no_folder_of_ours_removes_nothing(tmp_path: Path, told: str) -> None:
    (tmp_path / "scheduler.json").write_text(told)
    with workshop(tmp_path / "scheduler.json") as place:
        assert place.folder.is_dir()
    assert Path("/usr").is_dir() or sys.platform == "win32"


def test_between_two_browsers_what_killed_ones_left_is_removed(tmp_path: Path) -> None:
    with workshop(tmp_path / "scheduler.json") as place:
        leave(place.folder)
        place.sweep()
        assert list(place.folder.iterdir()) == []
