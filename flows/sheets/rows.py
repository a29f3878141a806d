"""Sheet rows, each checked by itself: a good row, or the reason why it cannot be acted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.orders.cells import Cell, Damage, identifier, is_date
from flows.orders.couriers import Courier, CourierTable
from flows.orders.model import BadRow, Place, SheetRow
from flows.orders.reasons import Reason
from flows.orders.words import SheetProfile
from flows.sheets.extra_parcels import further_numbers
from flows.sheets.marks import said_before
from flows.sheets.tracking_numbers import NumberCell, read_number
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
    further: tuple[Cell, ...] = ()
    """Cells for the numbers of further parcels."""
    notes: tuple[Cell, ...] = ()
    mark: str = ""
    """What an earlier result said of the row; empty: nothing."""

    @property
    def blank(self) -> bool:
        """Whether there is nothing in them that says what to ship."""
        named = (self.order_sn, self.courier, self.tracking_number, self.proof, *self.further)
        return not any(cell.text for cell in named)

    def may_belong_to(self, above: Fields) -> bool:
        """Whether this row, which names no order, has another number than the row above it."""
        number = identifier(above.tracking_number.text).upper()
        named = (identifier(cell.text).upper() for cell in (self.tracking_number, *self.further))
        return not self.order_sn.text and any(other and other != number for other in named)


def check_row(
    fields: Fields, *, place: Place, profile: SheetProfile, language: Language, hidden: str | None, hidden_rows: bool
) -> SheetRow | BadRow:
    """The row as a shipment or a proof to act on, or why not; the first fault found is the one told.

    `hidden`: the name of a column that is hidden, empty where the row itself is; None: all is seen. `hidden_rows`: what
    is hidden counts all the same.
    """
    try:
        _refuse_hidden(None if hidden_rows else hidden)
        _refuse_marked(fields, hidden_rows=hidden_rows)
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
    table, words = profile.couriers.table, profile.sheets
    known = table.named(fields.courier.text) if fields.courier.text else None
    cell = read_number(fields.tracking_number.text, table=table, noise=words.noise, courier=known, parcel=words.parcel)
    number = _number(cell, order_sn=order_sn, profile=profile)
    written = tuple(filter(None, (fields.courier.text, *cell.names)))
    courier, inferred = _courier(written, beside=cell.couriers, number=number, table=table)
    others = further_numbers(fields.further, notes=fields.notes, number=number, courier=courier, profile=profile)
    _refuse_several([number, *dict.fromkeys(others)])
    return SheetRow(
        place=place,
        order_sn=order_sn,
        courier=courier.name,
        tracking_number=number,
        proof=fields.proof.text,
        warning=" ".join(text.of(language) for text in (inferred, _unusual(number, courier=courier)) if text),
    )


def _refuse_hidden(hidden: str | None) -> None:
    if hidden is not None:
        raise RowRefused(Reason.HIDDEN_ROW, _HIDDEN_COLUMN.with_words(column=hidden) if hidden else None)


def _refuse_marked(fields: Fields, *, hidden_rows: bool) -> None:
    """Refuse what an earlier result refused, and nobody has corrected since."""
    before = said_before(
        fields.mark,
        order_sn=fields.order_sn.text,
        courier=fields.courier.text,
        tracking_number=fields.tracking_number.text,
    )
    if before is not None and not (before is Reason.HIDDEN_ROW and hidden_rows):
        raise RowRefused(before, Text(en=f"{before.text.en} {_UNMARK.en}", zh=f"{before.text.zh}{_UNMARK.zh}"))


_UNMARK = Text(
    en="If the row is right as it stands, empty its check mark.", zh="若此行内容无误，请清空该行的核对标记。"
)
_HIDDEN_COLUMN = Text(
    en="The column {column} is hidden in the sheet; unhide it, or run with --hidden-rows (or --yes).",
    zh="表格中“{column}”列被隐藏；取消隐藏，或加 --hidden-rows（或 --yes）运行。",
)
_DAMAGES: Mapping[Damage, Text] = {
    Damage.LOST: Text(
        en="Excel has damaged the {en} ({text}); set the column to text and paste the number again.",
        zh="{zh}（{text}）已被 Excel 改坏；请将列设为文本后重新粘贴。",
    ),
    Damage.SCIENTIFIC: Text(
        en="Excel does not show the {en} {text} but its scientific notation; set the column to text and paste the "
        "number again.",
        zh="{zh} {text} 在 Excel 中显示为科学计数法；请将列设为文本后重新粘贴。",
    ),
    Damage.DATE: Text(
        en="The {en} is a date ({text}); set the column to text and paste the number again.",
        zh="{zh}是日期（{text}）；请将列设为文本后重新粘贴。",
    ),
    Damage.FORMAT: Text(
        en="The number format of the {en} shows something else than it holds ({text}); set the column to text and "
        "paste the number again.",
        zh="{zh}的单元格格式使显示内容与实际值（{text}）不同；请将列设为文本后重新粘贴。",
    ),
}


def _refuse_damaged(fields: Fields) -> None:
    for cell, en, zh in (
        (fields.order_sn, "order number", "订单号"),
        (fields.tracking_number, "tracking number", "快递单号"),
        (fields.proof, "proof", "凭证"),
    ):
        if cell.damage is not None and (cell.lost or cell is not fields.proof):  # a proof may be a day
            raise RowRefused(Reason.NUMBER_DAMAGED, _DAMAGES[cell.damage].with_words(en=en, zh=zh, text=cell.text))


def _refuse_several(numbers: Sequence[str]) -> None:
    if len(numbers) > 1:
        named = ", ".join(numbers)
        text = Text(
            en=f"Several numbers for one order ({named}); ship the further parcels by hand.",
            zh=f"一个订单有多个快递单号（{named}）；请人工处理多包裹。",
        )
        raise RowRefused(Reason.SEVERAL_PARCELS, text)


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
    _refuse_several(cell.numbers)
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
    if patterns.phone is not None and patterns.phone.fullmatch(number):
        return Text(
            en=f"{number} looks like a phone number; put the parcel's number there.",
            zh=f"{number} 像是手机号；请填写包裹的单号。",
        )
    if is_date(number):
        return Text(
            en=f"{number} is a date, not a tracking number; put the parcel's number there.",
            zh=f"{number} 是日期，不是快递单号；请填写包裹的单号。",
        )
    if not patterns.tracking_number.fullmatch(number):
        return Text(
            en=f'"{number}" is not a tracking number; put the parcel\'s number there.',
            zh=f"“{number}”不是有效的快递单号；请填写包裹的单号。",
        )
    return None


def _courier(
    written: tuple[str, ...], *, beside: tuple[Courier, ...], number: str, table: CourierTable
) -> tuple[Courier, Text | None]:
    """The courier that all signs agree on, and what to tell when it was not written in its own column."""
    by_prefix = table.by_prefix(number)
    named = dict.fromkeys((*(_named(name, table=table) for name in written), *beside))
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
    return Text(en=f"{number} looks unusual for {courier.name}.", zh=f"{number} 与{courier.name}的常见格式不同。")
