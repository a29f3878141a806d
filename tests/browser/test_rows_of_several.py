"""Rows that are several elements: an order's row with its number, and the rows below it for its lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.elements.fields import FieldSpec
from rpa.elements.profile import Element, ListSpec
from rpa.elements.roles import used
from rpa.elements.uses import Uses
from rpa.errors import InDoubt
from tests.support.tiny_site import PROFILE, SHOP, TinySite, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.browser.view import View

ROWS = """<table><tbody>
<tr class="order"><td class="sn">A-1</td><td>VIP</td></tr>
<tr class="line"><td class="goods">tea</td><td>-</td><td><button onclick="clicked.push('A-1')">Open</button></td></tr>
<tr class="line"><td class="goods">cup</td><td>refund</td></tr>
<tr class="order"><td class="sn">A-12</td></tr>
<tr class="line"><td class="goods">pot</td><td>-</td><td><button onclick="clicked.push('A-12')">Open</button></td></tr>
</tbody></table><script>clicked = []</script>"""


@pytest.fixture
def view(page: Page, site: TinySite, tmp_path: Path) -> Iterator[View]:
    site.pages["/orders"] = SHOP + ROWS
    fields = {
        "order_sn": FieldSpec(css=".sn"),
        "goods": FieldSpec(css=".goods", all=True),
        "audit": FieldSpec(words="audit"),
        "refund": FieldSpec(css=".goods + td", all=True, map={"-": "clear", "refund": "set"}, prefer=("set", "clear")),
    }
    listed = ListSpec(
        name="orders", pages=("orders",), rows="tr.order", continued="tr.line", key="order_sn", fields=fields
    )
    button = Element.model_validate(
        {
            "name": "orders.open",
            "page": ("orders",),
            "within": "list:orders",
            "locators": [{"role": "button", "name": "Open"}],
            "source": "test",
            "verified": "never",
        }
    )
    told = {"lists": {"orders": listed}, "elements": {**PROFILE.elements, "orders.open": button}}
    profile = used(
        PROFILE.model_copy(update={**told, "words": {**PROFILE.words, "audit": ("refund",)}}),
        Uses(writes=("orders.open",)),
    )
    with viewed(page, url=site.url, folder=tmp_path, profile=profile) as opened:
        opened.open("orders")
        yield opened


def test_a_row_is_read_with_the_rows_that_continue_it_and_no_further(view: View) -> None:
    rows = view.rows("orders", parts=True)
    assert [row["goods"] for row in rows.values] == [("tea", "cup"), ("pot",)]
    assert [row["audit"] for row in rows.values] == ["set", "clear"]
    assert [row["refund"] for row in rows.values] == ["set", "clear"]
    heights = [part.box[3] for part in rows.parts]
    assert heights[0] > heights[1] > 0, "a picture shows all of it"


def test_the_one_row_that_is_meant_is_looked_at_and_clicked_with_what_continues_it(view: View) -> None:
    for key, goods in (("A-12", ("pot",)), ("A-1", ("tea", "cup"))):
        row = view.row("orders", key)
        assert row.read().values["goods"] == goods
        row.click("orders.open")
        assert view.page.evaluate("clicked.pop()") == key


def test_of_two_rows_with_one_number_none_is_clicked(view: View) -> None:
    view.page.evaluate("document.querySelectorAll('.sn')[1].textContent = 'A-1'")
    with pytest.raises(InDoubt, match="2 times"):
        view.row("orders", "A-1")


def test_a_line_that_says_something_unknown_beside_a_known_one_is_unreadable(view: View) -> None:
    view.page.evaluate("document.querySelectorAll('.line')[0].children[1].textContent = 'exchange'")
    first, _ = view.rows("orders").values
    assert str(first["refund"]) == "Unreadable.UNREADABLE"
