"""A site in memory, as flows that ship see it: its list, its dialog and its import page; it changes on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.importing.file import read_lines
from flows.importing.known import write_known_template
from flows.importing.model import ImportLimits, ImportLine, ImportResult
from flows.importing.profile import ImportWords
from flows.inbox import Inbox
from flows.model import Decision, How, Order, SheetRow
from flows.office import ImportSaid, ImportsShipments, OrdersPage, ReadsOrders, Said, ShipsOrders, Sighting
from flows.sheets import SheetContents
from rpa.config import load
from rpa.elements.registry import load_profile
from rpa.language import Language
from rpa.ledger.ledger import Ledger
from rpa.run import Run
from tests.unit.ledger_clock import HandClock
from tests.unit.made_orders import NOW

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
    going: bool = False
    """What is uploaded is not processed."""
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens when `limits`, `nearest` or `fill_in` is asked for."""

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
        return {sn: self.orders[sn] for sn in order_sns if sn in self.orders}

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
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

    def fill_in(self, told: Any, file: Path | None = None) -> _Form:
        """The import's form, or the dialog's."""
        if isinstance(told, Decision):
            _, shipment = told.to_ship
            line = ImportLine(
                order_sn=told.order_sn, courier=shipment.courier, tracking_number=shipment.tracking_number
            )  # fmt: skip
            return _Form(self, [line], uploads=False)
        assert file is not None
        self._happens("fill_in")
        return _Form(self, read_lines(file, words=WORDS), uploads=True)

    def result(self, _how: How, **_asked: Any) -> ImportResult | None:
        return ImportResult(task_id="1", finished=not self.going, going=self.going)


@dataclass(slots=True)
class _Form:
    site: ImportSite
    lines: list[ImportLine]
    uploads: bool
    evidence: Path | None = None

    def send(self) -> Said:
        sns = [line.order_sn for line in self.lines]
        if not self.uploads:
            self.site.by_dialog += sns
        else:
            self.site.uploaded.append(sns)
        for line in [] if self.uploads and self.site.going else self.lines:
            self.site.ship(line)
        return ImportSaid(accepted=True, task_id="1") if self.uploads else Said(accepted=True)

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


@contextmanager
def run_at(
    site: ImportSite, rows: Sequence[SheetRow], *, folder: Path, options: Any = None, settings: str = ""
) -> Iterator[tuple[Run, list[str]]]:
    """A run at this site with these sheet rows, and the causes of what it notes."""
    path = folder / "rpa.toml"
    path.write_text(f'[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\nlive = true\n{settings}', encoding="utf-8")
    notes: list[str] = []
    nobody: Any = Nobody()
    contents = SheetContents(good=tuple(rows), bad=(), left_alone=())
    with Ledger.open(folder / "ledger.sqlite3", clock=site.clock) as ledger:
        yield (
            Run(
                record=ledger.start_run("demo", flow="ship-batch"), shop=load(path).shop("demo"),
                profile=load_profile("pinduoduo"), options=options, shared=Inbox(contents={"demo": contents}),
                dry=False, ledger=ledger, clock=site.clock, language=Language.EN, meter=nobody, person=nobody,
                note=lambda cause, _message: notes.append(cause), stopping=lambda: False,
                documents=folder / "documents", evidence=folder / "evidence", handover=folder / "handover",
                offices=dict.fromkeys((ReadsOrders, ShipsOrders, ImportsShipments), lambda: site),
            ),
            notes,
        )  # fmt: skip
