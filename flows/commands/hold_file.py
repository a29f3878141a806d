"""A table of holds, as `rpa holds import` reads it: all its rows are right, or each wrong one is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.commands.subjects import SubjectReader, Unusable, end_of
from flows.sheets.named_table import NamedTable, TableRow
from flows.sheets.worksheet import NotASheet
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
_NO_HEADER = Text(
    en="No header names an order number or a goods id; use the headers order number, goods id, spec, reason, until.",
    zh="没有“订单号”或“商品ID”表头；请使用表头：订单号、商品ID、规格、原因、截止日期。",
)
_NOTHING = Text(en="The file holds no row below its headers.", zh="表头下没有任何行。")
_ROW = Text(en="row {row}", zh="第 {row} 行")
_WHAT = Text(en="it names nothing; give an order number or a goods id.", zh="没有写订单号或商品ID。")
_BOTH = Text(en="it names an order and goods; use two rows.", zh="同时写了订单号和商品ID；请分成两行。")
_NO_REASON = Text(en="it has no reason; fill it in, or give --reason.", zh="没有写原因；请补上，或用 --reason 给出。")
_TWICE = Text(
    en="{subject} stands in {other} with another reason or day.", zh="{subject} 在{other}已出现，但原因或日期不同。"
)
_TABLE = NamedTable(headers=_HEADERS, any_of=frozenset({"order_sn", "goods_id"}), none=_NO_HEADER)


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
    rows = _Rows(reader=reader, defaults=defaults, language=language)
    try:
        for row in _TABLE.read(path):
            rows.read(row)
    except NotASheet as error:
        raise ConfigError(_of_file(path, error.text)) from error
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


@dataclass(slots=True, kw_only=True)
class _Rows:
    reader: SubjectReader
    defaults: Defaults
    language: Language
    found: dict[str, tuple[HoldLine, str]] = field(default_factory=dict)
    """By subject, with the place where it stands."""
    mistakes: list[str] = field(default_factory=list)

    def read(self, row: TableRow) -> None:
        """Keep what the row wants, or say what is wrong with it."""
        place = ":".join(filter(None, (row.worksheet, _ROW.of(self.language, row=row.row))))
        try:
            self._keep(self._line(row), place=place)
        except Unusable as error:
            self.mistakes.append(f"  {place}: {error.text.of(self.language)}")

    def _line(self, row: TableRow) -> HoldLine:
        if row.unusable is not None:
            raise Unusable(row.unusable)
        reason = row.cells.get("reason") or self.defaults.reason
        if not reason:
            raise Unusable(_NO_REASON)
        until = row.cells.get("until")
        end = end_of(until, now=self.defaults.now) if until else self.defaults.until
        return HoldLine(subject=self._subject(row.cells), reason=reason, until=end)

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
