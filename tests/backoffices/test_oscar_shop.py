"""The shop that nobody here wrote: it runs, its truth can be read, and a person can ship there."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import expect

from tests.support.clerk_by_hand import PATIENCE_MS
from tests.support.oscar_shop import Line, OscarError, OscarShop, ShippingEvent
from tests.support.processes import staying

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow

REFERENCE = "DHL 00340434161094027318"
SHIP = "line_action=create_shipping_event"
NO_ANSWER = "chrome-error://chromewebdata/"
"""The page that the browser shows instead."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, kept: Path) -> Iterator[OscarShop]:
    with OscarShop(orders=45, folder=tmp_path_factory.mktemp("oscar"), kept=kept) as running:
        yield running


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The address of everything that the pages have asked for."""
    return []


@pytest.fixture(scope="module")
def page(chromium: Browser, shop: OscarShop, asked: list[str]) -> Iterator[Page]:
    """Logged in, at the orders that wait to be shipped."""
    context = chromium.new_context(base_url=shop.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto("/dashboard/orders/?status=Pending")
    log_in(page, shop)
    yield page
    context.close()


def log_in(page: Page, shop: OscarShop) -> None:
    page.locator("#id_username").fill(shop.login_name)
    page.locator("#id_password").fill(shop.password)
    page.get_by_role("button", name="Login").click()


def said(page: Page) -> str:
    return page.locator("#messages .alertinner").inner_text().strip()


def ship(page: Page, number: str) -> None:
    """As a person does it."""
    fill_in(page, number).click()


def fill_in(page: Page, number: str) -> Locator:
    """All but the click; gives what to click on."""
    page.goto(f"/dashboard/orders/{number}/")
    for box in page.locator("[name=selected_line]").all():
        box.check()
    page.get_by_label("Create shipping event").check()
    page.locator("#shipping_event_type_select").select_option("Shipped")
    page.get_by_label("with reference").fill(REFERENCE)
    return page.get_by_role("button", name="Go!")


def set_status(page: Page, status: str) -> None:
    page.locator("#id_new_status").select_option(status)
    page.locator("#order_status_form").get_by_role("button", name="Change status").click()


def test_all_orders_wait_at_first(tmp_path: Path, kept: Path) -> None:
    with OscarShop(orders=45, folder=tmp_path / "shop", kept=kept) as shop:
        truth = shop.truth()
    assert [*truth] == [str(100001 + position) for position in range(45)]
    assert {(order.status, order.events) for order in truth.values()} == {("Pending", ())}
    order = truth["100003"]
    assert (order.total, order.address) == ("67.30", "Alan Mathison 3 Market Street Berlin 10002 Germany")
    assert abs(datetime.now(UTC) - order.placed_at) < timedelta(hours=1)
    assert order.lines == (
        Line(upc="TOTE-01", title="Canvas tote bag", quantity=1),
        Line(upc="SOCK-03", title="Wool socks", quantity=2),
        Line(upc="MUG-02", title="Enamel mug", quantity=2),
    )


def test_the_list_shows_each_pending_order_once(page: Page, shop: OscarShop) -> None:
    shop.set_status("100001", "Cancelled")
    page.goto("/dashboard/orders/?status=Pending")
    numbers = page.locator("#orders_form tbody td:nth-child(2)").all_inner_texts()
    for number in (2, 3):
        page.get_by_role("link", name="next").click()
        expect(page.get_by_text(f"Page {number} of 3")).to_be_visible()
        numbers += page.locator("#orders_form tbody td:nth-child(2)").all_inner_texts()
    assert page.get_by_role("link", name="next").count() == 0
    pending = [number for number, order in shop.truth().items() if order.status == "Pending"]
    assert numbers == pending[::-1]


def test_a_person_ships_an_order(page: Page, shop: OscarShop) -> None:
    ship(page, "100003")
    assert said(page) == "Shipping event created"
    whole = {"TOTE-01": 1, "SOCK-03": 2, "MUG-02": 2}
    event = ShippingEvent(kind="shipped", reference=REFERENCE, quantities=whole)
    assert (shop.order("100003").status, shop.order("100003").events) == ("Pending", (event,))
    set_status(page, "Shipped")
    assert said(page) == "Order status changed from 'Pending' to 'Shipped'"
    assert (shop.order("100003").status, shop.order("100003").events) == ("Shipped", (event,))
    assert [post.fields.get("reference") for post in shop.posts("/100003/")] == [[REFERENCE], None]


def test_what_is_shipped_cannot_be_shipped_again(page: Page, shop: OscarShop) -> None:
    shop.add_event("100004", "by another hand")
    ship(page, "100004")
    assert said(page).startswith("Unable to create shipping event: The selected quantity for line #")
    assert [event.reference for event in shop.order("100004").events] == ["by another hand"]


def test_a_part_that_another_hand_has_shipped_is_shown(page: Page, shop: OscarShop) -> None:
    line = shop.order("100005").lines[0]
    shop.set_quantity("100005", line.upc, 7)
    shop.add_event("100005", "a part", quantities={line.upc: 3})
    page.goto("/dashboard/orders/100005/")
    events = page.locator(".table-header:has(h3:text-is('Shipping Events')) + table tbody tr")
    expect(events).to_have_count(1)
    assert events.locator("td").nth(2).inner_text().strip() == f"{line.title} (quantity 3/7)"


def test_an_answer_is_lost_though_the_shop_has_shipped(page: Page, shop: OscarShop) -> None:
    armed = shop.fault("lost", path="/100006/", body=SHIP)
    with page.expect_event("requestfailed") as failed:
        ship(page, "100006")
    expect(page).to_have_url(NO_ANSWER)
    assert (failed.value.failure, armed.exists()) == ("net::ERR_EMPTY_RESPONSE", False)
    assert [event.reference for event in shop.order("100006").events] == [REFERENCE]
    assert [post.fault for post in shop.posts("/100006/")] == ["lost"], "the browser does not send it anew"


def test_no_answer_comes_though_the_shop_has_shipped(page: Page, shop: OscarShop) -> None:
    shop.fault("hung", path="/100011/", body=SHIP)
    fill_in(page, "100011").dispatch_event("click")
    assert shop.wait_for_post("/100011/").fault == "hung"
    page.goto("/dashboard/orders/100011/")
    expect(page.get_by_role("cell", name=REFERENCE)).to_be_visible()


def test_a_request_that_was_sent_twice_is_refused_though_the_shop_has_shipped(page: Page, shop: OscarShop) -> None:
    shop.fault("repeated", path="/100012/", body=SHIP)
    ship(page, "100012")
    assert said(page).startswith("Unable to create shipping event")
    assert [event.reference for event in shop.order("100012").events] == [REFERENCE]


def test_a_request_is_dropped_on_its_way(page: Page, shop: OscarShop) -> None:
    shop.fault("dropped", path="/100007/", body=SHIP)
    ship(page, "100007")
    expect(page).to_have_url(NO_ANSWER)
    assert (shop.order("100007").events, [post.fault for post in shop.posts("/100007/")]) == ((), ["dropped"])


def test_a_request_is_refused_on_its_way(page: Page, shop: OscarShop) -> None:
    shop.fault("refused", path="/100008/", body=SHIP)
    ship(page, "100008")
    expect(page.locator("h1")).to_have_text("Server Error (500)")
    assert shop.order("100008").events == ()


def test_the_second_of_two_requests_fails(page: Page, shop: OscarShop) -> None:
    shop.fault("refused", path="/dashboard/orders/", at=2)
    ship(page, "100009")
    set_status(page, "Shipped")
    expect(page.locator("h1")).to_have_text("Server Error (500)")
    assert (shop.order("100009").status, len(shop.order("100009").events)) == ("Pending", 1)


def test_the_session_ends_before_a_click(page: Page, shop: OscarShop) -> None:
    shop.fault("logged_out", body=SHIP)
    ship(page, "100010")
    expect(page).to_have_url(f"{shop.url}/dashboard/login/?next=/dashboard/orders/100010/")
    assert shop.order("100010").events == ()
    log_in(page, shop)
    expect(page.locator("h1")).to_have_text("Order #100010")


def test_no_page_of_the_dashboard_asks_another_host(page: Page, shop: OscarShop, asked: list[str]) -> None:
    page.goto("/dashboard/")
    places = page.locator(".navbar-primary a[href^='/']").evaluate_all("all => all.map(one => one.pathname)")
    assert len(places) > 15
    for place in [*places, "/dashboard/orders/100003/", "/dashboard/orders/100003/lines/3/", "/catalogue/"]:
        page.goto(place)
    assert [url for url in asked if not re.match(rf"{shop.url}/|data:", url)] == []


def test_it_comes_back_as_it_was_and_leaves_nothing_running(tmp_path: Path, kept: Path) -> None:
    shop = OscarShop(orders=45, folder=tmp_path / "shop", kept=kept)
    with shop:
        url, process = shop.url, psutil.Process(shop.pid)
        shop.set_status("100002", "Cancelled")
    assert staying([process]) == []
    with shop:
        assert (shop.url, shop.order("100002").status) == (url, "Cancelled")
        with urllib.request.urlopen(f"{shop.url}/dashboard/login/") as answer:
            assert answer.status == 200
    with pytest.raises(OscarError, match="not running"):
        _ = shop.pid
