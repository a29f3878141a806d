"""What the page does between two looks of the program: nothing is taken for what it was, nothing stops for nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.view import View
from rpa.errors import InDoubt, KickedOut, LoginNeeded, UnknownOverlay
from tests.browser.test_view import dialog, row, table
from tests.support.tiny_site import CLICKS, SHOP, TinySite, clicked, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMPATIENT_MS = 500
SEARCH = '<button data-testid="search" id="{0}">Search</button>'


def when_read(css: str, then: str, *, times: int = 1) -> str:
    """A script: `then` happens when this is looked for in a row or dialog, so often; each time `n` is one more."""
    return f"""<script>{{
        const look = Element.prototype.querySelector;
        let n = 0;
        Element.prototype.querySelector = function (css) {{
            if (css === {css!r} && n < {times}) {{ n += 1; {then} }}
            return look.call(this, css);
        }};
    }}</script>"""


def test_a_row_that_is_gone_is_a_doubt_about_one_order(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "shop_page", replace(view.shop_page, patience_s=IMPATIENT_MS / 1000))
    view.page.set_content(table(row("A-1")))
    one = view.row("orders", "A-1")
    view.page.evaluate("document.querySelector('tbody').innerHTML = ''")
    with pytest.raises(InDoubt, match="0 times"):
        one.read()


def test_a_row_that_came_twice_is_a_doubt_about_one_order(view: View) -> None:
    view.page.set_content(table(row("A-1")))
    one = view.row("orders", "A-1")
    view.page.evaluate("row => document.querySelector('tbody').insertAdjacentHTML('beforeend', row)", row("A-1"))
    with pytest.raises(InDoubt, match="2 times"):
        one.read()


@pytest.mark.parametrize("css", [".sn", "input"])
def test_a_dialog_is_read_when_it_is_drawn(view: View, css: str) -> None:
    """First its frame, then which order it is of, then the order."""
    draws = when_read(
        css,
        """if (n === 2) {
            document.querySelector(".dialog .sn").textContent = "A-1";
            document.querySelector(".dialog input").value = "7";
        }""",
        times=2,
    )
    view.page.set_content(SHOP + CLICKS + dialog("").replace('value="7"', "") + draws)
    assert view.dialog("ship", "A-1").read(drawn=["note"]).values["note"] == "7"


def test_a_dialog_that_goes_on_being_empty_is_a_doubt(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "shop_page", replace(view.shop_page, patience_s=IMPATIENT_MS / 1000))
    view.page.set_content(SHOP + CLICKS + dialog(""))
    with pytest.raises(InDoubt, match="shows '', not A-1"):
        view.dialog("ship", "A-1").read()


def test_a_click_that_keeps_the_page_busy_is_done_once(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa.browser.area._COVERED_MS", IMPATIENT_MS)
    works = "<script>search.onclick = () => { const end = Date.now() + 1500; while (Date.now() < end); }</script>"
    view.page.set_content(SHOP + CLICKS + SEARCH.format("search") + works)
    view.click("orders.search")
    assert clicked(view) == ["search"]


TWIN = """<script>{
    const boxes = Element.prototype.getClientRects;
    let n = 0;
    Element.prototype.getClientRects = function () {
        n += this.id === "search";
        if (n === 1) setTimeout(() => this.insertAdjacentHTML("afterend", `%s`));
        if (n === 2) document.querySelector("#twin").remove();
        return boxes.call(this);
    };
}</script>"""


def test_a_twin_that_is_drawn_before_the_click_keeps_it_from_being_clicked(view: View) -> None:
    """It has gone again when it is looked for once more."""
    view.page.set_content(SHOP + CLICKS + SEARCH.format("search") + TWIN % SEARCH.format("twin"))
    view.click("orders.search")
    assert clicked(view) == ["search"]


def test_a_twin_of_a_destructive_element_is_a_doubt_about_one_order(view: View) -> None:
    twin = """<script>{
        const boxes = Element.prototype.getClientRects;
        Element.prototype.getClientRects = function () {
            if (this.id === "confirm") setTimeout(() => { this.id = "one"; this.after(this.cloneNode(true)); });
            return boxes.call(this);
        };
    }</script>"""
    view.page.set_content(SHOP + CLICKS + dialog("A-1") + twin)
    with pytest.raises(InDoubt, match=r"ship\.confirm"):
        view.dialog("ship", "A-1").click("ship.confirm")
    assert clicked(view) == []


RELOADS_WHEN_LOOKED_AT = """<script>if (!name) {
    const look = document.querySelectorAll;
    document.querySelectorAll = (css) => {
        if (css === "%s") { name = "again"; location.reload(); throw new Error("on its way"); }
        return look.call(document, css);
    };
}</script>"""


@pytest.mark.parametrize("css", [".popup", "tr.order"])
def test_a_page_that_loads_itself_once_more_is_looked_at_once_more(view: View, site: TinySite, css: str) -> None:
    view.page.evaluate("name = ''")
    site.pages["/orders"] = table(row("A-1")) + RELOADS_WHEN_LOOKED_AT % css
    view.open("orders")
    assert [each["order_sn"] for each in view.rows("orders").values] == ["A-1"]
    assert view.page.evaluate("name") == "again"


def when_looked_around(then: str) -> str:
    """A script: `then` happens when it was looked for what covers the page; each time `n` is one more."""
    return f"""<script>{{
        const hit = document.elementFromPoint;
        let n = 0;
        document.elementFromPoint = (...place) => {{
            const node = hit.apply(document, place);
            n += 1;
            {then}
            return node;
        }};
    }}</script>"""


def test_a_popup_that_goes_by_itself_before_it_is_closed_stops_nothing(view: View) -> None:
    goes = when_looked_around("document.querySelector('.popup')?.remove();")
    view.page.set_content(f'{SHOP}{CLICKS}<div class="popup">News<button id="ok">Got it</button></div>{goes}')
    view.clear()
    assert clicked(view) == []


def test_a_popup_that_goes_by_itself_while_it_is_closed_stops_nothing(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpa.browser.popups._CLOSING_MS", IMPATIENT_MS)
    goes = """<script>
        document.querySelector("#ok").addEventListener("mousemove", () => document.querySelector(".popup").remove());
    </script>"""
    view.page.set_content(f'{SHOP}{CLICKS}<div class="popup">News<button id="ok">Got it</button></div>{goes}')
    view.clear()
    assert clicked(view) == []


LIES_OVER_ALL = 'style="position: fixed; inset: 0; background: white"'


def popup_over_all(*, closes: str = "") -> str:
    """A popup of the allow-list; `closes`: what its button does besides."""
    button = f'<button id="ok" onclick="{closes}parentNode.remove()">Got it</button>'
    return f'<div class="popup" {LIES_OVER_ALL}>News{button}</div>'


def test_a_popup_over_what_cannot_be_undone_is_closed_and_that_is_clicked_once(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpa.browser.area._COVERED_MS", IMPATIENT_MS)
    view.page.set_content(SHOP + CLICKS + dialog("A-1") + popup_over_all())
    view.dialog("ship", "A-1").click("ship.confirm")
    assert clicked(view) == ["ok", "confirm"]


def test_what_cannot_be_undone_and_stands_below_what_is_shown_is_scrolled_to(view: View) -> None:
    view.page.set_content(f'{SHOP}{CLICKS}<div style="height: 5000px"></div>{dialog("A-1")}')
    view.dialog("ship", "A-1").click("ship.confirm")
    assert clicked(view) == ["confirm"]


def test_a_dialog_that_becomes_another_orders_below_a_popup_is_not_confirmed(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpa.browser.area._COVERED_MS", IMPATIENT_MS)
    monkeypatch.setattr(view, "shop_page", replace(view.shop_page, patience_s=IMPATIENT_MS / 1000))
    turns = "document.querySelector('.dialog .sn').textContent = 'A-2';"
    view.page.set_content(SHOP + CLICKS + dialog("A-1") + popup_over_all(closes=turns))
    with pytest.raises(InDoubt, match="shows 'A-2', not A-1"):
        view.dialog("ship", "A-1").click("ship.confirm")
    assert clicked(view) == ["ok"]


def test_what_lies_unknown_over_a_form_of_the_page_stops_what_cannot_be_undone(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpa.browser.area._COVERED_MS", IMPATIENT_MS)
    monkeypatch.setattr("rpa.browser.guard._PASSING_S", IMPATIENT_MS / 1000)
    sale = f"<div {LIES_OVER_ALL}>Join the sale<button id='join'>Join</button></div>"
    view.page.set_content(SHOP + CLICKS + dialog("A-1") + sale)
    with pytest.raises(UnknownOverlay, match="Join the sale"):
        view.dialog("ship", "A-1").click("ship.confirm")
    assert clicked(view) == []


def test_a_veil_over_a_page_that_loads_is_waited_for(view: View) -> None:
    goes = when_looked_around("if (n === 6) document.querySelector('#veil').remove();")
    view.page.set_content(f'{SHOP}{CLICKS}<div id="veil" style="position: fixed; inset: 0">Loading</div>{goes}')
    view.clear()
    assert clicked(view) == []


def test_a_page_that_does_not_say_yet_whose_it_is_is_given_time(view: View) -> None:
    says = when_looked_around("if (n === 6) shop = {id: '1', name: 'Tea'};")
    view.page.set_content(f"<h1>Orders</h1>{says}")
    view.clear()


def test_a_login_page_that_comes_late_is_logged_in_at(page: Page, site: TinySite, tmp_path: Path) -> None:
    """As where the page's own script is told that nobody is logged in."""

    def enter(view: View) -> None:
        entered.append(view.on_login_page())
        site.pages["/orders"] = SHOP

    entered: list[bool] = []
    site.pages["/orders"] = LEAVES_WHEN_LOOKED_AT
    with viewed(page, url=site.url, folder=tmp_path, enter=enter) as view:
        view.open("orders")
        assert entered == [True]
        site.pages["/orders"] = LEAVES_WHEN_LOOKED_AT
        with pytest.raises(LoginNeeded):
            view.open("orders")
    assert entered == [True]


