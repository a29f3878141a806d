"""The table `[exports]` of a selector profile: headers and words of the tables that the site exports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.orders.cells import header_key, name_key
from flows.orders.model import Mark

Words = tuple[Annotated[str, Field(min_length=1)], ...]
Cells = tuple[str, ...]
"""Whole cells; an empty one stands for an empty cell."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AuditColumn(_Table):
    """One way in which exports tell of an audit: what the column is called, and what its cells say."""

    headers: Words
    set: Cells
    clear: Cells
    """Any other cell is unreadable."""


class ExportHeaders(_Table):
    """Header variants by field; case, width and remarks in brackets do not matter."""

    order_sn: Words
    status: Words
    after_sale: Words
    courier: Words
    tracking_number: Words
    goods_id: Words
    goods: Words
    spec: Words
    quantity: Words
    amount: Words
    """What the shop receives, in yuan."""
    ship_by: Words
    shipped_at: Words


class ExportWords(_Table):
    """Words of exported tables."""

    headers: ExportHeaders
    audit: tuple[AuditColumn, ...] = Field(min_length=1)
    status: Mapping[str, tuple[str, ...]]
    """By `pending`, `shipped`, `closed` and `other`: what the status column says; all else is not understood."""
    no_after_sale: Cells
    """What the after-sale column says of an order without one; all else is an after-sale."""
    header_within_rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _headers_mean_one_field(self) -> ExportWords:
        names = [header_key(word) for words in self._headers() for word in words]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"headers that mean two fields: {', '.join(twice)}")
        unknown = sorted(set(self.status) - {"pending", "shipped", "closed", "other"})
        if unknown:
            raise ValueError(f"status: there is no {', '.join(unknown)}")
        return self

    def _headers(self) -> list[Words]:
        return [*self.headers.model_dump().values(), *(column.headers for column in self.audit)]

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Field by normalised header; `audit:N` for the N-th kind of audit column."""
        known = {header_key(word): name for name, words in self.headers.model_dump().items() for word in words}
        audits = {header_key(word): f"audit:{n}" for n, column in enumerate(self.audit) for word in column.headers}
        return known | audits

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """Status by normalised word."""
        return {name_key(word): status for status, words in self.status.items() for word in words}

    @cached_property
    def audit_marks(self) -> tuple[Mapping[str, Mark], ...]:
        """For each kind of audit column, the mark by normalised cell."""
        return tuple(
            {name_key(word): Mark.SET for word in column.set} | {name_key(word): Mark.CLEAR for word in column.clear}
            for column in self.audit
        )

    @cached_property
    def no_after_sale_keys(self) -> frozenset[str]:
        """The cells that mean: no after-sale, normalised."""
        return frozenset(name_key(word) for word in self.no_after_sale)
