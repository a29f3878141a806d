"""Shipping by import, from decisions to settled rows: here beside a bare script, and in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixtures.mockshop.harness import MockShop
from fixtures.sheets.formats import write_csv
from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.orders.api import OrdersPage, ReadsOrders
from flows.ship_batch import SHIP_BATCH
from rpa.browser.session import launched
from tests.bench import anchors
from tests.bench.shop import Parcel, bare_page, configured, newest_parcels, our_run, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.orders.model import Order
    from rpa.config import Config
    from rpa.run import Run

_ORDERS_A_PARCEL = 2.5
"""So many orders does a shop have to have for each parcel that is wanted of it."""


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
    with _shop(count) as (mock, parcels, folder):
        config = _ready(mock, parcels, folder)
        with our_run(SHIP_BATCH, browser, config) as run:
            ours = _shipped(run)
        _prove(mock, count=count, done=ours.done)
    with _shop(count) as (mock, parcels, folder), bare_page(browser, url=mock.url) as page:
        begin = time.perf_counter()
        told = anchors.import_well(page, mock.url, parcels, file=folder / "parcels.xlsx")
        seconds = time.perf_counter() - begin
        _prove(mock, count=count, done=sum("成功" in row for row in told))
    return ours, seconds


def in_a_process(*, count: int) -> Shipped:
    """Ours, alone in its process."""
    with _shop(count) as (mock, parcels, folder):
        _ready(mock, parcels, folder)
        command = [sys.executable, "-m", "tests.bench.importing", str(folder), mock.url]
        ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        shipped = Shipped(**json.loads(ended.stdout))
        _prove(mock, count=count, done=shipped.done)
    return shipped


@contextmanager
def _shop(count: int) -> Iterator[tuple[MockShop, list[Parcel], Path]]:
    orders = int(count * _ORDERS_A_PARCEL)
    with started(orders=orders) as mock, tempfile.TemporaryDirectory() as folder:
        yield mock, newest_parcels(mock, orders=orders, count=count), Path(folder)


def _ready(mock: MockShop, parcels: Sequence[Parcel], folder: Path) -> Config:
    config = configured(folder, url=mock.url)
    (folder / "inbox").mkdir()
    write_csv(folder / "inbox" / "parcels.csv", [("订单号", "快递公司", "快递单号"), *parcels], encoding="utf-8-sig")
    return config


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


def _shipped(run: Run) -> Shipped:
    reading = _Timed(run.office(ReadsOrders))
    run = replace(run, offices={**run.offices, ReadsOrders: lambda: reading})
    desk = shipping_batch(run, by=By.IMPORT)
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


def _prove(mock: MockShop, *, count: int, done: int) -> None:
    """A benchmark of work that was not done would be worth nothing."""
    accepted = sum(len(order["shipments"]) for order in mock.truth()["orders"].values())
    if (accepted, done) != (count, count):
        message = f"{accepted} accepted and {done} told as done, expected {count}"
        raise SystemExit(message)


def main(folder: Path, url: str) -> None:
    """One line of JSON on standard output."""
    config = configured(folder, url=url)
    with launched() as browser, our_run(SHIP_BATCH, browser, config) as run:
        shipped = _shipped(run)
    sys.stdout.write(json.dumps(asdict(shipped)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
