"""The ledger's tables. A change here needs a migration and a new REVISION; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

REVISION: Final = "0002"
"""The newest migration; a database that says so needs none."""

VERSION_TABLE: Final = "ledger_version"

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware datetime as ISO 8601 text in UTC with offset, one width for all, so that text order is time order."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - its signature
        """The text to store."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """The aware datetime, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


_LIVE = "state IN ('submitting', 'done', 'conflict', 'unknown', 'handed_over')"

version = Table(VERSION_TABLE, metadata, Column("version_num", String(32), primary_key=True))

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
    Index(
        "one_live_action",
        "shop",
        "kind",
        "subject",
        "part",
        unique=True,
        sqlite_where=text(_LIVE),
        postgresql_where=text(_LIVE),
    ),
    Index("actions_by_subject", "shop", "kind", "subject"),
    Index("actions_by_state", "shop", "kind", "state", "created_at"),
    Index("actions_by_update", "updated_at"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("fingerprint", String(200), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("last_fingerprint", String(200), nullable=False),
    Column("last_facts", JSON, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("released_by", String(200), nullable=False, server_default=""),
    Column("released_because", Text, nullable=False, server_default=""),
)
"""`fingerprint` and `facts` are those of the first sight, or of the one a person released; `last_*` of the newest."""

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
    Index(
        "one_active_hold",
        "shop",
        "subject",
        "cause",
        unique=True,
        sqlite_where=text("lifted_at IS NULL"),
        postgresql_where=text("lifted_at IS NULL"),
    ),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("name", String(300), nullable=False),
    Column("state", String(16), nullable=False),
    Column("path", Text, nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False, server_default=""),
    Column("size_bytes", Integer),
    Column("facts", JSON, nullable=False),
    Column("issued_at", Instant),
    Column("expires_at", Instant),
    Column("found_at", Instant, nullable=False),
    Column("saved_at", Instant),
    UniqueConstraint("shop", "kind", "name", name="one_document_a_name"),
    Index("documents_by_state", "shop", "kind", "state"),
)
"""What the site issues and later withdraws; `name` is the site's own id of it."""

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("says", String(50), nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("said_by", String(200), nullable=False, server_default=""),
    Column("document_id", Integer, ForeignKey("documents.id")),
    Column("heard_at", Instant, nullable=False),
    Column("superseded_at", Instant),
    Index(
        "one_word_of_a_document",
        "document_id",
        "subject",
        unique=True,
        sqlite_where=text("superseded_at IS NULL"),
        postgresql_where=text("superseded_at IS NULL"),
    ),
    Index("mentions_by_subject", "shop", "subject"),
)
"""What was said of subjects. `at`: when it was said, by the clock of whoever said it; `heard_at`: when it was stored.
A word that the same document took back later stays, with the moment in `superseded_at`, and counts no more."""

observations = Table(
    "observations",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("mark", String(50), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_facts", JSON, nullable=False),
    Column("last_facts", JSON, nullable=False),
)

coverage = Table(
    "coverage",
    metadata,
    Column("shop", String(100), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("kind", String(50), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("doubt", Text, nullable=False, server_default=""),
    Column("updated_at", Instant, nullable=False),
)
"""One span a kind and account in which every document that was issued is known."""

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
    Index(
        "one_open_incident",
        "shop",
        "cause",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
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
