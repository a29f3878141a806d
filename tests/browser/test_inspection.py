"""What `rpa selectors check` is told of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rpa.browser.inspection import inspected
from tests.support.tiny_site import SHOP, TinySite

if TYPE_CHECKING:
    from rpa.browser.view import View


def test_a_page_that_an_account_may_not_see_is_told_in_the_sites_words(view: View, site: TinySite) -> None:
    site.pages["/orders"] = SHOP.replace("title", "other") + '<p id="no-right">Ask the main account for Orders</p>'
    view.go("orders")
    seen = inspected(view, "orders", patience_s=0.5)
    assert (seen.no_right, seen.lists) == ("Ask the main account for Orders", ())
    assert not seen.is_itself
