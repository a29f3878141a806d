"""One browser for several processes: whose window is whose, and what is left of one that is closed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from rpa.browser.session import BrowserGuest, shop_page
from rpa.browser.shared import SharedBrowser, connected, mark, shared
from rpa.errors import TryAgain
from rpa.plugins import load_config
from rpa.scheduler.browser_host import BrowserProcess
from rpa.scheduler.crash_recovery import workshop
from tests.support.download_site import ORDERS, attach
from tests.support.mock_shop import ShopFolder
from tests.support.tiny_site import SHOP, TinySite, viewed

pytestmark = pytest.mark.slow

ASKS_ON = "<script>setInterval(() => fetch('/tick'), 20)</script>"


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def owner(driver: Playwright) -> Iterator[SharedBrowser]:
    with shared(playwright=driver) as running:
        yield running


@pytest.fixture
def guest(driver: Playwright, owner: SharedBrowser) -> Iterator[Browser]:
    with connected(owner.endpoint, playwright=driver) as browser:
        yield browser


def test_a_window_is_found_by_its_mark_and_closed_alone(site: TinySite, owner: SharedBrowser, guest: Browser) -> None:
    ticks = {"/mine": 0, "/other": 0}

    def count(path: str) -> None:
        site.files[f"/tick{path}"] = lambda handler: _counted(handler, ticks, path)

    for path in ticks:
        count(path)
        site.pages[path] = ASKS_ON.replace("/tick", f"/tick{path}")
    pages = {path: guest.new_context().new_page() for path in ticks}
    for path, page in pages.items():
        mark(page, token=path.removeprefix("/"))
    mine = owner.window_of("mine")
    for path, page in pages.items():
        page.goto(site.url + path)
        with page.expect_response(f"**/tick{path}"):
            pass

    owner.close(mine)

    _tick(pages["/other"], times=20)  # what was on its way when the window was closed has arrived by then
    sent = ticks["/mine"]
    _tick(pages["/other"], times=10)
    assert ticks["/mine"] == sent, "the page asked on after its window was closed"
    assert mine not in owner.windows()
    owner.close(mine)
    pages["/other"].context.close()


def _tick(page: Page, *, times: int) -> None:
    """Wait until this page has asked so many times more."""
    for _ in range(times):
        with page.expect_response("**/tick/*"):
            pass


def _counted(handler: BaseHTTPRequestHandler, ticks: dict[str, int], path: str) -> None:
    ticks[path] += 1
    handler.send_response(204)
    handler.end_headers()


def test_who_leaves_the_browser_takes_no_window_of_another_along(
    driver: Playwright, owner: SharedBrowser, guest: Browser
) -> None:
    page = guest.new_context().new_page()
    mark(page, token="stays")
    with connected(owner.endpoint, playwright=driver) as other:
        other.new_context().new_page()
    owner.heed()
    assert page.evaluate("1 + 1") == 2
    assert owner.window_of("stays")
    page.context.close()


def test_a_page_that_nobody_marked_is_nobodys(owner: SharedBrowser) -> None:
    with pytest.raises(TryAgain, match="does not have"):
        owner.window_of("never")


def test_the_owner_knows_a_guests_page_before_it_goes_anywhere(owner: SharedBrowser, guest: Browser) -> None:
    known: list[str] = []

    def announce(page: object) -> None:
        mark(page, token="shop")  # type: ignore[arg-type]
        known.append(owner.window_of("shop"))

    where = BrowserGuest(endpoint=owner.endpoint, announce=announce)
    with shop_page(guest, state=None, timezone="Asia/Shanghai", still=False, guest=where) as page:
        assert known[0] in owner.windows()
        assert page.url == "about:blank#shop"


def test_a_guest_takes_a_file_that_is_downloaded_as_others_do(site: TinySite, guest: Browser, tmp_path: Path) -> None:
    site.pages["/orders"] = SHOP + '<a href="/file">Here</a>'
    site.files["/file"] = attach
    page = guest.new_context(accept_downloads=True).new_page()
    with viewed(page, url=site.url, folder=tmp_path) as shop:
        shop.open("orders")
        path = shop.downloaded(lambda: page.get_by_text("Here").click(), into=tmp_path)
    assert path.read_bytes() == ORDERS
    page.context.close()


@pytest.mark.skipif(os.name != "posix", reason="a named pipe is not in a folder")
@pytest.mark.parametrize("deep", ["", "x" * 150], ids=["short path", "too long for sockets"])
def test_only_this_user_reaches_the_browser_it_knows_no_key_and_keeps_all_in_var_tmp(
    monkeypatch: pytest.MonkeyPatch, deep: str
) -> None:
    monkeypatch.setenv("RPA_KEY", "a key")
    with tempfile.TemporaryDirectory(prefix="rpa-", dir="/tmp") as root:
        project = Path(root) / deep
        ShopFolder(project, url="http://127.0.0.1:1")
        config = load_config(project / "rpa.toml")
        with workshop(config.var / "scheduler.json") as place:
            host = BrowserProcess(config, workshop=place)
            try:
                assert (place.sockets == place.folder) is (not deep)
                assert place.folder.parent == config.var / "tmp"
                assert Path(host.endpoint).is_socket()
                assert place.sockets in Path(host.endpoint).parents
                assert {folder.stat().st_mode & 0o077 for folder in (place.folder, place.sockets)} == {0}
                assert list(place.folder.glob("playwright_chromiumdev_profile-*"))
                assert "RPA_KEY" not in psutil.Process(host.pid).environ()
                assert os.getsid(host.pid) != os.getsid(0), "Ctrl-C in the terminal would reach the browser"
            finally:
                host.close()
            assert not host.alive


def test_a_worker_that_ends_once_it_told_of_its_page_takes_nobodys_browser_along(
    driver: Playwright, tmp_path: Path
) -> None:
    config = load_config(ShopFolder(tmp_path, url="http://127.0.0.1:1").path / "rpa.toml")
    with workshop(config.var / "scheduler.json") as place:
        host = BrowserProcess(config, workshop=place)
        try:
            for shop in ("demo", "other"):
                host.take(shop)
            with pytest.raises(TryAgain, match="does not have"):
                host.find("demo", token="of a page that went with its worker")
            host.free("demo")
            with connected(host.endpoint, playwright=driver) as browser:
                mark(browser.new_context().new_page(), token="other's")
                host.find("other", token="other's")
            host.free("other")
            assert host.alive
        finally:
            host.close()
