"""Steps from one schema of the ledger to the next; alembic loads them by path, and only when a ledger is older."""
