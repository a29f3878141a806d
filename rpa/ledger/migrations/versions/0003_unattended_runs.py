"""Planned runs, what is outstanding, logins, alarms, arrivals; incidents that somebody was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("runs_by_start", "runs", ["started_at"], unique=False)
    severity = sa.Column("severity", sa.String(16), server_default="warning", nullable=False)
    op.add_column("incidents", severity)
    op.add_column("incidents", sa.Column("told_at", sa.String(32), nullable=True))
    op.add_column("incidents", sa.Column("times_told", sa.Integer(), server_default="0", nullable=False))
    op.add_column("incidents", sa.Column("closing_told_at", sa.String(32), nullable=True))
    _planned_runs()
    _outstanding()
    _arrivals()


def _planned_runs() -> None:
    op.create_table(
        "planned_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(100), nullable=False),
        sa.Column("flow", sa.String(100), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("planned_at", sa.String(32), nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(50), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.String(200), server_default="", nullable=False),
        sa.Column("started_at", sa.String(32), nullable=True),
        sa.Column("ended_at", sa.String(32), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("stands_for", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry", "shop", "planned_at", name="one_planned_run_a_moment"),
    )
    op.create_index("planned_by_shop", "planned_runs", ["shop", "planned_at"], unique=False)
    op.create_index("planned_by_state", "planned_runs", ["state", "due_at"], unique=False)
    op.create_index("planned_by_moment", "planned_runs", ["planned_at"], unique=False)


def _outstanding() -> None:
    op.create_table(
        "outstanding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("report", sa.String(100), nullable=False),
        sa.Column("flow", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(50), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("deadline", sa.String(32), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.String(200), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outstanding_by_report", "outstanding", ["shop", "report"], unique=False)
    op.create_index("outstanding_by_subject", "outstanding", ["shop", "subject"], unique=False)
    op.create_table(
        "logins",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("kept_at", sa.String(32), nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop"),
    )
    op.create_table(
        "alarms",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.String(32), nullable=False),
        sa.Column("raised_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("shop", "subject", "hours", "deadline"),
    )


def _arrivals() -> None:
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("arrived_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folder", "sha256", name="one_arrival_a_content"),
    )
    op.create_table(
        "arrival_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arrival_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), server_default="", nullable=False),
        sa.Column("reason", sa.String(50), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("shop", sa.String(100), server_default="", nullable=False),
        sa.Column("run_id", sa.String(200), server_default="", nullable=False),
        sa.Column("looked", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("arrival_rows_by_state", "arrival_rows", ["state", "subject"], unique=False)
    op.create_index("arrival_rows_by_arrival", "arrival_rows", ["arrival_id"], unique=False)


def downgrade() -> None:
    for table in ("arrival_rows", "arrivals", "alarms", "logins", "outstanding", "planned_runs"):
        op.drop_table(table)
    for column in ("closing_told_at", "times_told", "told_at", "severity"):
        op.drop_column("incidents", column)
    op.drop_index("runs_by_start", "runs")
