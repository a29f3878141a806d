"""Shipping in a dialog of a site that asks for no data: the order's page and words tell all, steps say how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from flows.orders.model import Decision, How, Shipment
from flows.procedure.kind import AlreadyThere
from flows.procedure.on_page import fill_in
from flows.shipping.web import WebShipping
from flows.shipping.words import ShippingWords
from rpa.errors import InDoubt, Refused
from rpa.ledger.actions import Seen
from tests.support.clerk_by_hand import NO_SETTINGS
from tests.support.tiny_site import LONG_S, SHOP, SOON_S, TinySite, viewed
from tests.support.worded_site import ORDER, an_element, worded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.orders.api import Said
    from flows.procedure.api import SiteForm
    from rpa.browser.view import View
    from rpa.elements.profile import Profile

DIALOG = """
<ul><li><a>A-1</a><button onclick="dialog.hidden = false">Open</button></li></ul><p id="total">1 order</p>
<div id="dialog" class="dialog" hidden><b class="sn">A-1</b> <em>101</em>
  <b id="how" onclick="how.textContent = 'Parcel'">None</b>
  <span id="courier" onclick="panel.hidden = !panel.hidden">UPS</span> <input id="number">
  <button id="cancel" onclick="dialog.hidden = true">Cancel</button><button class="confirm">Confirm</button>
