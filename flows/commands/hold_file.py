"""A table of holds, as `rpa holds import` reads it: all its rows are right, or each wrong one is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from flows.commands.subjects import SubjectReader, Unusable, end_of
from flows.orders.cells import Damage, header_key, read_cell
from flows.sheets.files import read_worksheets
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.errors import ConfigError
from rpa.language import Language, Text

_HEADERS: Mapping[str, tuple[Text, ...]] = {
    "order_sn": (
        Text(en="order number", zh="订单号"),
        Text(en="order_sn", zh="订单编号"),
        Text(en="order", zh="订单"),
    ),
    "goods_id": (Text(en="goods id", zh="商品ID"), Text(en="goods_id", zh="商品编号"), Text(en="goods", zh="商品")),
    "spec": (
        Text(en="spec", zh="规格"),
        Text(en="sku", zh="商品规格"),
        Text(en="specification", zh="SKU规格"),
    ),
    "reason": (Text(en="reason", zh="原因"), Text(en="why", zh="拦截原因"), Text(en="remark", zh="备注")),
    "until": (
        Text(en="until", zh="截止日期"),
        Text(en="end date", zh="截止时间"),
        Text(en="held until", zh="拦截至"),
    ),
}
_FIELDS = {header_key(word): name for name, texts in _HEADERS.items() for text in texts for word in (text.en, text.zh)}
_HEADER_WITHIN_ROWS = 20
_NO_HEADER = Text(
    en="No header names an order number or a goods id; use the headers order number, goods id, spec, reason, until.",
    zh="没有“订单号”或“商品ID”表头；请使用表头：订单号、商品ID、规格、原因、截止日期。",
)
_NOTHING = Text(en="The file holds no row below its headers.", zh="表头下没有任何行。")
_ROW = Text(en="row {row}", zh="第 {row} 行")
_HIDDEN = Text(en="the row is hidden; unhide or delete it.", zh="此行被隐藏；请取消隐藏或删除。")
_DAMAGED = Text(
    en="Excel has damaged the number {text}; set the column to text.", zh="{text} 已被 Excel 改坏；请将列设为文本。"
)
_WHAT = Text(en="it names nothing; give an order number or a goods id.", zh="没有写订单号或商品ID。")
_BOTH = Text(en="it names an order and goods; use two rows.", zh="同时写了订单号和商品ID；请分成两行。")
_NO_REASON = Text(en="it has no reason; fill it in, or give --reason.", zh="没有写原因；请补上，或用 --reason 给出。")
_TWICE = Text(
    en="{subject} stands in {other} with another reason or day.", zh="{subject} 在{other}已出现，但原因或日期不同。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One hold that is to be put on."""

    subject: str
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What counts where a row says nothing."""

    reason: str
    until: datetime | None
    now: datetime


def read_holds(path: Path, *, reader: SubjectReader, defaults: Defaults, language: Language) -> list[HoldLine]:
    """All holds that the file names, each subject once, in its order.

    Raises ConfigError naming every bad row, or what is wrong with the file as a whole.
    """
    try:
        sheets = read_worksheets(path, is_header=lambda row: bool(_columns(row)))
    except NotASheet as error:
        raise ConfigError(_of_file(path, error.text)) from error
    tables = [(sheet, *found) for sheet in sheets if (found := _header(sheet))]
    if not tables:
        raise ConfigError(_of_file(path, _NO_HEADER))
    rows = _Rows(reader=reader, defaults=defaults, language=language, several=len(tables) > 1)
    for sheet, start, columns in tables:
        rows.read(sheet, start=start, columns=columns)
    if not rows.mistakes and not rows.found:
        raise ConfigError(_of_file(path, _NOTHING))
    if rows.mistakes:
        rest = "\n".join(rows.mistakes)
        raise ConfigError(
            Text(en=f"{path.name}: nothing was recorded.\n{rest}", zh=f"{path.name}：未做任何记录。\n{rest}")
        )
    return [wanted for wanted, _ in rows.found.values()]


def _of_file(path: Path, words: Text) -> Text:
    return Text(en=f"{path.name}: {words.en}", zh=f"{path.name}：{words.zh}")


def _header(sheet: Worksheet) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(sheet.rows[:_HEADER_WITHIN_ROWS]):
        columns = _columns(row)
        if columns:
            return index, columns
    return None


def _columns(row: Sequence[object]) -> dict[str, int]:
    """Position by field, the first of several; empty when the row names neither orders nor goods."""
    found: dict[str, int] = {}
    for place, value in enumerate(row):
        meant = _FIELDS.get(header_key(value)) if isinstance(value, str) and value else None
        if meant:
            found.setdefault(meant, place)
    return found if {"order_sn", "goods_id"} & found.keys() else {}


@dataclass(slots=True, kw_only=True)
class _Rows:
    reader: SubjectReader
    defaults: Defaults
    language: Language
    several: bool
    """Whether rows of several worksheets are read, so that a place needs the sheet's name."""
    found: dict[str, tuple[HoldLine, str]] = field(default_factory=dict)
    """By subject, with the place where it stands."""
    mistakes: list[str] = field(default_factory=list)

    def read(self, sheet: Worksheet, *, start: int, columns: Mapping[str, int]) -> None:
        """All rows below the header."""
        for index in range(start + 1, len(sheet.rows)):
            place = _ROW.of(self.language, row=index + 1)
            place = f"{sheet.name}:{place}" if self.several and sheet.name else place
            try:
                wanted = self._row(sheet, index=index, columns=columns)
                if wanted:
                    self._keep(wanted, place=place)
            except Unusable as error:
                self.mistakes.append(f"  {place}: {error.text.of(self.language)}")

    def _row(self, sheet: Worksheet, *, index: int, columns: Mapping[str, int]) -> HoldLine | None:
        cells = {name: _text(sheet, index=index, column=column) for name, column in columns.items()}
        if not any(cells.values()):
            return None
        if sheet.hidden or index + 1 in sheet.hidden_rows:
            raise Unusable(_HIDDEN)
        reason = cells.get("reason") or self.defaults.reason
        if not reason:
            raise Unusable(_NO_REASON)
        until = cells.get("until")
        end = end_of(until, now=self.defaults.now) if until else self.defaults.until
        return HoldLine(subject=self._subject(cells), reason=reason, until=end)

    def _subject(self, cells: Mapping[str, str]) -> str:
        order_sn, goods_id, spec = (cells.get(name, "") for name in ("order_sn", "goods_id", "spec"))
        if order_sn and goods_id:
            raise Unusable(_BOTH)
        if order_sn:
            return self.reader.order(order_sn)
        if not goods_id:
            raise Unusable(_WHAT)
        return self.reader.spec(goods_id, spec=spec) if spec else self.reader.goods(goods_id)

    def _keep(self, wanted: HoldLine, *, place: str) -> None:
        earlier, other = self.found.setdefault(wanted.subject, (wanted, place))
        if earlier != wanted:
            raise Unusable(_TWICE, subject=wanted.subject, other=other)


def _text(sheet: Worksheet, *, index: int, column: int) -> str:
    row = sheet.rows[index]
    value = row[column] if column < len(row) else ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    cell = read_cell(value, typed=sheet.typed)
    if cell.damage not in {None, Damage.SCIENTIFIC}:
        raise Unusable(_DAMAGED, text=cell.text)
    return cell.text
