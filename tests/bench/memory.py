"""Memory: the pages of many shops in one browser, against a browser for each; and what a worker holds beside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from playwright.sync_api import Playwright, sync_playwright

from rpa.browser.driver import find_browser
from rpa.browser.session import launched, sandbox, shop_page
from rpa.scheduler.pool import Pool
from rpa.scheduler.processes import family
from rpa.scheduler.worker_tasks import WorkerTask
from tests.bench.cost import drivers
from tests.bench.shop import bare_page, configured, started
from tests.bench.sites import PINDUODUO
from tests.support.pool_program import task
from tests.support.processes import pss_mb

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOPS = 25
_ORDERS = 600
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """MB (PSS) of the browsers' processes with each shop's list of orders open."""

    together: float
    """In one browser of ours."""
    apart: float
    """In a browser for each shop, as Playwright starts it."""
    apart_ours: float
    """In a browser for each shop, started as ours is."""


def browsers(repetitions: int, *, shops: int) -> Iterator[Held]:
    """What one browser for all shops holds, and what one for each."""
    with started(orders=_ORDERS) as mock, sync_playwright() as driver:
        with launched(playwright=driver) as browser, bare_page(browser, url=mock.url) as page:
            state = json.dumps(page.context.storage_state(indexed_db=True)).encode()
        for _ in range(repetitions):
            with launched(playwright=driver) as browser, ExitStack() as pages:
                for _ in range(shops):
                    pages.enter_context(_list_open(browser, state, url=mock.url))
                together = _held_mb()
            apart: list[float] = []
            for start in (_bare, launched):
                with ExitStack() as stack:
                    for _ in range(shops):
                        browser = stack.enter_context(start(playwright=driver))
                        stack.enter_context(_list_open(browser, state, url=mock.url))
                    apart.append(_held_mb())
            yield Held(together=together, apart=apart[0], apart_ours=apart[1])


@contextmanager
def _bare(*, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=find_browser(), args=sandbox())
    yield browser
    browser.close()


@contextmanager
def _list_open(browser: Browser, state: bytes, *, url: str) -> Iterator[Page]:
    with shop_page(browser, state=state, timezone="Asia/Shanghai", still=False) as page:
        PINDUODUO.open_orders(page, url, shipped=False)
        yield page


def _held_mb() -> float:
    """PSS of the browsers that this process has started, without their driver and the mock."""
    return sum(pss_mb(process) for driver in drivers() for process in family(driver.pid))


@dataclass(slots=True, kw_only=True)
class Worker:
    """The most that a worker's processes held while it read the pending orders."""

    python_mb: float = 0
    driver_mb: float = 0


def worker() -> Worker:
    """PSS of one worker beside the browser: Python and Playwright's driver."""
    most = Worker()
    with started(orders=_ORDERS) as mock, tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder), url=mock.url)
        with Pool(config) as pool:
            pool.start(_reading())
            while not (ended := pool.ended()):
                for process in _workers():
                    most.python_mb = max(most.python_mb, pss_mb(process))
                    most.driver_mb = max(most.driver_mb, sum(map(pss_mb, family(process.pid))))
                pool.wait(_LOOK_S)
    if ended[0].exit_code != 0:
        raise SystemExit(f"The worker did not read the orders: {ended[0].detail}")
    return most


def _reading() -> WorkerTask:
    return task("pending-orders", "bench", seconds=300)


def _workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "rpa.scheduler.worker" in _words(each)]


def _words(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words
