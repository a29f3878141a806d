"""Four shops worked in by `rpa schedule` for a while, with trouble of every kind: what goes in, what is measured."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import tomlkit

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import generate
from fixtures.sheets.samples import Parcel
from rpa.clock import Clock
from rpa.ledger.actions import State
from rpa.ledger.ledger import Ledger
from rpa.scheduler.run_queue import resting
from tests.support.mock_shop import ZONE, ShopFolder
from tests.support.processes import pss_mb, staying
from tests.support.small_shop import chosen, hold_still, layout_now, log_in, prepare

SHOPS, PARCELS = 4, 120
_STEP_S = 5.0
_STOPS_WITHIN_S = 90.0
_SHIP, _LIST = "orders/shipping", "recentOrderList"
_FAULTS: tuple[dict[str, Any], ...] = (
    {"name": "reset-before", "endpoint": _SHIP},
    {"name": "reset-after", "endpoint": _SHIP},
    {"name": "error-before", "endpoint": _SHIP},
    {"name": "error-after", "endpoint": _SHIP},
    {"name": "slow", "endpoint": _LIST, "ms": 3000},
    {"name": "toast-lies"},
    {"name": "stale-list", "s": 4.0},
    {"name": "second-confirmation"},
    {"name": "session-expired"},
    {"name": "popup-known"},
    {"name": "popup-unknown"},
    {"name": "rate-limited", "endpoint": _LIST},
)


@dataclass(slots=True, kw_only=True)
class SoakedShop:
    """One of the shops: its mock, and the parcels whose numbers have come in so far."""

    name: str
    mock: MockShop
    parcels: list[Parcel]
    given: int = 0

    @property
    def sent_off(self) -> list[Parcel]:
        """The parcels that stand in the sheet."""
        return self.parcels[: self.given]


@dataclass(slots=True, kw_only=True)
class Soak:
    """Shops, the scheduler's process, and what was seen of it."""

    folder: ShopFolder
    shops: list[SoakedShop]
    rng: random.Random
    memory: list[tuple[float, float]] = field(default_factory=list)
    """(minutes since the start, MB of what lasts: the scheduler and the shared browser, without the workers)."""
    peak_mb: float = 0.0
    """The most that all processes held together."""
    faults: list[str] = field(default_factory=list)
    family: set[psutil.Process] = field(default_factory=set)
    """Every process of the program that was ever seen."""

    def give(self, shop: SoakedShop, count: int) -> None:
        """So many more tracking numbers come in."""
        shop.given = min(shop.given + count, len(shop.parcels))
        self.folder.write_sheet(shop.sent_off, name=f"inbox/{shop.name}.csv")

    def trouble(self) -> None:
        """Something goes wrong in one of the shops, or with one of the processes."""
        shop = self.rng.choice(self.shops)
        fault = dict(self.rng.choice(_FAULTS))
        self.faults.append(f"{shop.name}: {fault['name']}")
        shop.mock.fault(fault.pop("name"), at=self.rng.randint(1, 3), times=1, **fault)

    def kill_one(self, scheduler: psutil.Process, *, of: str) -> None:
        """End one process below the scheduler without warning: a `worker`, or the `browser`."""
        below = {each: _words(each) for each in scheduler.children(recursive=True)}
        workers = [each for each in below if _is_worker(each)]
        browsers = [each for each, words in below.items() if "--remote-debugging" in words and "--type=" not in words]
        found = workers if of == "worker" else browsers
        if found:
            self.faults.append(f"killed a {of}")
            with suppress(psutil.NoSuchProcess):
                self.rng.choice(found).kill()

    def measure(self, scheduler: psutil.Process, *, minutes: float) -> None:
        """Note how much memory the scheduler and all below it hold."""
        processes = [scheduler, *scheduler.children(recursive=True)]
        self.family.update(processes)
        held = {each: pss_mb(each) for each in processes}
        passing = {each for worker in processes if _is_worker(worker) for each in _with_children(worker)}
        self.memory.append((minutes, sum(megabytes for each, megabytes in held.items() if each not in passing)))
        self.peak_mb = max(self.peak_mb, sum(held.values()))

    @property
    def slope(self) -> float:
        """Growth in MB an hour of what lasts, by the least of each minute, when few shops are open, after a quarter."""
        by_minute: dict[int, list[float]] = {}
        for minutes, megabytes in self.memory:
            by_minute.setdefault(int(minutes), []).append(megabytes)
        settled = sorted(by_minute)[len(by_minute) // 4 :]
        least = [min(by_minute[minute]) for minute in settled]
        return statistics.linear_regression(settled, least).slope * 60 if len(settled) > 1 else 0.0


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _is_worker(process: psutil.Process) -> bool:
    return "rpa.scheduler.worker" in _words(process)


def _with_children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return [process]


@contextmanager
def soaked(path: Path, *, seed: int) -> Iterator[Soak]:
    """Four shops of one owner, each with orders to come, run every minute."""
    folder = ShopFolder(path)
    shops = []
    with ExitStack() as mocks:
        for number in range(SHOPS):
            made = generate(orders=1200, seed=number, now=DEFAULT_NOW)
            plain, _, _ = chosen(made, parcels=PARCELS, virtual=0, held=0)
            mock = mocks.enter_context(MockShop(orders=1200, seed=number, layout=layout_now()))
            prepare(mock, made, pending=plain, held={})
            rows: list[Parcel] = [(sn, "中通快递", f"78{number:02d}{n:010d}") for n, sn in enumerate(plain, start=1)]
            shop = SoakedShop(name=f"s{number + 1}", mock=mock, parcels=rows)
            folder.add_shop(shop.name, url=mock.url, settle_s=8.0, sheets=[f"inbox/{shop.name}.csv"])
            log_in(folder, mock=mock, shop=shop.name)
            shops.append(shop)
        hold_still(folder)
        schedule = [{"flow": "ship", "every": "60s", "time_limit": "3m"}]
        written = {"language": "en", "shops": folder.shops, "schedule": schedule}
        (folder.path / "rpa.toml").write_text(tomlkit.dumps(written), encoding="utf-8")
        soak = Soak(folder=folder, shops=shops, rng=random.Random(seed))
        for shop in shops:
            soak.give(shop, 2)
        yield soak


def run_for(soak: Soak, *, minutes: float) -> subprocess.Popen[str]:
    """Let `rpa schedule` work for so long among troubles, then in peace until all is done; ask it to stop."""
    log = (soak.folder.path / "schedule.txt").open("w", encoding="utf-8")
    process = soak.folder.start("schedule", stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    scheduler = psutil.Process(process.pid)
    try:
        began = time.monotonic()
        while (passed := (time.monotonic() - began) / 60) < minutes:
            _wait(process, _STEP_S)
            soak.measure(scheduler, minutes=passed)
            _disturb(soak, scheduler)
        for shop in soak.shops:
            shop.mock.clear_faults()
        _until_all_is_done(soak, process)
        process.terminate()
        process.wait(timeout=_STOPS_WITHIN_S)
    finally:
        log.close()
        for each in [*scheduler.children(recursive=True), scheduler] if process.poll() is None else []:
            with suppress(psutil.NoSuchProcess):
                each.kill()
    return process


def _disturb(soak: Soak, scheduler: psutil.Process) -> None:
    if soak.rng.random() < 0.6:
        soak.give(soak.rng.choice(soak.shops), soak.rng.randint(1, 3))
    if soak.rng.random() < 0.5:
        soak.trouble()
    if soak.rng.random() < 0.02:
        soak.kill_one(scheduler, of=soak.rng.choice(("worker", "worker", "browser")))


def _until_all_is_done(soak: Soak, process: subprocess.Popen[str]) -> None:
    """Wait, five minutes at most, until every parcel given is shipped in truth, and no action is open any more."""
    until = time.monotonic() + 300
    while time.monotonic() < until and _left(soak):
        _wait(process, _STEP_S)


def _left(soak: Soak) -> bool:
    """Whether there is something to do yet. Who is told that a shop rests logs in to it meanwhile, and to no other."""
    clock = Clock(ZONE)
    with Ledger.open(soak.folder.var / "ledger.sqlite3", clock=clock) as ledger:
        rest = resting(ledger.incidents.still_open(), accounts={}, secrets=soak.folder.var / "secrets", now=clock.now())
        in_doubt = ledger.actions.search(state=State.SUBMITTING) + ledger.actions.search(state=State.UNKNOWN)
    for shop in soak.shops:
        if shop.name in rest:
            log_in(soak.folder, mock=shop.mock, shop=shop.name)
    return bool(in_doubt) or any(missing(shop) for shop in soak.shops)


def missing(shop: SoakedShop) -> list[str]:
    """The orders whose parcels stand in the sheet, and which the site does not have as shipped."""
    orders = shop.mock.truth()["orders"]
    return [sn for sn, _, _ in shop.sent_off if not orders[sn]["shipments"]]


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)
        message = f"the scheduler ended by itself with {process.returncode}"
        raise AssertionError(message)


def survivors(family: Sequence[psutil.Process] | set[psutil.Process]) -> list[str]:
    """Processes that are still there."""
    own = os.getpid()
    return [f"{each.pid} {_words(each)[:100]}" for each in staying(each for each in family if each.pid != own)]
