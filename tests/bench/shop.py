"""A mock shop for a benchmark, and our program opened in it, in this process, with everything it does at a real run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import generate, parcels
from rpa.address import Site, origin_of
from rpa.browser.recording import Recording
from rpa.config import Config
from rpa.credentials import Vault, find_key, make_key
from rpa.elements.registry import load_profile
from rpa.flow import Flow, Preparation
from rpa.ledger.ledger import Ledger
from rpa.plugins import load_config, platforms
from rpa.run import Run
from rpa.runner.shop_session import ShopSetup, offices_of, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LATENCY_MS = 80
Parcel = tuple[str, str, str]


def started(*, orders: int) -> MockShop:
    """A mock with this latency; not started yet."""
    return MockShop(orders=orders, seed=7, latency_ms=LATENCY_MS, user=["clerk-1", "clerk-2"])


def newest_parcels(mock: MockShop, *, orders: int, count: int) -> list[Parcel]:
    """Parcels for `count` pending orders, newest first; the shop's other orders are closed: these are its list."""
    made = generate(orders=orders, seed=7, now=DEFAULT_NOW)
    found = parcels(made, seed=7)[:count]
    if len(found) < count:
        message = f"{mock.url} has only {len(found)} parcels; ask for more orders."
        raise ValueError(message)
    wanted = {order_sn for order_sn, _, _ in found}
    pending = {sn for sn, order in mock.truth()["orders"].items() if order["status"] == "pending"}
    mock.patch_many({sn: {"status": "closed"} for sn in pending - wanted})
    return found


class Quiet:
    """Nobody watches."""

    def add(self, count: int) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""

    def agrees(self, question: str) -> bool:
        """Always."""
        return True


def configured(folder: Path, *, url: str) -> Config:
    """A project folder for this shop."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rpa.toml").write_text(
        f'[shops.bench]\nplatform = "pinduoduo"\nbase_url = "{url}"\nmall_id = "123456789"\nlogin = "clerk-1"\n'
        'mock = true\nlive = true\nsettle_s = 5\nsheets = ["inbox/*.csv"]\n',
        encoding="utf-8",
    )
    os.environ.setdefault("RPA_KEY", make_key())
    config = load_config(folder / "rpa.toml")
    Vault(config.var / "secrets", find_key()).save_password(
        "bench", "clerk-1", "demo-pass-1", Site(origin=origin_of(url))
    )
    return config


@contextmanager
def our_run(flow: Flow, browser: Browser, config: Config, *, still: bool = False) -> Iterator[Run]:
    """Our program, logged in and ready to work, as the runner makes it."""
    shop = config.shop("bench")
    profile = load_profile("pinduoduo").model_copy(update={"animations": "off" if still else "keep"})
    place = ShopSetup(
        shop=shop,
        profile=profile,
        platform=platforms()["pinduoduo"],
        config=config,
        vault=Vault(config.var / "secrets", find_key()),
    )
    shared = flow.prepare(Preparation(config=config, shops=(shop,), options=flow.options(), language="en"))
    quiet = Quiet()
    with (
        Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger,
        opened(place, browser, watching=Recording()) as view,
    ):
        view.open("home")
        yield Run(
            record=ledger.runs.start("bench", flow=flow.name),
            shop=shop,
            profile=profile,
            options=flow.options(),
            shared=shared,
            dry=False,
            ledger=ledger,
            clock=config.clock,
            language=config.language,
            meter=quiet,
            person=quiet,
            note=lambda _cause, _message: None,
            stopping=lambda: False,
            documents=config.var / "documents" / shop.name,
            evidence=config.var / "evidence" / shop.name,
            handover=config.var / "handover" / shop.name,
            offices=offices_of(place, view),
        )


@contextmanager
def bare_page(browser: Browser, *, url: str) -> Iterator[Page]:
    """A page of a bare script, logged in."""
    from tests.bench import anchors

    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    anchors.log_in(page, url)
    try:
        yield page
    finally:
        context.close()
