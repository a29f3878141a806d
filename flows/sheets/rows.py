"""One row of a sheet, checked by itself: a good row, or the reason why it cannot be acted on."""

from __future__ import annotations

from dataclasses import dataclass

from flows.cells import Cell, identifier
from flows.couriers import Courier, CourierTable
from flows.model import BadRow, Place, SheetRow
from flows.profile import SheetProfile
from flows.reasons import Reason
from flows.sheets.numbers import NumberCell, read_number
from rpa.errors import Refused
from rpa.language import Language, Text


class RowRefused(Refused):
    """This row cannot be acted on."""

    def __init__(self, why: Reason, text: Text | None = None) -> None:
        self.why = why
        self.text = text or why.text
        super().__init__(self.text, reason=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The cells of one row that matter; an empty cell for a column that the sheet lacks."""

    order_sn: Cell
    courier: Cell
    tracking_number: Cell
    proof: Cell

    @property
    def blank(self) -> bool:
        """Whether there is nothing in them."""
        return not any((self.order_sn.text, self.courier.text, self.tracking_number.text, self.proof.text))


def check_row(
    fields: Fields, *, place: Place, profile: SheetProfile, language: Language, hidden: bool
) -> SheetRow | BadRow:
    """The row as a shipment or a proof to act on, or why not; the first fault found is the one told."""
    try:
        _refuse_hidden(hidden=hidden)
        return _checked(fields, place=place, profile=profile, language=language)
    except RowRefused as refused:
        return bad_row(fields, place=place, profile=profile, reason=refused.why, message=refused.text.of(language))


def bad_row(fields: Fields, *, place: Place, profile: SheetProfile, reason: Reason, message: str) -> BadRow:
    """The row refused, as it was written, but an order number as the platform writes it."""
    order_sn = identifier(fields.order_sn.text)
    return BadRow(
        place=place,
        order_sn=order_sn if profile.order_sn.fullmatch(order_sn) else fields.order_sn.text,
        courier=fields.courier.text,
        tracking_number=fields.tracking_number.text,
        reason=reason,
        message=message,
    )


def _checked(fields: Fields, *, place: Place, profile: SheetProfile, language: Language) -> SheetRow:
    _refuse_damaged(fields)
    order_sn = _order_sn(fields, profile=profile)
    if not fields.tracking_number.text:
        return SheetRow(place=place, order_sn=order_sn, courier="", tracking_number="", proof=_proof(fields))
    table = profile.couriers.table
    cell = read_number(fields.tracking_number.text, table=table, noise=profile.sheets.noise)
    number = _number(cell, order_sn=order_sn, profile=profile)
    courier, inferred = _courier(fields.courier.text, beside=cell.couriers, number=number, table=table)
    warning = inferred or _unusual(number, courier=courier)
    return SheetRow(
        place=place,
        order_sn=order_sn,
        courier=courier.name,
        tracking_number=number,
        proof=fields.proof.text,
        warning=warning.of(language) if warning else "",
    )


def _refuse_hidden(*, hidden: bool) -> None:
    if hidden:
        raise RowRefused(Reason.HIDDEN_ROW)


def _refuse_damaged(fields: Fields) -> None:
    for cell, en, zh in (
        (fields.order_sn, "order number", "订单号"),
        (fields.tracking_number, "tracking number", "快递单号"),
        (fields.proof, "proof", "凭证"),
    ):
        if cell.damaged:
            text = Text(
                en=f"Excel has damaged the {en} ({cell.text}); set the column to text and paste the number again.",
                zh=f"{zh}（{cell.text}）已被 Excel 改坏；请将列设为文本后重新粘贴。",
            )
            raise RowRefused(Reason.NUMBER_DAMAGED, text)


def _order_sn(fields: Fields, *, profile: SheetProfile) -> str:
    order_sn = identifier(fields.order_sn.text)
    if not order_sn:
        raise RowRefused(
            Reason.EMPTY_CELL, Text(en="The order number is empty; fill it in.", zh="订单号为空，请补全。")
        )
    if not profile.order_sn.fullmatch(order_sn):
        example = profile.identifiers.order_sn_example
        text = Text(
            en=f'"{fields.order_sn.text}" is not an order number of the platform; one looks like {example}.',
            zh=f"“{fields.order_sn.text}”不是本平台的订单号；正确的格式如 {example}。",
        )
        raise RowRefused(Reason.NOT_AN_ORDER_SN, text)
    return order_sn


def _proof(fields: Fields) -> str:
    if fields.courier.text or not fields.proof.text:
        raise RowRefused(
            Reason.EMPTY_CELL, Text(en="The tracking number is empty; fill it in.", zh="快递单号为空，请补全。")
        )
    return fields.proof.text


def _number(cell: NumberCell, *, order_sn: str, profile: SheetProfile) -> str:
    if not any(cell.numbers):
        raise RowRefused(
            Reason.EMPTY_CELL, Text(en="The tracking number is empty; fill it in.", zh="快递单号为空，请补全。")
        )
    if len(cell.numbers) > 1:
        named = ", ".join(cell.numbers)
        text = Text(
            en=f"Several numbers for one order ({named}); ship the further parcels by hand.",
            zh=f"一个订单有多个快递单号（{named}）；请人工处理多包裹。",
        )
        raise RowRefused(Reason.SEVERAL_PARCELS, text)
    number = cell.numbers[0]
    why = _not_a_number(number, order_sn=order_sn, profile=profile)
    if why:
        raise RowRefused(Reason.NOT_A_TRACKING_NUMBER, why)
    return number


def _not_a_number(number: str, *, order_sn: str, profile: SheetProfile) -> Text | None:
    patterns = profile.identifiers
    if number == order_sn.upper() or patterns.order_sn.fullmatch(number):
        return Text(
            en=f"{number} is an order number, not a tracking number; put the parcel's number there.",
            zh=f"{number} 是订单号，不是快递单号；请填写包裹的单号。",
        )
    if patterns.phone.fullmatch(number):
        return Text(
            en=f"{number} looks like a phone number; put the parcel's number there.",
            zh=f"{number} 像是手机号；请填写包裹的单号。",
        )
    if not patterns.tracking_number.fullmatch(number):
        return Text(
            en=f'"{number}" is not a tracking number; put the parcel\'s number there.',
            zh=f"“{number}”不是有效的快递单号；请填写包裹的单号。",
        )
    return None


def _courier(
    written: str, *, beside: tuple[Courier, ...], number: str, table: CourierTable
) -> tuple[Courier, Text | None]:
    """The courier that all signs agree on, and what to tell when it was not written in its own column."""
    by_prefix = table.by_prefix(number)
    named = dict.fromkeys(((_named(written, table=table),) if written else ()) + beside)
    couriers = dict.fromkeys((*named, *((by_prefix,) if by_prefix else ())))
    if not couriers:
        raise RowRefused(Reason.EMPTY_CELL, Text(en="The courier is empty; fill it in.", zh="快递公司为空，请补全。"))
    if len(couriers) > 1:
        en, zh = " / ".join(courier.name for courier in named), by_prefix.name if by_prefix else ""
        raise RowRefused(Reason.COURIER_MISMATCH, _mismatch(number, named=en, by_prefix=zh))
    courier = next(iter(couriers))
    if named:
        return courier, None
    return courier, Text(
        en=f"The courier is empty; {number} names {courier.name}.",
        zh=f"快递公司为空；按单号 {number} 识别为{courier.name}。",
    )


def _mismatch(number: str, *, named: str, by_prefix: str) -> Text:
    if not by_prefix:
        return Text(en=f"{number} stands with several couriers ({named}).", zh=f"{number} 对应多家快递（{named}）。")
    return Text(
        en=f"{number} begins like a number of {by_prefix}, but the courier is {named}; check both.",
        zh=f"{number} 的前缀属于{by_prefix}，但快递公司为{named}；请核对。",
    )


def _named(written: str, *, table: CourierTable) -> Courier:
    courier = table.named(written)
    if courier:
        return courier
    suggested = table.suggest(written)
    meant = Text(en=f" Did you mean {', '.join(suggested)}?", zh=f"是否为：{'、'.join(suggested)}？")
    text = Text(
        en=f'No courier of the site is called "{written}".{meant.en if suggested else " Write it as the site does."}',
        zh=f"后台没有名为“{written}”的快递公司。{meant.zh if suggested else '请按后台名称填写。'}",
    )
    raise RowRefused(Reason.UNKNOWN_COURIER, text)


def _unusual(number: str, *, courier: Courier) -> Text | None:
    if courier.pattern.fullmatch(number):
        return None
    return Text(
        en=f"{number} looks unusual for {courier.name}; it will be shipped as written.",
        zh=f"{number} 与{courier.name}的常见格式不同；将按原样发货。",
    )
