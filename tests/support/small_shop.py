"""A small shop that a test can look over: orders for parcels, orders that need none, and some that must wait."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from fixtures.mockshop.douyin.page_script import PageScript
from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.plain.profile import plain_profile
from fixtures.mockshop.requests.signature import anti_content
from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import MIXES, generate
from fixtures.mockshop.shop.orders import MockOrder
from fixtures.sheets.samples import Parcel
from rpa.credentials import Vault, key_from
from rpa.elements.registry import selectors_folder
from tests.support.mock_shop import LOGIN, MALL_ID, PASSWORD, VIRTUAL_GOODS, Result, ShopFolder

FORM = "orderDetail"
"""The call that opens the form in which an order is shipped."""
CLASSIC, PLAIN = LAYOUTS = ("classic", "plain")
"""How the mock's pages can be drawn."""
DOUYIN = "douyin"
"""The look of another platform, 抖店: for the tests marked `each_platform`, and its own."""
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_COURIER = "中通快递"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The calls of a site's pages, as faults and the feed name them."""

    list: str
    detail: str
    ship: str
    remark: str
    """Asked for what is saved, before another remark is written."""
    save_remark: str


_CALLS = Calls(
    list="recentOrderList",
    detail=FORM,
    ship="orders/shipping",
    remark="noteTag/query",
    save_remark="noteTag/update",
)
_CALLS_OF_DOUYIN = Calls(
    list="order/searchlist",
    detail="order/detail",
    ship="order/logisticsAdd",
    remark="order/remark",
    save_remark="order/addremark",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallShop:
    """A mock, its owner's folder, and what the owner wants to be sent."""

    mock: MockShop
    folder: ShopFolder
    parcels: dict[str, Parcel]
    """In the sheet, by order number, nearest ship-by first."""
    virtual: tuple[str, ...]
    """To be shipped without logistics; their ship-by is nearer than that of all parcels."""
    held: Mapping[str, str]
    """In the sheet too, but must wait: order number → reason."""
    layout: str
    """How its pages are drawn: one of `LAYOUTS`, or `DOUYIN`."""

    @property
    def calls(self) -> Calls:
        """The calls of its pages."""
        return calls_now(self.layout)

    @property
    def wanted(self) -> list[str]:
        """What is to be shipped, in the order in which a run does it."""
        return [*self.virtual, *self.parcels]

    @property
    def everything(self) -> list[str]:
        """Each order that a run must give an account of."""
        return [*self.wanted, *self.held]

    def ship(self, *more: str) -> Result:
        """Run `rpa run ship` to its end."""
        return self.folder.run("run", "ship", "--json", *more)

    def truth(self) -> dict[str, Any]:
        """What is true of the orders, by number."""
        orders: dict[str, Any] = self.mock.truth()["orders"]
        return orders

    def writes(self) -> list[dict[str, Any]]:
        """Every request to ship that reached the shop."""
        writes: list[dict[str, Any]] = self.mock.truth()["writes"]
        return writes

    def shipped(self) -> list[str]:
        """The orders that have an accepted shipment."""
        return sorted(sn for sn, order in self.truth().items() if order["shipments"])

    def arm_for(
        self, subject: str, name: str, *, endpoint: str = "", sent: int | None = None, **how: Any
    ) -> dict[str, Any]:
        """Arm a fault for the ship request of this order, or for its form, if each order before it makes one.

        `endpoint`: that request, unless it is told; `sent`: see `form`.
        """
        endpoint = endpoint or self.calls.ship
        at = self.form(subject, sent=sent) if endpoint == self.calls.detail else self.wanted.index(subject) + 1
        return self.mock.fault(name, endpoint=endpoint, at=at, **how)

    def form(self, subject: str, *, sent: int | None = None) -> int:
        """Which call of `FORM` opens the form of this order in a run, if each before it makes one.

        In the plain layout that is its own page: each order is read there first, and one that is sent leads there once
        more. `sent`: so many of those before it are; None: all.
        """
        place = self.wanted.index(subject)
        more = len(self.everything) + (place if sent is None else sent) if self.layout == PLAIN else 0
        return more + place + 1

    def form_asked_for(self, subject: str) -> dict[str, Any]:
        """Wait until the form of this order is asked for; tells of the request."""
        form = self.calls.detail
        asked = self.mock.wait_for("request", endpoint=form, order_sn=subject)
        if self.layout != PLAIN:
            return asked
        return self.mock.wait_for("request", endpoint=form, order_sn=subject, after=asked["n"])


_layout = ContextVar("layout", default=CLASSIC)
"""That of the shops that are opened now."""


def layout_now() -> str:
    """The layout in which shops are opened now."""
    return _layout.get()


def calls_now(layout: str | None = None) -> Calls:
    """The calls of pages in this layout, or in that of the shops that are opened now."""
    return _CALLS_OF_DOUYIN if (layout or layout_now()) == DOUYIN else _CALLS


def platform_now() -> str:
    """The platform of the shops that are opened now."""
    return DOUYIN if layout_now() == DOUYIN else "pinduoduo"


@contextmanager
def drawn_as(layout: str) -> Iterator[None]:
    """Meanwhile shops are opened in this layout."""
    before = _layout.set(layout)
    try:
        yield
    finally:
        _layout.reset(before)


@contextmanager
def small_shop(
    path: Path,
    *,
    parcels: int = 2,
    virtual: int = 2,
    held: Sequence[str] = ("under_audit", "after_sale"),
    logged_in: bool = True,
    settle_s: float = 1.0,
    seed: int = 7,
    close_others: bool = True,
    **options: Any,
) -> Iterator[SmallShop]:
    """A shop with exactly these pending orders, or (not `close_others`) with all that were made.

    `options` are the mock's. A fresh login is kept in the folder.
    """
    platform = platform_now()
    made = generate(
        orders=options.setdefault("orders", 600), seed=seed, now=DEFAULT_NOW, shop=MALL_ID, mix=MIXES[platform]
    )
    plain, without, waiting = chosen(made, parcels=parcels, virtual=virtual, held=len(held))
    look = {"platform": DOUYIN} if platform == DOUYIN else {"layout": layout_now()}
    with MockShop(seed=seed, **look, **options) as mock:
        if close_others:
            prepare(mock, made, pending=[*plain, *without, *waiting], held=dict(zip(waiting, held, strict=True)))
        folder = ShopFolder(
            path, url=mock.url, platform=platform, settle_s=settle_s, no_logistics_goods=no_logistics_now()
        )
        rows = {sn: (sn, _COURIER, f"78{seed:02d}{n:010d}") for n, sn in enumerate([*plain, *waiting], start=1)}
        folder.write_sheet(list(rows.values()))
        hold_still(folder)
        if logged_in:
            log_in(folder, mock=mock)
        yield SmallShop(
            mock=mock,
            layout=layout_now(),
            folder=folder,
            parcels={sn: rows[sn] for sn in plain},
            virtual=tuple(without),
            held=dict(zip(waiting, held, strict=True)),
        )


def no_logistics_now() -> list[dict[str, str]]:
    """All virtual goods of the shops that are opened now."""
    if platform_now() != DOUYIN:
        return VIRTUAL_GOODS
    return [{**goods, "goods_id": f"3600000{goods['goods_id']}"} for goods in VIRTUAL_GOODS]


def chosen(made: Sequence[MockOrder], *, parcels: int, virtual: int, held: int) -> tuple[list[str], ...]:
    """Orders for parcels, orders that need none, and some to wait: ordinary ones, in the order of the shop."""
    listed = {goods["goods_id"] for goods in no_logistics_now()}
    marked = [{o.held, bool(o.presale_until or o.remark or o.flag), o.needs_serial, o.voucher} for o in made]
    usual = [o for o, marks in zip(made, marked, strict=True) if True not in marks and len(o.items) == 1]
    plain = [o.order_sn for o in usual if not o.virtual]
    without = [o.order_sn for o in usual if o.items[0].goods_id in listed]
    assert len(plain) >= parcels + held, "the generated shop has too few orders"
    assert len(without) >= virtual, "the generated shop has too few virtual orders"
    return plain[:parcels], without[:virtual], plain[parcels : parcels + held]


def prepare(mock: MockShop, made: Sequence[MockOrder], *, pending: Sequence[str], held: Mapping[str, str]) -> None:
    """Close every other order, give the pending ones their ship-by, one after the other, and their marks."""
    marks: dict[str, dict[str, Any]] = {
        "under_audit": {"audit": True},
        "after_sale": {"after_sale": True},
        "seller_remark": {"remark": "勿发"},
        "refund_asked": {"after_sale_type": 2, "after_sale_status": 6},
        "address_change": {"address_change": True},
        "partly_shipped": {"partly_shipped": True},
        "serial_number": {"needs_serial": True},
    }
    wanted = {order.order_sn: {"status": "closed"} for order in made if order.order_sn not in pending}
    virtual = {order.order_sn for order in made if order.virtual}
    for n, sn in enumerate(pending):
        ship_by = DEFAULT_NOW.replace(day=11 if sn in virtual else 12, hour=10, minute=0) + timedelta(minutes=n)
        wanted[sn] = {"ship_by": ship_by.isoformat(), **marks.get(held.get(sn, ""), {})}
    mock.patch_many(wanted)


def hold_still(folder: ShopFolder) -> None:
    """Give the folder a profile of its own that switches the site's animations off: a quarter of the time."""
    own = folder.path / "selectors" / f"{platform_now()}.toml"
    own.parent.mkdir()
    shipped = plain_profile() if layout_now() == PLAIN else (selectors_folder() / own.name).read_text(encoding="utf-8")
    still = 'animations = "off"\ncalls_per_minute = 600'
    own.write_text(shipped.replace('animations = "keep"', still), encoding="utf-8")


def log_in(folder: ShopFolder, *, mock: MockShop, shop: str = "demo", entered: str = "") -> None:
    """Keep a fresh login in the folder, as `rpa login` would, without a browser; it is in this shop (`entered`)."""
    name, value = _session_of_douyin(mock, entered=entered) if platform_now() == DOUYIN else _session(mock)
    cookie = {
        "name": name,
        "value": value,
        "domain": "127.0.0.1",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    state = json.dumps({"cookies": [cookie], "origins": []}).encode()
    Vault(folder.var / "secrets", key_from(folder.key)).save_state(folder.account(shop), state, folder.site(shop))


def _session_of_douyin(mock: MockShop, *, entered: str) -> tuple[str, str]:
    """Its cookie, after a login; of several shops this one is entered, or none yet."""
    script = PageScript(mock.url)
    script.log_in(LOGIN, password=PASSWORD)
    if entered:
        script.enter(entered)
    [cookie] = script.cookies
    return cookie.name, str(cookie.value)


def _session(mock: MockShop) -> tuple[str, str]:
    """The cookie of a login."""
    with _DIRECT.open(f"{mock.url}/login/") as page:
        found = re.search(r'name="mms-nonce" content="(\w+)"', page.read().decode())
    assert found, "the mock's login page has no nonce"
    path = "/janus/api/auth"
    body = json.dumps({"username": LOGIN, "password": base64.b64encode(PASSWORD.encode()).decode()}).encode()
    signature = anti_content(path, nonce=found[1], ts="1773106200000")
    request = urllib.request.Request(mock.url + path, data=body, headers={"anti-content": signature})
    with _DIRECT.open(request) as answer:
        name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
    return name, value
