from __future__ import annotations

import json
import stat
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rpa.elements.approvals import PROFILE as WHOLE
from rpa.elements.approvals import Approvals
from rpa.elements.facts import Change
from rpa.elements.profile import Profile
from rpa.elements.registry import load_profile, selectors_folder
from rpa.elements.unapproved import unconfirmed, unseen
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
    return approvals.allows(origin, element, profile)


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('button[data-tracking-click-viewid="ele_confirm_shipment_shared"]', "button.new", 'elements."ship.confirm".'),
        ('expect = ["确认发货"]', 'expect = ["确认发货", "确定"]', 'elements."ship.confirm".expect: 确定 → added'),
        ('"订单审核中", ', "", "words.audit: 订单审核中 → removed"),
        ('"1" = "set" }', '"1" = "clear" }', "answers.order_list.fields.audit.map.1: set → clear"),
        ('path = "/orders/list?tab=1"', 'path = "/orders/list?tab=2"', "pages.orders_pending.path: /orders/list"),
        ("close = { css = '[data-testid=\"beast-core-icon-close\"]' }", 'close = { css = "b" }', "popups.chick.close"),
        ("ok = [100]", "ok = [100, 101]", "answers.ship.ok: 101 → added"),
        (
            'base_url = "https://mms.pinduoduo.com"',
            'base_url = "https://mms.example"',
            "base_url: https://mms.pinduoduo",
        ),
        ("candidates = [\n", 'candidates = [\n  ".new",\n', "overlays.candidates: .new → added"),
        ('aliases = ["申通"', 'aliases = ["顺丰捷"', 'couriers.known."申通快递".aliases: 申通 → removed'),
        ('tracking_number = ["快递单号"', 'tracking_number = ["单号"', "sheets.tracking_number: 单号 → added"),
    ],
)
def test_an_edit_of_anything_that_decides_asks_again_and_is_named(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    approvals, profile = approved(tmp_path / "approvals.json"), edited(tmp_path, old, new)
    assert allows(approvals, load_profile("pinduoduo"))
    assert not allows(approvals, profile)
    told = unconfirmed(profile.element(CONFIRM), profile=profile, approvals=approvals, origin=ORIGIN, shop="tea").en
    assert "was confirmed on https://shop.example by owner on 2026-03-10, and the profile has changed since: " in told
    assert any(named in one.said.en for one in changes_since(approvals, profile))


def changes_since(approvals: Approvals, profile: Profile) -> list[Change]:
    earlier = approvals.earlier(ORIGIN, profile, element=CONFIRM)
    assert earlier is not None
    return approvals.changes_since(earlier, profile) or []


def test_where_a_fact_comes_from_and_remarks_ask_nothing_again(tmp_path: Path) -> None:
    approvals = approved(tmp_path / "approvals.json")
    profile = edited(tmp_path, 'verified = "never"', 'verified = "shop.example 2026-03-10"  # seen')
    assert allows(approvals, profile)
    assert not profile.own


def test_what_is_called_source_or_verified_and_decides_counts_all_the_same(tmp_path: Path) -> None:
    fields = "[lists.orders.fields]\n"
    for name in ("source", "verified"):
        profile = edited(tmp_path, fields, f'{fields}{name} = {{ css = ".x" }}\n')
        assert [one.place for one in profile.own] == [f"lists.orders.fields.{name}.css"]
        profile = edited(tmp_path, "[words]\n", f'[words]\n{name} = ["x"]\n')
        assert [one.place for one in profile.own] == [f"words.{name}"]


def test_what_a_terminal_obeys_or_nobody_sees_is_written_out_for_who_decides_by_it(tmp_path: Path) -> None:
    profile = edited(tmp_path, "[words]\n", '[words]\n"x\\u202e" = ["\\u001b]52;c;aGk=\\u0007发\\u200b货"]\n')
    assert [one.said.en for one in profile.own] == ['words."x\\u202e": \\u001b]52;c;aGk=\\u0007发\\u200b货 → added']


def test_names_with_dots_are_told_apart(tmp_path: Path) -> None:
    fields = "[lists.orders.fields]\n"
    one = edited(tmp_path, fields, f'{fields}a = {{ css = "x", map = {{ css = "y" }} }}\n')
    (tmp_path / "other").mkdir()
    other = edited(tmp_path / "other", fields, f'{fields}a = {{ css = "x" }}\n"a.map" = {{ css = "y" }}\n')
    assert one.digest != other.digest


def test_a_confirmation_of_the_release_before_asks_again_and_says_why(tmp_path: Path) -> None:
    path, profile = tmp_path / "approvals.json", load_profile("pinduoduo")
    old = {"host": "shop.example", "platform": "pinduoduo", "element": CONFIRM, "signature": "0" * 64, "by": "owner"}
    path.write_text(json.dumps({"approvals": [{**old, "date": NOW.isoformat()}]}), encoding="utf-8")
    approvals = Approvals.load(path)
    assert not allows(approvals, profile)
    told = unconfirmed(profile.element(CONFIRM), profile=profile, approvals=approvals, origin=ORIGIN, shop="tea")
    assert "counts for the whole profile now, so it is asked once more" in told.en
    approvals.approve(ORIGIN, profile, CONFIRM, by="owner", now=NOW)
    assert allows(Approvals.load(path), profile)


def test_what_was_confirmed_is_kept_as_long_as_a_confirmation_counts_by_it(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    approvals, profile = approved(path), edited(tmp_path, '"订单审核中", ', "")
    approvals.approve(ORIGIN, profile, CONFIRM, by="owner", now=NOW)
    assert list(Approvals.load(path).profiles) == [profile.digest]


def test_an_own_profile_that_changes_nothing_is_accepted_and_any_other_is_to_be_seen(tmp_path: Path) -> None:
    approvals = Approvals.load(tmp_path / "approvals.json")
    assert approvals.accepts(ORIGIN, load_profile("pinduoduo"))
    assert approvals.accepts(ORIGIN, edited(tmp_path, "schema = 2", "schema = 2  # mine"))
    changed = edited(tmp_path, '"订单审核中", ', "")
    assert not approvals.accepts(ORIGIN, changed)
    assert "words.audit: 订单审核中 → removed" in unseen(changed, approvals=approvals, origin=ORIGIN, shop="tea").en
    approvals.approve(ORIGIN, changed, WHOLE, by="owner", now=NOW)
    assert approvals.accepts(ORIGIN, changed)
    assert not allows(approvals, changed)
    assert not approvals.accepts("other.example", changed)


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
