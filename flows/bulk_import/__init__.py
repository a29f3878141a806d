"""Shipping by file: the file that is uploaded, what the site reports of its rows, and what of that is certain."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="bulk-import",
    evidence_of_runs={"imports": "flows.shipping.evidence:run_of_package"},
    profile_tables={"imports": "flows.bulk_import.words:ImportWords"},
)
