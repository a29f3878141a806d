"""Inboxes: folders in which sheets arrive; each is taken in once, and worked on until its rows have ended."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="inbox",
    advice={"inbox_grown": "flows.inbox.texts:GROWN", "inbox_empty": "flows.inbox.texts:EMPTY"},
    background_jobs={"inbox": "flows.inbox.deadline:watch_inboxes"},
)
