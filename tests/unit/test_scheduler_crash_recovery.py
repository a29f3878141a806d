"""Where a scheduler's processes keep temporary files, and what becomes of those that a killed one left."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from loguru import logger

from rpa.scheduler.crash_recovery import end_leftovers, workshop

WAITS = "import sys; sys.stdin.read()"


def leave(folder: Path) -> None:
    """What a killed browser leaves."""
    profile = folder / "playwright_chromiumdev_profile-abc" / "Default"
    profile.mkdir(parents=True)
    (profile / "Cache").write_bytes(b"x" * 1000)
    (folder / "SingletonLock").symlink_to("/nowhere")
    (folder / "loose").touch()


def marked(folder: Path, mark: str = "7f") -> Path:
    """A folder that a scheduler made and left."""
    leave(folder)
    (folder / ".rpa-workshop").write_text(mark)
    return folder


@pytest.fixture(name="elsewhere")
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_what_a_killed_scheduler_left_is_gone_at_the_next_start_with_a_record_or_not(
    tmp_path: Path, elsewhere: Path
) -> None:
    recorded, sockets = marked(tmp_path / "tmp" / "rpa-recorded"), marked(elsewhere / "rpa-sockets")
    marked(tmp_path / "tmp" / "rpa-forgotten", "another")
    told = {"pid": 1, "id": "7f", "folder": str(recorded), "sockets": str(sockets)}
    (tmp_path / "scheduler.json").write_text(json.dumps(told))
    with workshop(tmp_path / "scheduler.json") as place:
        assert list((tmp_path / "tmp").iterdir()) == [place.folder]
        assert not sockets.exists()
        leave(place.folder)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not place.sockets.exists()
    assert not (tmp_path / "scheduler.json").exists()


def test_a_record_removes_nothing_without_the_mark_that_it_names(
    tmp_path: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.remove()
    logger.add(sys.stderr, format="{message}")
    theirs = marked(tmp_path / "theirs" / "rpa-work")
    kept = [
        theirs,
        marked(elsewhere / "rpa-other", "another"),
        tmp_path / "tmp" / "rpa-mine",
        elsewhere / "rpa-bare",
        marked(elsewhere / "photos"),
        marked(elsewhere / "deeper" / "rpa-work"),
    ]
    for bare in (kept[2], kept[3]):
        leave(bare)
    link = elsewhere / "rpa-link"
    link.symlink_to(theirs)
    (tmp_path / "tmp" / "rpa-link").symlink_to(theirs)
    linked_mark = elsewhere / "rpa-linked-mark"
    leave(linked_mark)
    (linked_mark / ".rpa-workshop").symlink_to(theirs / ".rpa-workshop")
    for named in (*kept, link, linked_mark, elsewhere / "rpa-none", tmp_path / "theirs" / ".." / "theirs" / "rpa-work"):
        for mark in ({"id": "7f"}, {}, {"id": ""}):
            (tmp_path / "scheduler.json").write_text(json.dumps({"pid": 1, "folder": str(named), **mark}))
            with workshop(tmp_path / "scheduler.json"):
                pass
    assert [folder for folder in (*kept, linked_mark) if not (folder / "loose").exists()] == []
    assert "rpa-mine is left alone" in capsys.readouterr().err


@pytest.mark.parametrize(
    "record", ["[" * 200_000, json.dumps({"id": "7f", "folder": "x" * 5000}), '{"folder": "\\u0000"}']
)
def test_a_record_that_names_no_folder_is_as_good_as_none(tmp_path: Path, record: str) -> None:
    (tmp_path / "scheduler.json").write_text(record)
    end_leftovers(tmp_path / "scheduler.json")
    assert not (tmp_path / "scheduler.json").exists()


def test_folders_behind_a_link_in_place_of_var_tmp_are_not_removed(tmp_path: Path) -> None:
    theirs = marked(tmp_path / "theirs" / "rpa-work")
    (tmp_path / "tmp").symlink_to(theirs.parent)
    (tmp_path / "scheduler.json").write_text(
        json.dumps({"pid": 1, "id": "7f", "folder": str(tmp_path / "tmp/rpa-work")})
    )
    end_leftovers(tmp_path / "scheduler.json")
    assert (theirs / "loose").exists()


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
        assert [left.name for left in place.folder.iterdir()] == [".rpa-workshop"]
