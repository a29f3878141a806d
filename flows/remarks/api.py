"""Writing remarks, as a capability."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from flows.procedure.api import SiteActs
from flows.remarks.model import RemarkDecision


@runtime_checkable
class WritesRemarks(SiteActs[RemarkDecision], Protocol):
    """Writes the seller's remark and flag of orders, in any state, through a form."""
