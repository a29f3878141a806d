"""Levels of a stock: what is left for each goods, and how long that lasts at the pace of the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from flows.codes.stocks import goods_of

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger

PACE_DAYS: Final = 7
"""The pace is that of so many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What is left for some goods."""

    owner: str
    pool: str
    free: int
    reserved: int
    sent: int
    void: int
    per_day: float
    """So many were sent a day lately."""

    @property
    def days_left(self) -> float | None:
        """So long the free ones last; None: nothing was sent lately."""
        return self.free / self.per_day if self.per_day else None

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        goods_id, spec = goods_of(self.pool)
        return {
            "stock": self.owner,
            "goods_id": goods_id,
            "spec": spec,
            "free": self.free,
            "reserved": self.reserved,
            "sent": self.sent,
            "void": self.void,
            "sent_per_day": round(self.per_day, 2),
            "days_left": None if self.days_left is None else round(self.days_left, 1),
        }


def levels(ledger: Ledger, owner: str | None = None, *, now: datetime) -> list[Level]:
    """The levels of this stock, or of all: one for each goods that it ever had codes for."""
    counts = ledger.sealed_stock.counts(owner)
    since = now - timedelta(days=PACE_DAYS)
    sent = {each: ledger.sealed_stock.count_sent(each, since=since) for each in {count.owner for count in counts}}
    return [
        Level(
            owner=count.owner,
            pool=count.pool,
            free=count.free,
            reserved=count.reserved,
            sent=count.sent,
            void=count.void,
            per_day=sent[count.owner].get(count.pool, 0) / PACE_DAYS,
        )
        for count in counts
    ]
