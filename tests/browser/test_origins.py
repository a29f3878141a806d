"""Whoever leads the page to another origin, nothing is asked for, typed, clicked or read there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.login import type_password
from rpa.browser.session import shop_page
from rpa.browser.view import View
from rpa.errors import PageChanged, WrongSite
from rpa.language import Language
from tests.support.tiny_site import ASKS, PROFILE, SHOP, SOON_S, TinySite, good, tiny_site, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

FIELD = '<input class="search" placeholder="Search">'
LOGIN = '<input id="name"><input id="word" type="password"><button id="enter">Log in</button>'


@pytest.fixture(scope="module")
def _other() -> Iterator[TinySite]:
    with tiny_site() as running:
        yield running


@pytest.fixture
def other(_other: TinySite) -> Iterator[TinySite]:
    """Another origin, which looks like the shop's; at the end nothing may have been asked for there."""
    _other.pages = {"/orders": SHOP, "/login": LOGIN}
    _other.answers, _other.paths = [good("B-1")], []
    yield _other
    assert _other.paths == []


def redirect(handler: BaseHTTPRequestHandler, *, to: str, status: int = 302) -> None:
    handler.send_response(status)
    handler.send_header("Location", to)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def refused(action: Callable[[], object], *, site: TinySite, other: TinySite) -> None:
    """The action stops the shop, with a sentence that names both origins in both languages."""
    with pytest.raises(WrongSite) as caught:
        action()
    for language in Language:
        said = caught.value.in_words(language)
        assert site.url in said
        assert other.url in said


@pytest.mark.parametrize(
    "leads",
    [
        '<meta http-equiv="refresh" content="0;url={other}">',
        '<script>location = "{other}"</script>',
        '<script>addEventListener("load", () => location.replace("{other}"))</script>',
        '<form method="post" action="{other}"></form><script>document.forms[0].submit()</script>',
        "<iframe srcdoc=\"<script>top.location = '{other}'</script>\"></iframe>",
    ],
)
def test_a_page_that_leads_elsewhere_by_itself_stops_the_shop(
    view: View, site: TinySite, other: TinySite, leads: str
) -> None:
    site.pages["/orders"] = SHOP.replace('id="title"', "") + leads.replace("{other}", f"{other.url}/orders")
    refused(lambda: view.open("orders"), site=site, other=other)
    refused(lambda: view.text("orders.title"), site=site, other=other)


def test_a_redirect_is_not_followed_nor_tried_again(view: View, site: TinySite, other: TinySite) -> None:
    site.files["/orders"] = partial(redirect, to=f"{other.url}/orders")
    began = view.clock.now()
    refused(lambda: view.open("orders"), site=site, other=other)
    assert view.clock.now() == began


@pytest.mark.parametrize("event", ["focus", "pointerdown", "keydown", "input", "keyup"])
def test_a_page_that_goes_while_it_is_typed_into_hears_nothing_of_it_elsewhere(
    hasty_view: View, site: TinySite, other: TinySite, event: str
) -> None:
    goes = f'<script>document.querySelector(".search").on{event} = () => {{ location = "{other.url}/orders" }}</script>'
    site.pages["/orders"] = SHOP + FIELD.replace("<input", '<input aria-label="Search"') + goes
    hasty_view.open("orders")
    refused(lambda: hasty_view.type_and_enter("orders.search", "260310"), site=site, other=other)


@pytest.mark.parametrize(
    "sends",
    [
        '<form method="post" action="/enter">{login}</form>',
        '{login}<script>enter.onclick = () => fetch("/enter", {{method: "POST", body: word.value}})</script>',
        '{login}<script>enter.onclick = () => navigator.sendBeacon("/enter", word.value)</script>',
        '{login}<script>word.oninput = () => {{ location = "{other}/login" }}</script>',
        '{login}<script>word.onfocus = () => {{ location = "{other}/login" }}</script>',
    ],
)
def test_the_password_goes_nowhere_else(hasty_view: View, site: TinySite, other: TinySite, sends: str) -> None:
    site.pages["/login"] = sends.format(login=LOGIN, other=other.url)
    site.files["POST /enter"] = partial(redirect, to=f"{other.url}/login", status=307)
    refused(lambda: type_password(hasty_view, login="clerk", password="secret-1", mall_id="1"), site=site, other=other)


@pytest.mark.parametrize("window", ["_blank", "own"])
def test_a_window_that_the_login_opens_sends_no_password(
    hasty_view: View, site: TinySite, other: TinySite, monkeypatch: pytest.MonkeyPatch, window: str
) -> None:
    monkeypatch.setattr("rpa.browser.login._ANSWER_S", SOON_S)
    site.pages["/login"] = f'<form method="post" action="/enter" target="{window}">{LOGIN}</form>'
    site.files["/enter"] = partial(redirect, to=f"{other.url}/login", status=307)
    with pytest.raises(PageChanged, match="did not follow"):
        type_password(hasty_view, login="clerk", password="secret-1", mall_id="1")
    assert "/enter" not in site.paths


