"""Remarks by dialog of a site that asks for no data: the order's page and the dialog must agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.orders.web_page import OrderPage
from flows.procedure.on_page import fill_in
from flows.remarks.kind import RemarkStep
from flows.remarks.model import RemarkDecision, WantedRemark
from flows.remarks.web import WebRemarks
from flows.remarks.words import RemarkWords
from rpa.elements.profile import Risk
from rpa.errors import InDoubt
from tests.support.clerk_by_hand import NO_SETTINGS
from tests.support.tiny_site import LONG_S, SHOP, SOON_S, TinySite, viewed
from tests.support.worded_site import ORDER, an_element, worded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.procedure.api import SiteForm

DIALOG = """
<ul><li><a>A-1</a><button onclick="dialog.hidden = false">Open</button></li></ul><p id="total">1 order</p>
<div id="dialog" class="dialog" hidden><b class="sn">A-1</b><input value="SAVED">
  <u id="red" onclick="this.className = this.className ? '' : 'on'">red</u> <u id="blue" class="on">blue</u>
  <button id="cancel" onclick="dialog.hidden = true">Cancel</button><button class="confirm">Confirm</button>
</div><p id="says"></p>
<script>
blue.onclick = () => { blue.className = blue.className ? '' : 'on'; red.className = ''; };
red.addEventListener('click', () => { blue.className = ''; });
document.querySelector(".confirm").onclick = async () => {
  const body = JSON.stringify([document.querySelector("input").value, document.querySelector("u.on").id]);
  await fetch("/save", { method: "POST", body });
  dialog.hidden = true;
  says.textContent = "Saved it";
};
</script>
"""
STEP: dict[str, Any] = {
    "open": "orders.open",
    "form": "remark",
    "confirm": "remark.save",
    "done": ["Saved"],
    "put": [
        {"fill": "remark.text", "value": "{text}", "field": "text"},
        {"click_one": {"RED": "remark.red", "BLUE": "remark.blue"}, "value": "{flag}", "field": "flag"},
    ],
}
PROFILE = worded(
    an_element("remark.text", "input", within="dialog:remark"),
    an_element("remark.red", "#red", within="dialog:remark"),
    an_element("remark.blue", "#blue", within="dialog:remark"),
    an_element("remark.cancel", "#cancel", within="dialog:remark", role=Risk.READ),
    an_element("remark.save", ".confirm", within="dialog:remark", role=Risk.DESTRUCTIVE, expect=("Confirm",)),
    dialogs={
        "remark": {
            "close": "remark.cancel",
            "fields": {
                "text": {"css": "input", "attr": "value", "optional": True},
                "flag": {"css": "u.on", "map": {"red": "RED", "blue": "BLUE"}, "optional": True},
            },
        }
    },
    remarks=RemarkWords.model_validate({"steps": [STEP]}),
)


@pytest.fixture
def form(page: Page, site: TinySite, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., SiteForm[Any]]:
    """The dialog of an order with the remark "old" and a blue flag, filled in."""

    def opened(*, shows: str = "old", patience_s: float = LONG_S, **wanted: Any) -> SiteForm[Any]:
        site.answers = ["{}"]
        saved = ORDER.replace("<s></s>", "<s class=BLUE>old</s>")
        site.pages = {"/orders": SHOP + DIALOG.replace("SAVED", shows), "/order/A-1": saved}
        context = viewed(page, url=site.url, folder=tmp_path, patience_s=patience_s, profile=PROFILE)
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        view = context.__enter__()
        order = OrderPage(view).find("A-1")
        assert order is not None
        decision = RemarkDecision(wanted=WantedRemark(order_sn="A-1", **wanted), order=order)
        return fill_in(RemarkStep(WebRemarks(view, NO_SETTINGS)), decision)

    return opened


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ({"text": "new", "flag": "RED"}, ["new", "red"]),
        ({"text": "new", "flag": "BLUE"}, ["new", "blue"]),
        ({"text": "old", "flag": "RED"}, ["old", "red"]),
    ],
)
def test_a_remark_is_written_in_a_dialog(
    form: Callable[..., SiteForm[Any]], site: TinySite, wanted: dict[str, str], sent: Any
) -> None:
    assert form(**wanted).send().accepted is True
    assert site.asked == [sent]


def test_a_dialog_that_shows_another_remark_than_is_saved_is_a_doubt(
    form: Callable[..., SiteForm[Any]], site: TinySite
) -> None:
    with pytest.raises(InDoubt):
        form(shows="other", patience_s=SOON_S, text="new", flag="RED")
    assert site.asked == []
