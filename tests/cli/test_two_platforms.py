"""One sheet for five shops of two platforms, three of them behind one login: every row ends once, in its own shop."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.mock_shop import MALL_ID, PASSWORD, ShopFolder

pytestmark = pytest.mark.slow

UNKNOWN = "6912345678901234567"
"""An order number of the second platform that no shop has."""


def to_ship(mock: MockShop, shop: str, *, many: int = 2) -> list[str]:
    """Orders of this shop that nothing speaks against."""
    signs = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "voucher", "presale_until")
    return [
        sn
        for sn, order in mock.truth()["orders"].items()
        if order["status"] == "pending"
        and order.get("shop", shop) == shop
        and not any(order.get(sign) for sign in signs)
        and not any(item["virtual"] for item in order["items"])
        and (not order["remark"] or order["remark"] == "已核对")
    ][:many]


def test_every_row_of_one_sheet_ends_once_in_the_shop_that_has_the_order(tmp_path: Path) -> None:
    folder = ShopFolder(tmp_path)
    with (
        MockShop(orders=30, seed=1) as first,
        MockShop(orders=30, seed=2) as second,
        MockShop(platform="douyin", shops=3, orders=30) as third,
    ):
        folder.add_shop("p1", url=first.url)
        folder.add_shop("p2", url=second.url)
        for number in range(3):
            mall_id = str(int(MALL_ID) + number)
            folder.add_shop(f"d{number}", url=third.url, platform="douyin", mall_id=mall_id, password=None)
        assert folder.run("login", "d0", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
        mocks = {"p1": (first, MALL_ID), "p2": (second, MALL_ID), "d0": (third, MALL_ID)}
        mocks["d1"] = (third, str(int(MALL_ID) + 1))
        wanted = {shop: to_ship(mock, mall_id) for shop, (mock, mall_id) in mocks.items()}
        given = [sn for orders in wanted.values() for sn in orders]
        assert len(given) == 8
        sent = [(sn, "中通快递", f"7801234567{number:04d}") for number, sn in enumerate([*given, UNKNOWN])]
        folder.write_sheet([*sent, ("69000", "中通快递", "78012345670099")])
        shipped = folder.run("run", "ship", "--json")
        mine = Counter(row["order_sn"] for row in shipped.rows if row["order_sn"] in {*given, UNKNOWN, "69000"})
        assert mine == Counter([*given, UNKNOWN, "69000"]), "each row of the sheet has one line"
        done = {(row["shop"], row["order_sn"]) for row in shipped.rows if row["outcome"] == "done"}
        assert done == {(shop, sn) for shop, orders in wanted.items() for sn in orders}
        assert shipped.row(UNKNOWN)["reason"] == "shop_not_read", "the third shop of the login cannot be entered"
        assert shipped.row("69000")["reason"] == "not_an_order_sn"
        assert shipped.json["shops"]["d2"]["incidents"][0]["cause"] == "shop_closed"
        again = folder.run("run", "ship", "--json")
        assert {row["reason"] for row in again.rows if row["order_sn"] in given} == {"same_shipment"}
        for mock in (first, second, third):
            assert all(len(order["shipments"]) <= 1 for order in mock.truth()["orders"].values())
        assert len(third.truth()["logins"]) == 1, "three shops share one login"
