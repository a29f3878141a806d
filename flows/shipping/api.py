"""Shipping single orders, as a capability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from flows.orders.api import Sighting
from flows.orders.model import Decision
from flows.procedure.api import SiteActs


@runtime_checkable
class ShipsOrders(SiteActs[Decision], Protocol):
    """Ships single orders through a form."""

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, read afresh; many with one page load."""
