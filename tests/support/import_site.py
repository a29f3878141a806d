"""A site in memory, as flows that ship see it: its list, its dialog and its import page; it changes on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fixtures.mockshop.pinduoduo.import_files import failures_file
from fixtures.mockshop.shop.import_tasks import EXPRESS, ImportRow
from flows.bulk_import.api import ImportLimits, ImportLine, ImportResult, ImportsShipments, ToldRow
from flows.bulk_import.file import read_lines
from flows.bulk_import.words import ImportWords, write_known_template
from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.inbox.inbox import Inbox
from flows.orders.api import OrdersPage, ReadsOrders, Said, Sighting
from flows.orders.model import Decision, How, Order, SheetRow
from flows.procedure.in_bulk import TaskSaid
from flows.sheets.contents import SheetContents
from flows.ship import carefully
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import look_at
from flows.shipping.step import ShipStep
from rpa.elements.registry import load_profile
from rpa.ledger.actions import Action
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look
from rpa.run import Run
from tests.support.dialog_step import dialog_step
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import NOW, a_row, an_order, changed
from tests.support.made_runs import a_run

WORDS = load_profile("pinduoduo").section(ImportWords)


class SteadyClock(HandClock):
    """Its steady clock is moved by hand, too."""

    def monotonic(self) -> float:
        return self._at[0].timestamp()


@dataclass(slots=True, kw_only=True)
class ImportSite:
    """What the site has; a file that goes up ships its rows at once, and no file of failures is offered."""

    orders: dict[str, Order]
    clock: SteadyClock
    limits_: ImportLimits = field(default_factory=lambda: ImportLimits(rows=1000, size=5_000_000))
    uploaded: list[list[str]] = field(default_factory=list)
    """The orders of each file."""
    by_dialog: list[str] = field(default_factory=list)
    unshown: set[str] = field(default_factory=set)
    """Orders that its dialog says yes to, and nothing becomes of."""
    going: bool = False
    """What is uploaded is not processed."""
    late: bool = False
    """What is uploaded is processed while somebody waits for its result."""
    tells: bool = False
    """Its table calls each row of the newest file accepted."""
    certain: bool = False
    """So does its file of failures."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Orders that table and file of failures call refused, for a reason that lasts, with its words."""
    lost: bool = False
    """What is uploaded is never processed, though it has ended."""
    recorded: bool = True
    """Its records have what was uploaded."""
    others: list[str] = field(default_factory=list)
    """Files of other hands that it works through."""
    says: TaskSaid = field(default_factory=lambda: TaskSaid(accepted=True, task_id="1"))
    """To an upload."""
    looked_up: list[str] = field(default_factory=list)
    """The orders that were searched for one by one."""
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens when `limits`, `nearest`, `find`, `fill_in`, `read_back`, `result` or `at_work` is asked for."""
    _newest: Sequence[ImportLine] = ()
    _waiting: list[ImportLine] = field(default_factory=list)

    def _happens(self, what: str) -> None:
        self.at.get(what, lambda: None)()

    def pending(self) -> Iterator[OrdersPage]:
        found = tuple(order for order in self.orders.values() if order.status == "pending")
        yield OrdersPage(orders=found, total=len(found))

    def nearest(self) -> Iterator[OrdersPage]:
        self._happens("nearest")
        yield from self.pending()

    def now(self) -> datetime:
        return NOW

    def find(self, order_sns: Sequence[str]) -> Mapping[str, Order]:
        self._happens("find")
        return {sn: self.orders[sn] for sn in order_sns if sn in self.orders}

    def look_up(self, order_sns: Sequence[str], *, most_searches: int) -> Iterator[Mapping[str, Order | None]]:
        self._happens("look_up")
        for sn in order_sns[:most_searches]:
            self.looked_up.append(sn)
            yield {sn: self.orders.get(sn)}

    def steps(self) -> Sequence[ShipStep]:
        return [dialog_step(self)]

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        return look_at(action, sighting)

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        self._happens("read_back")
        return {sn: Sighting(order=self.orders.get(sn)) for sn in order_sns}

    def ship(self, line: ImportLine) -> None:
        """The order is shipped from now on."""
        self.orders[line.order_sn] = replace(
            self.orders[line.order_sn], status="shipped", courier=line.courier, tracking_number=line.tracking_number
        )

    def limits(self, _how: How) -> ImportLimits:
        self._happens("limits")
        return self.limits_

    def template(self, how: How, *, into: Path) -> Path:
        path = into / "template.xlsx"
        write_known_template(path, words=WORDS, parcels=how is not How.NO_LOGISTICS)
        return path

    def fill_in(self, _how: How, file: Path) -> _Form:
        """The import's form."""
        self._happens("fill_in")
        return _Form(self, read_lines(file, words=WORDS))

    def check_allowed(self) -> None:
        pass

    def bring_row(self, decision: Decision) -> Mapping[str, Any]:
        return self._shown(decision.order_sn)

    def open(self, decision: Decision) -> _Dialog:
        return _Dialog(self, decision, told=self._shown(decision.order_sn))

    @contextmanager
    def pictured(self, _subject: str) -> Iterator[None]:
        yield

    def _shown(self, order_sn: str) -> dict[str, Any]:
        """What each place shows of an order."""
        order = self.orders[order_sn]
        names = ("goods_id", "goods", "spec")
        items = {name: tuple(str(getattr(item, name)) for item in order.items) for name in names}
        return {
            "order_sn": order_sn,
            "status": order.status,
            "audit": order.audit.value,
            "after_sale": order.after_sale.value,
            "goods_ids": items["goods_id"],
            "goods": items["goods"],
            "specs": items["spec"],
            "quantities": tuple(str(item.quantity) for item in order.items),
            "receiver": order.receiver,
            "region": order.region,
            "address": order.address,
            "remark": order.remark,
            "flag": order.flag,
        }

    def take(self, lines: Sequence[ImportLine]) -> None:
        """A file was uploaded."""
        self.uploaded.append([line.order_sn for line in lines])
        self._newest = lines
        if self.late:
            self._waiting += lines
        for line in [] if self.going or self.late or self.lost else lines:
            self.ship(line)

    def result(self, _how: How, *, into: Path, **_asked: Any) -> ImportResult | None:
        self._happens("result")
        while self._waiting:
            self.ship(self._waiting.pop())
        if not self.recorded:
            return None
        result = ImportResult(task_id="1", finished=not self.going, going=self.going)
        if self.tells:
            result = replace(result, rows=tuple(map(self._told, self._newest)))
        if self.certain:
            failed = [(_failed(line), self.refused[line.order_sn]) for line in self._newest if self._refuses(line)]
            (into / "failures.xlsx").write_bytes(failures_file(failed, function_type=EXPRESS))
            result = replace(result, failures=into / "failures.xlsx")
        return result

    def _refuses(self, line: ImportLine) -> bool:
        return line.order_sn in self.refused

    def _told(self, line: ImportLine) -> ToldRow:
        refused = self._refuses(line)
        code = WORDS.lasting[0] if refused else None
        return ToldRow(line=line, accepted=not refused, code=code, words=self.refused.get(line.order_sn, ""))

    def at_work(self, _how: How) -> list[str]:
        self._happens("at_work")
        return self.others


