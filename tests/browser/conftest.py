"""A mock shop, a browser and a clerk, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fixtures.mockshop.harness import MockShop
from rpa.browser.session import launched
from rpa.browser.view import View
from rpa.elements.registry import load_profile
from tests.support.clerk_by_hand import PATIENCE_MS, Clerk
from tests.support.download_site import LINKS
from tests.support.tiny_site import ASKS, CLICKS, LONG_S, SHOP, SOON_S, TinySite, good, tiny_site, viewed, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=130, toast_s=600) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def _desk(chromium: Browser, mock_shop: MockShop) -> Iterator[Clerk]:
    context = chromium.new_context(
        base_url=mock_shop.url, reduced_motion="reduce", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(PATIENCE_MS)
    clerk = Clerk(page=context.new_page(), shop=mock_shop, profile=load_profile("pinduoduo"))
    clerk.goto("login")
    clerk.log_in()
    clerk.page.wait_for_url("**/home")
    yield clerk
    context.close()


@pytest.fixture
def clerk(_desk: Clerk) -> Iterator[Clerk]:
    """Logged in, at a shop without faults."""
    yield _desk
    _desk.page.emulate_media(reduced_motion="reduce")
    _desk.shop.clear_faults()


@pytest.fixture(scope="module")
def _running_site() -> Iterator[TinySite]:
    with tiny_site() as running:
        yield running


@pytest.fixture
def site(_running_site: TinySite) -> TinySite:
    """A tiny site with one page and one answer, until a test gives it others."""
    _running_site.pages = {"/orders": SHOP + CLICKS + ASKS, "/login": '<button id="enter">Log in</button>'}
    _running_site.answers, _running_site.asked, _running_site.files = [good("A-1")], [], {}
    _running_site.paths.clear()
    return _running_site


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


@pytest.fixture
def fresh_page(chromium: Browser) -> Iterator[Page]:
    """For a test that leaves a page on its way to somewhere."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def view(page: Page, site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    """The tiny site as the product sees it."""
    wait_for(LONG_S, monkeypatch=monkeypatch)
    with viewed(page, url=site.url, folder=tmp_path) as opened:
        yield opened


@pytest.fixture
def hasty_view(page: Page, site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    """The same in a hurry, for what never comes."""
    wait_for(SOON_S, monkeypatch=monkeypatch)
    with viewed(page, url=site.url, folder=tmp_path, patience_s=SOON_S) as opened:
        yield opened


@pytest.fixture
def shop(view: View, site: TinySite) -> View:
    """The tiny site at a page with links to a file."""
    site.pages["/orders"] = SHOP + LINKS
    view.open("orders")
    return view


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """An empty folder for a file."""
    folder = tmp_path / "into"
    folder.mkdir()
    return folder
