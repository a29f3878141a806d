"""The step that ships through the dialog of the bundled profile, on any site that a test makes."""

from __future__ import annotations

from typing import Any

from flows.shipping.step import ShipStep
from flows.shipping.words import ShippingWords
from rpa.elements.registry import load_profile


def dialog_step(site: Any) -> ShipStep:
    """Taken on this site."""
    [spec] = load_profile("pinduoduo").section(ShippingWords).steps
    return ShipStep(site, spec=spec, lists_parcels=False)
