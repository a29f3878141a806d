"""`rpa doctor` names what other users can read or change, and running as root."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rpa.browser.session import warn_of_no_sandbox
from rpa.doctor import Finding, State
from rpa.doctor.privacy import changeable, privacy, readable, root
from rpa.plugins import load_config

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "owner"
    for path in (made / "var", made / "shops", made / "selectors"):
        path.mkdir(parents=True, mode=0o700)
    (made / "rpa.toml").write_text('[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n')
    (made / "shops" / "south.toml").write_text('platform = "pinduoduo"\nmall_id = "2"\n')
    (made / "selectors" / "own.toml").write_text("")
    for path in made.rglob("*.toml"):
        path.chmod(0o644)
    made.chmod(0o755)
    return made


def changed_by(folder: Path) -> Finding:
    return changeable(load_config(folder / "rpa.toml"))


def test_a_folder_that_is_ones_own_is_well(folder: Path) -> None:
    assert {each.state for each in privacy(load_config(folder / "rpa.toml"))} == {State.OK}


def test_state_that_others_can_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = folder / "key"
    key.touch(mode=0o640)
    monkeypatch.setenv("RPA_KEY_FILE", str(key))
    (folder / "var").chmod(0o750)
    told = readable(folder / "var")
    assert told.state is State.WARN
    assert f"{folder / 'var'} {key} can be read by others" in told.message.en


@pytest.mark.parametrize("part", [".", "rpa.toml", "shops", "shops/south.toml", "selectors", "selectors/own.toml"])
@pytest.mark.parametrize("bit", [0o002, 0o020])
def test_a_configuration_that_others_can_change_is_named(folder: Path, part: str, bit: int) -> None:
    path = folder / part
    if bit == 0o020:
        os.chown(path, -1, _group_of_several())
    path.chmod(path.stat().st_mode | bit)
    told = changed_by(folder)
    assert told.state is State.WARN
    assert str(path) in told.message.en


def _group_of_several() -> int:
    """A group of this user's that is not theirs alone, else (for root) any."""
    import grp

    own = os.getgid() if grp.getgrgid(os.getgid()).gr_mem else None
    others = [each for each in os.getgroups() if grp.getgrgid(each).gr_gid != os.getgid()]
    return others[0] if others else own if own is not None else 4321


def test_what_is_another_users_or_lies_in_another_users_folder_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    if folder.stat().st_uid == 0:
        for path in (folder, folder / "rpa.toml"):
            os.chown(path, 5432, -1)
    assert str(folder / "rpa.toml") in changed_by(folder).message.en


@pytest.mark.parametrize(("user", "told"), [(0, True), (4321, False)])
def test_root_is_told_that_the_browser_has_no_sandbox(
    monkeypatch: pytest.MonkeyPatch, user: int, *, told: bool
) -> None:
    from loguru import logger

    monkeypatch.setattr(os, "geteuid", lambda: user)
    said: list[str] = []
    number = logger.add(said.append, format="{level} {message}")
    try:
        warn_of_no_sandbox()
    finally:
        logger.remove(number)
    assert ["sandbox" in each.message.en for each in root()] == [True] * told
    assert [line.startswith("WARNING Running as root") for line in said] == [True] * (told and sys.platform == "linux")
