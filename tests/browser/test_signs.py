"""Every sign of an audit that an order's own page shows, read through the product's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.model import Mark
from flows.platforms.web.signs import WebSigns
from rpa.browser.evidence import Evidence
from rpa.browser.guard import Guard
from rpa.browser.view import View
from rpa.elements.approvals import Approvals
from tests.browser.clerk import Clerk
from tests.browser.tinysite import LONG_S
from tests.unit.ledger_clock import HandClock

PLACES = ("detail", "receiver", "detail_data", "address")


@pytest.fixture
def view(clerk: Clerk, tmp_path: Path) -> Iterator[View]:
    guard = Guard(
        shop="demo", mall_id="123456789", mall_name=None, mock=True, watched=False,
        approvals=Approvals(tmp_path / "approvals.json"),
    )  # fmt: skip
    evidence = Evidence(folder=tmp_path, clock=HandClock(), masks=clerk.profile.evidence.mask)
    opened = View(
        clerk.page, profile=clerk.profile, base_url=clerk.shop.url, guard=guard, evidence=evidence, clock=HandClock(),
        patience_s=LONG_S,
    )  # fmt: skip
    yield opened
    clerk.page.remove_listener("dialog", opened._refuse_dialog)


@pytest.fixture
def signs(view: View) -> WebSigns:
    return WebSigns(view, shop=_nobody())


def _nobody() -> Any:
    """The shop's configuration, which reading needs nothing of."""
    return None


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
        "detail": Mark.SET, "receiver": Mark.SET, "detail_data": Mark.SET, "address": Mark.UNREADABLE,
    }  # fmt: skip


def test_a_field_of_an_unknown_name_is_no_clear_sign(clerk: Clerk, signs: WebSigns) -> None:
    clerk.shop.fault("risk-field", field="unheard_of")
    seen = signs.signs(clerk.an_order()).audit
    assert (seen["detail"], seen["detail_data"]) == (Mark.CLEAR, Mark.UNREADABLE)


def test_a_page_that_cannot_be_read_gives_no_sign_for_a_clear_one(signs: WebSigns) -> None:
    seen = signs.signs("260310-000000000000000")
    assert (seen.audit, seen.evidence) == (dict.fromkeys(PLACES, Mark.UNREADABLE), None)


def test_a_profile_that_does_not_describe_the_page_yet_gives_no_clear_sign(clerk: Clerk, view: View) -> None:
    lists = {name: spec for name, spec in view.profile.lists.items() if name != "order_detail"}
    view.profile = view.profile.model_copy(update={"lists": lists})
    seen = WebSigns(view, shop=_nobody()).signs(clerk.an_order())
    assert set(seen.audit.values()) == {Mark.UNREADABLE}
