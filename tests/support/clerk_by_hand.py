"""A clerk at the mock's pages: finds things by the profile's names, by Playwright alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from fixtures.mockshop.harness import MockShop
from rpa.browser.evidence import Evidence
from rpa.browser.guard import Guard
from rpa.browser.lists import described
from rpa.browser.resolve import resolve, script
from rpa.browser.view import View
from rpa.clock import Clock
from rpa.elements.approvals import Approvals
from rpa.elements.profile import Profile
from rpa.elements.values import page_values
from tests.support.ledger_clock import HandClock
from tests.support.tiny_site import LONG_S

PATIENCE_MS = 60_000
"""What comes is waited for so long, however busy the machine is."""
NO_SETTINGS: Any = None
"""The configuration of a shop, for reading and writing that needs nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """One logged-in page of the mock shop."""

    page: Page
    shop: MockShop
    profile: Profile

    @property
    def rows(self) -> Locator:
        """The orders of the list."""
        return self.page.locator(self.profile.lists["orders"].rows)

    @property
    def dialog(self) -> Locator:
        """The ship dialog."""
        return self.page.locator(self.profile.dialogs["ship"].container)

    @property
    def remark(self) -> Locator:
        """The dialog of an order's remark."""
        return self.page.locator(self.profile.dialogs["remark"].container)

    @property
    def confirm(self) -> Locator:
        """The button 确认发货."""
        return self.dialog.get_by_role("button", name="确认发货")

    def goto(self, name: str, **parameters: str) -> None:
        """Open a page of the profile."""
        self.page.goto(self.profile.pages[name].path.format(**parameters))

    def element(self, name: str, *, value: str = "") -> Locator:
        """The one place of a named element on the page, waited for."""
        wanted = self.profile.element(name)
        return resolve(self.page, wanted.with_value(value) if value else wanted, timeout_ms=PATIENCE_MS).locator

    def log_in(self, *, password: str = "demo-pass-1") -> None:
        """Past the modal and behind the second tab."""
        self.page.get_by_role("button", name="我知道了").click()
        self.element("login.account_tab").click()
        self.element("login.username").fill("clerk-1")
        self.element("login.password").fill(password)
        self.element("login.submit").click()

    def an_order(self, **signs: object) -> str:
        """The number of a pending order that was never shipped and has these signs (others: none)."""
        return next(self.orders(**signs))

    def orders(self, **signs: object) -> Iterator[str]:
        """The numbers of all such orders."""
        wanted = {"status": "pending", "audit": False, "after_sale": False, "virtual": False} | signs
        return (
            sn
            for sn, order in self.shop.truth()["orders"].items()
            if not order["shipments"] and all(order[name] == value for name, value in wanted.items())
        )

    def search(self, order_sn: str) -> Locator:
        """Its row, alone among the pending orders."""
        self.goto("orders_pending")
        self.rows.first.wait_for()
        self.element("orders.search_input").fill(order_sn)
        self.element("orders.search").click()
        expect(self.rows).to_have_count(1)
        return self.rows

    def open_dialog(self, order_sn: str) -> None:
        """Its ship dialog, loaded."""
        self.search(order_sn).get_by_role("button", name="发货").click()
        self.dialog.get_by_text("无物流发货").wait_for()

    def fill_dialog(self, *, courier: str = "圆通", number: str = "YT1234567890123") -> None:
        """The number, and the courier by its first two characters."""
        self.dialog.locator("#trackingNumber input").fill(number)
        self.dialog.locator("#shippingId input").click()
        self.page.keyboard.type(courier)
        self.page.keyboard.press("Enter")

    def read_rows(self) -> list[dict[str, Any]]:
        """The values of all orders of the list, read by the product's own reader."""
        return self.read_rows_of("orders")

    def read_rows_of(self, name: str) -> list[dict[str, Any]]:
        """The values of all rows of a list of the profile."""
        spec = self.profile.lists[name]
        told = described(spec.fields, profile=self.profile)
        fields = {"fields": told, "keys": None, "masks": None, "patience_ms": PATIENCE_MS}
        asked = {"rows": spec.rows, "key": spec.key, "busy": spec.busy} | fields
        read = json.loads(self.page.evaluate(script("read_fields", "read_rows"), asked))["rows"]
        return [page_values(row, spec.fields, zone=ZoneInfo(self.profile.timezone)) for row in read]

    def read_dialog(self, name: str = "ship") -> dict[str, Any]:
        """The values of the ship dialog, or another one of the profile."""
        dialog = self.profile.dialogs[name]
        asked = {"fields": described(dialog.fields, profile=self.profile), "masks": []}
        box = self.page.locator(dialog.container)
        [read] = box.evaluate_all(script("read_fields", "read_blocks"), asked)
        return page_values(json.loads(read)["values"], dialog.fields, zone=ZoneInfo(self.profile.timezone))


@contextmanager
def viewed_by(
    clerk: Clerk, *, folder: Path, clock: Clock | None = None, mock: bool = True, patience_s: float = LONG_S
) -> Iterator[View]:
    """The clerk's page as the product sees it; evidence and approvals are kept in the folder."""
    clock = clock or HandClock()
    guard = Guard(
        shop="demo",
        mall_id="123456789",
        mall_name=None,
        mock=mock,
        site=clerk.shop.url,
        watched=False,
        approvals=Approvals(folder / "approvals.json"),
    )
    view = View(
        clerk.page,
        profile=clerk.profile,
        base_url=clerk.shop.url,
        guard=guard,
        evidence=Evidence(folder=folder / "evidence", clock=clock, masks=clerk.profile.evidence.mask),
        clock=clock,
        patience_s=patience_s,
    )
    yield view
    clerk.page.remove_listener("dialog", view._refuse_dialog)
