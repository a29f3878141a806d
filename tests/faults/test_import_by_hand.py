"""`ship-batch --prepare`, a person's own upload, `--settle`: each order of the file is settled, none goes up twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rpa.ledger.actions import State
from tests.support.import_runs import first_half, kind_of, never_twice, settled, ship_batch, upload_by_hand, uploads
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """Two orders without parcels, six with parcels, one under audit, one in after-sale."""
    with small_shop(tmp_path / "owner", parcels=6, virtual=2) as opened:
        yield opened


def handed_over(shop: SmallShop) -> list[Path]:
    """The files for the person."""
    return sorted((shop.folder.var / "handover" / "demo").glob("*.xlsx"))


@pytest.mark.long
def test_a_file_that_a_person_uploads_whole_is_settled_and_no_run_ships_it_before(shop: SmallShop) -> None:
    prepared = ship_batch(shop, "--prepare")
    assert prepared.exit_code == 0, prepared.stderr
    assert {prepared.row(sn)["reason"] for sn in shop.wanted} == {"handed_over"}
    assert uploads(shop) == []

    between = shop.ship()
    assert {between.row(sn)["reason"] for sn in shop.wanted} == {"handed_over"}
    assert shop.shipped() == []

    for file in handed_over(shop):
        upload_by_hand(shop, file.read_bytes(), name=file.name, kind=kind_of(file))
    done = ship_batch(shop, "--settle")

    assert done.exit_code == 0, done.stderr
    assert {row["order_sn"]: row["reason"] for row in done.rows} == dict.fromkeys(shop.wanted, "shipped")
    never_twice(shop)
    assert {action.state for action in shop.folder.ledger()} == {State.DONE}


def test_of_half_a_file_the_rest_is_free_again_and_shipped_by_the_next_run(shop: SmallShop, tmp_path: Path) -> None:
    ship_batch(shop, "--prepare")
    [file] = [file for file in handed_over(shop) if kind_of(file) == 3]
    upload_by_hand(shop, first_half(file, to=tmp_path / "half.xlsx"), name="half.xlsx", kind=3)

    done = ship_batch(shop, "--settle")

    assert Counter(row["reason"] for row in done.rows) == {"shipped": 3, "not_uploaded": 5}
    assert len(shop.shipped()) == 3
    last = ship_batch(shop)
    settled(shop, last)
    assert shop.shipped() == sorted(shop.wanted)
