"""Shipping ticked rows, as a capability: rows, the form that takes them, and a task's result. Ids are text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from flows.orders.model import Order
from flows.procedure.in_bulk import TaskSaid

FOLDER: Final = "ticked"
"""That of all tasks in a shop's evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedLine:
    """One ticked row: an order and its parcel."""

    order: Order
    """As it was decided on."""
    courier: str
    """The courier's name on the site."""
    tracking_number: str

    @property
    def order_sn(self) -> str:
        """The order's number."""
        return self.order.order_sn


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What the site tells of one task, page and data compared."""

    task_id: str
    going: bool = False
    """It has not ended: its orders may still be shipped, so nothing of it is proven not shipped."""
    total: int | None = None
    """How many orders it has; None: not told, or page and data disagree, and nothing of it counts."""
    shipped: tuple[str, ...] = ()
    """The orders that it calls shipped."""
    refused: tuple[tuple[str, str], ...] = ()
    """The orders that it calls refused, each with the reason of its group."""
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """As the site gave it, for evidence."""


@runtime_checkable
class TickedForm(Protocol):
    """The form with all rows filled in and read back, not sent."""

    def send(self) -> TaskSaid:
        """The one click that cannot be undone."""


@runtime_checkable
class ShipsTicked(Protocol):
    """Ships orders by ticking their rows in a list."""

    def fill_in(self, lines: Sequence[TickedLine], *, into: Path) -> TickedForm:
        """Tick exactly these and fill in the form for them; every field is read back, and nothing is sent.

        `into`: the folder in which a picture of the form is kept. Raises NotApproved when it could not be sent,
        SomeNotTaken for rows that are missing, marked or cannot be ticked, InDoubt when list or form is not as it must
        be.
        """

    def result(self, task_id: str, *, patience_s: float) -> TaskResult | None:
        """What became of a task, waited for; None: the site's records do not have it.

        `patience_s`: so long a task may stand still before it is left alone, still going. Raises TryAgain when the
        records cannot be read.
        """

    def at_work(self) -> list[str]:
        """The tasks, whoever began them, that the site still works through, as far as its newest records tell.

        Raises TryAgain when the records cannot be read.
        """
