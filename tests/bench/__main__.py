"""Benchmarks: ours beside bare scripts, interleaved in one run; medians of ratios. `python -m tests.bench [NAME…]`."""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from flows.pending_orders import PENDING_ORDERS
from flows.ship import SHIP
from rpa.browser.session import launched
from tests.bench import anchors, importing, memory, starting, watching
from tests.bench.shop import bare_page, configured, newest_parcels, our_run, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("starting", "watching", "reading", "growing", "shipping", "importing", "growing-imports", "memory")
_DIALOGS = 20
"""Orders shipped by dialog beside an import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison: seconds of ours and of the anchor, a pair a repetition."""

    what: str
    pairs: tuple[tuple[float, float], ...]
    bound: float = math.inf
    """Infinite: only told."""

    @property
    def ratio(self) -> float:
        """The median of the repetitions' ratios."""
        return statistics.median(ours / anchor for ours, anchor in self.pairs)


def timed(work: Callable[[], object]) -> float:
    """Seconds that this took."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def reading(browser: Browser, repetitions: int) -> list[Line]:
    """1,000 pending orders at page size 100, cross-checked, against the bare loop and against a call a cell."""
    pairs, cells, orders = [], [], 0
    with started(orders=1180) as mock, tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder), url=mock.url)
        for _ in range(repetitions):
            ours, orders = _read_ours(browser, config)
            with bare_page(browser, url=mock.url) as page:
                bare = timed(lambda page=page: anchors.read_answers(page, mock.url))  # type: ignore[misc]
            pairs.append((ours, bare))
            with bare_page(browser, url=mock.url) as page:
                a_cell = timed(lambda page=page: anchors.read_cells(page, mock.url, rows=8))  # type: ignore[misc]
            cells.append((ours / orders, a_cell / 8))
    return [
        Line(what=f"read {orders} pending orders : bare loop over answers", pairs=tuple(pairs), bound=1.15),
        Line(what="the same, per order : one locator call a cell", pairs=tuple(cells), bound=1 / 20),
    ]


def _read_ours(browser: Browser, config: object) -> tuple[float, int]:
    rows: list[object] = []
    with our_run(PENDING_ORDERS, browser, config) as run:  # type: ignore[arg-type]
        seconds = timed(lambda: rows.extend(PENDING_ORDERS.work(run)))
    return seconds, len(rows)


def growing(repetitions: int) -> list[Line]:
    """From 1,000 to 20,000 orders: time an order, and this program's peak memory."""
    times, peaks = [], []
    for _ in range(repetitions):
        large, small = _read_in_a_process(orders=20_000), _read_in_a_process(orders=1_180)
        times.append((large["seconds"] / large["orders"], small["seconds"] / small["orders"]))
        peaks.append((large["peak_mb"], small["peak_mb"]))
    return [
        Line(what="time an order at 20,000 orders : at 1,000", pairs=tuple(times), bound=1.1),
        Line(what="peak memory (MB) at 20,000 orders : at 1,000", pairs=tuple(peaks), bound=1.5),
    ]


def _read_in_a_process(*, orders: int) -> dict[str, float]:
    with started(orders=orders) as mock, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.growing", folder, mock.url]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    read: dict[str, float] = json.loads(done.stdout)
    return read


def programs(browser: Browser, repetitions: int) -> list[Line]:
    """Whole programs: the help, and a run: the way to its first list, and what it costs."""
    helps = tuple(starting.help_pair() for _ in range(3 * repetitions))
    runs = starting.one_shot_pairs(browser, max(5, repetitions))
    lists = tuple((ours.first_list_s, bare.first_list_s) for ours, bare in runs)
    processor = tuple((ours.processor_s, bare.processor_s) for ours, bare in runs)
    return [
        Line(what="rpa --help : a typer hello-world's", pairs=helps, bound=1.5),
        Line(what="start to first list read : bare script", pairs=lists, bound=1.2),
        Line(what="processor seconds of that run, to its end : bare script", pairs=processor, bound=1.5),
    ]


