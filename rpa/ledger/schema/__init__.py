"""The ledger's tables. A change here needs a migration and a new REVISION; a test compares the two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from rpa.ledger.schema.acting import actions, fences, holds, runs, sightings
from rpa.ledger.schema.arrivals import arrival_rows, arrivals
from rpa.ledger.schema.columns import Instant, metadata
from rpa.ledger.schema.lineage import acceptances, origin
from rpa.ledger.schema.papers import coverage, documents, mentions, observations
from rpa.ledger.schema.sealed import sealed_events, sealed_items, sealed_stocks
from rpa.ledger.schema.unattended import alarms, heartbeats, incidents, logins, outstanding, planned_runs

__all__ = [
    "REVISION",
    "VERSION_TABLE",
    "Instant",
    "acceptances",
    "actions",
    "alarms",
    "arrival_rows",
    "arrivals",
    "coverage",
    "documents",
    "fences",
    "heartbeats",
    "holds",
    "incidents",
    "logins",
    "mentions",
    "metadata",
    "observations",
    "origin",
    "outstanding",
    "planned_runs",
    "runs",
    "sealed_events",
    "sealed_items",
    "sealed_stocks",
    "sightings",
    "version",
]

REVISION: Final = "0008"
"""The newest migration; a database that says so needs none."""

VERSION_TABLE: Final = "ledger_version"

version = Table(VERSION_TABLE, metadata, Column("version_num", String(32), primary_key=True))
