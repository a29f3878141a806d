"""django-oscar: an order is shipped by two forms on its own page."""

from __future__ import annotations

from flows.orders.api import ReadsOrders
from flows.orders.web import WebOrders
from flows.shipping.api import ShipsOrders
from flows.shipping.page_form import PageShipping
from rpa.platforms import Platform

OSCAR = Platform(name="oscar", can={ReadsOrders: WebOrders, ShipsOrders: PageShipping})
