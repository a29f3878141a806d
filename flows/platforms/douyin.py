"""抖店 (Douyin): everything the common way; its pages always tell audits, after-sale cases and refunds."""

from __future__ import annotations

from flows.orders.api import ReadsOrders
from flows.orders.web import WebOrders
from flows.remarks.api import WritesRemarks
from flows.remarks.web import WebRemarks
from flows.settings.api import KeepsSettings
from flows.settings.web import WebSettings
from flows.shipping.api import ShipsOrders
from flows.shipping.web import WebShipping
from flows.ticked.api import ShipsTicked
from flows.ticked.web import WebTicked
from rpa.platforms import Platform

DOUYIN = Platform(
    name="douyin",
    signs=frozenset({"audit", "after_sale", "refund"}),
    can={
        KeepsSettings: WebSettings,
        ReadsOrders: WebOrders,
        ShipsOrders: WebShipping,
        ShipsTicked: WebTicked,
        WritesRemarks: WebRemarks,
    },
)
