"""`rpa notify`, run as people run it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rpa.ledger.ledger import Ledger
from tests.cli.conftest import TWO_SHOPS
from tests.support.in_process import rpa
from tests.support.postbox import Postbox, postbox
from tests.support.project import Project

CHANNELS = """
[[notify]]
name = "boss"
url_env = "BOSS_URL"
[[notify]]
name = "south"
shops = ["demo"]
severity = "critical"
digest = false
"""


@pytest.fixture
def channels(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    project.write(TWO_SHOPS + CHANNELS)
    monkeypatch.setenv("RPA_KEY", project.key)
    return project


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as opened:
        yield opened


@pytest.mark.slow
def test_an_address_is_kept_listed_without_its_secret_tried_and_removed(channels: Project, box: Postbox) -> None:
    kept = channels.rpa("notify", "set", "south", "--stdin", stdin=f"{box.url}\n")
    assert kept.returncode == 0, kept.stderr
    listed = channels.rpa("notify", "list", RPA_LANG="zh")
    tried = channels.rpa("notify", "test", "south")
    assert (tried.returncode, len(box.posted)) == (0, 1)
    assert box.titles == ["[rpa] test"]
    removed = channels.rpa("notify", "remove", "south", RPA_KEY="")
    assert removed.returncode == 0, removed.stderr
    assert "missing" in channels.rpa("notify", "list").stdout
    said = "".join(run.stdout + run.stderr for run in (kept, listed, tried, removed))
    assert "json://…" in listed.stdout
    assert "s3cr3t" not in said
    written = [path for path in channels.folder.rglob("*") if path.is_file() and b"s3cr3t" in path.read_bytes()]
    assert written == []


def test_a_test_of_all_channels_names_the_one_that_fails_and_exits_with_3(
    channels: Project, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOSS_URL", box.url)
    run = rpa(channels, "notify", "test")
    assert run.returncode == 3
    assert "boss: taken" in run.stdout
    assert 'south: The notification channel "south" has no address: run `rpa notify set south`' in run.stderr


def test_a_channel_that_works_again_ends_its_incident(
    channels: Project, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = channels.config
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        ledger.incident("", cause="notify:boss", message="…")
    monkeypatch.setenv("BOSS_URL", box.url)
    assert rpa(channels, "notify", "test", "boss").returncode == 0
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        assert ledger.open_incidents() == []


def test_an_address_that_apprise_does_not_know_is_refused_and_not_kept(channels: Project) -> None:
    for wrong in ("https://example.invalid/s3cr3t-T0ken", "s3cr3t-T0ken", "", "sk3cr3t://s3cr3t-T0ken"):
        run = rpa(channels, "notify", "set", "south", "--stdin", stdin=f"{wrong}\n")
        assert run.returncode == 2
        assert "s3cr3t" not in run.stderr + run.stdout
    assert list(channels.folder.rglob("*.secret")) == []


def test_a_channel_that_there_is_not_is_named_with_the_nearest_one(channels: Project) -> None:
    for command in (("set", "bos", "--stdin"), ("test", "bos")):
        run = rpa(channels, "notify", *command, stdin="json://127.0.0.1\n")
        assert run.returncode == 2
        assert 'did you mean "boss"' in run.stderr


def test_without_a_terminal_the_address_is_read_from_stdin_only_when_asked_for(channels: Project) -> None:
    run = rpa(channels, "notify", "set", "south", stdin="json://127.0.0.1\n")
    assert run.returncode == 2
    assert "--stdin" in run.stderr


def test_without_a_channel_the_list_shows_how_to_add_one(project: Project) -> None:
    assert '[[notify]]\nname = "boss"' in rpa(project, "notify", "list").stdout
    assert rpa(project, "notify", "test").returncode == 0


@pytest.mark.slow
def test_a_store_that_does_not_open_is_said_in_the_list(channels: Project) -> None:
    rpa(channels, "notify", "set", "south", "--stdin", stdin="json://127.0.0.1/s3cr3t\n")
    without: dict[str, Any] = {"RPA_KEY": "", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    run = channels.rpa("notify", "list", **without)
    assert run.returncode == 0
    assert "RPA_KEY" in run.stderr
    channels.write(TWO_SHOPS + CHANNELS.partition('[[notify]]\nname = "south"')[0])
    assert channels.rpa("notify", "list", BOSS_URL="json://127.0.0.1", **without).stderr == ""


@pytest.mark.slow
def test_the_help_is_there_in_both_languages(project: Project) -> None:
    assert "notify" in project.rpa("--help").stdout
    assert "Webhook" in project.rpa("notify", "set", "--help", RPA_LANG="zh").stdout
