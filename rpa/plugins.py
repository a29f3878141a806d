"""Installed flows and platforms, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rpa.discovery import named_values

if TYPE_CHECKING:
    from rpa.flow import Flow
    from rpa.platforms import Platform


def flows() -> dict[str, Flow]:
    """Every flow by its name: the `Flow` values of the modules in the packages of group `rpa.flows`."""
    from rpa.flow import Flow

    return named_values("rpa.flows", Flow, what="flow")


def platforms() -> dict[str, Platform]:
    """Every platform by its name: the `Platform` values of the modules in the packages of group `rpa.platforms`."""
    from rpa.platforms import Platform

    return named_values("rpa.platforms", Platform, what="platform")
