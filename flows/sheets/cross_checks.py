"""Cross-checks of rows over all sheets: duplicates, contradictions, several parcels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from flows.orders.cells import identifier
from flows.orders.model import BadRow, SheetRow
from flows.orders.reasons import Reason
from rpa.language import Language, Text

_UNREAD_NUMBER = {
    Reason.NUMBER_DAMAGED,
    Reason.NOT_A_TRACKING_NUMBER,
    Reason.UNKNOWN_COURIER,
    Reason.COURIER_MISMATCH,
    Reason.BAD_ROW,
}
"""Bad rows that say something of their order's parcel, but not clearly what."""

_UNUSED_NUMBER = {Reason.HIDDEN_ROW, Reason.EMPTY_CELL}
"""Bad rows whose number is readable: the order is in doubt only if it is another one."""


def check_together(rows: Iterable[SheetRow | BadRow], *, language: Language) -> list[SheetRow | BadRow]:
    """The same rows in the same order; those that another row of their order puts in doubt are refused.

    The first of equal rows counts. Two numbers, or a number beside a row that cannot be read, refuse every row of the
    order: no row is known to be the right one.
    """
    rows = list(rows)
    by_order: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_order[row.order_sn].append(index)
    for order_sn, indexes in by_order.items():
        if order_sn and len(indexes) > 1:
            judged = _one_order([rows[index] for index in indexes], language=language)
            for index, row in zip(indexes, judged, strict=True):
                rows[index] = row
    return rows


def _one_order(rows: Sequence[SheetRow | BadRow], *, language: Language) -> Iterator[SheetRow | BadRow]:
    good = [row for row in rows if isinstance(row, SheetRow)]
    bad = [row for row in rows if isinstance(row, BadRow)]
    reason = _quarrel(good, bad=bad)
    places = ", ".join(str(row.place) for row in rows if not _says_nothing(row))
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif reason:
            yield _refused(row, reason=reason, text=_TEXTS[reason], other=places, language=language)
        elif row is not good[0]:
            text = _TEXTS[Reason.DUPLICATE_ROW]
            yield _refused(row, reason=Reason.DUPLICATE_ROW, text=text, other=str(good[0].place), language=language)
        else:
            yield row


def _quarrel(good: Sequence[SheetRow], *, bad: Sequence[BadRow]) -> Reason | None:
    numbers = {row.tracking_number for row in good}
    beside = {identifier(row.tracking_number).upper() for row in bad if row.reason in _UNUSED_NUMBER}
    parcels = {number for number in numbers | beside if any(character.isdigit() for character in number)}
    if len(parcels) > 1 or any(row.reason is Reason.SEVERAL_PARCELS for row in bad):
        return Reason.SEVERAL_PARCELS
    contradictory = (
        ("" in numbers and parcels)  # a proof of delivery, and a parcel
        or len({(row.courier, row.tracking_number, row.proof) for row in good}) > 1
        or any(row.reason in _UNREAD_NUMBER for row in bad)
    )
    return Reason.CONTRADICTORY_ROWS if contradictory else None


def _says_nothing(row: SheetRow | BadRow) -> bool:
    return isinstance(row, BadRow) and not row.tracking_number


def _refused(row: SheetRow, *, reason: Reason, text: Text, other: str, language: Language) -> BadRow:
    return BadRow(
        place=row.place,
        order_sn=row.order_sn,
        courier=row.courier,
        tracking_number=row.tracking_number,
        reason=reason,
        message=text.of(language, other=other),
    )


_TEXTS = {
    Reason.SEVERAL_PARCELS: Text(
        en="The sheets name several numbers for this order ({other}); ship the further parcels by hand.",
        zh="表格中此订单有多个快递单号（{other}）；请人工处理多包裹。",
    ),
    Reason.CONTRADICTORY_ROWS: Text(
        en="The rows of this order contradict each other ({other}); keep the right one.",
        zh="此订单的多行互相矛盾（{other}）；请只保留正确的一行。",
    ),
    Reason.DUPLICATE_ROW: Text(
        en="The same as {other}, which counts; delete this row.", zh="与 {other} 重复，以那一行为准；请删除此行。"
    ),
}
