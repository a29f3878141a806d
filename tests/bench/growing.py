"""Reads all pending orders of a shop in a process of its own; prints seconds, orders and the process's peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from flows.pending_orders import PENDING_ORDERS
from rpa.browser.session import launched
from tests.bench.shop import configured, our_run


def main(folder: Path, url: str) -> None:
    """One line of JSON on standard output."""
    config = configured(folder, url=url)
    with launched() as browser, our_run(PENDING_ORDERS, browser, config) as run:
        begin = time.perf_counter()
        orders = sum(1 for _ in PENDING_ORDERS.work(run))
        seconds = time.perf_counter() - begin
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"seconds": seconds, "orders": orders, "peak_mb": peak_kb / 1024}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