def test_a_page_keeps_no_worker_that_would_ask_in_its_place(chromium: Browser, site: TinySite) -> None:
    with shop_page(chromium, state=None, timezone="Asia/Shanghai", still=False) as page:
        page.goto(f"{site.url}/orders")
        page.evaluate("async () => { await navigator.serviceWorker.register('/worker.js') }")
        assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
        assert "/worker.js" not in site.paths


@pytest.mark.parametrize("first", ['var origin = "web"', "window.origin = null"])
def test_a_page_may_call_something_of_its_own_origin(view: View, site: TinySite, first: str) -> None:
    site.pages["/orders"] = f'<script>{first}</script>{SHOP}<input type="file" id="file">'
    view.open("orders")
    assert view.text("orders.title") == "Orders"


def test_an_answer_from_elsewhere_is_not_read(page: Page, site: TinySite, tmp_path: Path) -> None:
    with tiny_site() as other, viewed(page, url=site.url, folder=tmp_path) as view:
        site.pages["/orders"] = SHOP + ASKS
        site.files["POST /api/list"] = partial(redirect, to=f"{other.url}/api/list", status=307)
        other.answers = [good("B-1")]
        view.open("orders")
        refused(
            lambda: view.answered("list", lambda: view.page.evaluate("() => void ask('A-1')")), site=site, other=other
        )


def test_a_frame_of_another_site_is_not_let_in(view: View, site: TinySite, other: TinySite) -> None:
    site.pages["/orders"] = f'{SHOP}<iframe src="{other.url}/orders"></iframe>'
    view.open("orders")
    assert view.text("orders.title") == "Orders"


def test_a_window_that_nobody_asked_for_is_closed(view: View, site: TinySite) -> None:
    site.pages["/orders"] = f'{SHOP}<button class="search" onclick="window.open(\'/orders\')">Search</button>'
    view.open("orders")
    with view.page.context.expect_page():
        view.click("orders.search")
    assert view.text("orders.title") == "Orders"
    assert len(view.page.context.pages) == 1


def test_a_file_that_the_page_asks_for_is_not_given(view: View, site: TinySite) -> None:
    chooser = '<input type="file" id="own" hidden><button class="search" onclick="own.click()">Search</button>'
    site.pages["/orders"] = SHOP + chooser
    view.open("orders")
    with view.page.expect_file_chooser():
        view.click("orders.search")
    assert view.page.evaluate("own.files.length") == 0


def test_what_the_browser_would_ask_a_person_for_is_denied(chromium: Browser, site: TinySite) -> None:
    with shop_page(chromium, state=None, timezone="Asia/Shanghai", still=False) as page:
        page.goto(f"{site.url}/orders")
        for name in ("geolocation", "notifications", "camera"):
            assert page.evaluate("async (name) => (await navigator.permissions.query({name})).state", name) == "denied"


@pytest.mark.parametrize("link", ['<a href="{other}/file">Here</a>', '<a href="/file">Here</a>'])
def test_a_file_of_another_site_is_not_taken(
    view: View, site: TinySite, other: TinySite, tmp_path: Path, link: str
) -> None:
    site.pages["/orders"] = SHOP + link.format(other=other.url)
    site.files["/file"] = partial(redirect, to=f"{other.url}/file")
    view.open("orders")
    here = view.page.get_by_text("Here")
    refused(lambda: view.downloaded(lambda: here.click(no_wait_after=True), into=tmp_path), site=site, other=other)


def test_a_document_without_an_origin_is_not_the_site(view: View, site: TinySite) -> None:
    def show(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Security-Policy", "sandbox allow-scripts")
        handler.send_header("Content-Length", str(len(SHOP)))
        handler.end_headers()
        handler.wfile.write(SHOP.encode())

    site.files["/orders"] = show
    with pytest.raises(WrongSite, match="null"):
        view.open("orders")


def test_an_origin_that_the_profile_lists_belongs_to_the_site(fresh_page: Page, site: TinySite, tmp_path: Path) -> None:
    with tiny_site() as other:
        profile = PROFILE.model_copy(update={"origins": (other.url,)})
        other.pages["/orders"] = SHOP.replace("Orders", "Elsewhere")
        site.files["/orders"] = partial(redirect, to=f"{other.url}/orders")
        with viewed(fresh_page, url=site.url, folder=tmp_path, profile=profile) as view:
            view.open("orders")
            assert view.text("orders.title") == "Elsewhere"
            assert view.border.origin == other.url


def test_a_person_may_go_elsewhere_to_log_in_and_the_program_does_not(
    fresh_page: Page, site: TinySite, tmp_path: Path
) -> None:
    with tiny_site() as other, viewed(fresh_page, url=site.url, folder=tmp_path) as view:
        other.pages["/orders"] = SHOP
        with view.border.opened() as page:
            page.goto(f"{other.url}/orders")
        refused(lambda: view.text("orders.title"), site=site, other=other)
