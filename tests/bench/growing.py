"""Reads all pending orders of a shop in a process of its own; prints cost, orders and the process's peak memory."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from flows.pending_orders import PENDING_ORDERS
from rpa.browser.session import launched
from tests.bench.cost import measured
from tests.bench.shop import configured, our_run
from tests.bench.sites import SITES


def main(folder: Path, url: str, platform: str) -> None:
    """One line of JSON on standard output."""
    config = configured(folder, url=url, site=SITES[platform])
    with launched() as browser, our_run(PENDING_ORDERS, browser, config) as run:
        orders: list[int] = []
        cost = measured(lambda: orders.append(sum(1 for _ in PENDING_ORDERS.work(run))))
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {**asdict(cost), "orders": orders[0], "peak_mb": peak_kb / 1024}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
