"""Wanted remarks: from a table, or from the command line; each is given to the shop that has its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.orders.cells import identifier
from flows.orders.reasons import Reason
from flows.remarks.model import LONGEST, WantedRemark, flag_named
from flows.remarks.reasons import RemarkReason
from flows.sheets.named_table import NamedTable, TableRow
from flows.sheets.worksheet import NotASheet
from rpa.errors import ConfigError
from rpa.language import Language, Text

if TYPE_CHECKING:
    from flows.orders.reasons import Coded

_NO_HEADER = Text(
    en="No header row found: the table needs an order number column, and a remark or a flag column.",
    zh="未找到表头：表格需要“订单号”列，以及“备注”或“旗标”列。",
)
_TABLE: Final = NamedTable(
    headers={
        "order_sn": (
            Text(en="order number", zh="订单号"),
            Text(en="order_sn", zh="订单编号"),
            Text(en="order", zh="订单"),
        ),
        "remark": (
            Text(en="remark", zh="备注"),
            Text(en="note", zh="商家备注"),
            Text(en="comment", zh="订单备注"),
        ),
        "flag": (Text(en="flag", zh="旗标"), Text(en="colour", zh="标记"), Text(en="color", zh="旗子")),
    },
    any_of=frozenset({"order_sn"}),
    none=_NO_HEADER,
)
_FILE = Text(en="{file}: {why}", zh="{file}：{why}")
_NOT_THERE = Text(en="There is no file {file}; check --sheet.", zh="找不到文件 {file}；请检查 --sheet。")


def read_table(path: Path, *, language: Language) -> list[WantedRemark]:
    """What a table wants, in its order; rows that cannot be used have their reason.

    Raises ConfigError for a file that is not there, or no such table.
    """
    if not path.is_file():
        raise ConfigError(_NOT_THERE.with_words(file=path))
    try:
        return [_row(row, path=path, language=language) for row in _TABLE.read(path)]
    except NotASheet as error:
        raise ConfigError(_FILE.with_words(file=path.name, why=error.text)) from error


def _row(row: TableRow, *, path: Path, language: Language) -> WantedRemark:
    order_sn = identifier(row.cells["order_sn"])
    wanted = wanted_of(order_sn, remark=row.cells.get("remark") or None, flag=row.cells.get("flag") or None)
    if row.unusable is not None:
        wanted = replace(wanted, reason=RemarkReason.BAD_ROW, message=row.unusable.of(language))
    return replace(wanted, sheet=str(path), sheet_row=row.row)


def wanted_of(order_sn: str, *, remark: str | None, flag: str | None) -> WantedRemark:
    """What is wanted of one order; blanks and line ends in the remark are single spaces, as the list shows them."""
    text = None if remark is None else " ".join(remark.split())
    named = None if flag is None else flag_named(flag)
    reason, message = _flaw(text, flag=flag, named=named)
    return WantedRemark(order_sn=order_sn, text=text or None, flag=named, reason=reason, message=message)


def _flaw(text: str | None, *, flag: str | None, named: str | None) -> tuple[Coded | None, str]:
    if flag is not None and named is None:
        return RemarkReason.NO_SUCH_FLAG, flag
    if not text and named is None:
        return RemarkReason.NOTHING_WANTED, ""
    if text is not None and len(text) > LONGEST:
        return RemarkReason.TOO_LONG, str(len(text))
    return None, ""


@dataclass(slots=True, kw_only=True)
class WantedRemarks:
    """All that one run wants, each taken once by the shop that has its order, or left over."""

    rows: Sequence[WantedRemark]
    shops: tuple[str, ...]
    _taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Sequence[WantedRemark], *, shops: tuple[str, ...]) -> WantedRemarks:
        """These, each order once."""
        return cls(rows=_each_order_once(rows), shops=shops)

    def left(self) -> list[WantedRemark]:
        """Those that no shop has taken."""
        return [row for number, row in enumerate(self.rows) if number not in self._taken]

    def take(self, taken: WantedRemark) -> None:
        """This one has its line in a report."""
        self._taken.update(number for number, row in enumerate(self.rows) if row is taken)

    def leftovers(self, stopped: Sequence[str]) -> Iterator[tuple[str, WantedRemark, Coded]]:
        """(shop, what it wanted, why): no shop has the order, or one that stopped may have it."""
        shop = next(iter(stopped), None) or self.shops[0]
        reason = Reason.SHOP_NOT_READ if stopped else Reason.NOT_IN_SHOP
        for row in self.left():
            yield shop, row, row.reason or reason


def _each_order_once(rows: Sequence[WantedRemark]) -> list[WantedRemark]:
    """Of rows that say the same the first counts; rows that contradict each other count none."""
    by_order: dict[str, list[WantedRemark]] = {}
    for row in rows:
        if row.reason is None:
            by_order.setdefault(row.order_sn, []).append(row)
    return [row if row.reason is not None else _among(row, by_order[row.order_sn]) for row in rows]


def _among(row: WantedRemark, same_order: Sequence[WantedRemark]) -> WantedRemark:
    if len({(each.text, each.flag) for each in same_order}) > 1:
        return replace(row, reason=RemarkReason.CONTRADICTORY_ROWS)
    return row if row is same_order[0] else replace(row, reason=RemarkReason.DUPLICATE_ROW)
