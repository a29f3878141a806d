"""Remarks: what the seller writes on an order, and the flag beside it."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="remarks",
    profile_tables={"remarks": "flows.remarks.words:RemarkWords"},
    kind_words={"remark": "flows.remarks.texts:REMARK"},
)
"""Writing remarks, as a capability."""
