from __future__ import annotations

import json
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rpa.errors import ConfigError
from rpa.plugins import load_config
from rpa.service import os_commands
from rpa.service.launchd import agent
from rpa.service.program import Program, kept_names, offer_secrets_file, program_of, service_name, unseen_secrets
from rpa.service.systemd import problem_of, unit
from rpa.service.taskscheduler import task
from tests.support.service_words import command_words, plain_words, unescaped, windows_words

HARD = ("a b", "店铺", "100%", "%h", "$HOME", "$$", '"q"', "it's", "a\\b", "end\\", "", ";", "#x", "[a]{b}*?", "<&>")
"""Words that one of the systems would take for something else."""
SCHEDULED = """
language = "zh"
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
[[schedule]]
flow = "pending-orders"
every = "10m"
[[notify]]
name = "boss"
url_env = "BOSS_ADDRESS"
[scheduler]
stop_within_s = 70
"""


def program(folder: Path, *arguments: str, secrets: Path | None = None) -> Program:
    return Program(
        name="rpa-test",
        command=(sys.executable, *arguments),
        folder=folder,
        environment={"RPA_BROWSER": '/opt/a b/100% "x"\\chrome', "RPA_LANG": "zh"},
        secrets=secrets or folder / "var" / "service.env",
        secret_names=("RPA_KEY",),
        stop_s=120,
    )


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "店 铺 100% $x [a]{b}"
    folder.mkdir()
    (folder / "rpa.toml").write_text(SCHEDULED, encoding="utf-8")
    return folder


