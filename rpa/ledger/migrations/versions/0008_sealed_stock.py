"""Items whose content is sealed: whose they are, what state they are in, what was done to each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_RESERVED = "subject != ''"


def upgrade() -> None:
    op.create_table(
        "sealed_stocks",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("key_check", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "sealed_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("pool", sa.String(200), nullable=False),
        sa.Column("batch", sa.String(200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False, server_default=""),
        sa.Column("subject", sa.String(200), nullable=False, server_default=""),
        sa.Column("position", sa.Integer()),
        sa.Column("reserved_at", sa.String(32)),
        sa.Column("shown_at", sa.String(32)),
        sa.Column("sent_at", sa.String(32)),
        sa.ForeignKeyConstraint(["owner"], ["sealed_stocks.owner"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "digest", name="one_item_a_digest"),
    )
    op.create_index(
        "one_item_a_position",
        "sealed_items",
        ["owner", "pool", "shop", "subject", "position"],
        unique=True,
        sqlite_where=sa.text(_RESERVED),
        postgresql_where=sa.text(_RESERVED),
    )
    op.create_index("sealed_by_pool", "sealed_items", ["owner", "pool", "state", "id"])
    op.create_index("sealed_by_batch", "sealed_items", ["owner", "batch"])
    op.create_index("sealed_by_subject", "sealed_items", ["subject", "shop"])
    op.create_index("sealed_by_sending", "sealed_items", ["owner", "sent_at"])
    op.create_table(
        "sealed_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(16), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False, server_default=""),
        sa.Column("subject", sa.String(200), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["item_id"], ["sealed_items.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sealed_events_by_item", "sealed_events", ["item_id"])


def downgrade() -> None:
    for table in ("sealed_events", "sealed_items", "sealed_stocks"):
        op.drop_table(table)
