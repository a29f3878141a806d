"""Tables of documents, of what they say, and of what was seen."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from rpa.ledger.schema.columns import Instant, metadata, partial_index

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
    partial_index("one_word_of_a_document", "document_id", "subject", unique=True, where="superseded_at IS NULL"),
    Index("mentions_by_subject", "shop", "subject"),
    Index("mentions_by_document", "document_id"),
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
