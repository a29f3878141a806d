"""Filling in the ship dialog of a page that is slow to draw: what is not there yet is no reason to leave an order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.orders.model import Decision, How, Shipment
from flows.orders.web import WebOrders
from flows.procedure.on_page import fill_in
from flows.shipping.web import WebShipping
from rpa.browser.view import View
from rpa.errors import Refused
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by

pytestmark = pytest.mark.slow

LATE = """
const waits = {};
const until = (name) => new Promise((next) => { waits[name] = next; });
const looked = until("looked"), entered = until("entered");

const all = Element.prototype.querySelectorAll;
Element.prototype.querySelectorAll = function (css) {
  if (css.includes("ship-form_goodsId")) waits.looked();
  return all.call(this, css);
};
addEventListener("keyup", (event) => { if (event.key === "Enter") waits.entered(); });

const read = Response.prototype.json;
Response.prototype.json = async function () {
  const told = await read.call(this);
  if (this.url.endsWith("/orderDetail")) await looked;
  if (this.url.endsWith("/couriers")) await entered;
  return told;
};
"""
"""An order's goods are drawn when they have been looked for, and its couriers come when Enter has been pressed."""


@pytest.fixture
def view(clerk: Clerk, tmp_path: Path) -> Iterator[View]:
    clerk.page.context.add_init_script(LATE)
    with viewed_by(clerk, folder=tmp_path) as opened:
        yield opened


def decided(view: View, order_sn: str, *, courier: str) -> Decision:
    """To ship this parcel."""
    order = WebOrders(view, shop=NO_SETTINGS).find([order_sn])[order_sn]
    shipment = Shipment(order_sn=order_sn, how=How.DIALOG, courier=courier, tracking_number="YT1234567890123")
    return Decision(order_sn=order_sn, order=order, row=None, shipment=shipment, reason=None)


def test_goods_and_couriers_that_come_late_are_waited_for(clerk: Clerk, view: View) -> None:
    sn = clerk.an_order()
    fill_in(WebShipping(view, shop=NO_SETTINGS).steps()[0], decided(view, sn, courier="圆通快递"))
    read = clerk.read_dialog()
    assert (read["courier"], read["tracking_number"]) == ("圆通快递", "YT1234567890123")


def test_a_courier_that_never_comes_is_refused(clerk: Clerk, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = decided(view, clerk.an_order(), courier="没有的快递")
    monkeypatch.setattr(view, "moments", lambda **_: iter([None, None]))
    with pytest.raises(Refused, match="no courier"):
        fill_in(WebShipping(view, shop=NO_SETTINGS).steps()[0], decision)
