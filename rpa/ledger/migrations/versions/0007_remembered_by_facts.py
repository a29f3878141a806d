"""What subjects looked like is compared by its facts; a hash of their sequence is kept no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_HASHES = ("fingerprint", "last_fingerprint")


def upgrade() -> None:
    for name in _HASHES:
        op.drop_column("sightings", name)


def downgrade() -> None:
    for name in _HASHES:
        op.add_column("sightings", sa.Column(name, sa.String(200), nullable=False, server_default=""))
