"""A shop's settings, as a capability."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from flows.procedure.api import SiteActs
from flows.settings.model import Setting, SettingDecision, Waybills


@runtime_checkable
class KeepsSettings(SiteActs[SettingDecision], Protocol):
    """Reads a shop's settings, and sets those that can be set."""

    def now(self) -> datetime:
        """The site's clock."""

    def setting(self, name: str, /) -> Setting:
        """The setting of this name, read afresh from page and answer."""

    def waybills(self) -> Sequence[Waybills]:
        """All accounts for waybills, read afresh from page and answer."""
