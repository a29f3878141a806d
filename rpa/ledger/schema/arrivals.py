"""Tables of the files that arrived in an inbox, and of their rows."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from rpa.ledger.schema.columns import Instant, metadata

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folder", Text, nullable=False),
    Column("name", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("path", Text, nullable=False, server_default=""),
    Column("result", Text, nullable=False, server_default=""),
    Column("arrived_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("facts", JSON, nullable=False),
    UniqueConstraint("folder", "sha256", name="one_arrival_a_content"),
)
"""`name`: as it arrived; `path`, `result`: where the file and its result lie now."""

arrival_rows = Table(
    "arrival_rows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("arrival_id", Integer, ForeignKey("arrivals.id"), nullable=False),
    Column("place", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("content", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("reason", String(50), nullable=False, server_default=""),
    Column("message", Text, nullable=False, server_default=""),
    Column("shop", String(100), nullable=False, server_default=""),
    Column("run_id", String(200), nullable=False, server_default=""),
    Column("looked", JSON, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("arrival_rows_by_arrival", "arrival_id", "state"),
)
"""`place`: where the row stands in its file; `looked`: what each shop found when it looked for the row's subject."""
