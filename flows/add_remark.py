"""Write the seller's remark and flag of listed orders; also of held ones. A later remark replaces an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.orders.api import ReadsOrders
from flows.remarks.api import WritesRemarks
from flows.remarks.model import KIND, RemarkDecision
from flows.remarks.report import REMARK_REPORT, RemarkRow
from rpa.errors import ConfigError
from rpa.flow import Flow, Preparation, Row, option
from rpa.language import Text

if TYPE_CHECKING:
    from flows.remarks.batch import RemarkBatch
    from flows.remarks.wanted import WantedRemarks
    from rpa.ledger.actions import Action
    from rpa.run import Run

_NOTHING = Text(
    en="Say what is to be written: --sheet FILE, or --order NUMBER with --remark TEXT or --flag COLOUR.",
    zh="请说明写什么：--sheet 文件，或 --order 订单号 加 --remark 备注 或 --flag 颜色。",
)
_BOTH = Text(en="--sheet and --order exclude each other; give one of them.", zh="--sheet 和 --order 只能给出其中一种。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments of `rpa run add-remark`."""

    sheet: tuple[Path, ...] = option(
        "A table (CSV, XLSX, XLS) with order numbers, remarks and flags; may be given several times.",
        "表格（CSV、XLSX、XLS），含订单号、备注、旗标；可多次给出。",
        many=True,
    )
    order: tuple[str, ...] = option("An order's number; may be given several times.", "订单号，可多次给出。", many=True)
    remark: str | None = option("The remark for these orders.", "写给这些订单的备注。")
    flag: str | None = option(
        "The flag for these orders: red, yellow, green, blue, purple.", "这些订单的旗标：红、黄、绿、蓝、紫。"
    )


def read_wanted(plan: Preparation) -> WantedRemarks:
    """What is wanted, before a browser starts. Raises ConfigError when nothing is, or a table cannot be read."""
    from flows.orders.cells import identifier
    from flows.remarks.wanted import WantedRemarks, read_table, wanted_of

    options: Options = plan.options
    if options.sheet and options.order:
        raise ConfigError(_BOTH)
    if not options.sheet and not (options.order and (options.remark or options.flag)):
        raise ConfigError(_NOTHING)
    rows = [row for path in options.sheet for row in read_table(path, language=plan.config.language)]
    rows += [wanted_of(identifier(each), remark=options.remark, flag=options.flag) for each in options.order]
    return WantedRemarks.of(rows, shops=tuple(shop.name for shop in plan.shops))


def add_remark(run: Run) -> Iterator[Row]:
    """The procedure of a careful clerk."""
    from flows.remarks.batch import RemarkBatch

    batch = RemarkBatch(run)
    yield from batch.carefully(_step_by_step(batch))


def _step_by_step(batch: RemarkBatch) -> Iterator[Row]:
    yield from batch.recover_unfinished()
    batch.decide()
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()
    batch.decide_waiting()
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()


def left_over(wanted: WantedRemarks, stopped: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """What no shop of the run has an order for."""
    for shop, row, reason in wanted.leftovers(stopped):
        yield shop, RemarkRow.of(RemarkDecision(wanted=row), reason=reason, message=row.message).cells()


def settled_row(action: Action) -> Row:
    """The row of a remark that has ended."""
    from flows.remarks.kind import row_of

    return row_of(action).cells()


ADD_REMARK = Flow(
    name="add-remark",
    summary=Text(
        en="Write the seller's remark and flag of listed orders; a later one replaces an earlier one.",
        zh="添加备注：为列出的订单写入商家备注和旗标；后写的替换先写的。",
    ),
    needs=(ReadsOrders, WritesRemarks),
    options=Options,
    writes=True,
    prepare=read_wanted,
    work=add_remark,
    leftovers=left_over,
    settled={KIND: settled_row},
    report=REMARK_REPORT,
)
