"""Card codes: what is given to a buyer for an order of virtual goods, kept sealed until then."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="codes",
    commands={"codes": "flows.codes.commands:app"},
)
"""The stock of card codes, as a capability."""
