"""Runs the migrations on the connection that the ledger passes in, inside its transaction."""

from __future__ import annotations

from alembic import context

from rpa.ledger.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
