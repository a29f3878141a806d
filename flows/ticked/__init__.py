"""Shipping by ticked rows: rows ticked and filled in, the site's task for them, and what of its result is certain."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="ticked",
    evidence_of_runs={"ticked": "flows.shipping.evidence:run_of_package"},
    profile_tables={"ticked": "flows.ticked.words:TickedWords"},
)
