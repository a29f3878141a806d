"""Benchmarks: ours beside bare scripts, interleaved in one run; medians of ratios. `python -m tests.bench [NAME…]`."""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from flows.pending_orders import PENDING_ORDERS
from flows.ship import SHIP
from rpa.browser.session import launched
from tests.bench import anchors, bulk, memory, starting, watching
from tests.bench.cost import Cost, measured
from tests.bench.shop import bare_page, configured, our_run, prove, shop_to_ship, started, with_sheet
from tests.bench.sites import PINDUODUO, SITES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rpa.config import Config
    from tests.bench.sites import BareSite

_NAMES = {
    "pinduoduo": (
        "starting",
        "watching",
        "reading",
        "growing",
        "shipping",
        "sleeping",
        "importing",
        "growing-imports",
        "memory",
    ),
    "douyin": ("reading", "growing", "shipping", "ticking"),
}
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


def compared(what: str, costs: Sequence[tuple[Cost, Cost]], *, bound: float) -> list[Line]:
    """Seconds, which have a bound, and processor seconds, which are only told."""
    return [
        Line(what=what, pairs=tuple((ours.seconds, bare.seconds) for ours, bare in costs), bound=bound),
        Line(
            what="the same, processor seconds",
            pairs=tuple((ours.processor_s, bare.processor_s) for ours, bare in costs),
        ),
    ]


def reading(browser: Browser, repetitions: int, *, site: BareSite) -> list[Line]:
    """1,000 pending orders at page size 100, cross-checked, against the bare loop and against a call a cell."""
    costs, cells, orders = [], [], 0
    with started(orders=1180, site=site) as mock, tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder), url=mock.url, site=site)
        for _ in range(repetitions):
            ours, orders = _read_ours(browser, config)
            with bare_page(browser, url=mock.url, site=site) as page:
                bare = measured(lambda page=page: anchors.read_answers(page, mock.url, site=site))  # type: ignore[misc]
            costs.append((ours, bare))
            with bare_page(browser, url=mock.url, site=site) as page:
                a_cell = measured(lambda page=page: anchors.read_cells(page, mock.url, site=site, rows=8))  # type: ignore[misc]
            cells.append((ours.seconds / orders, a_cell.seconds / 8))
    return [
        *compared(f"read {orders} pending orders : bare loop over answers", costs, bound=1.15),
        Line(what="the same, per order : one locator call a cell", pairs=tuple(cells), bound=1 / 20),
    ]


def _read_ours(browser: Browser, config: Config) -> tuple[Cost, int]:
    rows: list[object] = []
    with our_run(PENDING_ORDERS, browser, config) as run:
        cost = measured(lambda: rows.extend(PENDING_ORDERS.work(run)))
    return cost, len(rows)


def growing(repetitions: int, *, site: BareSite) -> list[Line]:
    """From 1,000 to 20,000 orders: time an order, and this program's peak memory."""
    times, used, peaks = [], [], []
    for _ in range(repetitions):
        large, small = _read_in_a_process(orders=20_000, site=site), _read_in_a_process(orders=1_180, site=site)
        times.append((large["seconds"] / large["orders"], small["seconds"] / small["orders"]))
        used.append((large["processor_s"] / large["orders"], small["processor_s"] / small["orders"]))
        peaks.append((large["peak_mb"], small["peak_mb"]))
    return [
        Line(what="time an order at 20,000 orders : at 1,000", pairs=tuple(times), bound=1.1),
        Line(what="the same, processor seconds", pairs=tuple(used)),
        Line(what="peak memory (MB) at 20,000 orders : at 1,000", pairs=tuple(peaks), bound=1.5),
    ]


def _read_in_a_process(*, orders: int, site: BareSite) -> dict[str, float]:
    with started(orders=orders, site=site) as mock, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.growing", folder, mock.url, site.platform]
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


def shipping(browser: Browser, repetitions: int, *, site: BareSite, count: int = 100) -> list[Line]:
    """Orders shipped by the dialog, with all checks, read-back and evidence, against a script that only clicks."""
    good, still = [], []
    for _ in range(repetitions):
        bare = _ship_bare(browser, partial(anchors.ship_well, site=site), count=count, site=site)
        good.append((_ship_ours(browser, count=count, still=False, site=site), bare))
        still.append((_ship_ours(browser, count=count, still=True, site=site), bare))
    return [
        *compared(f"ship {count} orders : good script, clicks only", good, bound=1.10),
        *compared("the same with the site's animations off : good script", still, bound=0.75),
    ]