</div>
<div id="panel" hidden><i>UPS</i><i>DHL</i></div><p id="says"></p>
<script>
panel.onclick = (event) => { courier.textContent = event.target.textContent; panel.hidden = true; };
document.querySelector(".confirm").onclick = async () => {
  const body = JSON.stringify([how.textContent, courier.textContent, number.value]);
  await fetch("/ship", { method: "POST", body });
  dialog.hidden = true;
  SAYS
};
</script>
"""
STEP: dict[str, Any] = {
    "open": "orders.open",
    "form": "ship",
    "confirm": "ship.confirm",
    "done": ["Done"],
    "put": {
        "dialog": [
            {"click": "ship.how", "field": "how", "reads": "dialog"},
            {"choose": "ship.courier", "value": "{courier}"},
            {"fill": "ship.note", "value": "{tracking_number}", "field": "tracking_number"},
        ]
    },
}
SENT = ["Parcel", "DHL", "JD123456"]


def described(*, fields: dict[str, dict[str, Any]], step: dict[str, Any], searched: bool) -> Profile:
    elements = [
        an_element("order.open", "#open"),
        an_element("ship.how", "#how", within="dialog:ship"),
        an_element("ship.courier", "#courier", within="dialog:ship"),
        an_element("ship.courier_option", '#panel i:text-is("{value}")', expect=("{value}",)),
    ]
    elements += [an_element("orders.search_input", "#search")] if searched else []
    shipping = ShippingWords.model_validate({"steps": [step]})
    return worded(*elements, dialogs={"ship": {"fields": fields}}, shipping=shipping)


HOW = {"css": "#how", "map": {"Parcel": "dialog", "None": "no_logistics"}}
NUMBER = {"css": "input", "attr": "value", "optional": True}


class Shop:
    """One order, A-1, in the browser."""

    def __init__(self, site: TinySite, view: View) -> None:
        self._site = site
        self.shipping = WebShipping(view, shop=NO_SETTINGS)
        self.view = view

    def form(self, courier: str = "DHL") -> SiteForm[Decision]:
        """The dialog, filled in."""
        order = self.shipping.read_back(["A-1"])["A-1"].order
        assert order is not None
        shipment = Shipment(order_sn="A-1", how=How.DIALOG, courier=courier, tracking_number="JD123456")
        decision = Decision(order_sn="A-1", order=order, row=None, shipment=shipment, reason=None)
        return fill_in(self.shipping.steps()[0], decision)

    @property
    def sent(self) -> list[Any]:
        """All that was sent."""
        return self._site.asked

    def is_open(self) -> bool:
        return self.view.page.locator("#dialog").is_visible()


@pytest.fixture
def shop(page: Page, site: TinySite, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Any]:
    def opened(
        says: str = "says.textContent = 'Done now';",
        *,
        dialog: str = DIALOG,
        fields: dict[str, dict[str, Any]] | None = None,
        patience_s: float = LONG_S,
        searched: bool = False,
        pages: dict[str, str] | None = None,
        **step: Any,
    ) -> Shop:
        site.answers = ["{}"]
        site.pages = {"/orders": SHOP + dialog.replace("SAYS", says), "/order/A-1": ORDER, **(pages or {})}
        told: dict[str, dict[str, Any]] = {"how": HOW, "tracking_number": NUMBER, **(fields or {})}
        profile = described(fields=told, step={**STEP, **step}, searched=searched)
        context = viewed(page, url=site.url, folder=tmp_path, patience_s=patience_s, profile=profile)
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        return Shop(site, context.__enter__())

    return opened


def test_a_dialog_is_filled_in_by_its_steps_and_sent_once(shop: Callable[..., Shop]) -> None:
    opened = shop()
    said: Said = opened.form().send()
    assert (said.accepted, opened.sent) == (True, [SENT])


def test_a_dialog_may_be_opened_from_the_order_s_own_page(shop: Callable[..., Shop], site: TinySite) -> None:
    there = (
        DIALOG.replace("SAYS", "says.textContent = 'Done now';") + "<a id=open onclick='dialog.hidden = false'>Ship</a>"
    )
    opened = shop(dialog="", pages={"/order/A-1": ORDER + there}, open="order.open")
    form = opened.form()
    assert form.evidence is not None
    assert (form.send().accepted, opened.sent) == (True, [SENT])
    assert "/orders" not in site.paths


def test_the_order_s_page_is_read_with_a_dialog_over_it(shop: Callable[..., Shop]) -> None:
    turns = "<a id=open onclick='dialog.hidden = false; order.querySelector(`i`).textContent = `Shipped`'>Ship</a>"
    opened = shop(dialog="", pages={"/order/A-1": ORDER + DIALOG.replace("SAYS", "") + turns}, open="order.open")
    with pytest.raises(AlreadyThere):
        opened.form()
    assert not opened.is_open()
    assert opened.sent == []


FIRST = f"""{SHOP}<ul><li><a>A-2</a></li></ul><p id="total">2 orders</p><a id="next" href="/orders?2">Next</a>
<input id="search"><button class="search" onclick="location = `/orders?for=${{search.value}}`">Search</button>"""


@pytest.mark.parametrize(("searched", "where"), [(False, "/orders?2"), (True, "/orders?for=A-1")])
def test_the_row_is_looked_for_by_its_number_or_page_after_page(
    shop: Callable[..., Shop], site: TinySite, *, searched: bool, where: str
) -> None:
    there = SHOP + DIALOG.replace("SAYS", "says.textContent = 'Done now';")
    opened = shop(searched=searched, pages={"/orders": FIRST, where: there})
    assert opened.form().send().accepted is True
    assert where in site.paths


def test_a_no_in_new_words_is_one_and_silence_is_a_doubt(shop: Callable[..., Shop]) -> None:
    assert shop("says.textContent = 'Not today';").form().send().accepted is False
    silent = shop("", patience_s=SOON_S)
    said = silent.form().send()
    assert (said.accepted, said.words, silent.sent) == (None, "no answer", [SENT, SENT])


def test_words_that_come_when_the_dialog_has_closed_are_waited_for(shop: Callable[..., Shop]) -> None:
    late = shop("setTimeout(() => { says.textContent = 'Done now'; }, 500);")
    assert late.form().send().accepted is True


def test_the_order_s_page_proves_what_was_sent(shop: Callable[..., Shop], site: TinySite) -> None:
    opened = shop()
    payload = {"how": "dialog", "courier": "DHL", "tracking_number": "JD123456"}
    action: Any = SimpleNamespace(subject="A-1", part="", payload=payload)
    seen = []
    for status in ("Pending", "Shipped"):
        site.pages["/order/A-1"] = ORDER.replace("Pending", status)
        seen.append(opened.shipping.look_at(action, opened.shipping.read_back(["A-1"])["A-1"]).seen)
    assert seen == [Seen.NOTHING, Seen.OURS]


def test_a_courier_that_the_list_does_not_offer_is_refused_and_the_dialog_left(shop: Callable[..., Shop]) -> None:
    opened = shop(patience_s=SOON_S)
    with pytest.raises(Refused, match="offers no “TNT”"):
        opened.form("TNT")
    assert not opened.is_open()
    assert not opened.view.page.locator("#panel").is_visible()
    assert opened.sent == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("courier.textContent = event", "courier.textContent = 'UPS' || event"),
        ("how.textContent = 'Parcel'", "how.textContent = 'None'"),
        ('<input id="number">', '<input id="number" maxlength="3">'),
    ],
    ids=["courier", "how", "number"],
)
def test_a_field_that_does_not_keep_what_was_put_in_is_a_doubt(
    shop: Callable[..., Shop], before: str, after: str
) -> None:
    assert before in DIALOG
    opened = shop(dialog=DIALOG.replace(before, after), patience_s=SOON_S)
    with pytest.raises(InDoubt):
        opened.form()
    assert not opened.is_open()
    assert opened.sent == []


def test_what_another_field_takes_away_is_put_in_though_it_stood_there(shop: Callable[..., Shop]) -> None:
    filled = DIALOG.replace('<input id="number">', '<input id="number" value="JD123456">')
    opened = shop(dialog=filled.replace("how.textContent = 'Parcel'", "number.value = ''; how.textContent = 'Parcel'"))
    assert opened.form().send().accepted is True
    assert opened.sent == [SENT]


def test_a_choice_that_is_made_already_is_not_clicked_off(shop: Callable[..., Shop]) -> None:
    chosen = DIALOG.replace(">None</b>", ">Parcel</b>").replace(
        "how.textContent = 'Parcel'", "how.textContent = 'None'"
    )
    opened = shop(dialog=chosen)
    assert opened.form().send().accepted is True
    assert opened.sent == [SENT]


def test_goods_and_marks_that_the_dialog_shows_are_held_to_the_order(shop: Callable[..., Shop]) -> None:
    goods = {"css": "em", "all": True}
    assert shop(fields={"goods_ids": goods}).form().evidence is not None
    for text, error in (("<em>102</em>", InDoubt), ("<em>101</em> under audit", Refused)):
        fields: dict[str, dict[str, Any]] = {"goods_ids": goods, "audit": {"words": "audit"}}
        opened = shop(dialog=DIALOG.replace("<em>101</em>", text), fields=fields)
        with pytest.raises(error):
            opened.form()
        assert opened.sent == []


def test_an_order_that_is_not_pending_any_more_is_not_opened(shop: Callable[..., Shop], site: TinySite) -> None:
    opened = shop()
    before = opened.shipping.read_back(["A-1"])["A-1"].order
    assert before is not None
    site.pages["/order/A-1"] = ORDER.replace("<u>1</u>", "<u>2</u>")
    shipment = Shipment(order_sn="A-1", how=How.DIALOG, courier="DHL", tracking_number="JD123456")
    decision = Decision(order_sn="A-1", order=replace(before), row=None, shipment=shipment, reason=None)
    with pytest.raises(Refused, match="goods"):
        fill_in(opened.shipping.steps()[0], decision)
    assert "/orders" not in site.paths[-1]
