"""What a clerk reads of an import, row by row: why, when and what to do, in their language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.orders.model import Mark
from flows.ship import carefully
from flows.shipping.together import StillGoing
from rpa.language import Language
from tests.support.import_site import Shop, a_shop
from tests.support.made_orders import NOW, an_item, an_order

_VIRTUAL = '[[shops.demo.no_logistics_goods]]\ngoods_id = "101"\nspec = "250g"\ndelivered_by = "platform"\n'
_BAD_NUMBER = "快递单号格式不正确"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Of a clerk who reads Chinese."""
    with a_shop(tmp_path) as opened:
        opened.run = replace(opened.run, language=Language.ZH)
        yield opened


def test_of_a_file_that_the_site_settled_each_row_is_told_in_chinese(shop: Shop) -> None:
    shop.site.tells = shop.site.certain = True
    shop.site.refused = {"S1": _BAD_NUMBER}
    shop.site.lost = True
    shop.site.at["nearest"] = lambda: shop.change("S3", status="closed")

    told = shop.ship()

    window = "标记读取于 09:15:00，提交于 09:15:00"
    assert told == {
        "S0": ("shipped", window),
        "S2": ("shipped", window),
        "S1": ("site_refused", f"{_BAD_NUMBER}；{window}"),
        "S3": ("order_closed", "提交前于 2026-03-10 09:15:00 再次读取"),
    }


def test_an_order_that_is_gone_before_the_upload_is_told_so_in_chinese(shop: Shop) -> None:
    def gone() -> None:
        shop.site.orders.pop("S2", None)

    shop.site.at["nearest"] = gone
    assert shop.ship()["S2"] == ("unreadable", "未找到此订单; 提交前于 2026-03-10 09:15:00 再次读取")


def test_what_is_not_uploaded_again_says_what_to_do_and_that_it_was_an_import(shop: Shop) -> None:
    shop.site.tells = shop.site.certain = True
    shop.site.refused = {"S1": _BAD_NUMBER}
    shop.ship()
    shop.site.orders["S1"] = replace(shop.site.orders["S1"], status="pending", courier="", tracking_number="")
    shop.read_sheets_again()

    rows = {str(row["order_sn"]): row for row in carefully(shipping_batch(shop.run, by=By.IMPORT), shop.run)}

    assert len(shop.site.uploaded) == 1
    assert (rows["S1"]["reason"], rows["S1"]["how"]) == ("site_refused", "import")
    assert str(rows["S1"]["message"]).startswith(_BAD_NUMBER)
    assert str(rows["S1"]["message"]).endswith("不再批量提交：请改正表格，或加 --by dialog 运行")


def test_what_came_under_audit_at_the_upload_is_told_in_chinese(shop: Shop) -> None:
    shop.site.at["fill_in"] = lambda: shop.change("S1", audit=Mark.SET, address="别处")
    told = shop.ship()
    assert told["S1"] == ("shipped", "提交后于 2026-03-10 09:15:00 读回时显示平台审核中，请人工核对")


def test_what_changed_at_the_upload_is_named_in_chinese(shop: Shop) -> None:
    shop.site.at["fill_in"] = lambda: shop.change("S2", address="别处", region="别省")
    shop.ship()
    [note] = [words for cause, words in shop.noted if cause == "changed_at_import"]
    assert note.endswith("S2 (地区、地址已变更)")


def test_an_import_that_goes_on_says_in_chinese_what_to_do_if_it_never_ends(shop: Shop) -> None:
    shop.site.going = True
    told: dict[str, str] = {}
    with pytest.raises(StillGoing):
        told.update(
            (str(row["order_sn"]), str(row["message"]))
            for row in carefully(shipping_batch(shop.run, by=By.IMPORT), shop.run)
        )
    assert told.keys() == {"S0", "S1", "S2", "S3"}
    for message in told.values():
        assert message.startswith("已提交，尚未读回核对：后台尚未处理完 ")
        assert "rpa ledger resolve" in message


def test_a_virtual_order_that_another_hand_gave_a_parcel_is_not_called_our_shipment(tmp_path: Path) -> None:
    with a_shop(tmp_path, settings=_VIRTUAL) as shop:
        virtual = an_order("V0", ship_by=NOW, items=(an_item(physical=False),))
        shop.site.orders = {"V0": virtual, "V1": replace(virtual, order_sn="V1")}

        def shipped() -> None:
            shop.change("V0", status="shipped", courier="圆通速递", tracking_number="YT1")
            shop.change("V1", status="shipped")

        shop.site.at["nearest"] = shipped
        told = shop.ship()

    when = "read again at 2026-03-10 09:15:00, before it was sent"
    assert told["V0"] == ("shipped_elsewhere", f"圆通速递 YT1; {when}")
    assert told["V1"] == ("same_shipment", when)
