"""Reading orders, as a capability: the protocols that flows ask for, and the values they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from flows.orders.model import Mark, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the site answered to the one irreversible request."""

    accepted: bool | None
    """None: no answer came, or one that cannot be read."""
    words: str = ""
    repeatable: bool = False
    """The site refused for a passing reason."""
    too_often: bool = False
    """It refused because there were too many calls; `repeatable` then, too."""


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

    def nearest(self) -> Iterator[OrdersPage]:
        """The pending orders, nearest ship-by first, page by page, read once from the top; stop when it is enough."""

    def now(self) -> datetime:
        """The site's clock, which its deadlines are judged by; ours before anything was read."""

    def find(self, order_sns: Sequence[str], /) -> Mapping[str, Order]:
        """Orders of any status by number; those that the shop does not have are missing."""

    def look_up(self, order_sns: Sequence[str], *, most_searches: int) -> Iterator[Mapping[str, Order | None]]:
        """The same for what can wait, bit by bit; None: the shop does not have it. Not more are searched for singly.

        Raises RateLimited as soon as the site asks for fewer calls, Stopped as soon as the run is asked to stop.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Every sign of an audit that the site shows of one order, read afresh, by the place where it stands."""

    order_sn: str
    audit: Mapping[str, Mark]
    """Those of the order's own page: `detail`, `receiver`, `address` (hidden while under audit), and `detail_data`,
    where it has any."""
    evidence: Path | None = None


@runtime_checkable
class ReadsSigns(Protocol):
    """Looks at single orders for every sign of an audit."""

    def signs(self, order_sn: str) -> Signs:
        """All signs of one order, and a picture of its page. A place that cannot be read is `UNREADABLE`."""
