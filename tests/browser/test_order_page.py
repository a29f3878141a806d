"""The page of an order: read when it is drawn, in doubt when it is of another; a listed order is not left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.gate.may_ship import reason_to_wait
from flows.orders.model import Mark
from flows.orders.reasons import Reason
from flows.orders.web import WebOrders
from flows.orders.web_page import OrderPage
from rpa.elements.fields import FieldSpec
from rpa.elements.profile import Element, ListSpec, Overlays, PageSpec, Profile, Risk
from tests.support.clerk_by_hand import NO_SETTINGS
from tests.support.made_orders import RULES
from tests.support.signed_platform import installed
from tests.support.tiny_site import LONG_S, PROFILE, SHOP, SOON_S, TinySite, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.orders.model import Order

STATUS = {"Pending": "pending", "Shipped": "shipped", "Partly shipped": "part"}


def a_list(name: str, page: str, *, rows: str, key: str, empty: str | None = None, **fields: Any) -> ListSpec:
    read = {each: FieldSpec(**told) for each, told in fields.items()}
    return ListSpec(name=name, pages=(page,), rows=rows, key=key, empty=empty, fields=read)


def an_element(name: str, css: str) -> Element:
    told = {"name": name, "page": ("orders",), "locators": [{"css": css}]}
    return Element.model_validate(told | {"source": "test", "verified": "never"}).used(Risk.READ)


def described() -> Profile:
    told: dict[str, Any] = {"source": "test", "verified": "never", "signature": ("orders.title",)}
    pages = {
        "orders_pending": PageSpec(name="orders_pending", path="/orders", **told),
        "order_detail": PageSpec(name="order_detail", path="/order/{order_sn}", missing="detail.missing", **told),
    }
    lists = [
        a_list("orders", "orders_pending", rows="li", key="order_sn", order_sn={"css": "a"}),
        a_list(
            "order_detail",
            "order_detail",
            rows="#order",
            key="order_sn",
            order_sn={"css": "h2"},
            status={"css": "i", "map": STATUS},
        ),
        a_list(
            "order_goods",
            "order_detail",
            rows="#goods li",
            key="goods_id",
            goods_id={"css": "b"},
            quantity={"css": "u"},
        ),
        a_list(
            "order_parcels",
            "order_detail",
            rows="#parcels li",
            key="tracking_number",
            empty="#no-parcel",
            courier={"css": "b"},
            tracking_number={"css": "u"},
        ),
    ]
    elements = [an_element("orders.next", "#next"), an_element("orders.total", "#total")]
    elements.append(an_element("detail.missing", "#missing"))
    return PROFILE.model_copy(
        update={
            "pages": {**PROFILE.pages, **pages},
            "lists": {each.name: each for each in lists},
            "elements": {**PROFILE.elements, **{each.name: each for each in elements}},
            "answers": {},
            "absent": ("audit", "after_sale"),
        }
    )


GOODS, PARCEL = "<li><b>101</b><u>1</u>", "<li><b>DHL</b><u>123456</u>"


def an_order(sn: str, *, status: str = "Pending", goods: str = GOODS, parcels: str = "<p id=no-parcel>none") -> str:
    return (
        f"{SHOP}<div id=order><h2>{sn}</h2><i>{status}</i></div><ul id=goods>{goods}</ul><ul id=parcels>{parcels}</ul>"
    )


@pytest.fixture
def found(page: Page, site: TinySite, tmp_path: Path) -> Callable[..., Order | None]:
    def find(body: str, *, patience_s: float = SOON_S) -> Order | None:
        site.pages["/order/A"] = body
        with viewed(page, url=site.url, folder=tmp_path, patience_s=patience_s, profile=described()) as view:
            return OrderPage(view).find("A")

    return find


def test_parcels_that_are_drawn_late_are_waited_for(found: Callable[..., Order]) -> None:
    late = f"<script>setTimeout(() => parcels.innerHTML = '{PARCEL}', 800)</script>"
    assert [each.tracking_number for each in found(an_order("A", parcels="") + late, patience_s=LONG_S).parcels] == [
        "123456"
    ]
    assert found(an_order("A")).parcels == ()


@pytest.mark.parametrize(
    "body", [an_order("B"), an_order("A", goods=""), an_order("A", parcels=""), an_order("A", status="Held"), SHOP]
)
def test_a_page_that_is_not_that_of_the_whole_order_is_in_doubt(found: Callable[..., Order], body: str) -> None:
    assert found(body).doubt is not None


@pytest.mark.parametrize("quantity", ["2 pcs", "1.5", "", "-1"])
def test_a_quantity_that_is_no_number_is_in_doubt(found: Callable[..., Order], quantity: str) -> None:
    order = found(an_order("A", goods=f"<li><b>101</b><u>{quantity}</u>"))
    assert order.doubt == "not readable: goods"


def test_a_listed_order_is_left_out_only_when_it_is_known_to_have_left(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    site.pages["/orders"] = SHOP + "".join(f"<li><a>{sn}</a>" for sn in "ABCDEF") + "<p id=total>6 orders"
    site.pages |= {
        "/order/A": an_order("A"),
        "/order/B": an_order("B", status="Shipped"),
        "/order/C": an_order("C", status="Under fraud review"),
        "/order/D": an_order("X"),
        "/order/E": f"{SHOP}<p id=missing>Page not found",
        "/order/F": an_order("F", status="Partly shipped"),
    }
    with viewed(page, url=site.url, folder=tmp_path, patience_s=2.0, profile=described()) as view:
        read = [order for some in WebOrders(view, NO_SETTINGS).pending() for order in some.orders]
    assert [(order.order_sn, order.doubt is None) for order in read] == [
        ("A", True),
        ("C", False),
        ("D", False),
        ("E", False),
        ("F", True),
    ]


def test_an_order_that_somebody_else_has_open_waits_and_is_not_taken_over(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    taken = (
        '<div class="popup">Li is editing this order <button id="take" onclick="taken = true">Take over</button></div>'
    )
    site.pages["/order/A"] = an_order("A") + taken
    profile = described()
    overlays = {**profile.overlays.model_dump(), "busy": {"name": "busy", "container": ".popup", "text": "is editing"}}
    overlays["busy"]["means"] = "locked"
    profile = profile.model_copy(update={"overlays": Overlays.model_validate(overlays)})
    with viewed(page, url=site.url, folder=tmp_path, patience_s=SOON_S, profile=profile) as view:
        order = OrderPage(view).find("A")
        assert order is not None
        wait = reason_to_wait(order, known=RULES)
        assert page.evaluate("window.taken === undefined")
    assert wait is not None
    assert (wait.reason, "Li is editing" in wait.message) == (Reason.LOCKED, True)


def test_a_sign_that_the_platform_always_tells_is_looked_for_on_the_page(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    site.pages["/order/A"] = an_order("A")
    profile = described().model_copy(update={"name": "signed"})
    with installed(tmp_path), viewed(page, url=site.url, folder=tmp_path, profile=profile) as view:
        order = OrderPage(view).find("A")
    assert order is not None
    assert order.signs == {"audit": Mark.CLEAR, "after_sale": Mark.CLEAR, "serial_number": Mark.UNREADABLE}
