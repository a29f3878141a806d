"""A site in memory on which rows are ticked: its list, and the tasks that ship them; it changes on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.bulk_import.api import ImportLine
from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.inbox.inbox import Inbox
from flows.orders.api import ReadsOrders
from flows.orders.model import SheetRow
from flows.procedure.in_bulk import SomeNotTaken, TaskSaid
from flows.sheets.contents import SheetContents
from flows.ship import carefully
from flows.shipping.api import ShipsOrders
from flows.ticked.api import ShipsTicked, TaskResult, TickedLine
from rpa.elements.registry import load_profile
from rpa.ledger.ledger import Ledger
from rpa.run import Run
from tests.support.import_site import ImportSite, Nobody, SteadyClock
from tests.support.made_orders import NOW, a_row, an_order
from tests.support.made_runs import a_run


@dataclass(slots=True, kw_only=True)
class Ticks:
    """Its page on which rows are ticked. A task ships all of its orders at once, and says so."""

    site: ImportSite
    tasks: list[list[str]] = field(default_factory=list)
    """The orders of each."""
    not_taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Orders that a task refuses, with the reason."""
    unshipped: set[str] = field(default_factory=set)
    """Orders that a task does not ship, whatever it says."""
    says: TaskSaid = field(default_factory=lambda: TaskSaid(accepted=True, task_id="1"))
    going: bool = False
    recorded: bool = True
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens when `at_work` is asked for."""

    def fill_in(self, lines: Sequence[TickedLine], *, into: Path) -> _Form:
        why = {line.order_sn: self.not_taken[line.order_sn] for line in lines if line.order_sn in self.not_taken}
        if why:
            raise SomeNotTaken(why)
        return _Form(self, lines)

    def take(self, lines: Sequence[TickedLine]) -> None:
        self.tasks.append([line.order_sn for line in lines])
        for line in lines:
            if not self.going and line.order_sn not in self.unshipped | self.refused.keys():
                self.ship(line.order_sn, line.tracking_number)

    def ship(self, order_sn: str, number: str) -> None:
        self.site.ship(ImportLine(order_sn=order_sn, courier="中通快递", tracking_number=number))

    def result(self, task_id: str, *, patience_s: float) -> TaskResult | None:
        if not self.recorded:
            return None
        refused = [(sn, self.refused[sn]) for sn in self.tasks[-1] if sn in self.refused]
        shipped = [sn for sn in self.tasks[-1] if sn not in self.refused]
        return TaskResult(
            task_id=task_id, going=self.going, total=len(self.tasks[-1]), shipped=tuple(shipped), refused=tuple(refused)
        )

    def at_work(self) -> list[str]:
        self.at.get("at_work", lambda: None)()
        return ["1"] if self.going else []


@dataclass(slots=True)
class _Form:
    ticks: Ticks
    lines: Sequence[TickedLine]

    def send(self) -> TaskSaid:
        self.ticks.take(self.lines)
        return self.ticks.says


@dataclass(slots=True)
class TickedDesk:
    """The site, and a run there."""

    ticks: Ticks
    run: Run
    notes: list[tuple[str, str]]
    rows: Sequence[SheetRow]

    def batch(self) -> Iterator[Mapping[str, Any]]:
        """The rows of one run by ticked rows."""
        inbox = Inbox(contents={"demo": SheetContents(good=tuple(self.rows), bad=(), left_alone=())})
        self.run = _with_sheets(self.run, inbox)
        yield from carefully(shipping_batch(self.run, by=By.TICKED), self.run)

    def ship(self) -> dict[str, str]:
        """Reason by order number."""
        rows = list(self.batch())
        assert len({row["order_sn"] for row in rows}) == len(rows), "an order has two rows"
        return {str(row["order_sn"]): str(row["reason"]) for row in rows}


def _with_sheets(run: Run, inbox: Inbox) -> Run:
    return replace(run, shared=inbox)


@contextmanager
def ticked_desk(folder: Path, *, orders: int = 3, settings: str = "") -> Iterator[TickedDesk]:
    """Orders S0, S1 …, each with a parcel in the sheet."""
    sns = [f"S{n}" for n in range(orders)]
    clock = SteadyClock()
    site = ImportSite(orders={sn: an_order(sn, ship_by=NOW) for sn in sns}, clock=clock)
    rows = [a_row(sn, row=n, tracking_number=f"7800000000{n:04d}") for n, sn in enumerate(sns, 2)]
    ticks, nobody, notes = Ticks(site=site), Nobody(), list[tuple[str, str]]()
    with Ledger.open(folder / "ledger.sqlite3", clock=clock) as ledger:
        run = a_run(
            folder,
            ledger=ledger,
            flow="ship-batch",
            settings=f'live = true\nbase_url = "http://127.0.0.1:1"\nmock = true\n{settings}',
            profile=load_profile("douyin"),
            clock=clock,
            meter=nobody,
            person=nobody,
            note=lambda *told: notes.append(told),
            offices={ReadsOrders: lambda: site, ShipsOrders: lambda: site, ShipsTicked: lambda: ticks},
        )
        yield TickedDesk(ticks, run, notes, rows)
