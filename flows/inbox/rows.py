"""Sheet rows as the ledger keeps them, and back; what an outcome means for a row that waits there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.orders.model import BadRow, Place, SheetRow
from flows.orders.reasons import Reason
from rpa.ledger.inbox_rows import NewRow
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rpa.ledger.inbox_rows import ArrivalRow

GoodOrBad = SheetRow | BadRow

TRIED_AGAIN = frozenset(
    {Reason.NOT_IN_SHOP, Reason.NOT_DONE, Reason.SITE_REFUSED, Reason.GOODS_PHYSICAL, Reason.UNUSUAL_NUMBER}
)
"""Refused, but not for good: it may be taken another day, once a person or the site says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """A row of an arrived file that has not ended."""

    id: int
    row: GoodOrBad
    overdue: bool
    """It was tried for as many days as it may be; whatever comes of it now is its end."""
    looked: frozenset[str]
    """Shops that have looked for its order and do not have it."""

    @property
    def says(self) -> tuple[str, str, str, str] | None:
        """What equal rows have in common; None: it cannot be read, and equals no other."""
        return says(self.row)


def says(row: GoodOrBad) -> tuple[str, str, str, str] | None:
    """What equal rows have in common; None: it cannot be read, and equals no other."""
    if isinstance(row, BadRow):
        return None
    return row.order_sn, row.courier, row.tracking_number, row.proof


def new_row(row: GoodOrBad) -> NewRow:
    """A row as it is given to the ledger."""
    place = "!".join(filter(None, (row.place.worksheet, str(row.place.row))))
    content: dict[str, object] = {
        "row": row.place.row,
        "worksheet": row.place.worksheet,
        "order_sn": row.order_sn,
        "courier": row.courier,
        "tracking_number": row.tracking_number,
    }
    if isinstance(row, BadRow):
        content |= {"reason": row.reason.value, "message": row.message}
    else:
        content |= {"proof": row.proof, "warning": row.warning}
    return NewRow(place=place, subject=row.order_sn, content=content)


def sheet_row(kept: ArrivalRow, *, sheet: Path) -> GoodOrBad:
    """The row that the ledger keeps so, standing in this file."""
    content: Mapping[str, Any] = kept.content
    place = Place(sheet=sheet, row=content["row"], worksheet=content["worksheet"])
    order_sn, courier, number = content["order_sn"], content["courier"], content["tracking_number"]
    if "reason" in content:
        return BadRow(
            place=place,
            order_sn=order_sn,
            courier=courier,
            tracking_number=number,
            reason=Reason.of(content["reason"]),
            message=content["message"],
        )
    return SheetRow(
        place=place,
        order_sn=order_sn,
        courier=courier,
        tracking_number=number,
        proof=content["proof"],
        warning=content["warning"],
    )


def nothing_was_read(rows: Sequence[ArrivalRow]) -> bool:
    """Whether the file as a whole could not be read, or has no rows: it may come again, once the settings fit it."""
    return all(not row.content["row"] for row in rows)


def ends(reason: Reason) -> bool:
    """Whether a row with this reason is not to be tried again."""
    if reason.outcome is Outcome.REFUSED:
        return reason not in TRIED_AGAIN
    return reason.outcome in {Outcome.DONE, Outcome.ALREADY_DONE} or reason is Reason.EXPIRED
