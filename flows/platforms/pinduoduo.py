"""Pinduoduo: everything the common way; its dialog and the data behind it tell all that may speak against an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportsShipments
from flows.bulk_import.web import WebImports
from flows.exports.api import ExportsOrders
from flows.exports.web import WebExports
from flows.notices.api import ReadsNotices
from flows.notices.web import WebNotices
from flows.orders.api import ReadsOrders, ReadsSigns
from flows.orders.web import WebOrders
from flows.orders.web_signs import WebSigns
from flows.remarks.api import WritesRemarks
from flows.remarks.web import WebRemarks
from flows.shipping.api import ShipsOrders
from flows.shipping.web import WebShipping
from flows.shipping.words import TOLD_OF_PARCEL, ShippingWords
from rpa.elements.uses import Uses
from rpa.platforms import Platform

if TYPE_CHECKING:
    from rpa.elements.profile import Profile

_SIGNS = ("audit", "after_sale")
_GOODS = ("goods_ids", "specs", "quantities")


class Shipping(WebShipping):
    """Ships as the profile says; where that is in a dialog, dialog and data must tell signs and goods."""

    @staticmethod
    def uses(profile: Profile) -> Uses:
        """What the profile's steps name, and what this site always tells."""
        uses = WebShipping.uses(profile)
        steps = profile.section(ShippingWords).steps if profile.has(ShippingWords) else ()
        for step in steps:
            if step.open is not None:
                told = step.told or "order_detail"
                dialogs = {step.form: (*_SIGNS, *_GOODS, *TOLD_OF_PARCEL)}
                uses |= Uses(dialogs=dialogs, answers={told: (*_SIGNS, *_GOODS, "address")})
        return uses


PINDUODUO = Platform(
    name="pinduoduo",
    signs=frozenset(_SIGNS),
    can={
        ExportsOrders: WebExports,
        ImportsShipments: WebImports,
        ReadsNotices: WebNotices,
        ReadsOrders: WebOrders,
        ReadsSigns: WebSigns,
        ShipsOrders: Shipping,
        WritesRemarks: WebRemarks,
    },
)
