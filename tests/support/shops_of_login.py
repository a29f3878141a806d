"""Small shops of one login at the mock of 抖店, told as one: what the owner wants of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import MIXES, generate
from tests.support.mock_shop import MALL_ID
from tests.support.small_shop import DOUYIN, SmallShop, chosen, prepare, small_shop

if TYPE_CHECKING:
    from fixtures.sheets.samples import Parcel

_SEED = 7


@contextmanager
def shops_of_login(path: Path, *, shops: int, parcels: int = 2, orders: int = 60) -> Iterator[SmallShop]:
    """`demo`, `shop2`, …, each with so many parcels; of three and more the last is one that cannot be entered."""
    with small_shop(path, parcels=parcels, virtual=0, held=(), seed=_SEED, orders=orders, shops=shops) as first:
        wanted = dict(first.parcels)
        first.folder.configure(sheets=["inbox/parcels.csv"])
        for n in range(2, shops + 1):
            wanted |= _opened(first, n, parcels=0 if n == shops > 2 else parcels, orders=orders)
        yield replace(first, parcels=wanted)


def _opened(first: SmallShop, number: int, *, parcels: int, orders: int) -> dict[str, Parcel]:
    """One more shop of the login: its table, its sheet, its orders."""
    name, mall_id = f"shop{number}", str(int(MALL_ID) + number - 1)
    made = generate(orders=orders, seed=_SEED, now=DEFAULT_NOW, shop=mall_id, mix=MIXES[DOUYIN])
    plain = chosen(made, parcels=parcels, virtual=0, held=0)[0]
    rows = {sn: (sn, "中通快递", f"78{number:02d}{n:010d}") for n, sn in enumerate(plain, start=1)}
    sheets = [f"inbox/{name}.csv"] if parcels else []
    if parcels:
        prepare(first.mock, made, pending=plain, held={})
        first.folder.write_sheet(list(rows.values()), name=sheets[0])
    first.folder.add_shop(name, url=first.mock.url, platform=DOUYIN, mall_id=mall_id, sheets=sheets)
    return rows
