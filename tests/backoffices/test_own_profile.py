"""A site that the program does not know: a profile of the owner's own, under its own name, is all that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.elements.registry import selectors_folder
from tests.support.oscar_folder import oscar_folder, reference_of
from tests.support.oscar_shop import OscarShop

pytestmark = pytest.mark.slow


def test_orders_are_read_and_shipped_by_a_profile_of_ones_own_without_any_code(tmp_path: Path, kept: Path) -> None:
    with OscarShop(orders=6, folder=tmp_path / "oscar", kept=kept) as shop:
        orders = list(shop.truth())[:2]
        folder = oscar_folder(tmp_path / "owner", shop, orders=orders, platform="mine")
        own = folder.path / "selectors" / "mine.toml"
        own.parent.mkdir()
        text = (selectors_folder() / "oscar.toml").read_text(encoding="utf-8")
        own.write_text(text.replace('name = "oscar"', 'name = "mine"', 1), encoding="utf-8")
        shipped = folder.run("run", "ship", "--json")
        truth = shop.truth()
    assert shipped.exit_code == 0, shipped.stderr
    assert {sn: reason for sn, reason in shipped.reasons().items() if reason == "shipped"}.keys() == set(orders)
    assert {sn: [event.reference for event in order.events] for sn, order in truth.items() if order.events} == {
        sn: [reference_of(sn)] for sn in orders
    }
