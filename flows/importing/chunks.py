"""Which of the decided orders go up in one file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportLimits, ImportLine
from flows.orders.model import How

if TYPE_CHECKING:
    from flows.orders.model import Decision


def next_chunk(decisions: Iterable[Decision], *, limits: ImportLimits, most: int) -> list[Decision]:
    """The first orders that go by the same file as the very first one, in the order given; no more than both allow."""
    chosen: list[Decision] = []
    for decision in decisions:
        if len(chosen) >= min(limits.rows, most):
            break
        if not chosen or without_parcel(decision) is without_parcel(chosen[0]):
            chosen.append(decision)
    return chosen


def without_parcel(decision: Decision) -> bool:
    """Whether the order goes by the file of orders without a parcel."""
    return decision.to_ship[1].how is How.NO_LOGISTICS


def line_of(decision: Decision) -> ImportLine:
    """The row of a file that ships this order."""
    _, shipment = decision.to_ship
    return ImportLine(
        order_sn=shipment.order_sn, courier=shipment.courier, tracking_number=shipment.tracking_number
    )  # fmt: skip


def fits(file: Path, *, limits: ImportLimits) -> bool:
    """Whether the site takes a file of this size; if not, write one of half as many rows."""
    return file.stat().st_size <= limits.size
