"""The pictures that a run leaves of each order, and which row of the report names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

_KB = 1024


def pictures(shop: SmallShop, order_sn: str) -> list[Path]:
    """Of one order, oldest first."""
    return sorted((shop.folder.var / "evidence" / "demo" / order_sn).glob("*"))


def moments(shop: SmallShop, order_sn: str) -> list[str]:
    return [path.stem.rpartition("-")[2] for path in pictures(shop, order_sn)]


def test_each_shipped_order_has_a_picture_before_and_one_after_which_its_row_names(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=7, virtual=1, held=()) as shop:
        result = shop.ship()
        assert set(result.reasons().values()) == {"shipped"}
        seen = set()
        for order_sn in shop.wanted:
            assert moments(shop, order_sn) == ["before", "after"]
            before, after = pictures(shop, order_sn)
            assert result.row(order_sn)["evidence"] == str(before.parent)
            assert before.stat().st_size + after.stat().st_size <= 60 * _KB
            seen.add(after.read_bytes())
            assert masked(after) > 5000
            assert contrast(after) > 20, "nothing is to be seen"
        assert len(seen) == len(shop.wanted), "two orders have the same picture"
        assert not pictures(shop, "_page")


def masked(path: Path) -> int:
    """How many pixels have the colour of a mask."""
    with Image.open(path) as picture:
        return sum(count for count, colour in greys(picture) if abs(colour - 120) <= 3)


def greys(picture: Image.Image) -> Iterator[tuple[int, int]]:
    yield from ((count, level) for level, count in enumerate(picture.convert("L").histogram()))


def contrast(path: Path) -> float:
    with Image.open(path) as picture:
        return ImageStat.Stat(picture.convert("L")).stddev[0]


def test_a_shop_that_keeps_pictures_of_failures_has_none_of_what_went_well(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=3, virtual=0, held=()) as shop:
        shop.folder.configure(evidence="failures")
        shipped, audited, lost = shop.parcels
        shop.mock.fault("audit-flip", endpoint="orderDetail", at=2, order_sn=audited)
        shop.mock.fault("reset-before", endpoint="orders/shipping", at=2)
        result = shop.ship()
        assert result.reasons() == {shipped: "shipped", audited: "under_audit", lost: "not_done"}

        assert result.row(shipped)["evidence"] == ""
        assert not pictures(shop, shipped)
        assert moments(shop, lost) == ["before"]
        for order_sn in (audited, lost):
            assert result.row(order_sn)["evidence"] == str(pictures(shop, order_sn)[0].parent)
        [refusal] = pictures(shop, audited)
        with Image.open(refusal) as picture:
            assert picture.size == (1440, 900)
