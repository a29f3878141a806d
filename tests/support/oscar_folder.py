"""The folder of somebody whose shop runs on django-oscar: its rpa.toml and sheets, and what the shop wants sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.mock_shop import ShopFolder
from tests.support.oscar_shop import OscarShop

COURIER = "DHL"


def parcel_of(order_sn: str) -> tuple[str, str, str]:
    """The parcel that leaves for this order."""
    return order_sn, COURIER, f"00340{int(order_sn):015d}"


def reference_of(order_sn: str) -> str:
    """As the shop shows it."""
    return " ".join(parcel_of(order_sn)[1:])


def oscar_folder(path: Path, shop: OscarShop, *, orders: Sequence[str] = (), **settings: Any) -> ShopFolder:
    """The owner's folder, with a sheet for these orders."""
    folder = ShopFolder(path)
    told: dict[str, Any] = {"platform": "oscar", "mall_id": shop.name, "login": shop.login_name, "settle_s": 0.5}
    folder.add_shop("demo", url=shop.url, password=shop.password, **(told | settings))
    if orders:
        folder.write_sheet([parcel_of(each) for each in orders])
    return folder