def shipping_slowly(browser: Browser, repetitions: int) -> list[Line]:
    """Orders shipped by the dialog, against a script that sleeps."""
    pairs = []
    for _ in range(repetitions):
        ours = _ship_ours(browser, count=_DIALOGS, still=False)
        slow = _ship_bare(browser, anchors.ship_as_in_a_tutorial, count=5)
        pairs.append((ours.seconds / _DIALOGS, slow.seconds / 5))
    return [Line(what="ship, per order : tutorial script with fixed sleeps", pairs=tuple(pairs), bound=0.25)]


def _ship_ours(browser: Browser, *, count: int, still: bool, site: BareSite = PINDUODUO) -> Cost:
    with shop_to_ship(count, site=site) as (mock, parcels, folder):
        config = with_sheet(folder, parcels, url=mock.url, site=site)
        with our_run(SHIP, browser, config, still=still) as run:
            rows: list[dict[str, object]] = []
            cost = measured(lambda: rows.extend(map(dict, SHIP.work(run))))
        prove(mock, count=count, done=sum(row["outcome"] == "done" for row in rows if row["tracking_number"]))
    return cost


def _ship_bare(browser: Browser, script: Callable[..., None], *, count: int, site: BareSite = PINDUODUO) -> Cost:
    with shop_to_ship(count, site=site) as (mock, parcels, _), bare_page(browser, url=mock.url, site=site) as page:
        cost = measured(lambda: script(page, mock.url, parcels))
        prove(mock, count=count, done=count)
    return cost


def by_ticks(browser: Browser, repetitions: int, *, count: int) -> list[Line]:
    """Orders shipped by ticked rows, from the first list to the last, against a script that does and reads the same."""
    runs = [bulk.by_ticks(browser, count=count) for _ in range(repetitions)]
    alone = tuple((run.ours_without_lists_s, run.bare.seconds) for run in runs)
    return [
        *compared(
            f"ship {count} ticked orders : bare script, as many lists read",
            [(run.ours, run.bare + run.bare_lists) for run in runs],
            bound=1.5,
        ),
        Line(what="the same from the decisions on, lists apart : its clicks", pairs=alone, bound=1.5),
    ]


def by_import(browser: Browser, repetitions: int, *, rows: int) -> list[Line]:
    """Orders shipped by file, each row settled, against a script that uploads the same file and reads the result."""
    alone, again, dialog = [], [], []
    for _ in range(repetitions):
        ours, bare = bulk.by_import(browser, count=rows)
        by_dialog = _ship_ours(browser, count=_DIALOGS, still=False).seconds / _DIALOGS * rows
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
        large, small = bulk.in_a_process(count=10 * rows), bulk.in_a_process(count=rows)
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
    parser.add_argument("names", nargs="*", help=f"of {_NAMES}; default: all of the platform")
    parser.add_argument("--platform", choices=SITES, default=PINDUODUO.platform)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--orders", type=int, default=100, help="orders shipped by dialog or ticked in a repetition")
    parser.add_argument("--rows", type=int, default=1000, help="rows of an import, and a tenth of those of a large one")
    parser.add_argument("--shops", type=int, default=memory.SHOPS, help="shops whose lists are open at once")
    asked = parser.parse_args()
    site, known = SITES[asked.platform], _NAMES[asked.platform]
    names, times = asked.names or known, asked.repetitions
    if not set(names) <= set(known):
        parser.error(f"{asked.platform} has {', '.join(known)}")
    work: dict[str, Callable[[Browser], list[Line]]] = {
        "starting": lambda browser: programs(browser, times),
        "watching": lambda _: status(times),
        "reading": lambda browser: reading(browser, times, site=site),
        "shipping": lambda browser: shipping(browser, times, site=site, count=asked.orders),
        "sleeping": lambda browser: shipping_slowly(browser, times),
        "ticking": lambda browser: by_ticks(browser, times, count=asked.orders),
        "importing": lambda browser: by_import(browser, times, rows=asked.rows),
    }
    alone: dict[str, Callable[[], list[Line]]] = {
        "memory": lambda: remembering(min(3, times), shops=asked.shops),
        "growing-imports": lambda: import_growing(min(3, times), rows=asked.rows),
        "growing": lambda: growing(min(3, times), site=site),
    }
    lines: list[Line] = []
    with launched() as browser:
        for name in names:
            lines += work[name](browser) if name in work else []
    for name in names:
        lines += alone[name]() if name in alone else []
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
