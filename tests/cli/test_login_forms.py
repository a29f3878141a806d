"""A login page with a form a kind of login: the one that takes the shop's is used, and the shop is proven after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.mock_shop import PASSWORD, ShopFolder

pytestmark = pytest.mark.slow

PHONE, EMAIL = "13800138000", "clerk@shop.example"


@pytest.mark.parametrize("login", [pytest.param(PHONE, marks=pytest.mark.long), EMAIL])
def test_a_login_is_typed_into_the_form_that_takes_such(tmp_path: Path, login: str) -> None:
    with MockShop(platform="douyin", shops=2, orders=15, user=[PHONE, EMAIL]) as mock:
        folder = ShopFolder(tmp_path, url=mock.url, platform="douyin", login=login)
        run = folder.run("run", "pending-orders", "--json")
        assert run.exit_code == 0, run.stderr
        assert run.rows, "no order of the shop was read"
        by_hand = folder.run("login", "demo", "--password-stdin", given=f"{PASSWORD}\n")
        assert by_hand.exit_code == 0, by_hand.stderr
        assert "123456789" in by_hand.stdout
        assert [(each["user"], each["ok"]) for each in mock.truth()["logins"]] == [(login, True)] * 2
