"""What the page does between two looks of the program: nothing is taken for what it was, nothing stops for nothing."""

from __future__ import annotations

import pytest

from rpa.browser.view import View
from rpa.errors import InDoubt
from tests.browser.test_view import clicked, dialog, row, table
from tests.browser.tinysite import CLICKS, SHOP, TinySite

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
    monkeypatch.setattr(view, "_patience_ms", IMPATIENT_MS)
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
    monkeypatch.setattr(view, "_patience_ms", IMPATIENT_MS)
    view.page.set_content(SHOP + CLICKS + dialog(""))
    with pytest.raises(InDoubt, match="shows '', not A-1"):
        view.dialog("ship", "A-1").read()


def test_a_click_that_keeps_the_page_busy_is_done_once(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa.browser.view._COVERED_MS", IMPATIENT_MS)
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
