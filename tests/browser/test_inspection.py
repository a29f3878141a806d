"""What `rpa selectors check` is told of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rpa.browser.inspection import Presence, inspected
from tests.support.tiny_site import SHOP, TinySite

if TYPE_CHECKING:
    from rpa.browser.view import View


def test_a_page_that_an_account_may_not_see_is_told_in_the_sites_words(view: View, site: TinySite) -> None:
    site.pages["/orders"] = SHOP.replace("title", "other") + '<p id="no-right">Ask the main account for Orders</p>'
    view.go("orders")
    seen = inspected(view, "orders", patience_s=0.5)
    assert (seen.no_right, seen.lists) == ("Ask the main account for Orders", ())
    assert not seen.is_itself


FORM = '<form class="dialog"><b class="sn">A-1</b><input><button class="confirm">Confirm</button></form>'


def test_a_form_that_is_part_of_the_page_is_looked_into(view: View, site: TinySite) -> None:
    for body, presence in ((FORM, Presence.FOUND), ("", Presence.NOT_LOOKED_FOR)):
        site.pages["/orders"] = SHOP + body
        view.go("orders")
        seen = inspected(view, "orders", patience_s=0.5)
        assert [(form.name, form.unreadable) for form in seen.forms] == ([("ship", ())] if body else [])
        assert {each.presence for each in seen.elements if each.name == "ship.confirm"} == {presence}
    site.pages["/orders"] = SHOP + FORM.replace("sn", "other")
    view.go("orders")
    assert inspected(view, "orders", patience_s=0.5).unreadable == ("ship.key",)


def test_a_field_that_no_row_has_is_told_from_one_that_some_lack(view: View, site: TinySite) -> None:
    row = '<tr class="order"><td class="sn">{sn}</td></tr>'
    for second, unreadable in (("A-2", ()), ("", ()), (None, ("orders.order_sn",))):
        first = "" if second is None else "A-1"
        site.pages["/orders"] = SHOP + f"<table>{row.format(sn=first)}{row.format(sn=second or '')}</table>"
        view.go("orders")
        assert inspected(view, "orders", patience_s=0.5).unreadable == unreadable
