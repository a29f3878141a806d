"""Pinduoduo: everything the common way."""

from __future__ import annotations

from flows.office import ReadsOrders, ShipsOrders
from flows.platforms.web.orders import WebOrders
from flows.platforms.web.ships import WebShipping
from rpa.flow import Platform

PINDUODUO = Platform(name="pinduoduo", can={ReadsOrders: WebOrders, ShipsOrders: WebShipping})
