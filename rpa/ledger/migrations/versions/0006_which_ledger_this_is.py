"""The ledger's identity, the count of its writes, and whom a person let it stand for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "origin",
        sa.Column("identity", sa.String(36), nullable=False),
        sa.Column("writes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity"),
    )
    op.create_table(
        "acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(36), nullable=False),
        sa.Column("writes", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.String(16), nullable=False),
        sa.Column("accepted_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for table in ("acceptances", "origin"):
        op.drop_table(table)
