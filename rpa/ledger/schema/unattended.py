"""Tables of what is to happen while nobody watches, and of what somebody must be told."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from rpa.ledger.schema.columns import Instant, metadata, partial_index

_END_UNTOLD = "closed_at IS NOT NULL AND told_at IS NOT NULL AND closing_told_at IS NULL"
_END_TOLD = "closing_told_at IS NOT NULL"

planned_runs = Table(
    "planned_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", String(100), nullable=False),
    Column("flow", String(100), nullable=False),
    Column("shop", String(100), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(50), nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    Column("run_id", String(200), nullable=False, server_default=""),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("exit_code", Integer),
    Column("stands_for", Integer, nullable=False, server_default="1"),
    UniqueConstraint("entry", "shop", "planned_at", name="one_planned_run_a_moment"),
    Index("planned_by_shop", "shop", "planned_at"),
    Index("planned_by_state", "state", "due_at"),
    Index("planned_by_outcome", "state", "planned_at"),
    Index("planned_by_moment", "planned_at"),
)
"""One row for each moment of the schedule and shop, whatever came of it."""

outstanding = Table(
    "outstanding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("report", String(100), nullable=False),
    Column("flow", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(50), nullable=False),
    Column("message", Text, nullable=False),
    Column("deadline", Instant),
    Column("facts", JSON, nullable=False),
    Column("run_id", String(200), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("outstanding_by_report", "shop", "report"),
    Index("outstanding_by_subject", "shop", "subject"),
)
"""What the newest runs left undone: the rows of their reports that did not end as done."""

logins = Table(
    "logins",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("detail", Text, nullable=False, server_default=""),
)
"""The saved login state of each shop, as far as it tells when it ends."""

alarms = Table(
    "alarms",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("hours", Integer, primary_key=True),
    Column("deadline", Instant, primary_key=True),
    Column("raised_at", Instant, nullable=False),
)
"""Which subjects somebody was warned of, how many hours before which deadline."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("cause", String(100), nullable=False),
    Column("message", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("times_seen", Integer, nullable=False),
    Column("closed_at", Instant),
    Column("severity", String(16), nullable=False, server_default="warning"),
    Column("told_at", Instant),
    Column("times_told", Integer, nullable=False, server_default="0"),
    Column("closing_told_at", Instant),
    partial_index("one_open_incident", "shop", "cause", unique=True, where="closed_at IS NULL"),
    Index("incidents_by_telling", "told_at"),
    partial_index("incidents_by_end_told", "closing_told_at", where=_END_TOLD),
    partial_index("incidents_to_end", "told_at", where=_END_UNTOLD),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("beat_at", Instant, nullable=False),
    Column("next_due_at", Instant),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)
