"""Shipping single orders, as a capability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from flows.orders.api import Sighting
from flows.orders.model import Decision

if TYPE_CHECKING:
    from flows.procedure.kind import Step
    from rpa.ledger.actions import Action
    from rpa.ledger.once import Look


@runtime_checkable
class ShipsOrders(Protocol):
    """Ships single orders through forms."""

    def steps(self) -> Sequence[Step[Decision]]:
        """The clicks that ship an order, in their order; as a rule there is one."""

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, read afresh; many with one page load."""

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        """What the site shows of an order, or of one step of it, that we sent."""
