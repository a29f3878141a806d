"""Indexes for what is asked at every run, every minute and when runs are forgotten, however much there is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_END_UNTOLD = sa.text("closed_at IS NOT NULL AND told_at IS NOT NULL AND closing_told_at IS NULL")
_END_TOLD = sa.text("closing_told_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("runs_by_shop", "runs", ["shop", "started_at"], unique=False)
    op.create_index("runs_by_state", "runs", ["shop", "state"], unique=False)
    op.drop_index("actions_by_subject", "actions")
    op.create_index("actions_by_subject", "actions", ["shop", "subject", "kind"], unique=False)
    op.drop_index("actions_by_update", "actions")
    op.create_index("actions_by_update", "actions", ["shop", "updated_at"], unique=False)
    op.create_index("actions_by_end", "actions", ["shop", "kind", "state", "updated_at"], unique=False)
    op.create_index("actions_by_run", "actions", ["run_id"], unique=False)
    op.create_index("incidents_by_telling", "incidents", ["told_at"], unique=False)
    op.create_index(
        "incidents_by_end_told",
        "incidents",
        ["closing_told_at"],
        unique=False,
        sqlite_where=_END_TOLD,
        postgresql_where=_END_TOLD,
    )
    op.create_index(
        "incidents_to_end",
        "incidents",
        ["told_at"],
        unique=False,
        sqlite_where=_END_UNTOLD,
        postgresql_where=_END_UNTOLD,
    )
    op.create_index("planned_by_outcome", "planned_runs", ["state", "planned_at"], unique=False)
    op.create_index("mentions_by_document", "mentions", ["document_id"], unique=False)
    op.drop_index("arrival_rows_by_state", "arrival_rows")  # it led to all rows that ever ended
    op.drop_index("arrival_rows_by_arrival", "arrival_rows")
    op.create_index("arrival_rows_by_arrival", "arrival_rows", ["arrival_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("arrival_rows_by_arrival", "arrival_rows")
    op.create_index("arrival_rows_by_arrival", "arrival_rows", ["arrival_id"], unique=False)
    op.create_index("arrival_rows_by_state", "arrival_rows", ["state", "subject"], unique=False)
    op.drop_index("mentions_by_document", "mentions")
    op.drop_index("planned_by_outcome", "planned_runs")
    for name in ("incidents_to_end", "incidents_by_end_told", "incidents_by_telling"):
        op.drop_index(name, "incidents")
    op.drop_index("actions_by_run", "actions")
    op.drop_index("actions_by_end", "actions")
    op.drop_index("actions_by_update", "actions")
    op.create_index("actions_by_update", "actions", ["updated_at"], unique=False)
    op.drop_index("actions_by_subject", "actions")
    op.create_index("actions_by_subject", "actions", ["shop", "kind", "subject"], unique=False)
    for name in ("runs_by_state", "runs_by_shop"):
        op.drop_index(name, "runs")
