"""A mock shop, a browser and a clerk, shared by the tests of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from fixtures.mockshop.harness import MockShop
from rpa.browser.find import find_browser
from rpa.elements.registry import load_profile
from tests.browser.clerk import PATIENCE_MS, Clerk


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=130) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_browser(), args=args)
        yield launched
        launched.close()


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
