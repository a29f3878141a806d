"""What a back office can do, as small protocols. A flow names those it needs; a platform provides those it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from flows.model import Decision, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the site answered to the one irreversible request."""

    accepted: bool | None
    """None: no answer came, or one that cannot be read."""
    words: str = ""
    repeatable: bool = False
    """The site refused for a passing reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How the site shows one order when it is read back."""

    order: Order | None
    """None: the order was not found."""
    evidence: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """One page of the pending list."""

    orders: tuple[Order, ...]
    total: int


@runtime_checkable
class ReadsOrders(Protocol):
    """Reads orders from the list, both sources compared."""

    def pending(self) -> Iterator[OrdersPage]:
        """All pending orders, page by page, in the order of the list; each order once."""

    def now(self) -> datetime:
        """The site's clock, which its deadlines are judged by; ours before anything was read."""

    def find(self, order_sns: Sequence[str]) -> Mapping[str, Order]:
        """Orders of any status by number; those that the shop does not have are missing."""


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
