"""Any site that is described by its profile alone: what its pages are described to do is done the common way."""

from __future__ import annotations

from flows.orders.api import ReadsOrders
from flows.orders.web import WebOrders
from flows.remarks.api import WritesRemarks
from flows.remarks.web import WebRemarks
from flows.shipping.api import ShipsOrders
from flows.shipping.web import WebShipping
from rpa.elements.roles import COMMON
from rpa.platforms import Platform

BY_PROFILE = Platform(
    name=COMMON,
    can={ReadsOrders: WebOrders, ShipsOrders: WebShipping, WritesRemarks: WebRemarks},
)
