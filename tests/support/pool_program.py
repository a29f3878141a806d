"""`python -m tests.support.pool_program RPA_TOML STOP_WITHIN_S RECYCLE_AFTER_RUNS`: a pool of workers, to be killed.

A line "FLOW SHOP SECONDS" on standard input starts a run with this time limit; its start and its end are told in JSON.
With "frozen" at its end, the run hangs from its start on. "stop" asks all to stop; the end of standard input ends the
program.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

from rpa.ledger.plans import PlanState
from rpa.plugins import load_config
from rpa.scheduler.pool import Pool
from rpa.scheduler.worker_tasks import WorkerTask
from tests.support.made_plans import a_planned_run


def task(flow: str, shop: str, seconds: float) -> WorkerTask:
    """A run that was planned for now."""
    now = datetime.now(UTC)
    planned = a_planned_run(now, entry=flow, flow=flow, shop=shop, state=PlanState.STARTED, started_at=now)
    return WorkerTask(planned=planned, time_limit=timedelta(seconds=seconds))


def main() -> None:
    """Start what is asked for, tell what ended."""
    config = load_config(Path(sys.argv[1]))
    limits = {"stop_within_s": int(sys.argv[2]), "recycle_after_runs": int(sys.argv[3])}
    scheduler = config.scheduler.model_copy(update=limits)
    lines: SimpleQueue[str] = SimpleQueue()
    with Pool(replace(config, scheduler=scheduler)) as pool:
        threading.Thread(target=_read, args=(lines,), daemon=True).start()
        print(json.dumps({"ready": True}), flush=True)
        while (line := _next(lines)) is None or line:
            if line == "stop":
                pool.ask_to_stop()
            elif line:
                flow, shop, seconds, *how = line.split()
                pool.start(task(flow, shop, float(seconds)))
                pid = pool._working[shop].pid if shop in pool._working else 0
                if how == ["frozen"]:
                    os.kill(pid, signal.SIGSTOP)
                print(json.dumps({"begun": shop, "pid": pid}), flush=True)
            for ended in pool.ended():
                told = {"shop": ended.planned.shop, "how": ended.how, "exit": ended.exit_code, "detail": ended.detail}
                print(json.dumps(told), flush=True)
            pool.wait(0.1)


def _read(lines: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line.strip())
    lines.put("")


def _next(lines: SimpleQueue[str]) -> str | None:
    try:
        return lines.get_nowait()
    except Empty:
        return None


if __name__ == "__main__":
    main()