def status(repetitions: int) -> list[Line]:
    """`rpa status` of many shops: what it costs beside its files and rows, and what each shop adds."""
    bare, growth = watching.status_pairs(2 * repetitions)
    return [
        Line(what=f"processor seconds of rpa status, {watching.SHOPS} shops : bare script", pairs=tuple(bare), bound=3),
        Line(what="the same : rpa status of 3 shops", pairs=tuple(growth), bound=2),
    ]


def shipping(browser: Browser, repetitions: int, *, count: int = 100) -> list[Line]:
    """Orders shipped by the dialog, with all checks, read-back and evidence, against scripts that only click."""
    good, still, tutorial = [], [], []
    for _ in range(repetitions):
        ours = _ship_ours(browser, count=count, still=False)
        ours_still = _ship_ours(browser, count=count, still=True)
        bare = _ship_bare(browser, anchors.ship_well, count=count)
        slow = _ship_bare(browser, anchors.ship_as_in_a_tutorial, count=5) / 5 * count
        good.append((ours, bare))
        still.append((ours_still, bare))
        tutorial.append((ours, slow))
    return [
        Line(what=f"ship {count} orders : good script, clicks only", pairs=tuple(good), bound=1.10),
        Line(what="the same with the site's animations off : good script", pairs=tuple(still), bound=0.75),
        Line(what="ship : tutorial script with fixed sleeps (5 orders, per order)", pairs=tuple(tutorial), bound=0.25),
    ]


def _ship_ours(browser: Browser, *, count: int, still: bool) -> float:
    from fixtures.sheets.formats import write_csv

    orders = count * 3
    with started(orders=orders) as mock, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = configured(folder, url=mock.url)
        parcels = newest_parcels(mock, orders=orders, count=count)
        (folder / "inbox").mkdir()
        write_csv(
            folder / "inbox" / "parcels.csv", [("订单号", "快递公司", "快递单号"), *parcels], encoding="utf-8-sig"
        )
        with our_run(SHIP, browser, config, still=still) as run:
            rows: list[dict[str, object]] = []
            seconds = timed(lambda: rows.extend(map(dict, SHIP.work(run))))
        _prove(mock, count=count, ends=[str(row["outcome"]) for row in rows if row["tracking_number"]])
    return seconds


def _ship_bare(browser: Browser, script: Callable[..., None], *, count: int) -> float:
    orders = count * 3 + 60
    with started(orders=orders) as mock:
        parcels = newest_parcels(mock, orders=orders, count=count)
        with bare_page(browser, url=mock.url) as page:
            seconds = timed(lambda: script(page, mock.url, parcels))
        _prove(mock, count=count, ends=["done"] * count)
    return seconds


def _prove(mock: object, *, count: int, ends: list[str]) -> None:
    """A benchmark of work that was not done would be worth nothing."""
    orders = mock.truth()["orders"]  # type: ignore[attr-defined]
    accepted = sum(len(order["shipments"]) for order in orders.values())
    if accepted != count or ends.count("done") != count:
        message = f"{accepted} accepted and {ends.count('done')} done, expected {count}"
        raise SystemExit(message)


def by_import(browser: Browser, repetitions: int, *, rows: int) -> list[Line]:
    """Orders shipped by file, each row settled, against a script that uploads the same file and reads the result."""
    alone, again, dialog = [], [], []
    for _ in range(repetitions):
        ours, bare = importing.by_import(browser, count=rows)
        by_dialog = _ship_ours(browser, count=_DIALOGS, still=False) / _DIALOGS * rows
        alone.append((ours.ship_s, bare))
        again.append((ours.ship_s + ours.again_s, bare))
        dialog.append((ours.ship_s + ours.again_s, by_dialog))
    return [
        Line(what=f"ship {rows} rows by import, lists apart : bare script", pairs=tuple(alone), bound=1.5),
        Line(what="the same with the lists read again for marks and changes : bare script", pairs=tuple(again)),
        Line(what=f"the same : our dialogs ({_DIALOGS} orders, per order)", pairs=tuple(dialog)),
    ]


