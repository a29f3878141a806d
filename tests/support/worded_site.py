"""Profile of a tiny site that asks for no data: a list of orders, each order's page, and what a test adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rpa.elements.fields import FieldSpec
from rpa.elements.profile import DialogSpec, Element, ListSpec, PageSpec, Profile, Risk
from tests.support.tiny_site import PROFILE, SHOP

ORDER = f"{SHOP}<div id=order><h2>A-1</h2><i>Pending</i><s></s></div><p id=goods><b>101</b><u>1</u></p>"
"""The page of the one order, A-1."""


def an_element(name: str, css: str, *, role: Risk = Risk.WRITE, **more: Any) -> Element:
    """One of its pages."""
    told = {"name": name, "page": ("orders",), "locators": [{"css": css}]}
    return Element.model_validate(told | more | {"source": "test", "verified": "never"}).used(role)


def worded(*elements: Element, dialogs: Mapping[str, Mapping[str, Any]], **tables: Any) -> Profile:
    """The profile with these; a dialog that the tiny site has already gets what differs."""
    told: dict[str, Any] = {"source": "test", "verified": "never", "signature": ("orders.title",)}
    pages = [
        PageSpec(name="orders_pending", path="/orders", **told),
        PageSpec(name="order_detail", path="/order/{order_sn}", **told),
    ]
    status = {"css": "i", "map": {"Pending": "pending", "Shipped": "shipped"}}
    written = {"remark": {"css": "s", "optional": True}, "flag": {"css": "s", "attr": "class", "optional": True}}
    lists = [
        _a_list("orders", rows="li", key="order_sn", order_sn={"css": "a"}),
        _a_list("order_detail", rows="#order", key="order_sn", order_sn={"css": "h2"}, status=status, **written),
        _a_list("order_goods", rows="#goods", key="goods_id", goods_id={"css": "b"}, quantity={"css": "u"}),
    ]
    own = [
        an_element("orders.next", "#next"),
        an_element("orders.total", "#total"),
        an_element("page.message", "#says", role=Risk.READ),
        *elements,
    ]
    like = PROFILE.dialogs["ship"].model_dump(exclude={"fields"})
    made = {name: DialogSpec.model_validate({**like, **one, "name": name}) for name, one in dialogs.items()}
    return PROFILE.model_copy(
        update={
            "pages": {**PROFILE.pages, **{each.name: each for each in pages}},
            "lists": {each.name: each for each in lists},
            "elements": {**PROFILE.elements, **{each.name: each for each in own}},
            "dialogs": {**PROFILE.dialogs, **made},
            "answers": {},
            "absent": ("audit", "after_sale"),
            "words": {**PROFILE.words, "refused": ("Not today",)},
            **tables,
        }
    )


def _a_list(name: str, *, rows: str, key: str, **fields: dict[str, Any]) -> ListSpec:
    read = {each: FieldSpec(**told) for each, told in fields.items()}
    return ListSpec(name=name, pages=("orders",), rows=rows, key=key, empty=f"#no-{name}", fields=read)
