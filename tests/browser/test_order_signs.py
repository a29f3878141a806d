"""Every sign of an audit that an order's own page shows, read through the product's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.orders.model import Mark
from flows.orders.web import WebOrders
from flows.orders.web_check import orders_of, with_quotes_checked
from flows.orders.web_signs import WebSigns
from flows.shipping.web import WebShipping
from rpa.browser.view import View
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by
from tests.support.namesakes import NAMED
from tests.support.signed_platform import installed

pytestmark = pytest.mark.slow

PUT = {
    "in it": "([css, sign]) => document.querySelector(css).append(sign)",
    "beside it": """([css, sign]) => {
        const node = document.querySelector(css), twin = node.cloneNode();
        twin.textContent = sign;
        node.after(twin);
    }""",
    "instead of it": "([css, sign]) => { document.querySelector(css).textContent = sign; }",
}
"""Ways in which a page may put a sign into the place of a name."""
PLACES = ("detail", "receiver", "detail_data", "address")


@pytest.fixture
def view(clerk: Clerk, tmp_path: Path) -> Iterator[View]:
    with viewed_by(clerk, folder=tmp_path) as opened:
        yield opened


def test_a_sign_that_the_platform_always_tells_is_looked_for_in_list_and_data(clerk: Clerk, tmp_path: Path) -> None:
    clerk = replace(clerk, profile=clerk.profile.model_copy(update={"name": "signed"}))
    pending, shipped = clerk.an_order(), clerk.an_order(status="shipped")
    with installed(tmp_path), viewed_by(clerk, folder=tmp_path) as view:
        found = WebOrders(view, NO_SETTINGS).find([pending])[pending]
        read_back = WebShipping(view, NO_SETTINGS).read_back([shipped])[shipped].order
    for order in (found, read_back):
        assert order is not None
        assert order.signs == {"audit": Mark.CLEAR, "after_sale": Mark.CLEAR, "serial_number": Mark.UNREADABLE}


@pytest.fixture
def signs(view: View) -> WebSigns:
    return WebSigns(view, shop=NO_SETTINGS)


def test_an_order_without_an_audit_is_clear_everywhere_and_pictured(clerk: Clerk, signs: WebSigns) -> None:
    sn = clerk.an_order()
    seen = signs.signs(sn)
    assert seen.audit == dict.fromkeys(PLACES, Mark.CLEAR)
    assert seen.evidence is not None
    assert (seen.evidence.parent.name, seen.evidence.is_file()) == (sn, True)


@pytest.mark.parametrize("words", ["old", "new"])
def test_an_order_under_audit_shows_it_in_each_place(clerk: Clerk, signs: WebSigns, words: str) -> None:
    clerk.shop.fault("audit-wording", words=words)
    assert signs.signs(clerk.an_order(audit=True)).audit == {
        "detail": Mark.SET,
        "receiver": Mark.SET,
        "detail_data": Mark.SET,
        "address": Mark.UNREADABLE,
    }


def test_a_field_of_an_unknown_name_is_no_clear_sign(clerk: Clerk, signs: WebSigns) -> None:
    clerk.shop.fault("risk-field", field="unheard_of")
    seen = signs.signs(clerk.an_order()).audit
    assert (seen["detail"], seen["detail_data"]) == (Mark.CLEAR, Mark.UNREADABLE)


def test_a_page_that_cannot_be_read_gives_no_sign_for_a_clear_one(signs: WebSigns) -> None:
    seen = signs.signs("260310-000000000000000")
    assert (seen.audit, seen.evidence) == (dict.fromkeys(PLACES, Mark.UNREADABLE), None)


def test_a_profile_that_does_not_describe_the_page_yet_gives_no_clear_sign(clerk: Clerk, view: View) -> None:
    lists = {name: spec for name, spec in view.profile.lists.items() if name != "order_detail"}
    view.shop_page = replace(view.shop_page, profile=view.profile.model_copy(update={"lists": lists}))
    seen = WebSigns(view, shop=NO_SETTINGS).signs(clerk.an_order())
    assert set(seen.audit.values()) == {Mark.UNREADABLE}


@pytest.fixture(name="named")
def _named(clerk: Clerk) -> str:
    """An order whose every text has a sign in it, and that has none itself."""
    sn = clerk.an_order()
    clerk.shop.patch(sn, **NAMED)
    return sn


def test_names_streets_goods_and_remarks_that_read_like_a_sign_are_none(clerk: Clerk, view: View, named: str) -> None:
    order = WebOrders(view, NO_SETTINGS).find([named])[named]
    assert (order.audit, order.after_sale, order.doubt) == (Mark.CLEAR, Mark.CLEAR, None)
    assert (order.buyer, order.address) == (NAMED["nickname"], NAMED["address"])
    clerk.open_dialog(named)
    dialog = clerk.read_dialog()
    assert (dialog["audit"], dialog["after_sale"]) == ("quoted", "quoted")
    assert with_quotes_checked(dialog, dialog)["audit"] == "clear"
    assert WebSigns(view, shop=NO_SETTINGS).signs(named).audit == dict.fromkeys(PLACES, Mark.CLEAR)


@pytest.mark.parametrize("sign", ["audit", "after_sale"])
def test_a_true_sign_beside_such_names_is_seen_wherever_it_stands(
    clerk: Clerk, signs: WebSigns, named: str, sign: str
) -> None:
    clerk.shop.patch(named, **{sign: True})
    clerk.search(named)
    assert clerk.read_rows()[0][sign] == "set"
    clerk.open_dialog(named)
    assert clerk.read_dialog()[sign] == "set"
    seen = signs.signs(named).audit
    assert (seen["detail"], seen["receiver"]) == ((Mark.SET,) * 2 if sign == "audit" else (Mark.CLEAR,) * 2)
    clerk.shop.patch(named, **{sign: False})


@pytest.mark.parametrize("how", PUT)
def test_a_sign_that_the_page_puts_into_the_place_of_a_name_is_not_taken_for_one(clerk: Clerk, how: str) -> None:
    sn = list(clerk.orders())[1]
    clerk.shop.patch(sn, remark="送小票")
    clerk.search(sn)
    [told] = clerk.read_rows()
    assert told["audit"] == "clear"
    for place in ("buyer", "receiver", "region", "address", "goodsName", "spec", "remarkText"):
        before = clerk.page.evaluate("document.querySelector('[class*=order-row_head]').closest('tbody').innerHTML")
        clerk.page.evaluate(PUT[how], [f'[class*="order-row_{place}"]', "订单审核中"])
        [order] = orders_of(clerk.read_rows(), [told])
        assert order.audit is not Mark.CLEAR, place
        clerk.page.evaluate(
            "html => document.querySelector('[class*=order-row_head]').closest('tbody').innerHTML = html", before
        )
