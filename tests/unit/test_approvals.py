from __future__ import annotations

import stat
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rpa.elements.approvals import Approvals
from rpa.elements.profile import Profile
from rpa.elements.registry import load_profile, selectors_folder
from rpa.errors import ConfigError

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOST = "shop.example"
CONFIRM = "ship.confirm"


def approved(path: Path) -> Approvals:
    profile = load_profile("pinduoduo")
    Approvals.load(path).approve(HOST, profile, CONFIRM, by="owner", now=NOW)
    return Approvals.load(path)


def edited(folder: Path, old: str, new: str) -> Profile:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "pinduoduo.toml").write_text(text.replace(old, new), encoding="utf-8")
    return load_profile("pinduoduo", folder=folder)


def allows(approvals: Approvals, profile: Profile, *, host: str = HOST, element: str = CONFIRM) -> bool:
    return approvals.allows(host, element, profile.element(element).signature)


def test_nothing_is_allowed_on_a_host_where_nobody_confirmed_it(tmp_path: Path) -> None:
    assert not allows(Approvals.load(tmp_path / "approvals.json"), load_profile("pinduoduo"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_itself_needs_no_confirmation(tmp_path: Path, host: str) -> None:
    assert allows(Approvals.load(tmp_path / "approvals.json"), load_profile("pinduoduo"), host=host)


def test_a_confirmation_holds_for_its_host_and_element_only(tmp_path: Path) -> None:
    profile, approvals = load_profile("pinduoduo"), approved(tmp_path / "approvals.json")
    assert allows(approvals, profile)
    assert not allows(approvals, profile, host="127.0.0.1.example")
    assert not allows(approvals, profile, element="ship.second_confirm")
    assert not approvals.allows(HOST, "ship.second_confirm", profile.element(CONFIRM).signature)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('button[data-tracking-click-viewid="ele_confirm_shipment_shared"]', "button.new"),
        ('expect = ["确认发货"]', 'expect = ["确认发货", "确定"]'),
        ('"beast-core-modal"]:has([data-tracking-click-viewid="ele_', '"other"]:has([data-tracking-click-viewid="ele_'),
        ('".mms-header__user-info .user-name p.name"', '".mms-header p"'),
    ],
)
def test_an_edit_of_what_decides_the_click_needs_a_new_confirmation(tmp_path: Path, old: str, new: str) -> None:
    approvals = approved(tmp_path / "approvals.json")
    assert allows(approvals, load_profile("pinduoduo"))
    assert not allows(approvals, edited(tmp_path, old, new))


def test_an_edit_elsewhere_keeps_the_confirmation(tmp_path: Path) -> None:
    approvals = approved(tmp_path / "approvals.json")
    assert allows(approvals, edited(tmp_path, 'css = "#usernameId"', 'css = "#user"'))
    assert allows(approvals, edited(tmp_path, 'verified = "never"', 'verified = "shop.example 2026-03-10"'))


def test_a_confirmation_records_who_when_and_what_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "approvals.json"
    (one,) = approved(path).all
    assert (one.host, one.platform, one.element, one.by) == (HOST, "pinduoduo", CONFIRM, "owner")
    assert one.date == "2026-03-10T09:00:00+08:00"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_confirming_again_replaces_and_another_host_is_added(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    approved(path)
    approvals, stale = approved(path), Approvals(path)
    stale.approve("other.example", load_profile("pinduoduo"), CONFIRM, by="owner", now=NOW)
    assert [one.host for one in approvals.all] == [HOST]
    assert sorted(one.host for one in Approvals.load(path).all) == ["other.example", HOST]


@pytest.mark.parametrize("content", ["{", "[]", '{"approvals": [{"host": "shop.example"}]}', '{"approvals": null}'])
def test_a_damaged_file_allows_nothing_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "approvals.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"approvals\.json cannot be read .*`rpa selectors approve`"):
        Approvals.load(path)
