"""On a site where nobody has confirmed a button that cannot be undone, it is not clicked unattended."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpa.browser.find import find_browser
from tests.faults.smallshop import SmallShop, small_shop
from tests.screen import virtual_screen

HOST = "shop.example"
CONFIRM = 'button[data-tracking-click-viewid="ele_confirm_shipment_shared"]'

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the browser here")


@contextmanager
def far_away_shop(path: Path, *, parcels: int) -> Iterator[tuple[SmallShop, dict[str, str]]]:
    """A mock that is reached under the name of another host, and what a run needs in its environment for that."""
    with small_shop(path / "owner", parcels=parcels, virtual=0, held=(), logged_in=False) as shop:
        shop.folder.configure(base_url=shop.mock.url.replace("127.0.0.1", HOST))
        browser = path / "browser"
        browser.write_text(f'#!/bin/sh\nexec "{find_browser()}" --host-resolver-rules="MAP {HOST} 127.0.0.1" "$@"\n')
        browser.chmod(0o700)
        yield shop, {"RPA_BROWSER": str(browser)}


def approvals(shop: SmallShop) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = json.loads((shop.folder.var / "approvals.json").read_text("utf-8"))["approvals"]
    return kept


PROFILE_ONLY = "y\n"
"""Said to `selectors approve`: yes to what the profile says otherwise, and no to each button."""


def edit_the_profile(shop: SmallShop) -> None:
    """Describe the button otherwise, as someone does after the site has changed."""
    own = shop.folder.path / "selectors" / "pinduoduo.toml"
    text = own.read_text(encoding="utf-8")
    assert text.count(CONFIRM) == 1
    own.write_text(text.replace(CONFIRM, f"{CONFIRM}[class]"), encoding="utf-8")


def test_a_run_begins_nothing_until_a_person_has_confirmed_the_button_as_it_is_described_now(tmp_path: Path) -> None:
    with far_away_shop(tmp_path, parcels=2) as (shop, env):
        shop.folder.run("selectors", "approve", "demo", "--by", "Li", given=PROFILE_ONLY)
        first = shop.folder.run("run", "ship", env=env)
        assert first.exit_code == 3
        assert set(first.reasons().values()) == {"not_approved"}
        assert "`rpa selectors approve demo`" in first.stdout.replace("\n", " ")
        assert (shop.writes(), shop.folder.ledger()) == ([], [])

        confirmed = shop.folder.run("selectors", "approve", "demo", "--yes", "--by", "Li")
        assert confirmed.exit_code == 0
        shop.folder.configure(max_per_run=1)
        assert sorted(shop.folder.run("run", "ship", env=env).reasons().values()) == ["cap_reached", "shipped"]

        edit_the_profile(shop)
        again = shop.folder.run("run", "ship", "--json", env=env)
        assert again.reasons() == {}
        [stopped] = again.json["shops"]["demo"]["incidents"]
        assert (again.exit_code, stopped["cause"]) == (3, "not_approved")
        assert 'the profile has changed since: elements."ship.confirm".locators.1.css: ' in stopped["message"]
        assert again.json["shops"]["demo"]["own_profile"]
        assert len(shop.writes()) == 1


def test_a_success_that_a_person_agreed_to_confirms_the_button_for_this_host(tmp_path: Path) -> None:
    with far_away_shop(tmp_path, parcels=2) as (shop, env), virtual_screen() as display:
        shop.folder.run("selectors", "approve", "demo", "--by", "Li", given=PROFILE_ONLY)
        watched = shop.folder.run("run", "ship", "--headed", "--step", given="y\n", env={**env, "DISPLAY": display})
        assert watched.reasons() == dict(zip(shop.parcels, ("shipped", "said_no"), strict=True)), watched.stderr
        assert shop.shipped() == [next(iter(shop.parcels))]
        [_, approval] = approvals(shop)
        assert (approval["host"], approval["element"]) == (HOST, "ship.confirm")
        assert approval["by"]
        assert approval["date"][10:11] == "T"

        unattended = shop.folder.run("run", "ship", env=env)
        assert sorted(unattended.reasons().values()) == ["same_shipment", "shipped"], unattended.stderr
        assert len(shop.shipped()) == 2
