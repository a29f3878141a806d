"""Shipping single orders, as a capability: its protocols, and the route on which a batch goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from flows.orders.api import Said, Sighting
from flows.orders.model import Decision
from rpa.flow import Row


@runtime_checkable
class ShipForm(Protocol):
    """A shipping form, open for one order and filled in, but not sent."""

    evidence: Path | None

    def send(self) -> Said:
        """The one irreversible click."""

    def leave(self) -> None:
        """Close it without sending."""


@runtime_checkable
class ShipsOrders(Protocol):
    """Ships single orders through a form."""

    def fill_in(self, decision: Decision) -> ShipForm:
        """Find the order's row again, read its marks again, open the form, fill it in and read the fields back.

        Raises Refused when the order may not be shipped now, InDoubt when a sign, row or field is not as it must be.
        """

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        """How the site shows these orders now, read afresh; many with one page load."""


class Route(Protocol):
    """The way on which a batch's orders go to the site: one by one, or many at once."""

    def ship_all(self) -> Iterator[Row]:
        """Ship all that the batch has to ship; the rows of those that have ended by it."""
