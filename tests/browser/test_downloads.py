"""Files that the browser downloads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rpa.browser.view import View
from rpa.errors import LoginNeeded, Stopped, TryAgain
from tests.support.download_site import LINKS, ORDERS, Serve, attach, begin, clicking, refusal, trickle
from tests.support.tiny_site import LONG_S, SHOP, SOON_S, TinySite, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Download, Page

pytestmark = pytest.mark.slow


def show(handler: BaseHTTPRequestHandler, *, text: str = "busy", status: int = 200) -> None:
    """A page where a file was asked for."""
    body = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def send_to_login(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/login")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize("link", ["Here", "In a tab", "By a window", "By a script"])
def test_a_file_is_taken_however_the_page_has_it_downloaded(shop: View, site: TinySite, into: Path, link: str) -> None:
    site.files["/file"] = attach
    path = shop.downloaded(clicking(shop, link), into=into)
    assert (path.parent, path.name, path.read_bytes()) == (into, "orders.csv", ORDERS)
    assert path.stat().st_mode & 0o077 == 0 or os.name != "posix"
    assert shop.page.context.pages == [shop.page]
    shop.arrive("orders")


def test_a_file_that_the_page_makes_itself_is_taken(shop: View, into: Path) -> None:
    path = shop.downloaded(clicking(shop, "By the page itself"), into=into)
    assert (path.name, path.read_bytes()) == ("made.csv", b"made by the page")


def test_two_files_of_one_name_are_both_kept(shop: View, site: TinySite, into: Path) -> None:
    for content in (b"one", b"two"):
        site.files["/file"] = partial(attach, content=content)
        shop.downloaded(clicking(shop, "Here"), into=into)
    assert {each.name: each.read_bytes() for each in into.iterdir()} == {"orders.csv": b"one", "orders-2.csv": b"two"}


@pytest.mark.parametrize("name", ["../../orders.csv", "..\\\\orders.csv", "/tmp/orders.csv", "CON.csv", ".orders"])
def test_no_name_leads_out_of_the_folder(shop: View, site: TinySite, into: Path, name: str) -> None:
    site.files["/file"] = partial(attach, name=name)
    path = shop.downloaded(clicking(shop, "Here"), into=into)
    assert path.parent == into
    assert list(into.iterdir()) == [path]
    assert not set(path.name) & set('/\\:"')
    assert path.name[0] != "."
    assert path.name != "CON.csv"


def asking(view: View, text: str, *, site: TinySite) -> Callable[[], None]:
    """The click, and the request that it leads to, at the site: the browser asks it once we have let it."""

    def ask() -> None:
        clicking(view, text)()
        while "/file" not in site.paths:
            with suppress(PlaywrightTimeout):
                view.page.wait_for_event("close", timeout=40)

    return ask


SHOWN: dict[str, Serve] = {
    "a page": partial(show, text="busy"),
    "an error": partial(show, text="", status=500),
    "no content": partial(show, text="", status=204),
    "hung up": hang_up,
}
PARTS: dict[str, Serve] = {
    "cut": partial(attach, content=bytes(300_000), lost=200_000),
    "short by one": partial(attach, content=ORDERS, lost=1),
    "empty": partial(attach, content=b""),
}


@pytest.mark.parametrize(
    ("link", "what"),
    [*(("Here", what) for what in (*SHOWN, *PARTS)), *(("In a tab", what) for what in SHOWN)],
)
def test_what_is_no_whole_file_is_refused_and_the_next_is_taken(
    shop: View, site: TinySite, into: Path, link: str, what: str
) -> None:
    site.files["/file"] = (SHOWN | PARTS)[what]
    patience_s = SOON_S if what in SHOWN else LONG_S
    assert refusal(shop, link, into=into, patience_s=patience_s).reason == "download_failed"
    site.files["/file"] = attach
    assert shop.downloaded(clicking(shop, link), into=into).read_bytes() == ORDERS


def test_a_click_that_brings_nothing_is_refused(shop: View, into: Path) -> None:
    assert refusal(shop, "Nothing", into=into, patience_s=SOON_S).reason == "download_failed"


@pytest.mark.parametrize("link", ["Here", "In a tab"])
def test_a_file_that_comes_too_late_is_not_taken_for_the_next(
    shop: View, site: TinySite, into: Path, link: str
) -> None:
    asked_next, late = threading.Event(), threading.Event()

    def after_the_next_was_asked_for(handler: BaseHTTPRequestHandler) -> None:
        asked_next.wait(LONG_S)
        with suppress(OSError):
            attach(handler, content=b"too late")
        late.set()

    def after_the_late_one(handler: BaseHTTPRequestHandler) -> None:
        asked_next.set()
        late.wait(LONG_S)
        attach(handler)

    site.files |= {"/file": after_the_next_was_asked_for, "/other": after_the_late_one}
    assert refusal(shop, link, into=into, patience_s=SOON_S, how=partial(asking, site=site)).reason == "download_failed"
    assert shop.downloaded(clicking(shop, "Other"), into=into).read_bytes() == ORDERS


def test_a_page_in_place_of_a_file_is_told_in_its_own_words(shop: View, site: TinySite, into: Path) -> None:
    site.files["/file"] = partial(show, text="<h1>系统繁忙</h1> <p>请稍后</p>")
    assert "“系统繁忙 请稍后”" in str(refusal(shop, "In a tab", into=into))


@pytest.mark.parametrize("link", ["Here", "In a tab"])
def test_the_login_page_in_place_of_a_file_is_no_refusal(
    fresh_page: Page, site: TinySite, into: Path, tmp_path: Path, link: str
) -> None:
    site.pages["/orders"] = SHOP + LINKS
    site.files["/file"] = send_to_login
    with viewed(fresh_page, url=site.url, folder=tmp_path) as view:
        view.open("orders")
        with pytest.raises(LoginNeeded):
            view.downloaded(clicking(view, link), into=into)


def test_a_file_that_is_announced_as_too_large_is_not_waited_for(shop: View, site: TinySite, into: Path) -> None:
    ended = threading.Event()
    site.files["/file"] = partial(trickle, ended=ended)
    assert refusal(shop, "Here", into=into, most_bytes=1 << 19).reason == "too_large"
    assert ended.wait(LONG_S), "the download went on"


def test_a_length_that_is_no_length_counts_for_nothing(shop: View, site: TinySite, into: Path) -> None:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, length="9" * 5000)
        handler.wfile.write(ORDERS)
        handler.close_connection = True

    site.files["/file"] = serve
    assert shop.downloaded(clicking(shop, "Here"), into=into).read_bytes() == ORDERS


def test_a_file_that_is_too_large_without_a_word_is_refused(shop: View, into: Path) -> None:
    assert refusal(shop, "By the page itself", into=into, most_bytes=10).reason == "too_large"


def test_a_download_that_does_not_end_is_given_up(site: TinySite, shop: View, into: Path) -> None:
    ended = threading.Event()
    site.files["/file"] = partial(trickle, ended=ended)
    shop._downloads._longest_s = 0.3
    assert "did not end" in str(refusal(shop, "Here", into=into))
    assert ended.wait(LONG_S), "the download went on"


def test_a_run_that_is_asked_to_stop_gives_a_download_up(site: TinySite, shop: View, into: Path) -> None:
    ended = threading.Event()
    begun: list[Download] = []
    site.files["/file"] = partial(trickle, ended=ended)
    shop.page.once("download", lambda download: begun.append(download))  # noqa: PLW0108 - Playwright marks its handlers
    shop._downloads._stopping = lambda: bool(begun)
    with pytest.raises(Stopped):
        shop.downloaded(clicking(shop, "Here"), into=into)
    assert ended.wait(LONG_S), "the download went on"
    assert list(into.iterdir()) == []


def test_a_window_that_goes_during_a_download_ends_the_waiting(
    chromium: Browser, site: TinySite, into: Path, tmp_path: Path
) -> None:
    ended = threading.Event()
    site.pages["/orders"] = SHOP + LINKS
    site.files["/file"] = partial(trickle, ended=ended)
    page = chromium.new_page()

    def close() -> bool:
        page.close()
        return False

    with viewed(page, url=site.url, folder=tmp_path) as view:
        view.open("orders")
        view._downloads._stopping, view._downloads._patience_s = close, 10
        with pytest.raises(TryAgain):
            view.downloaded(clicking(view, "Here"), into=into)


def test_a_large_file_is_moved_and_not_read_into_memory(shop: View, site: TinySite, into: Path) -> None:
    part = os.urandom(1 << 20)

    def serve(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, length=40 << 20)
        for _ in range(40):
            handler.wfile.write(part)

    site.files["/file"] = serve
    before = psutil.Process().memory_info().rss
    path = shop.downloaded(clicking(shop, "Here"), into=into)
    assert path.stat().st_size == 40 << 20
    assert psutil.Process().memory_info().rss - before < 20 << 20
