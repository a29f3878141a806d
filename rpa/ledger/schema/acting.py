"""Tables of runs, of what they did, and of what keeps them from acting."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from rpa.ledger.actions import LIVE, State
from rpa.ledger.schema.columns import Instant, metadata, partial_index

_LIVE = f"state IN ({', '.join(repr(state.value) for state in State if state in LIVE)})"

fences = Table(
    "fences",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("fence", Integer, nullable=False),
)
"""The fence number of each shop's newest run: one row to lock and to compare with."""

runs = Table(
    "runs",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("flow", String(100), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String(16), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    UniqueConstraint("shop", "fence", name="one_run_a_fence"),
    Index("runs_by_start", "started_at"),
    Index("runs_by_shop", "shop", "started_at"),
    Index("runs_by_state", "shop", "state"),
)

actions = Table(
    "actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("part", String(100), nullable=False, server_default=""),
    Column("payload", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("run_id", String(200), ForeignKey("runs.id"), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("looks", Integer, nullable=False, server_default="0"),
    Column("detail", Text, nullable=False, server_default=""),
    Column("answered_by", String(200), nullable=False, server_default=""),
    partial_index("one_live_action", "shop", "kind", "subject", "part", unique=True, where=_LIVE),
    Column("bundle", String(200), nullable=False, server_default=""),
    Index("actions_by_subject", "shop", "subject", "kind"),
    Index("actions_by_bundle", "shop", "kind", "bundle"),
    Index("actions_by_state", "shop", "kind", "state", "created_at"),
    Index("actions_by_update", "shop", "updated_at"),
    Index("actions_by_end", "shop", "kind", "state", "updated_at"),
    Index("actions_by_run", "run_id"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("facts", JSON, nullable=False),
    Column("last_facts", JSON, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("released_by", String(200), nullable=False, server_default=""),
    Column("released_because", Text, nullable=False, server_default=""),
)
"""`facts` are those of the first sight, or of the one a person released; `last_facts` of the newest."""

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("cause", String(50), nullable=False),
    Column("reason", Text, nullable=False),
    Column("held_by", String(200), nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("lifted_by", String(200), nullable=False, server_default=""),
    Column("lifted_at", Instant),
    Column("until", Instant),
    Column("facts", JSON, nullable=False, server_default="{}"),
    Column("lifted_because", Text, nullable=False, server_default=""),
    partial_index("one_active_hold", "shop", "subject", "cause", unique=True, where="lifted_at IS NULL"),
)
