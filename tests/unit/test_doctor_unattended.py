from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from rpa.config import Config
from rpa.credentials import Vault, find_key, make_key
from rpa.doctor import examine
from rpa.doctor.findings import Finding, State
from rpa.doctor.sleep import falls_asleep, mac_minutes, windows_minutes
from rpa.doctor.unattended import channels, clocks, log_on, secrets, service, unattended
from rpa.ledger.ledger import Ledger
from rpa.notify.addresses import secret_name
from rpa.plugins import load_config
from rpa.scheduler.instance_lock import InstanceLock
from rpa.service.program import Program, ServiceState, program_of

SHOPS = """
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
[shops.south]
platform = "pinduoduo"
mall_id = "2"
[shops.mock]
platform = "pinduoduo"
mall_id = "3"
base_url = "http://127.0.0.1:9"
mock = true
"""
SCHEDULE = '[[schedule]]\nflow = "pending-orders"\nevery = "10m"\n'
POWERCFG = """\
电源方案 GUID: 381b4222-f694-41f0-9685-ff5bb260df2e  (平衡)
    电源设置 GUID: 29f6c1db-86da-48c5-9fdb-f2b67b1f44da  (在此时间后睡眠)
      最小可能的设置: 0x00000000
      最大可能的设置: 0xffffffff
      可能的设置增量: 0x00000001
      可能的设置单位: 秒
    当前交流电源设置索引: 0x00000708
    当前直流电源设置索引: 0x00000384
"""
PMSET = (
    "Currently in use:\n standby  1\n sleep                1 (sleep prevented by sharingd)\n disksleep            10\n"
)


