"""What work costs: seconds, and processor seconds of this process, its driver and all of its browser's processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from rpa.scheduler.processes import family


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What some work took."""

    seconds: float
    processor_s: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(seconds=self.seconds + other.seconds, processor_s=self.processor_s + other.processor_s)


def measured(work: Callable[[], object]) -> Cost:
    """Do this, in a browser that goes on afterwards."""
    begin, used = time.perf_counter(), _processor_s()
    work()
    seconds = time.perf_counter() - begin
    return Cost(seconds=seconds, processor_s=_processor_s() - used)


def drivers() -> list[psutil.Process]:
    """Playwright's drivers that this process has started."""
    return [process for process in psutil.Process().children() if "run-driver" in process.cmdline()]


def _processor_s() -> float:
    """Of all so far, without the mock; one that has ended counts with the process that it was a child of."""
    mine = (process for driver in drivers() for process in (driver, *family(driver.pid)))
    return time.process_time() + sum(map(_spent_s, mine))


def _spent_s(process: psutil.Process) -> float:
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0
    return float(spent.user + spent.system + spent.children_user + spent.children_system)
