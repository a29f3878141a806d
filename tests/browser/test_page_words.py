"""Words of a page after a click: they count only where no answer can be read, and only if they are new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.orders.api import Said
from flows.orders.model import Decision, How, Shipment
from flows.orders.web import WebOrders
from flows.procedure.on_page import fill_in
from flows.procedure.web_form import StepForm
from flows.remarks.model import RemarkDecision, WantedRemark
from flows.remarks.web import WebRemarks
from flows.shipping.web import WebShipping
from rpa.browser.view import View
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by

pytestmark = pytest.mark.slow

SHIP = "orders/shipping"
SAY = """
(text) => {
  const said = document.createElement("div");
  said.dataset.testid = "beast-core-toast";
  said.textContent = text;
  document.body.append(said);
}
"""
AT_CLICK = f"""
addEventListener("click", (event) => {{
  if (event.target.closest?.('[data-tracking-click-viewid="ele_confirm_shipment_shared"]')) ({SAY})("发货失败，请重试");
}}, true);
"""


@pytest.fixture
def view(clerk: Clerk, tmp_path: Path) -> Iterator[View]:
    with viewed_by(clerk, folder=tmp_path) as opened:
        yield opened


def sent(clerk: Clerk, view: View, *, said_before: str = "", says_no: bool = False) -> Said:
    """What is made of the click on 确认发货, whatever became of it."""
    sn = clerk.an_order()
    order = WebOrders(view, shop=NO_SETTINGS).find([sn])[sn]
    shipment = Shipment(order_sn=sn, how=How.DIALOG, courier="圆通快递", tracking_number="YT1234567890123")
    decision = Decision(order_sn=sn, order=order, row=None, shipment=shipment, reason=None)
    form = fill_in(WebShipping(view, shop=NO_SETTINGS).steps()[0], decision)
    if said_before:
        clerk.page.evaluate(SAY, said_before)
    if says_no:
        clerk.page.evaluate(AT_CLICK)
    return form.send()


def test_a_no_that_stood_there_before_the_click_is_none(clerk: Clerk, view: View) -> None:
    clerk.shop.fault("reset-after", endpoint=SHIP)
    assert sent(clerk, view, said_before="发货失败，请重试").accepted is None


def test_a_no_in_new_words_is_one_where_no_answer_came(clerk: Clerk, view: View) -> None:
    clerk.shop.fault("reset-before", endpoint=SHIP)
    said = sent(clerk, view, says_no=True)
    assert said.accepted is False
    assert "发货失败，请重试" in said.words


def test_words_are_nothing_beside_an_answer(clerk: Clerk, view: View) -> None:
    assert sent(clerk, view, says_no=True).accepted is True


def test_words_that_are_no_no_are_told_and_count_for_nothing(clerk: Clerk, view: View) -> None:
    clerk.shop.fault("reset-before", endpoint=SHIP)
    said = sent(clerk, view)
    assert (said.accepted, said.words) == (None, "网络异常，请稍后重试")


def test_what_a_form_sends_is_known_by_name(clerk: Clerk, view: View) -> None:
    """So that the profile can tell the request by it, and what the site says was stored."""
    sn = clerk.an_order()
    order = WebOrders(view, shop=NO_SETTINGS).find([sn])[sn]
    shipment = Shipment(order_sn=sn, how=How.DIALOG, courier="圆通快递", tracking_number="YT1234567890123")
    decision = Decision(order_sn=sn, order=order, row=None, shipment=shipment, reason=None)
    form = fill_in(WebShipping(view, shop=NO_SETTINGS).steps()[0], decision)
    assert isinstance(form, StepForm)
    assert form.sending == {"how": "dialog", "courier": "圆通快递", "tracking_number": "YT1234567890123"}


def test_what_a_remark_says_is_known_by_name(clerk: Clerk, view: View) -> None:
    sn = clerk.an_order()
    order = WebOrders(view, shop=NO_SETTINGS).find([sn])[sn]
    decision = RemarkDecision(wanted=WantedRemark(order_sn=sn, text="周五送", flag="RED"), order=order)
    site = WebRemarks(view, shop=NO_SETTINGS)
    site.bring_row(decision)
    form = site.open(decision)
    form.put(decision, form.read())
    assert isinstance(form, StepForm)
    assert form.sending == {"text": "周五送", "flag": "RED"}
