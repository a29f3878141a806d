"""On a site where nobody has confirmed a button that cannot be undone, it is not clicked unattended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.screen import virtual_screen
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

CONFIRM = 'button[data-tracking-click-viewid="ele_confirm_shipment_shared"]'


@contextmanager
def real_shop(path: Path, *, parcels: int) -> Iterator[SmallShop]:
    """A shop that does not say that it is a mock: that it is on this machine lifts nothing."""
    with small_shop(path / "owner", parcels=parcels, virtual=0, held=()) as shop:
        shop.folder.configure(mock=None)
        yield shop


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


def test_a_run_begins_nothing_until_a_person_confirmed_the_button_as_described_now(tmp_path: Path) -> None:
    with real_shop(tmp_path, parcels=2) as shop:
        shop.folder.run("selectors", "approve", "demo", "--by", "Li", given=PROFILE_ONLY)
        first = shop.folder.run("run", "ship")
        assert first.exit_code == 3
        assert set(first.reasons().values()) == {"not_approved"}
        assert "`rpa selectors approve demo`" in first.stdout.replace("\n", " ")
        assert (shop.writes(), shop.folder.ledger()) == ([], [])

        confirmed = shop.folder.run("selectors", "approve", "demo", "--yes", "--by", "Li")
        assert confirmed.exit_code == 0
        shop.folder.configure(max_per_run=1)
        assert sorted(shop.folder.run("run", "ship").reasons().values()) == ["cap_reached", "shipped"]

        edit_the_profile(shop)
        again = shop.folder.run("run", "ship", "--json")
        assert again.reasons() == {}
        [stopped] = again.json["shops"]["demo"]["incidents"]
        assert (again.exit_code, stopped["cause"]) == (3, "not_approved")
        assert 'the profile has changed since: elements."ship.confirm".locators.1.css: ' in stopped["message"]
        assert again.json["shops"]["demo"]["own_profile"]
        assert len(shop.writes()) == 1


def test_a_success_that_a_person_agreed_to_confirms_the_button_for_this_origin(tmp_path: Path) -> None:
    with real_shop(tmp_path, parcels=2) as shop, virtual_screen() as display:
        shop.folder.run("selectors", "approve", "demo", "--by", "Li", given=PROFILE_ONLY)
        watched = shop.folder.run("run", "ship", "--headed", "--step", given="y\n", env={"DISPLAY": display})
        assert watched.reasons() == dict(zip(shop.parcels, ("shipped", "said_no"), strict=True)), watched.stderr
        assert shop.shipped() == [next(iter(shop.parcels))]
        [_, approval] = approvals(shop)
        assert (approval["origin"], approval["element"]) == (shop.mock.url, "ship.confirm")
        assert approval["by"]
        assert approval["date"][10:11] == "T"

        unattended = shop.folder.run("run", "ship")
        assert sorted(unattended.reasons().values()) == ["same_shipment", "shipped"], unattended.stderr
        assert len(shop.shipped()) == 2
