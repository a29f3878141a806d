"""Several shops behind one login: the right one is entered, and proven by what the site answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.login import arrived_in_shop, change_shop, type_password
from rpa.browser.responses import SaidNo
from rpa.elements.registry import load_profile
from rpa.errors import ConfigError, PageChanged, ShopClosed, WrongShop
from tests.support.shops_site import SHOPS, TINY, serve_shops, shops_profile
from tests.support.tiny_site import SOON_S, TinySite, viewed, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rpa.browser.view import View

Opened = Callable[..., "View"]
ERROR = '<p id="wrong" style="min-height: 20px; min-width: 20px"></p>'


@pytest.fixture
def opened(chromium: Browser, site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """A view of the shop with this id, on a page with these cookies."""
    context = chromium.new_context()
    kept = []

    def open_shop(mall_id: str, **cookies: str) -> View:
        for name, value in cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
        enter = partial(type_password, login="clerk", password="secret-1", mall_id=mall_id)
        at = viewed(
            context.new_page(),
            url=site.url,
            folder=tmp_path,
            profile=shops_profile(tmp_path),
            mall_id=mall_id,
            enter=enter,
            change_shop=partial(change_shop, mall_id=mall_id),
        )
        kept.append(at)
        return at.__enter__()

    yield open_shop
    context.close()


def test_a_login_goes_on_into_the_shop_that_is_configured(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": "", "33": ""})
    view = opened("22")
    view.open("orders")
    assert view.page.url.endswith("/orders")
    assert "shop=22" in view.page.evaluate("document.cookie")


def test_a_list_of_shops_that_is_drawn_long_after_the_login_is_waited_for(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    at_once = "word.value;\n  choose();"
    assert at_once in site.pages["/login"]
    site.pages["/login"] = site.pages["/login"].replace(at_once, "word.value;\n  setTimeout(choose, 500);")
    view = opened("22")
    view.open("orders")
    assert "shop=22" in view.page.evaluate("document.cookie")


def test_an_empty_place_for_an_error_is_no_answer_to_the_login(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"22": ""})
    at_once = '  document.cookie = "sid=" + word.value;\n  choose();'
    assert at_once in site.pages["/login"]
    later = f"setTimeout(() => {{{at_once}}}, 500);"
    site.pages["/login"] = site.pages["/login"].replace(at_once, later) + ERROR
    view = opened("22")
    view.open("orders")
    assert "shop=22" in view.page.evaluate("document.cookie")


def test_a_session_that_has_only_to_choose_its_shop_types_no_password(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    view = opened("22", sid="old")
    view.open("orders")
    assert "sid=old" in view.page.evaluate("document.cookie"), "nobody logged in again"


def test_from_inside_another_shop_of_the_login_the_shop_is_changed_once(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    view = opened("22", sid="old", shop="11")
    view.open("orders")
    assert "shop=22" in view.page.evaluate("document.cookie")
    view.page.evaluate("document.cookie = 'shop=11'")
    with pytest.raises(WrongShop, match="11"):
        view.open("orders")


def test_a_change_that_lands_in_another_shop_is_refused(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""}, lands_in="11")
    with pytest.raises(WrongShop, match="11"):
        opened("22", sid="old", shop="11").open("orders")


def test_a_shop_that_the_site_does_not_let_in_is_told_with_its_words(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": "店铺已冻结"})
    with pytest.raises(ShopClosed, match="店铺已冻结"):
        opened("22", sid="old").open("orders")


def test_a_shop_that_the_login_does_not_have_is_told_with_those_it_has(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "33": ""})
    with pytest.raises(WrongShop, match="11, 33"):
        opened("22", sid="old").open("orders")


def test_an_answer_of_another_shop_after_the_page_was_seen_stops_the_next_step(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    view = opened("22", sid="old", shop="22")
    view.open("orders")
    view.clear()
    with view.page.expect_response("**/api/shop"):
        view.page.evaluate("document.cookie = 'shop=11', fetch('/api/shop')")
    with pytest.raises(WrongShop, match="11"):
        view.clear()


def test_what_was_answered_for_another_shop_is_not_given_on(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    view = opened("22", sid="old", shop="22")
    view.open("orders")
    ask = "fetch('/api/shop')"
    assert view.asking("shop", lambda: view.page.evaluate(ask)).rows[0]["mall_id"] == "22"
    with pytest.raises(WrongShop, match="11"):
        view.asking("shop", lambda: view.page.evaluate(f"document.cookie = 'shop=11', {ask}"))


def test_a_no_that_names_no_shop_has_the_shop_proven_again(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"11": "", "22": ""})
    view = opened("22", sid="old", shop="22")
    view.open("orders")
    ask = "fetch('/api/shop?no')"
    with pytest.raises(SaidNo, match="没有"):
        view.asking("shop", lambda: view.page.evaluate(ask))
    with pytest.raises(WrongShop, match="11"):
        view.asking("shop", lambda: view.page.evaluate(f"document.cookie = 'shop=11', {ask}"))


def test_what_an_earlier_document_was_answered_proves_nothing(
    opened: Opened, site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_shops(site, {"22": ""})
    view = opened("22", sid="old", shop="22")
    view.open("orders")
    site.pages["/orders"] = '<h1 id="title">Orders</h1>'
    wait_for(SOON_S, monkeypatch=monkeypatch)
    object.__setattr__(view.shop_page, "patience_s", SOON_S)
    with pytest.raises(WrongShop, match="None"):
        view.open("orders")


def test_a_click_after_which_nobody_is_logged_in_is_no_login(
    opened: Opened, site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_shops(site, {"22": ""})
    site.pages["/login"] = site.pages["/login"].replace("!agreed.checked", "true")
    monkeypatch.setattr("rpa.browser.login._ANSWER_S", SOON_S)
    with pytest.raises(PageChanged, match="did not follow"):
        opened("22").open("orders")


def test_arriving_after_a_login_waits_for_the_answer_that_tells_the_shop(opened: Opened, site: TinySite) -> None:
    serve_shops(site, {"22": ""})
    view = opened("22", sid="old", shop="22")
    assert arrived_in_shop(view)["mall_id"] == "22"


@pytest.mark.parametrize("path", ["answer:shop.mall_ib", "answer:shopp.mall_id"])
def test_an_answer_that_nobody_described_tells_no_shop(tmp_path: Path, path: str) -> None:
    text = TINY.read_text(encoding="utf-8").replace('"shop.id"', f'"{path}"', 1).replace('"tiny"', '"shops"', 1)
    (tmp_path / "shops.toml").write_text(text + SHOPS, encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean"):
        load_profile("shops", folder=tmp_path)


def test_a_login_whose_address_stays_is_told_by_cookies(tmp_path: Path) -> None:
    text = TINY.read_text(encoding="utf-8").replace('"tiny"', '"shops"', 1)
    (tmp_path / "shops.toml").write_text(
        text.replace('submit = "login.enter"', 'submit = "login.enter"\nstays = true'), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="login_cookies"):
        load_profile("shops", folder=tmp_path)