def configured(folder: Path, text: str) -> Config:
    (folder / "rpa.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "rpa.toml")


def beat(config: Config) -> None:
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        ledger.beat("scheduler")


def stands(*, installed: bool, running: bool | None, needs_login: bool | None = None) -> ServiceState:
    return ServiceState(installed=installed, running=running, needs_login=needs_login, detail="ActiveState=failed")


def command(folder: Path, name: str, script: str) -> None:
    """A program of this name that says what another machine's would."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o700)


def only(findings: list[Finding]) -> Finding:
    [finding] = findings
    return finding


def test_nothing_is_asked_of_a_machine_that_runs_nothing_by_itself(tmp_path: Path) -> None:
    found = [finding.name.en for finding in unattended(configured(tmp_path, SHOPS))]
    assert found == ["Clock"]
    assert not (tmp_path / "var").exists()


def test_a_schedule_that_nothing_runs_is_found_by_the_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    configured(tmp_path, SHOPS + SCHEDULE)
    found = {finding.name.en: finding for finding in examine(tmp_path / "rpa.toml")}
    assert found["Service"].state is State.WARN
    assert "rpa service install" in found["Service"].message.zh
    assert "Sleep" in found


@pytest.mark.parametrize(
    ("installed", "running", "beaten", "state"),
    [
        (True, True, True, State.OK),
        (True, None, True, State.OK),
        (True, True, False, State.WARN),
        (True, False, True, State.WARN),
        (False, None, True, State.OK),
        (False, None, False, State.WARN),
    ],
)
def test_a_service_is_well_when_it_runs_and_gives_signs_of_life(
    tmp_path: Path, *, installed: bool, running: bool | None, beaten: bool, state: State
) -> None:
    config = configured(tmp_path, SHOPS + SCHEDULE)
    if beaten:
        beat(config)
    finding = service(config, standing=stands(installed=installed, running=running))
    assert finding.state is state
    if state is State.WARN and installed:
        assert "ActiveState=failed" in finding.message.en


def test_calls_of_schedule_once_are_no_missing_service(tmp_path: Path) -> None:
    config = configured(tmp_path, SHOPS + SCHEDULE)
    beat(config)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        InstanceLock(config).call_over(ledger)
    finding = service(config, standing=stands(installed=False, running=None))
    assert (finding.state, "--once" in finding.message.en) == (State.OK, True)


def test_a_service_that_ends_with_the_log_in_is_warned_of() -> None:
    found = [log_on(stands(installed=True, running=True, needs_login=needs)).state for needs in (True, False, None)]
    assert found == [State.WARN, State.OK, State.OK]


def test_secrets_that_the_service_would_not_see_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(configured(tmp_path, SHOPS))
    assert secrets(program).state is State.OK
    monkeypatch.setenv("RPA_KEY", make_key())
    assert "RPA_KEY is set in this shell" in secrets(program).message.en
    keep(program, "RPA_KEY='x'\n", mode=0o600)
    assert secrets(program).state is State.OK


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_file_of_secrets_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    program = program_of(configured(tmp_path, SHOPS))
    keep(program, "RPA_KEY='x'\n", mode=0o644)
    assert "chmod 600" in secrets(program).message.en


def keep(program: Program, text: str, *, mode: int) -> None:
    program.secrets.parent.mkdir(exist_ok=True)
    program.secrets.write_text(text, encoding="utf-8")
    program.secrets.chmod(mode)


def test_a_channel_has_its_address_from_environment_store_or_the_services_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RPA_KEY", make_key())
    config = configured(tmp_path, f'{SHOPS}[[notify]]\nname = "boss"\nurl_env = "BOSS"\n')
    without = only(list(channels(config)))
    assert (without.state, "rpa notify set boss" in without.message.en) == (State.WARN, True)
    keep(program_of(config), "BOSS='json://127.0.0.1'\n", mode=0o600)
    assert only(list(channels(config))).state is State.OK
    program_of(config).secrets.unlink()
    Vault(config.var / "secrets", find_key()).save_secret(secret_name("boss"), "json://127.0.0.1")
    assert only(list(channels(config))).state is State.OK
    monkeypatch.setenv("RPA_KEY", make_key())
    assert only(list(channels(config))).state is State.WARN, "the store does not open"
    monkeypatch.setenv("BOSS", "json://127.0.0.1")
    assert only(list(channels(config))).state is State.OK


@pytest.mark.parametrize(("minutes", "state"), [(-7, State.WARN), (6, State.WARN), (4, State.OK)])
def test_a_sites_clock_more_than_five_minutes_from_ours_is_said(tmp_path: Path, minutes: int, state: State) -> None:
    config = configured(tmp_path, SHOPS)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        ledger.keep_site_clock("south", ahead=timedelta(minutes=minutes))
        ledger.keep_site_clock("mock", ahead=timedelta(days=-300))
    finding = clocks(config)
    assert finding.state is state
    if state is State.WARN:
        assert f"{minutes:+d} minutes from ours (south)" in finding.message.en


def test_a_ledger_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    config = configured(tmp_path, SHOPS)
    config.var.mkdir()
    (config.var / "ledger.sqlite3").write_text("this is no database, however often it is read")
    found = {finding.name.en: finding.state for finding in unattended(config)}
    assert found == {"Ledger": State.FAIL}


def test_powercfg_and_pmset_are_understood_in_any_language() -> None:
    assert windows_minutes(POWERCFG) == 30
    assert windows_minutes(POWERCFG.replace("0x00000708", "0x00000000")) == 0
    assert windows_minutes("拒绝访问。") is None
    assert mac_minutes(PMSET) == 1
    assert mac_minutes(PMSET.replace("sleep                1", "sleep                0")) == 0
    assert mac_minutes("") is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are the commands of Linux")
@pytest.mark.parametrize(
    ("programs", "state", "word"),
    [
        ({}, State.OK, "cannot tell"),
        ({"systemctl": "echo masked; exit 1"}, State.OK, "never"),
        ({"busctl": "echo 's \"suspend\"'"}, State.WARN, "mask sleep.target"),
        ({"busctl": "echo 's \"ignore\"'"}, State.OK, "never"),
        ({"gsettings": "case $3 in *type) echo \"'suspend'\";; *) echo 900;; esac"}, State.WARN, "suspends"),
        ({"gsettings": "case $3 in *type) echo \"'suspend'\";; *) echo 0;; esac"}, State.OK, "never"),
        ({"gsettings": "echo No such schema >&2; exit 1"}, State.OK, "cannot tell"),
    ],
)
def test_a_machine_that_falls_asleep_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, programs: dict[str, str], state: State, word: str
) -> None:
    for name, script in programs.items():
        command(tmp_path, name, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = falls_asleep()
    assert finding.state is state
    assert word in finding.message.en
