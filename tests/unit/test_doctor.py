from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rpa.clock import Clock
from rpa.credentials import make_key
from rpa.doctor import Finding, State, examine, machine
from rpa.elements.approvals import Approvals
from rpa.elements.registry import load_profile, selectors_folder
from rpa.ledger.actions import Intent, Seen
from rpa.ledger.ledger import Ledger

SHOP = '[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "rpa.toml"
    path.write_text(text, encoding="utf-8")
    return path


def named(findings: list[Finding], name: str) -> Finding:
    return next(one for one in findings if one.name.en == name)


def test_a_good_configuration_and_key_pass_and_each_finding_speaks_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RPA_KEY", make_key())
    found = examine(written(tmp_path, SHOP))
    for name in (
        "Python",
        "Playwright",
        "Configuration",
        "Key of the encrypted store",
        "Profile pinduoduo",
        "State folder",
    ):
        assert named(found, name).state is State.OK, name
    assert all(one.name.zh and (one.message.en and one.message.zh) for one in found if one.state is not State.OK)
    assert not list((tmp_path / "var").iterdir())


def test_what_is_wrong_is_said_and_the_other_checks_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_KEY", "wrong")
    monkeypatch.setenv("RPA_BROWSER", str(tmp_path / "no-browser"))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = examine(written(tmp_path, SHOP + "liv = true\n"))
    wrong = {one.name.en: one.message.en for one in found if one.state is State.FAIL}
    assert set(wrong) == {"Browser", "Configuration", "Key of the encrypted store"}
    assert "RPA_BROWSER names" in wrong["Browser"]
    assert 'did you mean "live"?' in wrong["Configuration"]
    assert named(found, "Python").state is State.OK


def test_a_profile_of_ones_own_is_told_and_whose_shops_have_not_confirmed_it(tmp_path: Path) -> None:
    path = written(tmp_path, SHOP + SHOP.replace("demo", "far") + 'base_url = "http://127.0.0.1:9"\nmock = true\n')
    own = tmp_path / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    shipped = (selectors_folder() / own.name).read_text(encoding="utf-8")
    own.write_text(shipped.replace('"此订单需要平台人工审核", ', ""), encoding="utf-8")
    told = named(examine(path), "Profile pinduoduo")
    assert told.state is State.WARN
    assert "differs from what came with the program in 1 place(s): words.audit. `rpa selectors diff" in told.message.en
    assert told.message.en.endswith("run `rpa selectors approve` for demo")
    profile, approvals = load_profile("pinduoduo", folder=own.parent), Approvals(tmp_path / "var" / "approvals.json")
    approvals.approve("https://mms.pinduoduo.com", profile, "ship.confirm", by="Li", now=Clock().now())
    told = named(examine(path), "Profile pinduoduo")
    assert told.state is State.OK
    assert "in 1 place(s): words.audit" in told.message.en


def test_the_login_of_a_shop_that_left_is_named_and_stays(tmp_path: Path) -> None:
    path = written(tmp_path, SHOP)
    secrets = tmp_path / "var" / "secrets"
    secrets.mkdir(parents=True)
    for name in ("demo.state", "south.state", "south.password", "north.password", "boss.secret"):
        (secrets / name).touch()
    told = named(examine(path), "Logins of other shops")
    assert told.state is State.WARN
    assert "the login of north, south, which rpa.toml does not name" in told.message.en
    assert len(list(secrets.iterdir())) == 5


def test_the_doubts_of_a_shop_that_left_or_has_another_name_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, SHOP)
    with Ledger.open(tmp_path / "var" / "ledger.sqlite3", clock=Clock()) as ledger:
        for shop, seen in (("north", Seen.UNREADABLE), ("south", Seen.OURS), ("demo", Seen.UNREADABLE)):
            run = ledger.runs.start(shop, flow="ship")
            [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject="260310-1", payload={})])
            ledger.actions.settle(run, action, seen=seen, settled=True)
    found = [each for each in examine(path) if each.name.en.startswith("Doubts of")]
    assert [(each.name.en, each.state) for each in found] == [("Doubts of north", State.WARN)]
    assert "of 1 of its orders it is not certain whether they were sent (260310-1)" in found[0].message.en


def test_a_platform_without_a_profile_is_found(tmp_path: Path) -> None:
    found = examine(written(tmp_path, SHOP.replace("pinduoduo", "pinduodo")))
    assert 'did you mean "pinduoduo"' in named(found, "Profile pinduodo").message.en


def test_a_state_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    finding = machine.writable(tmp_path / "var")
    assert finding.state is State.FAIL
    assert "cannot be written" in finding.message.en


@pytest.mark.parametrize(
    ("fstype", "opts", "state"),
    [("nfs4", "rw", State.FAIL), ("NTFS", "rw,remote", State.FAIL), ("ext4", "rw", State.OK)],
)
def test_a_network_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fstype: str, opts: str, state: State
) -> None:
    disks = [("/", "ext4", "rw"), (str(tmp_path), fstype, opts)]
    mounted = [SimpleNamespace(mountpoint=at, fstype=kind, opts=how) for at, kind, how in disks]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: mounted)
    assert machine.local_disk(tmp_path / "var").state is state


def test_a_synced_folder_is_warned_of(tmp_path: Path) -> None:
    assert machine.local_disk(tmp_path / "OneDrive" / "var").state is State.WARN


def test_too_little_room_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    for free in (5e9, 1e9, 1e8):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        states.append(machine.free_space(tmp_path / "not" / "yet").state)
    assert states == [State.OK, State.WARN, State.FAIL]


def test_without_ffmpeg_only_video_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    finding = machine.ffmpeg()
    assert finding.state is State.WARN
    assert "merchant-rpa[video]" in finding.message.en
    (tmp_path / "ffmpeg").touch(mode=0o755)
    (tmp_path / "ffmpeg.exe").touch(mode=0o755)
    assert machine.ffmpeg().state is State.OK
