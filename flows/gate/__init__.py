"""The gate: may this order be shipped? Every mark, hold, rule and notice, weighed in one place."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="gate",
    commands={"holds": "flows.commands.holds:app"},
)
