"""Signs in the form in which an order is shipped, of a platform that always tells them: seen there, they stop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.mockshop.harness import MockShop
from flows.orders.model import Decision, How, Shipment
from flows.orders.web import WebOrders
from flows.procedure.on_page import fill_in
from flows.shipping.web import WebShipping
from rpa.elements.registry import load_profile
from rpa.errors import InDoubt, Refused
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by
from tests.support.douyin_by_hand import DouyinClerk, douyin_clerk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rpa.browser.view import View

pytestmark = pytest.mark.slow

_SAYS = """() => new MutationObserver(() => {
  const [says, place] = [sessionStorage.getItem("says"), document.querySelector('[class*="index_shipAfterSale"]')];
  if (says && place && place.textContent !== says) place.textContent = says;
}).observe(document, { childList: true, subtree: true })"""
"""The form says this of the order's after-sale, whatever list and data say."""


@pytest.fixture(scope="module")
def clerk(chromium: Browser) -> Iterator[DouyinClerk]:
    with MockShop(platform="douyin", orders=60) as mock, douyin_clerk(chromium, mock) as clerk:
        clerk.page.add_init_script(f"({_SAYS})()")
        yield clerk


@pytest.fixture
def view(clerk: DouyinClerk, tmp_path: Path) -> Iterator[View]:
    with viewed_by(Clerk(page=clerk.page, shop=clerk.shop, profile=load_profile("douyin")), folder=tmp_path) as view:
        yield view
        view.page.evaluate("() => sessionStorage.removeItem('says')")


def _fill_in(view: View, clerk: DouyinClerk, *, says: str) -> None:
    [sn] = clerk.free_orders(1)
    order = WebOrders(view, NO_SETTINGS).find([sn])[sn]
    shipment = Shipment(order_sn=sn, how=How.DIALOG, courier="中通快递", tracking_number="78123456789012")
    view.page.evaluate("(says) => sessionStorage.setItem('says', says)", says)
    decision = Decision(order_sn=sn, order=order, row=None, shipment=shipment, reason=None)
    fill_in(WebShipping(view, NO_SETTINGS).steps()[0], decision)


def test_a_form_without_a_sign_is_filled_in(view: View, clerk: DouyinClerk) -> None:
    _fill_in(view, clerk, says="")
    assert view.page.locator("#logistics-code").input_value() == "78123456789012"


def test_a_refund_that_the_form_alone_shows_is_refused_and_nothing_filled_in(view: View, clerk: DouyinClerk) -> None:
    with pytest.raises(Refused) as refused:
        _fill_in(view, clerk, says="退款中")
    assert refused.value.reason == "refund_asked"
    assert "dialog" in str(refused.value)
    assert view.page.locator("#logistics-code").count() == 0, "the form was left open"


def test_words_of_the_form_that_nobody_knows_are_no_clear_sign(view: View, clerk: DouyinClerk) -> None:
    with pytest.raises(InDoubt):
        _fill_in(view, clerk, says="退款待审")
