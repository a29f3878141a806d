"""Shipping many at once, from decisions to settled rows: here beside a bare script, and in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.orders.api import OrdersPage, ReadsOrders
from flows.ship_batch import SHIP_BATCH
from rpa.browser.session import launched
from tests.bench import anchors
from tests.bench.cost import Cost, measured
from tests.bench.shop import bare_page, configured, our_run, prove, shop_to_ship, with_sheet
from tests.bench.sites import DOUYIN

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.orders.model import Order
    from rpa.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What it took to ship all parcels of a shop."""

    read_s: float
    """From the start to the decisions: mostly the pending list."""
    ship_s: float
    """From the decisions until all rows were settled, less `again_s`."""
    again_s: float
    """Reading the lists again: for the marks of the orders in a file before that goes up, for what changed after."""
    peak_mb: float
    """Of the whole process so far."""
    done: int
    """Rows."""


def by_import(browser: Browser, *, count: int) -> tuple[Shipped, float]:
    """Ours, and the seconds of a bare script for the same number of rows, each in a fresh shop."""
    with shop_to_ship(count) as (mock, parcels, folder):
        config = with_sheet(folder, parcels, url=mock.url)
        with our_run(SHIP_BATCH, browser, config) as run:
            ours = _shipped(run, by=By.IMPORT)
        prove(mock, count=count, done=ours.done)
    with shop_to_ship(count) as (mock, parcels, folder), bare_page(browser, url=mock.url) as page:
        begin = time.perf_counter()
        told = anchors.import_well(page, mock.url, parcels, file=folder / "parcels.xlsx")
        seconds = time.perf_counter() - begin
        prove(mock, count=count, done=sum("成功" in row for row in told))
    return ours, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """Shipping by ticked rows, from the start to the end, ours and a bare script's."""

    ours: Cost
    ours_without_lists_s: float
    bare: Cost
    """Of its clicks, the result of the task read."""
    bare_lists: Cost
    """Of reading the orders before, and those that were shipped after."""


def by_ticks(browser: Browser, *, count: int) -> Ticked:
    """Both for the same number of rows, each in a fresh shop."""
    site = DOUYIN
    with shop_to_ship(count, site=site) as (mock, parcels, folder):
        config = with_sheet(folder, parcels, url=mock.url, site=site)
        with our_run(SHIP_BATCH, browser, config) as run:
            shipped: list[Shipped] = []
            ours = measured(lambda: shipped.append(_shipped(run, by=By.TICKED)))
        prove(mock, count=count, done=shipped[0].done)
    with shop_to_ship(count, site=site) as (mock, parcels, folder), bare_page(browser, url=mock.url, site=site) as page:
        before = measured(lambda: anchors.read_answers(page, mock.url, site=site))
        bare = measured(lambda: anchors.tick_well(page, mock.url, parcels, site=site))
        after = measured(lambda: anchors.read_answers(page, mock.url, site=site, shipped=True))
        prove(mock, count=count, done=count)
    return Ticked(ours=ours, ours_without_lists_s=shipped[0].ship_s, bare=bare, bare_lists=before + after)


def in_a_process(*, count: int) -> Shipped:
    """Ours, alone in its process."""
    with shop_to_ship(count) as (mock, parcels, folder):
        with_sheet(folder, parcels, url=mock.url)
        command = [sys.executable, "-m", "tests.bench.bulk", str(folder), mock.url]
        ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        shipped = Shipped(**json.loads(ended.stdout))
        prove(mock, count=count, done=shipped.done)
    return shipped


class _Timed:
    """The reading of orders, with the seconds that the readings before and after an upload take."""

    def __init__(self, reading: ReadsOrders) -> None:
        self._reading = reading
        self.seconds = 0.0

    def nearest(self) -> Iterator[OrdersPage]:
        """The pages, timed."""
        pages = self._reading.nearest()
        while True:
            begin = time.perf_counter()
            page = next(pages, None)
            self.seconds += time.perf_counter() - begin
            if page is None:
                return
            yield page

    def find(self, order_sns: Sequence[str]) -> Mapping[str, Order]:
        """The orders, timed."""
        begin = time.perf_counter()
        try:
            return self._reading.find(order_sns)
        finally:
            self.seconds += time.perf_counter() - begin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reading, name)


def _shipped(run: Run, *, by: By) -> Shipped:
    reading = _Timed(run.office(ReadsOrders))
    run = replace(run, offices={**run.offices, ReadsOrders: lambda: reading})
    desk = shipping_batch(run, by=by)
    begin = time.perf_counter()
    desk.decide(desk.read_pending_orders())
    rows = list(desk.report_skipped())
    decided = time.perf_counter()
    rows += desk.act_all()
    rows += desk.read_back_all()
    rows += desk.retry_undone()
    settled = time.perf_counter()
    done = sum(row["outcome"] == "done" for row in rows)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Shipped(
        read_s=decided - begin,
        ship_s=settled - decided - reading.seconds,
        again_s=reading.seconds,
        peak_mb=peak_kb / 1024,
        done=done,
    )


def main(folder: Path, url: str) -> None:
    """One line of JSON on standard output."""
    config = configured(folder, url=url)
    with launched() as browser, our_run(SHIP_BATCH, browser, config) as run:
        shipped = _shipped(run, by=By.IMPORT)
    sys.stdout.write(json.dumps(asdict(shipped)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
