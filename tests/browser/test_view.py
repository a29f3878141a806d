"""The page as named elements: pages, rows and dialogs."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.view import View
from rpa.errors import (
    InDoubt,
    LoginNeeded,
    PageChanged,
    RightMissing,
    TryAgain,
    WrongShop,
)
from tests.support.tiny_site import ASKS, CLICKS, LONG_S, SHOP, SOON_S, TinySite, clicked, tiny_site, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page


def row(key: str, *, id_: str = "", told: str = "") -> str:
    opens = f'<button id="open-{id_ or key}">Open</button>'
    return f'<tr class="order"><td class="sn">No. {key}</td><td>{told}</td><td>{opens}</td></tr>'


def table(*rows: str) -> str:
    return f"{SHOP}{CLICKS}<table><tbody>{''.join(rows)}</tbody></table>"


def dialog(key: str, *, id_: str = "confirm") -> str:
    return (
        f'<div class="dialog"><b class="sn">{key}</b><input value="7"><button class="confirm" id="{id_}">Confirm'
        "</button><button>Cancel</button></div>"
    )


def test_a_page_that_shows_its_signature_is_arrived_at(view: View) -> None:
    view.open("orders")
    assert view.page.url == view.base_url + view.profile.pages["orders"].path


def test_a_page_without_its_signature_is_refused(hasty_view: View, site: TinySite) -> None:
    site.pages["/orders"] = SHOP.replace("title", "other")
    with pytest.raises(PageChanged, match=r"orders\.title"):
        hasty_view.open("orders")


def test_a_page_that_an_account_may_not_see_says_which_right_is_missing(hasty_view: View, site: TinySite) -> None:
    site.pages["/orders"] = SHOP.replace("title", "other") + '<p id="no-right">Ask the main account for Orders</p>'
    with pytest.raises(RightMissing, match="Ask the main account for Orders"):
        hasty_view.open("orders")


def test_a_page_of_another_shop_is_refused(view: View, site: TinySite) -> None:
    site.pages["/orders"] = SHOP.replace('"1"', '"2"')
    with pytest.raises(WrongShop):
        view.open("orders")


def test_a_site_that_does_not_answer_is_tried_three_times(fresh_page: Page, tmp_path: Path) -> None:
    with tiny_site() as gone:
        url = gone.url
    with viewed(fresh_page, url=url, folder=tmp_path) as view:
        began = view.clock.now()
        with pytest.raises(TryAgain, match="opening orders"):
            view.open("orders")
        assert (view.clock.now() - began).total_seconds() == 1 + 3


SENDS_TO_LOGIN = '<script>location = "/login"</script>'


def test_the_login_page_where_another_was_wanted_is_no_page_of_the_shop(
    fresh_page: Page, site: TinySite, tmp_path: Path
) -> None:
    site.pages["/orders"] = SENDS_TO_LOGIN
    with viewed(fresh_page, url=site.url, folder=tmp_path) as view, pytest.raises(LoginNeeded):
        view.open_for("orders", answer="list")


def test_it_logs_in_once_and_only_before_the_first_page(fresh_page: Page, site: TinySite, tmp_path: Path) -> None:
    entered = []

    def enter(view: View) -> None:
        entered.append(view.on_login_page())
        site.pages["/orders"] = f"{SHOP}{ASKS}<script>ask('A-1')</script>"

    site.pages["/orders"] = SENDS_TO_LOGIN
    with viewed(fresh_page, url=site.url, folder=tmp_path, enter=enter) as view:
        assert view.open_for("orders", answer="list").keys("order_sn") == ["A-1"]
        site.pages["/orders"] = SENDS_TO_LOGIN
        with pytest.raises(LoginNeeded):
            view.open_for("orders", answer="list")
    assert entered == [True]


def test_a_row_is_the_one_whose_whole_key_is_meant(view: View) -> None:
    view.page.set_content(table(row("A-12"), row("A-1"), row("AA-1"), row("A-1-2")))
    one = view.row("orders", "A-1")
    assert one.read().values["order_sn"] == "A-1"
    one.click("orders.open")
    assert clicked(view) == ["open-A-1"]


def test_a_row_of_a_longer_key_is_not_the_row(hasty_view: View) -> None:
    hasty_view.page.set_content(table(*map(row, ("A-12", "A-11", "AA-1", "B-A-1"))))
    assert not hasty_view.shows("orders", "A-1")
    with pytest.raises(InDoubt, match="shows A-1 0 times"):
        hasty_view.row("orders", "A-1")


def test_a_key_that_stands_twice_is_a_doubt(view: View) -> None:
    view.page.set_content(table(row("A-1"), row("A-1", id_="twin")))
    with pytest.raises(InDoubt, match="2 times"):
        view.row("orders", "A-1")


def test_a_key_that_only_another_cell_names_is_not_the_row(view: View) -> None:
    view.page.set_content(table(row("B-2", told="together with A-1")))
    assert not view.shows("orders", "A-1")


def test_a_list_drawn_anew_never_lends_its_place_to_another_row(hasty_view: View) -> None:
    hasty_view.page.set_content(table(row("A-1")))
    one = hasty_view.row("orders", "A-1")
    one.read()
    hasty_view.page.evaluate("rows => document.querySelector('tbody').innerHTML = rows", row("A-12") + row("B-1"))
    with pytest.raises(InDoubt):
        one.click("orders.open")
    assert clicked(hasty_view) == []


def test_a_row_that_comes_late_is_given_a_moment(view: View) -> None:
    view.page.set_content(table())
    view.page.evaluate(
        "rows => void setTimeout(() => document.querySelector('tbody').innerHTML = rows, 200)", row("A-1")
    )
    assert view.row("orders", "A-1").read().values["order_sn"] == "A-1"


@pytest.mark.parametrize("rows", ["", row("A-1") * 2])
def test_in_a_row_that_is_not_as_it_was_just_read_nothing_is_clicked(hasty_view: View, rows: str) -> None:
    hasty_view.page.set_content(table(row("A-1")))
    one = hasty_view.row_just_read("orders", "A-1")
    hasty_view.page.evaluate("rows => document.querySelector('tbody').innerHTML = rows", rows)
    with pytest.raises(InDoubt):
        one.click("orders.open")
    assert clicked(hasty_view) == []


def test_an_element_of_a_row_is_not_looked_for_on_the_whole_page(view: View) -> None:
    view.page.set_content(table(row("A-1")))
    with pytest.raises(PageChanged, match="only to be used within list:orders"):
        view.click("orders.open")
    assert clicked(view) == []


def test_rows_are_read_with_their_marks_and_places(view: View) -> None:
    view.page.set_content(table(row("A-1", told="under audit"), row("A-2")))
    rows = view.rows("orders", keys=["A-2", "A-1"], parts=True)
    assert rows.quiet
    assert [(each["order_sn"], each["audit"]) for each in rows.values] == [("A-1", "set"), ("A-2", "clear")]
    assert rows.parts[0].box[1] < rows.parts[1].box[1]


def test_a_list_that_shows_other_keys_than_it_should_is_not_quiet(hasty_view: View) -> None:
    hasty_view.page.set_content(table(row("A-1")))
    assert not hasty_view.rows("orders", keys=["A-2"]).quiet
    assert not hasty_view.rows("orders", keys=["A-1", "A-2"]).quiet


def test_a_dialog_that_names_another_order_is_a_doubt(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + dialog("A-12"))
    one = view.dialog("ship", "A-1")
    with pytest.raises(InDoubt, match="shows 'A-12', not A-1"):
        one.read()
    with pytest.raises(InDoubt):
        one.click("ship.confirm")
    assert clicked(view) == []


def test_a_dialog_that_names_another_order_by_now_is_not_confirmed(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + dialog("A-1"))
    one = view.dialog("ship", "A-1")
    assert one.read().values["note"] == "7"
    view.page.evaluate("document.querySelector('.dialog .sn').textContent = 'A-2'")
    with pytest.raises(InDoubt, match="shows 'A-2', not A-1"):
        one.click("ship.confirm")
    assert clicked(view) == []


def test_two_dialogs_at_once_are_a_doubt(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + dialog("A-1"))
    one = view.dialog("ship", "A-1")
    view.page.set_content(SHOP + CLICKS + dialog("A-1") + dialog("A-1", id_="twin"))
    with pytest.raises(InDoubt, match="2 dialogs"):
        view.dialog("ship", "A-1")
    with pytest.raises(InDoubt, match="2 times"):
        one.click("ship.confirm")
    assert clicked(view) == []


def test_a_dialog_that_does_not_open_is_a_changed_page(hasty_view: View) -> None:
    hasty_view.page.set_content(SHOP)
    with pytest.raises(PageChanged, match="waiting for the dialog ship"):
        hasty_view.dialog("ship", "A-1")


def test_a_click_that_leads_to_a_slow_answer_is_done_once(view: View, site: TinySite) -> None:
    asked: list[str] = []
    answers = threading.Event()

    def serve(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        answers.wait(3 * LONG_S)
        handler.close_connection = True

    site.files["/slow"] = serve
    site.pages["/orders"] = f'{SHOP}<a class="search" href="/slow">Search</a>'
    view.open("orders")
    view.click("orders.search")
    view.open("orders")
    answers.set()
    assert len(asked) <= 1, "the next page may be gone to before it was asked for"


def test_a_click_below_a_known_popup_closes_that_first(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa.browser.area._COVERED_MS", SOON_S * 1000)
    button = '<button id="search" onclick="this.textContent = 1">Search</button>'
    popup = """<div class="popup" style="position: fixed; inset: 0">News
        <button id="ok" onclick="this.parentNode.remove()">Got it</button></div>"""
    view.page.set_content(SHOP + CLICKS + button + popup)
    view.click("orders.search")
    assert clicked(view) == ["ok", "search"]


def test_an_element_of_the_page_is_not_looked_for_in_a_dialog_that_sends(hasty_view: View, site: TinySite) -> None:
    """With the dialog open its opener is gone, and what sends it reads the same."""
    twin = '<button class="search" id="twin">Search</button>'
    site.pages["/orders"] = f'{SHOP}{CLICKS}<div class="dialog"><b class="sn">A-1</b>{twin}</div>'
    hasty_view.open("orders")
    with pytest.raises(PageChanged, match="stands in the dialog ship"):
        hasty_view.click("orders.search")
    assert clicked(hasty_view) == []
