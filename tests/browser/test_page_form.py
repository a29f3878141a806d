"""A form that is part of a page: sent once, a question in between answered wherever it comes, words weighed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.orders.api import Said
from flows.orders.web_page import OrderPage
from flows.procedure.form_fields import FormStep
from flows.procedure.web_form import StepForm
from rpa.elements.profile import DialogSpec, Element, Profile, Risk
from tests.support.tiny_site import LONG_S, PROFILE, SHOP, TinySite, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

FORM = '<form class="dialog" action="/orders?sent"><b class="sn">A-1</b><input><button class="confirm">Confirm</button>'
ASKS_HERE = """<div id="ask" hidden><button id="sure" onclick="location = '/orders?sent'">Sure</button></div>
<script>document.forms[0].onsubmit = (event) => { event.preventDefault(); ask.hidden = false; }</script>"""
ASKS_THERE = """<div id="ask"><button id="sure" onclick="location = '/orders?sure'">Sure</button></div>"""
DONE, NO = '<p id="says">Done now</p>', '<p id="says">Not today</p>'


def described() -> Profile:
    told: dict[str, Any] = {"page": ("orders",), "source": "test", "verified": "never"}
    sure = {"name": "ship.sure", "within": "dialog:sure", "locators": [{"css": "#sure"}], "expect": ("Sure",)}
    says = {"name": "page.message", "locators": [{"css": "#says"}]}
    roles = ((sure, Risk.DESTRUCTIVE), (says, Risk.READ))
    more = [Element.model_validate({**told, **each}).used(role) for each, role in roles]
    return PROFILE.model_copy(
        update={
            "elements": {**PROFILE.elements, **{each.name: each for each in more}},
            "dialogs": {**PROFILE.dialogs, "sure": DialogSpec(name="sure", container="#ask")},
            "words": {**PROFILE.words, "refused": ("Not today",)},
        }
    )


@pytest.fixture
def sent(page: Page, site: TinySite, tmp_path: Path) -> Callable[..., Said]:
    def send(before: str, after: str, *, between: str = "") -> Said:
        site.pages = {"/orders": f"{SHOP}{before}", "/orders?sent": f"{SHOP}{between or after}"}
        site.pages |= {"/orders?": site.pages["/orders?sent"], "/orders?sure": f"{SHOP}{after}"}
        spec = FormStep(form="ship", confirm="ship.confirm", question="sure", go_on="ship.sure", done=("Done",))
        with viewed(page, url=site.url, folder=tmp_path, patience_s=LONG_S, profile=described()) as view:
            view.open("orders")
            form: StepForm[Any] = StepForm(view, page=OrderPage(view), subject="A-1", spec=spec, puts=lambda _: ())
            return form.send()

    return send


def test_what_the_next_document_says_counts(sent: Callable[..., Said]) -> None:
    assert sent(FORM, DONE).accepted is True
    assert sent(FORM, NO).accepted is False
    assert sent(FORM, "").accepted is None


def test_what_the_page_had_said_before_proves_nothing(sent: Callable[..., Said]) -> None:
    assert sent(FORM + DONE, DONE).accepted is None


def test_a_question_is_answered_whether_it_comes_in_this_document_or_the_next(sent: Callable[..., Said]) -> None:
    assert sent(FORM + ASKS_HERE, DONE).accepted is True
    assert sent(FORM, DONE, between=ASKS_THERE).accepted is True
