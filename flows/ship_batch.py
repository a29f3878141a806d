"""Ship a shop's pending orders many at once; or make the file for a person's own upload, and settle that afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportsShipments
from flows.orders.api import ReadsOrders
from flows.orders.model import KIND
from flows.orders.report import ORDER_REPORT
from flows.ship import SheetOptions, carefully, left_over, settled_row
from flows.shipping.api import ShipsOrders
from flows.ticked.api import ShipsTicked
from rpa.errors import ConfigError
from rpa.flow import Flow, Preparation, Row, option
from rpa.language import Text

if TYPE_CHECKING:
    from flows.inbox.inbox import Inbox
    from rpa.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(SheetOptions):
    """Arguments of `rpa run ship-batch`."""

    prepare: bool = option(
        "Only make the file, for your own upload: no run ships its orders until --settle.",
        "只生成文件，由您自行上传；其中订单等 --settle 核对，不再发货。",
        default=False,
    )
    settle: bool = option(
        "After your own upload: read back what became of the orders that were handed over.",
        "自行上传之后：读回核对已交付文件中的订单。",
        default=False,
    )


def read_inbox(plan: Preparation) -> Inbox:
    """Read all sheets before a browser starts; for `--settle` there is none to read."""
    from flows.inbox.inbox import Inbox, inbox_of

    options = plan.options
    if options.prepare and options.settle:
        raise ConfigError("--prepare and --settle exclude each other: upload the file in between.")
    if options.settle:
        return Inbox(contents={})
    return inbox_of(plan)


def ship_batch(run: Run) -> Iterator[Row]:
    """Ship many at once, prepare a file, or settle one."""
    from flows.bulk_import.settling import settle_files
    from flows.entries.by import By
    from flows.entries.routes import for_many, shipping_batch

    if run.options.settle:
        yield from settle_files(run)
    else:
        prepare = run.options.prepare
        yield from carefully(shipping_batch(run, by=By.IMPORT if prepare else for_many(run), prepare=prepare), run)


def needs_of(options: Options) -> tuple[type, ...]:
    """A file for a person's own upload is of import pages."""
    return (ImportsShipments,) if options.prepare or options.settle else ()


def looks_at_all(options: Options) -> bool:
    """Whether every pending order is looked at, and not the orders of earlier files alone."""
    return not options.settle


SHIP_BATCH = Flow(
    name="ship-batch",
    summary=Text(
        en="Ship pending orders many at once, by import or by ticked rows, each settled by itself.",
        zh="批量发货：按后台模板导入或勾选订单，逐单核对结果。",
    ),
    needs=(ReadsOrders, ShipsOrders, (ImportsShipments, ShipsTicked)),
    needs_with=needs_of,
    options=Options,
    writes=True,
    prepare=read_inbox,
    work=ship_batch,
    leftovers=left_over,
    settled={KIND: settled_row},
    looks_at_all=looks_at_all,
    report=ORDER_REPORT,
)
