"""Pinduoduo: everything the common way."""

from __future__ import annotations

from flows.office import ExportsOrders, ImportsShipments, ReadsNotices, ReadsOrders, ReadsSigns, ShipsOrders
from flows.platforms.web.exports import WebExports
from flows.platforms.web.imports import WebImports
from flows.platforms.web.notices import WebNotices
from flows.platforms.web.orders import WebOrders
from flows.platforms.web.ships import WebShipping
from flows.platforms.web.signs import WebSigns
from rpa.flow import Platform

PINDUODUO = Platform(
    name="pinduoduo",
    can={
        ExportsOrders: WebExports,
        ImportsShipments: WebImports,
        ReadsNotices: WebNotices,
        ReadsOrders: WebOrders,
        ReadsSigns: WebSigns,
        ShipsOrders: WebShipping,
    },
)
