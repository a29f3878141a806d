"""Orders: the words that all flows share, and how orders are read from a site."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="orders",
    profile_tables={
        "identifiers": "flows.orders.words:Identifiers",
        "couriers": "flows.orders.words:Couriers",
        "sheets": "flows.orders.words:Sheets",
    },
    shop_settings=("flows.orders.settings:OrderSettings",),
    starter=("flows.orders.starter:STARTER",),
)
