"""Tables of the sealed stock: items whose content nobody can read without the key, and what became of each."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from rpa.ledger.schema.columns import Instant, metadata, partial_index

sealed_stocks = Table(
    "sealed_stocks",
    metadata,
    Column("owner", String(100), primary_key=True),
    Column("key_check", String(64), nullable=False),
    Column("begun_at", Instant, nullable=False),
)
"""One row a stock: to lock, and to tell by that the key is the one that its items were sealed with."""

sealed_items = Table(
    "sealed_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(100), ForeignKey("sealed_stocks.owner"), nullable=False),
    Column("pool", String(200), nullable=False),
    Column("batch", String(200), nullable=False),
    Column("place", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("last_four", String(4), nullable=False),
    Column("state", String(16), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(200), nullable=False),
    Column("shop", String(100), nullable=False, server_default=""),
    Column("subject", String(200), nullable=False, server_default=""),
    Column("position", Integer),
    Column("reserved_at", Instant),
    Column("shown_at", Instant),
    Column("sent_at", Instant),
    UniqueConstraint("owner", "digest", name="one_item_a_digest"),
    partial_index(
        "one_item_a_position", "owner", "pool", "shop", "subject", "position", unique=True, where="subject != ''"
    ),
    Index("sealed_by_pool", "owner", "pool", "state", "id"),
    Index("sealed_by_batch", "owner", "batch"),
    Index("sealed_by_subject", "subject", "shop"),
    Index("sealed_by_sending", "owner", "sent_at"),
)
"""`place`: the row of its file; `shop`, `subject`, `position`: for whom it is reserved, and as the how manieth of it;
`shown_at`: when its content was first opened: from then on somebody may know it."""

sealed_events = Table(
    "sealed_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, ForeignKey("sealed_items.id"), nullable=False),
    Column("did", String(16), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("shop", String(100), nullable=False, server_default=""),
    Column("subject", String(200), nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    Index("sealed_events_by_item", "item_id"),
)
"""What was done to each item after it was added, by whom and when; nothing is ever taken out."""
