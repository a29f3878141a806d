"""A mock shop for a benchmark, and our program opened in it, in this process, with everything it does at a real run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import MIXES, generate, parcels
from fixtures.sheets.formats import write_csv
from rpa.accounts import accounts_of
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
from tests.bench.sites import PINDUODUO

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.bench.sites import BareSite

LATENCY_MS = 80
_AT_LEAST = 60
"""Orders, of which each kind is there."""
_MALL_ID = "123456789"
Parcel = tuple[str, str, str]


def started(*, orders: int, site: BareSite = PINDUODUO) -> MockShop:
    """A mock with this latency; not started yet."""
    users = ["clerk-1", "clerk-2"]
    return MockShop(platform=site.platform, orders=orders, seed=7, latency_ms=LATENCY_MS, user=users)


@contextmanager
def shop_to_ship(count: int, *, site: BareSite = PINDUODUO) -> Iterator[tuple[MockShop, list[Parcel], Path]]:
    """A mock whose pending list is exactly the orders of these parcels; an empty folder for whoever ships them."""
    orders = count * site.orders_a_parcel + _AT_LEAST
    with started(orders=orders, site=site) as mock, tempfile.TemporaryDirectory() as folder:
        yield mock, _newest_parcels(mock, orders=orders, count=count, site=site), Path(folder)


def _newest_parcels(mock: MockShop, *, orders: int, count: int, site: BareSite) -> list[Parcel]:
    """Parcels for `count` pending orders, newest first; the shop's other orders are closed: these are its list."""
    made = generate(orders=orders, seed=7, now=DEFAULT_NOW, shop=_MALL_ID, mix=MIXES[site.platform])
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


def configured(folder: Path, *, url: str, site: BareSite = PINDUODUO) -> Config:
    """A project folder for this shop."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rpa.toml").write_text(
        f'[shops.bench]\nplatform = "{site.platform}"\nbase_url = "{url}"\nmall_id = "{_MALL_ID}"\nlogin = "clerk-1"\n'
        'mock = true\nlive = true\nsettle_s = 5\nsheets = ["inbox/*.csv"]\n',
        encoding="utf-8",
    )
    os.environ.setdefault("RPA_KEY", make_key())
    config = load_config(folder / "rpa.toml")
    Vault(config.var / "secrets", find_key()).save_password(
        accounts_of(config)["bench"], "clerk-1", "demo-pass-1", Site(origin=origin_of(url))
    )
    return config


def with_sheet(folder: Path, parcels: Sequence[Parcel], *, url: str, site: BareSite = PINDUODUO) -> Config:
    """A project folder with a sheet of these parcels."""
    config = configured(folder, url=url, site=site)
    (folder / "inbox").mkdir()
    write_csv(folder / "inbox" / "parcels.csv", [("订单号", "快递公司", "快递单号"), *parcels], encoding="utf-8-sig")
    return config


def prove(mock: MockShop, *, count: int, done: int) -> None:
    """A benchmark of work that was not done would be worth nothing."""
    accepted = sum(len(order["shipments"]) for order in mock.truth()["orders"].values())
    if (accepted, done) != (count, count):
        message = f"{accepted} accepted and {done} told as done, expected {count}"
        raise SystemExit(message)


@contextmanager
def our_run(flow: Flow, browser: Browser, config: Config, *, still: bool = False) -> Iterator[Run]:
    """Our program, logged in and ready to work, as the runner makes it."""
    shop = config.shop("bench")
    profile = load_profile(shop.platform).model_copy(update={"animations": "off" if still else "keep"})
    place = ShopSetup(
        shop=shop,
        profile=profile,
        platform=platforms()[shop.platform],
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
def bare_page(browser: Browser, *, url: str, site: BareSite = PINDUODUO) -> Iterator[Page]:
    """A page of a bare script, logged in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    site.log_in(page, url)
    try:
        yield page
    finally:
        context.close()
