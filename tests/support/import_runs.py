"""A small shop that ships by import: what must hold after any run, and the hand of a person who uploads a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from fixtures.mockshop.pinduoduo.page_script import PageScript
from tests.support.batch_script import BatchScript
from tests.support.mock_shop import Result
from tests.support.promises import ledger_agrees, one_row_each, reports_agree
from tests.support.small_shop import SmallShop, log_in

PARCELS, NO_PARCELS = 3, 6


def ship_batch(shop: SmallShop, *more: str) -> Result:
    """Run `rpa run ship-batch` to its end."""
    return shop.folder.run("run", "ship-batch", "--json", *more)


def uploads(shop: SmallShop) -> list[dict[str, Any]]:
    """Every file that the site took, oldest first."""
    imports: list[dict[str, Any]] = shop.mock.truth()["imports"]
    return imports


def never_twice(shop: SmallShop, *, held: Sequence[str] = ()) -> None:
    """No order has two shipments or an overwritten one, each is as wanted; only those that may be were held by then."""
    for sn, order in shop.truth().items():
        assert len(order["shipments"]) <= 1, f"{sn} was shipped {len(order['shipments'])} times"
        for shipment in order["shipments"]:
            assert not shipment.get("overwrote"), f"{sn} had another number before"
            assert sn in held or not shipment["held_at_accept"], f"{sn} was held when it was shipped"
            wanted = ("", "") if sn in shop.virtual else shop.parcels[sn][1:]
            assert (shipment["courier"], shipment["tracking_number"]) == tuple(wanted)


def settled(shop: SmallShop, result: Result, *, held: Sequence[str] = ()) -> None:
    """After one run that read the list: truth, ledger and report agree on each order, and each has one row."""
    never_twice(shop, held=held)
    one_row_each(shop, result)
    truth = shop.truth()
    reports_agree(result.rows, truth=truth)
    ledger_agrees(shop.folder.ledger(), truth=truth)


def upload_by_hand(shop: SmallShop, content: bytes, *, name: str, kind: int) -> None:
    """What a person does with a file: upload it and wait for its end. The program's login is fresh again after."""
    pages = PageScript(shop.mock.url)
    pages.log_in()
    script = BatchScript(pages)
    script.ended(script.upload(content, name=name, kind=kind)["result"]["taskId"])
    log_in(shop.folder, mock=shop.mock)


def first_half(file: Path, *, to: Path) -> bytes:
    """The file with the first half of its orders, as a person would cut it."""
    book = load_workbook(file)
    sheet = book.worksheets[0]
    orders = sheet.max_row - 2
    sheet.delete_rows(3 + orders // 2, orders)
    book.save(to)
    return to.read_bytes()


def kind_of(file: Path) -> int:
    """For which of the two pages a handed-over file is."""
    columns = load_workbook(file).worksheets[0].max_column
    return PARCELS if columns and columns > 1 else NO_PARCELS
