"""Tables that say which ledger this is, how much was written to it, and which ones it stands for."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from rpa.ledger.schema.columns import Instant, metadata

origin = Table(
    "origin",
    metadata,
    Column("identity", String(36), primary_key=True),
    Column("writes", BigInteger, nullable=False),
)
"""One row: made with the ledger, and counting each transaction that wrote. What lies beside the ledger repeats it."""

acceptances = Table(
    "acceptances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", String(36), nullable=False),
    Column("writes", BigInteger, nullable=False),
    Column("found", String(16), nullable=False),
    Column("accepted_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
)
"""The ledgers in whose place a person put this one: what is known of them elsewhere is no doubt any more."""
