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
ORIGIN = "https://shop.example"
CONFIRM = "ship.confirm"


def approved(path: Path) -> Approvals:
    profile = load_profile("pinduoduo")
    Approvals.load(path).approve(ORIGIN, profile, CONFIRM, by="owner", now=NOW)
    return Approvals.load(path)


def edited(folder: Path, old: str, new: str) -> Profile:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "pinduoduo.toml").write_text(text.replace(old, new), encoding="utf-8")
    return load_profile("pinduoduo", folder=folder)


def allows(approvals: Approvals, profile: Profile, *, origin: str = ORIGIN, element: str = CONFIRM) -> bool:
    return approvals.allows(origin, element, profile.element(element).signature)


def test_nothing_is_allowed_where_nobody_confirmed_it(tmp_path: Path) -> None:
    assert not allows(Approvals.load(tmp_path / "approvals.json"), load_profile("pinduoduo"))


def test_a_confirmation_holds_for_its_origin_and_element_only(tmp_path: Path) -> None:
    profile, approvals = load_profile("pinduoduo"), approved(tmp_path / "approvals.json")
    assert allows(approvals, profile)
    for other in (
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.com",
        "http://127.0.0.1:8808",
    ):
        assert not allows(approvals, profile, origin=other)
    assert not allows(approvals, profile, element="ship.second_confirm")
    assert not approvals.allows(ORIGIN, "ship.second_confirm", profile.element(CONFIRM).signature)


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
    assert (one.origin, one.platform, one.element, one.by) == (ORIGIN, "pinduoduo", CONFIRM, "owner")
    assert one.date == "2026-03-10T09:00:00+08:00"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_an_earlier_release_recorded_by_host_counts_for_its_https_origin(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    approved(path)
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace('"origin": "https://shop.example"', '"host": "shop.example"'), encoding="utf-8")
    assert kept != path.read_text(encoding="utf-8")
    assert allows(Approvals.load(path), load_profile("pinduoduo"))
    assert not allows(Approvals.load(path), load_profile("pinduoduo"), origin="http://shop.example")


def test_confirming_again_replaces_and_another_origin_is_added(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    approved(path)
    approvals, stale = approved(path), Approvals(path)
    stale.approve("https://other.example", load_profile("pinduoduo"), CONFIRM, by="owner", now=NOW)
    assert [one.origin for one in approvals.all] == [ORIGIN]
    assert sorted(one.origin for one in Approvals.load(path).all) == ["https://other.example", ORIGIN]


@pytest.mark.parametrize("content", ["{", "[]", '{"approvals": [{"host": "shop.example"}]}', '{"approvals": null}'])
def test_a_damaged_file_allows_nothing_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "approvals.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"approvals\.json cannot be read .*`rpa selectors approve`"):
        Approvals.load(path)
