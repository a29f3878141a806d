"""What several subjects' actions share, so that it is found without reading all that was ever done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Until now the payload alone said it, and only of shipments: the parcel's number.
_FROM_PAYLOAD = "UPDATE actions SET bundle = COALESCE(payload ->> 'tracking_number', '') WHERE kind = 'ship'"


def upgrade() -> None:
    op.add_column("actions", sa.Column("bundle", sa.String(200), server_default="", nullable=False))
    op.execute(_FROM_PAYLOAD)
    op.create_index("actions_by_bundle", "actions", ["shop", "kind", "bundle"], unique=False)


def downgrade() -> None:
    op.drop_index("actions_by_bundle", "actions")
    op.drop_column("actions", "bundle")
