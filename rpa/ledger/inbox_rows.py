"""Inbox rows and files as values: each content once, each row until it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArrivalState(StrEnum):
    """Where an arrived file is."""

    ACCEPTED = "accepted"
    """Its rows are in the ledger; the file itself may still lie where it arrived."""
    ARCHIVED = "archived"
    """It was put away, or is gone."""


class RowState(StrEnum):
    """Whether a row is to be tried again."""

    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file, by its content."""

    id: int
    folder: str
    name: str
    """As it arrived."""
    sha256: str
    state: ArrivalState
    path: str
    """Where it is put away."""
    result: str
    """The file that tells what became of its rows; empty: it must be written (again)."""
    arrived_at: datetime
    ended_at: datetime | None
    """When its last row ended; None: one is open."""
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row as it arrived."""

    place: str
    subject: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRow(NewRow):
    """A row, and what the newest run made of it."""

    id: int
    arrival_id: int
    state: RowState
    outcome: str
    """Empty: no run has come to it."""
    reason: str
    message: str
    shop: str
    run_id: str
    looked: Mapping[str, str]
    """By shop, when it last looked for the row's subject and did not have it (ISO 8601)."""
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """What a run made of a row."""

    row_id: int
    outcome: str = ""
    """Empty: what an earlier run made of it stays."""
    reason: str = ""
    message: str = ""
    shop: str = ""
    run_id: str = ""
    ends: bool = False
    """It is not to be tried again."""
    looked: tuple[str, ...] = ()
    """Shops that looked for its subject and do not have it."""