def lines_of(text: str) -> dict[str, list[str]]:
    """The values of a unit's settings."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            found.setdefault(line.partition("=")[0], []).append(line.partition("=")[2])
    return found


def test_a_unit_gives_the_command_its_words_back_whatever_is_in_them(tmp_path: Path) -> None:
    said = lines_of(unit(program(tmp_path, *HARD)))
    assert command_words(said["ExecStart"][0]) == [sys.executable, *HARD]
    variables = [plain_words(line) for line in said["Environment"]]
    assert variables == [['RPA_BROWSER=/opt/a b/100% "x"\\chrome'], ["RPA_LANG=zh"]]


def test_a_unit_names_the_folder_and_the_file_of_secrets_as_they_are(shop_folder: Path) -> None:
    said = lines_of(unit(program_of(load_config(shop_folder / "rpa.toml"))))
    assert said["WorkingDirectory"] == [str(shop_folder).replace("%", "%%")]
    [secrets] = said["EnvironmentFile"]
    assert secrets.startswith("-")
    assert unescaped(secrets[1:]).replace("%%", "%") == str(shop_folder / "var" / "service.env")
    assert not re.search(r"(?<!\\)[\[\]{}*?]", secrets), "systemd takes these for wildcards"


def test_a_unit_keeps_the_program_running_and_stops_it_in_order(shop_folder: Path) -> None:
    said = lines_of(unit(program_of(load_config(shop_folder / "rpa.toml"))))
    wanted = {
        "Restart": ["always"],
        "StartLimitIntervalSec": ["0"],
        "KillMode": ["mixed"],
        "KillSignal": ["SIGTERM"],
        "OOMPolicy": ["continue"],
    }
    assert {name: said[name] for name in wanted} == wanted
    assert int(said["TimeoutStopSec"][0]) >= 70


def test_systemd_itself_takes_the_unit_and_would_say_what_is_wrong(shop_folder: Path) -> None:
    text = unit(program_of(load_config(shop_folder / "rpa.toml")))
    assert problem_of(text, name="rpa-test.service") == ""
    wrong = problem_of(text.replace("KillMode=mixed", "KillMode=mixt"), name="rpa-test.service")
    assert ("kill mode" in wrong) == bool(shutil.which("systemd-analyze"))


def test_systemd_hands_over_a_key_file_and_no_environment_shows_even_its_place(
    shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "LoadCredential" not in lines_of(unit(program_of(load_config(shop_folder / "rpa.toml"))))
    key = shop_folder / "key file"
    monkeypatch.setenv("RPA_KEY_FILE", str(key))
    wanted = program_of(load_config(shop_folder / "rpa.toml"))
    said = lines_of(unit(wanted))
    assert said["LoadCredential"] == [f"rpa-key:{key}".replace("%", "%%")]
    assert not [line for line in said["Environment"] if "KEY" in line]
    assert problem_of(unit(wanted), name="rpa-test.service") == ""
    assert plistlib.loads(agent(wanted).encode())["EnvironmentVariables"]["RPA_KEY_FILE"] == str(key)


@pytest.mark.parametrize("name", ["blank ", "line\nbreak", "slash\\"])
def test_a_folder_that_a_unit_cannot_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="plainer name"):
        unit(program(tmp_path / name))


def test_an_agent_reads_back_as_it_was_meant(shop_folder: Path) -> None:
    wanted = program_of(load_config(shop_folder / "rpa.toml"))
    said: dict[str, Any] = plistlib.loads(agent(wanted).encode())
    assert said["ProgramArguments"][-len(wanted.command) :] == list(wanted.command)
    assert said["WorkingDirectory"] == str(shop_folder)
    assert said["EnvironmentVariables"] == dict(wanted.environment)
    assert (said["KeepAlive"], said["RunAtLoad"], said["Label"]) == (True, True, wanted.name)
    assert said["ExitTimeOut"] >= 70


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /bin/sh")
def test_an_agents_command_has_the_secrets_of_the_file_and_its_own_words(tmp_path: Path) -> None:
    tell = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get('RPA_KEY')]))"
    for secret in (None, "a&b=$c%d"):
        secrets = tmp_path / "店 铺.env"
        if secret is not None:
            secrets.write_text(f"# secrets\nRPA_KEY='{secret}'\n", encoding="utf-8")
        words = plistlib.loads(agent(program(tmp_path, "-c", tell, *HARD, secrets=secrets)).encode())[
            "ProgramArguments"
        ]
        done = subprocess.run(words, capture_output=True, check=True, text=True, env={})
        assert json.loads(done.stdout) == [list(HARD), secret]


def test_a_task_reads_back_as_it_was_meant(shop_folder: Path) -> None:
    wanted = program_of(load_config(shop_folder / "rpa.toml"))
    name = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    root = ET.fromstring(task(wanted, user="店铺电脑\\王 <小> & 明").encode("utf-16"))
    said = {element.tag.removeprefix(name): element.text or "" for element in root.iter()}
    assert [said["Command"], *windows_words(said["Arguments"])] == list(wanted.command)
    assert said["WorkingDirectory"] == str(shop_folder)
    assert said["UserId"] == "店铺电脑\\王 <小> & 明"
    assert said["LogonType"] == "InteractiveToken", "any other needs a password"
    assert [element.text for element in root.iter(f"{name}UserId")] == [said["UserId"]] * 2


def test_a_task_gives_hard_words_back(tmp_path: Path) -> None:
    root = ET.fromstring(task(program(tmp_path, *HARD), user="x").encode("utf-16"))
    [arguments] = [element.text for element in root.iter() if element.tag.endswith("Arguments")]
    assert windows_words(arguments or "") == list(HARD)


def test_a_task_is_started_again_forever_and_never_ended_by_a_default(tmp_path: Path) -> None:
    text = task(program(tmp_path), user="x")
    said = dict(re.findall(r"<(\w+)>([^<>\n]+)</", text))
    assert said["MultipleInstancesPolicy"] == "IgnoreNew"
    assert said["ExecutionTimeLimit"] == "PT0S", "the default is three days"
    assert (said["StopIfGoingOnBatteries"], said["DisallowStartIfOnBatteries"]) == ("false", "false")
    assert re.search(r"<Repetition>\s*<Interval>PT5M</Interval>\s*<StopAtDurationEnd>false<", text)
    assert "<Duration>" not in text


def test_two_projects_never_share_a_name_and_one_keeps_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / one / "shop" / file for one in "ab" for file in ("rpa.toml", "other.toml")]
    paths += [tmp_path / "店铺" / "rpa.toml", tmp_path / ("x" * 200) / "rpa.toml"]
    names = [service_name(path) for path in paths]
    assert len(set(names)) == len(paths)
    assert [name for name in names if not re.fullmatch("[a-z0-9-]{1,60}", name)] == []
    (tmp_path / "link").symlink_to(tmp_path / "a" / "shop", target_is_directory=True)
    (tmp_path / "a" / "shop").mkdir(parents=True)
    assert service_name(tmp_path / "link" / "rpa.toml") == names[0]


def test_no_secret_is_written_and_the_file_for_them_is_the_owners_alone(
    shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RPA_KEY", "BOSS_ADDRESS", "RPA_PING_URL"):
        monkeypatch.setenv(name, "secret-7")
    wanted = program_of(load_config(shop_folder / "rpa.toml"))
    offer_secrets_file(wanted)
    written = [unit(wanted), agent(wanted), task(wanted, user="x"), wanted.secrets.read_text(encoding="utf-8")]
    assert [text for text in written if "secret-7" in text] == []
    assert wanted.secrets.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    assert unseen_secrets(wanted) == ["RPA_KEY", "BOSS_ADDRESS", "RPA_PING_URL"]


def test_a_filled_in_file_of_secrets_is_kept_and_known(shop_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_KEY", "secret-7")
    wanted = program_of(load_config(shop_folder / "rpa.toml"))
    offer_secrets_file(wanted)
    empty = wanted.secrets.read_text(encoding="utf-8")
    assert kept_names(wanted.secrets) == set()
    filled = empty.replace("#RPA_KEY=''", "RPA_KEY='secret-7'").replace("#BOSS_ADDRESS=''", "BOSS_ADDRESS=''")
    wanted.secrets.write_text(filled, encoding="utf-8")
    offer_secrets_file(wanted)
    assert wanted.secrets.read_text(encoding="utf-8") == filled
    assert kept_names(wanted.secrets) == {"RPA_KEY"}
    assert unseen_secrets(wanted) == []


def test_a_command_that_fails_is_told_in_its_own_words() -> None:
    with pytest.raises(ConfigError, match="no such place"):
        os_commands.tell(sys.executable, "-c", "raise SystemExit('no such place')")
    with pytest.raises(ConfigError, match="is not there"):
        os_commands.tell("no-such-program-at-all")
