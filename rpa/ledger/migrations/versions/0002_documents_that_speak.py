"""Documents that speak of subjects, observations, coverage; holds that end by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("until", sa.String(32), nullable=True))
    op.add_column("holds", sa.Column("facts", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("holds", sa.Column("lifted_because", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("says", sa.String(50), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("said_by", sa.String(200), server_default="", nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("heard_at", sa.String(32), nullable=False),
        sa.Column("superseded_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("mentions_by_subject", "mentions", ["shop", "subject"], unique=False)
    op.create_index(
        "one_word_of_a_document",
        "mentions",
        ["document_id", "subject"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "observations",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("mark", sa.String(50), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("first_at", sa.String(32), nullable=False),
        sa.Column("last_at", sa.String(32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_facts", sa.JSON(), nullable=False),
        sa.Column("last_facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "mark", "subject"),
    )
    op.create_table(
        "coverage",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.Column("doubt", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("shop", "account", "kind"),
    )


def downgrade() -> None:
    for table in ("coverage", "observations", "mentions"):
        op.drop_table(table)
    for column in ("lifted_because", "facts", "until"):
        op.drop_column("holds", column)
