"""A small shop of 抖店, whose orders for parcels go by ticked rows, and what must hold after any run in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.settings import DEFAULT_NOW
from rpa.accounts import accounts_of
from rpa.credentials import Vault, key_from
from rpa.elements.registry import selectors_folder
from rpa.plugins import load_config
from tests.support.mock_shop import LOGIN, PASSWORD, Result, ShopFolder
from tests.support.promises import ledger_agrees, one_row_each, reports_agree
from tests.support.small_shop import SmallShop

COURIER = "中通快递"
"""Not the one that the site chooses by itself."""
_MARKS = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "presale_until", "remark", "flag")
_HELD: dict[str, dict[str, Any]] = {"under_audit": {"audit": True}, "address_change": {"address_change": True}}


@contextmanager
def ticked_shop(
    path: Path,
    *,
    parcels: int = 4,
    virtual: int = 0,
    held: Sequence[str] = tuple(_HELD),
    orders: int = 200,
    **options: Any,
) -> Iterator[SmallShop]:
    """A shop with exactly these pending orders; `options` are the mock's."""
    with MockShop(platform="douyin", orders=orders, **options) as mock:
        truth: dict[str, dict[str, Any]] = mock.truth()["orders"]
        usual = {sn: each for sn, each in truth.items() if not any(map(each.get, _MARKS)) and len(each["items"]) == 1}
        plain = [sn for sn, each in usual.items() if not each["items"][0]["virtual"]]
        without = [sn for sn, each in usual.items() if each["virtual"] and not each["voucher"]][:virtual]
        wanted, waiting = plain[:parcels], plain[parcels : parcels + len(held)]
        assert len(waiting) == len(held), "the generated shop has too few orders"
        assert len(without) == virtual, "the generated shop has too few virtual orders"
        _prepare(mock, truth, pending=[*without, *wanted, *waiting], held=dict(zip(waiting, held, strict=True)))
        goods = [
            {"goods_id": item["goods_id"], "spec": item["spec"], "delivered_by": "platform"}
            for item in (truth[sn]["items"][0] for sn in without)
        ]
        folder = ShopFolder(path, url=mock.url, platform="douyin", no_logistics_goods=goods)
        rows = {sn: (sn, COURIER, f"7811{n:010d}") for n, sn in enumerate([*wanted, *waiting], start=1)}
        folder.write_sheet(list(rows.values()))
        _hold_still(folder)
        _keep_password(folder)
        yield SmallShop(
            mock=mock,
            folder=folder,
            parcels={sn: rows[sn] for sn in wanted},
            virtual=tuple(without),
            held=dict(zip(waiting, held, strict=True)),
            layout="",
        )


def _prepare(mock: MockShop, truth: dict[str, dict[str, Any]], *, pending: Sequence[str], held: dict[str, str]) -> None:
    """Close every other order; the pending ones are due one after the other, and have their marks."""
    wanted: dict[str, dict[str, Any]] = {sn: {"status": "closed"} for sn in truth if sn not in pending}
    for n, sn in enumerate(pending):
        ship_by = DEFAULT_NOW.replace(day=12, hour=10 + n // 60, minute=n % 60)
        wanted[sn] = {"status": "pending", "ship_by": ship_by.isoformat(), **_HELD.get(held.get(sn, ""), {})}
    mock.patch_many(wanted)


def _hold_still(folder: ShopFolder) -> None:
    """Give the folder a profile of its own that switches the site's animations off."""
    own = folder.path / "selectors" / "douyin.toml"
    own.parent.mkdir()
    shipped = (selectors_folder() / own.name).read_text(encoding="utf-8")
    own.write_text(shipped.replace('animations = "keep"', 'animations = "off"\ncalls_per_minute = 600'), "utf-8")


def _keep_password(folder: ShopFolder) -> None:
    """As the password of the account, which its shops share."""
    account = accounts_of(load_config(folder.path / "rpa.toml"))["demo"]
    Vault(folder.var / "secrets", key_from(folder.key)).save_password(account, LOGIN, PASSWORD, folder.site())


def ship_batch(shop: SmallShop, *more: str) -> Result:
    """Run `rpa run ship-batch` to its end."""
    return shop.folder.run("run", "ship-batch", "--json", *more)


def tasks(shop: SmallShop) -> list[dict[str, Any]]:
    """Every task that the site took, oldest first."""
    found: list[dict[str, Any]] = shop.mock.truth()["ship_tasks"]
    return found


def never_twice(shop: SmallShop, *, held: Sequence[str] = ()) -> None:
    """No order has two shipments, each is as wanted and went as it is to; none but these was held by then."""
    for sn, order in shop.truth().items():
        assert len(order["shipments"]) <= 1, f"{sn} was shipped {len(order['shipments'])} times"
        for shipment in order["shipments"]:
            assert not shipment.get("overwrote"), f"{sn} had another number before"
            assert sn in held or not shipment["held_at_accept"], f"{sn} was held when it was shipped"
            wanted = ("", "", "no_logistics") if sn in shop.virtual else (*shop.parcels[sn][1:], "ticked")
            assert (shipment["courier"], shipment["tracking_number"], shipment["entry"]) == wanted


def settled(shop: SmallShop, result: Result, *, held: Sequence[str] = ()) -> None:
    """After one run that read the list: truth, ledger and report agree on each order, and each has one row."""
    never_twice(shop, held=held)
    one_row_each(shop, result)
    truth = shop.truth()
    reports_agree(result.rows, truth=truth)
    ledger_agrees(shop.folder.ledger(), truth=truth)