LEAVES_WHEN_LOOKED_AT = """<script>
    const look = document.querySelectorAll;
    document.querySelectorAll = (css) => {
        if (css === "#title") location = "/login";
        return look.call(document, css);
    };
</script>"""


def when_described(then: str) -> str:
    """A script: `then` happens when it was looked at what is there of an element; each time `n` is one more."""
    return f"""<script>{{
        const boxes = Element.prototype.getClientRects;
        let n = 0;
        Element.prototype.getClientRects = function () {{
            n += this.id === "search";
            {then}
            return boxes.call(this);
        }};
    }}</script>"""


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (SEARCH.format("search") + SEARCH.format("twin"), "document.querySelector('#twin').remove();"),
        (SEARCH.format("search").replace(">Search", ">Loading"), "this.textContent = 'Search';"),
    ],
)
def test_an_element_that_is_drawn_anew_is_taken_when_it_is_itself(view: View, first: str, then: str) -> None:
    view.page.set_content(SHOP + CLICKS + first + when_described(f"if (n === 3) {then}"))
    view.click("orders.search")
    assert clicked(view) == ["search"]


def test_a_page_that_asks_whether_it_may_be_left_is_left(view: View, site: TinySite) -> None:
    site.pages["/orders"] += "<script>addEventListener('beforeunload', (event) => event.preventDefault())</script>"
    view.open("orders")
    view.page.mouse.click(5, 5)
    view.open("orders")
    assert (view.page.evaluate("clicked"), view.guard.refused_dialogs) == ([], [])


def test_a_login_page_that_is_drawn_while_it_is_looked_at_still_says_why(view: View) -> None:
    """When its notice is looked for, nothing stands there; a moment later both do."""
    steps = view.profile.session.login.model_copy(update={"page": "orders", "kicked": "orders.search"})
    session = view.profile.session.model_copy(update={"login": steps})
    told = replace(view.shop_page, profile=view.profile.model_copy(update={"session": session}))
    draws = """<script>
        const look = document.querySelectorAll;
        document.querySelectorAll = function (css) {
            const found = look.call(this, css);
            if (css === ".search") document.querySelector("#drawn").hidden = false;
            return found;
        };
    </script>"""
    view.page.set_content(f'<div id="drawn" hidden>{SHOP}{SEARCH.format("search")}</div>{draws}')
    with pytest.raises(KickedOut):
        told.refuse_kicked()
