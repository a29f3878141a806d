"""Shipping: each order at most once, through the dialog of the list, with intents and read-backs."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="shipping",
    profile_tables={"shipping": "flows.shipping.words:ShippingWords"},
    delivery_kinds=frozenset({"ship"}),
    kind_words={"ship": "flows.shipping.texts:SHIP"},
    starter=("flows.shipping.texts:STARTER",),
)
