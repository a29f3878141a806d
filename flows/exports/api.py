"""Exporting orders, as a capability: its protocol, and exported orders as values. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from flows.orders.model import Mark
from rpa.documents.requested import RequestedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedItem:
    """One row of the export: a line of goods of its order."""

    goods_id: str
    goods: str
    spec: str
    quantity: int | None
    amount_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedOrder:
    """One order of an export. Times are local to the site, aware; None: the cell is empty or cannot be read."""

    order_sn: str
    status: str
    """`pending`, `shipped`, `closed`, `other`, or empty: the export's word is not known."""
    status_text: str
    """The export's own word, cleaned, as are `audit_text` and `after_sale_text`."""
    audit: Mark
    audit_text: str
    after_sale: Mark
    after_sale_text: str
    courier: str
    tracking_number: str
    number_damaged: bool
    """A spreadsheet has destroyed the tracking number."""
    items: tuple[ExportedItem, ...]
    ship_by: datetime | None
    shipped_at: datetime | None
    doubt: str = ""
    """What its rows contradict each other in; empty: they agree."""

    @property
    def amount_fen(self) -> int | None:
        """What the shop receives for it; None: not said for each row."""
        amounts = [item.amount_fen for item in self.items]
        return sum(fen for fen in amounts if fen is not None) if None not in amounts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """Everything that one export says."""

    orders: dict[str, ExportedOrder]
    """By number, in the order of the file."""
    bad_rows: tuple[str, ...] = ()
    """Rows without a readable order number: what stands there, by row. Any order may hide behind them."""
    tells_audits: bool = True
    """Whether it has an audit column that we know."""


@runtime_checkable
class ExportsOrders(Protocol):
    """Has the site make a table of the shop's orders, and downloads it."""

    def now(self) -> datetime:
        """The site's clock."""

    def ask(self) -> None:
        """Have a table of the orders of the last 90 days made. Raises TryAgain when the site wants a pause first."""

    def records(self) -> list[RequestedRecord]:
        """The export records, newest first, read afresh."""

    def download(self, record: RequestedRecord, *, into: Path) -> Path:
        """Have the browser download a table that is ready, into this folder.

        Raises Refused with reason `download_failed`.
        """
