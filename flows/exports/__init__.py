"""The site's own table of a shop's orders: had made, read whatever its look, compared with list and ledger."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="exports",
    passing_documents=("export",),
    profile_tables={"exports": "flows.exports.words:ExportWords"},
)
