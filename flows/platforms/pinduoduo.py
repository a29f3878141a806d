"""Pinduoduo: everything the common way; its dialog and the data behind it tell all that may speak against an order."""

from __future__ import annotations

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
from rpa.platforms import Platform

PINDUODUO = Platform(
    name="pinduoduo",
    signs=frozenset({"audit", "after_sale"}),
    can={
        ExportsOrders: WebExports,
        ImportsShipments: WebImports,
        ReadsNotices: WebNotices,
        ReadsOrders: WebOrders,
        ReadsSigns: WebSigns,
        ShipsOrders: WebShipping,
        WritesRemarks: WebRemarks,
    },
)
