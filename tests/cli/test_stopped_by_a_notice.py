from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_shop import small_shop

pytestmark = pytest.mark.slow


def test_an_unreadable_notice_stops_the_shop_until_a_person_has_said_what_it_says(tmp_path: Path) -> None:
    with small_shop(tmp_path / "owner", parcels=2, virtual=1, held=()) as shop:
        forbidden, sold_out, free = shop.wanted
        shop.mock.notice("订单禁止发货通知", attachments=[("明细.xlsx", b"PK\x03\x04 and no more")])
        notice_id = shop.mock.notices()[-1]["notice_id"]
        assert shop.folder.run("run", "audit-notices").exit_code == 3
        stopped = shop.ship()
        assert stopped.reasons() == dict.fromkeys(shop.wanted, "notice_unreadable")
        assert notice_id in stopped.row(free)["message"]
        assert shop.writes() == []

        said = ("--as=forbidden", "--order", forbidden, "--reason=read on the site")
        assert shop.folder.run("notices", "resolve", "demo", notice_id, *said).exit_code == 0
        goods = shop.truth()[sold_out]["items"][0]
        sku = f"{goods['goods_id']}:{goods['spec']}"
        assert shop.folder.run("holds", "add", "demo", "--sku", sku, "--reason=sold out").exit_code == 0
        assert shop.ship().reasons() == {forbidden: "audit_notice", sold_out: "on_hold", free: "shipped"}