def import_growing(repetitions: int, *, rows: int) -> list[Line]:
    """Ten times as many rows: time from the decisions on, and this program's peak memory."""
    times, apart, peaks = [], [], []
    for _ in range(repetitions):
        large, small = importing.in_a_process(count=10 * rows), importing.in_a_process(count=rows)
        times.append((large.ship_s + large.again_s, small.ship_s + small.again_s))
        apart.append((large.ship_s, small.ship_s))
        peaks.append((large.peak_mb, small.peak_mb))
    return [
        Line(what=f"ship {10 * rows} rows by import : {rows}", pairs=tuple(times), bound=11),
        Line(what="the same, lists apart", pairs=tuple(apart), bound=11),
        Line(what=f"peak memory (MB) at {10 * rows} rows by import : at {rows}", pairs=tuple(peaks), bound=2),
    ]


def remembering(repetitions: int, *, shops: int) -> list[Line]:
    """MB of the browsers with all shops' lists open, and what a worker holds beside them."""
    held = tuple(memory.browsers(repetitions, shops=shops))
    worker = memory.worker()
    mean = statistics.median(each.apart for each in held) / shops
    apart = tuple((each.together, each.apart) for each in held)
    ours = tuple((each.together, each.apart_ours) for each in held)
    return [
        Line(what=f"PSS (MB): {shops} shops in one browser : {shops} browsers", pairs=apart, bound=0.6),
        Line(what=f"the same : {shops} browsers started as ours", pairs=ours),
        Line(what="a worker's Python : one of the browsers", pairs=((worker.python_mb, mean),)),
        Line(what="a worker's driver : one of the browsers", pairs=((worker.driver_mb, mean),)),
    ]


def main() -> None:
    """Run the benchmarks named, or all, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"{', '.join(_NAMES)}; default: all")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--orders", type=int, default=100, help="orders shipped by dialog in a repetition")
    parser.add_argument("--rows", type=int, default=1000, help="rows of an import, and a tenth of those of a large one")
    parser.add_argument("--shops", type=int, default=memory.SHOPS, help="shops whose lists are open at once")
    asked = parser.parse_args()
    names = asked.names or _NAMES
    lines: list[Line] = []
    with launched() as browser:
        if "starting" in names:
            lines += programs(browser, asked.repetitions)
        if "watching" in names:
            lines += status(asked.repetitions)
        if "reading" in names:
            lines += reading(browser, asked.repetitions)
        if "shipping" in names:
            lines += shipping(browser, asked.repetitions, count=asked.orders)
        if "importing" in names:
            lines += by_import(browser, asked.repetitions, rows=asked.rows)
    if "memory" in names:
        lines += remembering(min(3, asked.repetitions), shops=asked.shops)
    if "growing-imports" in names:
        lines += import_growing(min(3, asked.repetitions), rows=asked.rows)
    if "growing" in names:
        lines += growing(min(3, asked.repetitions))
    _print(lines)


def _print(lines: list[Line]) -> None:
    table = Table("what : anchor", "ours", "anchor", "ratio", "spread", "bound", title="Benchmarks (medians)")
    for line in lines:
        ours, anchor = (statistics.median(pair[n] for pair in line.pairs) for n in (0, 1))
        ratios = sorted(ours / anchor for ours, anchor in line.pairs)
        held = "" if line.ratio <= line.bound else "  over"
        table.add_row(
            line.what,
            f"{ours:.3g}",
            f"{anchor:.3g}",
            f"{line.ratio:.3f}",
            f"{ratios[0]:.3f} … {ratios[-1]:.3f}",
            f"≤ {line.bound:.3g}{held}" if math.isfinite(line.bound) else "",
        )
    Console(width=150, file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