def _failed(line: ImportLine) -> ImportRow:
    return ImportRow(row_no=0, order_sn=line.order_sn, courier=line.courier, tracking_number=line.tracking_number)


@dataclass(slots=True)
class _Form:
    site: ImportSite
    lines: list[ImportLine]

    def send(self) -> Said:
        self.site.take(self.lines)
        return self.site.says


@dataclass(slots=True)
class _Dialog:
    site: ImportSite
    decision: Decision
    told: Mapping[str, Any]
    evidence: Path | None = None

    def read(self) -> Mapping[str, Any]:
        return self.told

    def put(self, decision: Decision, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        _, shipment = decision.to_ship
        parcel = {"courier": shipment.courier, "tracking_number": shipment.tracking_number}
        return {**shown, "how": shipment.how.value, **parcel}

    def blocked(self) -> str | None:
        return None

    def take_picture(self) -> None:
        pass

    def send(self) -> Said:
        _, shipment = self.decision.to_ship
        sn = self.decision.order_sn
        self.site.by_dialog.append(sn)
        if sn not in self.site.unshown:
            parcel = {"courier": shipment.courier, "tracking_number": shipment.tracking_number}
            self.site.ship(ImportLine(order_sn=sn, **parcel))
        return Said(accepted=True)

    def leave(self) -> None:
        pass


@dataclass(slots=True)
class Nobody:
    """Nobody watches."""

    def add(self, count: int) -> None:
        pass

    def advance(self) -> None:
        pass

    def agrees(self, question: str) -> bool:
        return True


def _inbox(rows: Sequence[SheetRow]) -> Inbox:
    return Inbox(contents={"demo": SheetContents(good=tuple(rows), bad=(), left_alone=())})


@contextmanager
def run_at(
    site: ImportSite, rows: Sequence[SheetRow], *, folder: Path, options: Any = None, settings: str = ""
) -> Iterator[tuple[Run, list[tuple[str, str]]]]:
    """A run at this site with these sheet rows, and what it notes: cause and words."""
    notes: list[tuple[str, str]] = []
    nobody = Nobody()
    with Ledger.open(folder / "ledger.sqlite3", clock=site.clock) as ledger:
        run = a_run(
            folder,
            ledger=ledger,
            flow="ship-batch",
            settings=f"live = true\n{settings}",
            options=options,
            shared=_inbox(rows),
            clock=site.clock,
            meter=nobody,
            person=nobody,
            note=lambda *told: notes.append(told),
            offices=dict.fromkeys((ReadsOrders, ShipsOrders, ImportsShipments), lambda: site),
        )
        yield run, notes


_MOCK = 'base_url = "http://127.0.0.1:1"\nmock = true\n'


@dataclass(slots=True)
class Shop:
    """A site with parcels to be shipped, and the run there."""

    site: ImportSite
    run: Run
    noted: list[tuple[str, str]]
    """Cause and words."""
    rows: Sequence[SheetRow]

    def ship(self, **how: Any) -> dict[str, tuple[str, str]]:
        """Reason and message by order number, after one run by import unless told otherwise."""
        desk = shipping_batch(self.run, **({"by": By.IMPORT} | how))
        rows = list(carefully(desk, self.run))
        assert len({row["order_sn"] for row in rows}) == len(rows), "an order has two rows"
        return {str(row["order_sn"]): (str(row["reason"]), str(row["message"])) for row in rows}

    @property
    def notes(self) -> list[str]:
        """The causes of what was noted."""
        return [cause for cause, _ in self.noted]

    def read_sheets_again(self) -> None:
        """As a new run does: no row is taken any more."""
        self.run = replace(self.run, shared=_inbox(self.rows))

    def number(self, order_sn: str) -> str:
        """The tracking number that the sheet gives it."""
        return next(row.tracking_number for row in self.rows if row.order_sn == order_sn)

    def handed_over(self) -> list[ImportLine]:
        """What stands in the files for a person."""
        files = sorted(self.run.handover.glob("*.xlsx"))
        return [line for file in files for line in read_lines(file, words=WORDS)]

    def change(self, order_sn: str, **told: Any) -> None:
        self.site.orders[order_sn] = changed(self.site.orders[order_sn], **told)


@contextmanager
def a_shop(folder: Path, *, parcels: int = 4, settings: str = "", clock: SteadyClock | None = None) -> Iterator[Shop]:
    sns = [f"S{n}" for n in range(parcels)]
    site = ImportSite(orders={sn: an_order(sn, ship_by=NOW) for sn in sns}, clock=clock or SteadyClock())
    rows = [a_row(sn, row=n, tracking_number=f"7800000000{n:04d}") for n, sn in enumerate(sns, 2)]
    with run_at(site, rows, folder=folder, settings=_MOCK + settings) as (run, notes):
        yield Shop(site, run, notes, rows)
